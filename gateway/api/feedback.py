"""What the user thought of an answer."""

import re
from typing import Any

from aiohttp import web

from gateway.api.requests import count_address, count_session, json_object, session
from gateway.core.events import AGENT_MESSAGE, BOT_MESSAGE
from gateway.core.redacting import Redactor
from gateway.errors import EmptyMessage, EventUnknown, LogUnavailable, Refused, TellsOfPatient
from gateway.keys import CONVERSATIONS, FEEDBACK, REDACTOR
from gateway.user_text import clean
from records.errors import RecordsUnavailable
from records.event_log import Conversation, Event
from records.feedback import Judgement

_REASON = re.compile(r"[a-z_]{1,32}")

routes = web.RouteTableDef()


@routes.post("/api/v1/feedback")
async def give(request: web.Request) -> web.Response:
    """`{"event", "helpful"}`, with `reason`, `comment` and `solved` if the user said so."""
    begun = session(request)
    await count_address(request)
    await count_session(request, begun)
    body = await json_object(request)
    conversations = request.app[CONVERSATIONS]
    state = await conversations.state(begun.conversation)
    event = await conversations.event(begun.conversation, _text(body, "event") or "")
    if state is None or event is None or event.kind not in (BOT_MESSAGE, AGENT_MESSAGE):
        raise EventUnknown
    try:
        await request.app[FEEDBACK].give(_judgement(body, state, event, request.app[REDACTOR]))
    except RecordsUnavailable as error:
        raise LogUnavailable from error
    return web.Response(status=204)


def _judgement(body: dict[str, Any], state: Conversation, event: Event, redact: Redactor) -> Judgement:
    helpful, solved, reason = body.get("helpful"), body.get("solved"), _text(body, "reason")
    if not isinstance(helpful, bool) or not isinstance(solved, bool | None):
        raise Refused
    if reason is not None and not _REASON.fullmatch(reason):
        raise Refused
    custom = event.content.get("custom") or {}
    return Judgement(
        conversation=state.conversation,
        epoch=state.epoch,
        number=event.number,
        channel=state.channel,
        region=_word(custom, "region") or state.region_in_question,
        topic=_word(custom, "topic"),
        version=_word(custom, "version"),
        outcome=_word(custom, "outcome"),
        helpful=helpful,
        solved=solved,
        reason=reason,
        comment=_comment(_text(body, "comment"), redact),
    )


def _comment(text: str | None, redact: Redactor) -> str | None:
    if text is None:
        return None
    try:
        safe = redact(clean(text))
    except EmptyMessage:
        return None
    if safe.patient:
        raise TellsOfPatient
    return safe.text


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    if not isinstance(value, str | None):
        raise Refused
    return value


def _word(custom: dict[str, Any], name: str) -> str | None:
    value = custom.get(name)
    return value if isinstance(value, str) else None
