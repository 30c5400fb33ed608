"""What a user thinks of an answer, whatever channel it is said in."""

import re

from gateway.core.conversations import Conversations
from gateway.core.events import AGENT_MESSAGE, BOT_MESSAGE
from gateway.core.redacting import Redactor
from gateway.errors import EmptyMessage, EventUnknown, LogUnavailable, Refused, TellsOfPatient
from gateway.user_text import clean
from records.errors import RecordsUnavailable
from records.event_log import Event
from records.feedback import Feedback, Judgement

_REASON = re.compile(r"[a-z_]{1,32}")


async def judge(
    conversations: Conversations,
    feedback: Feedback,
    redact: Redactor,
    conversation: str,
    event_id: str,
    *,
    helpful: bool,
    reason: str | None = None,
    solved: bool | None = None,
    comment: str | None = None,
) -> None:
    """Keep the judgement of the answer with that event id, in place of the one before.

    Raises Refused for what cannot be kept: EventUnknown, TellsOfPatient, RedactionFailed, LogUnavailable.
    """
    if reason is not None and not _REASON.fullmatch(reason):
        raise Refused
    state = await conversations.state(conversation)
    event = await conversations.event(conversation, event_id)
    if state is None or event is None or event.kind not in (BOT_MESSAGE, AGENT_MESSAGE):
        raise EventUnknown
    judgement = Judgement(
        conversation=state.conversation,
        epoch=state.epoch,
        number=event.number,
        channel=state.channel,
        region=_word(event, "region") or state.region_in_question,
        topic=_word(event, "topic"),
        version=_word(event, "version"),
        outcome=_word(event, "outcome"),
        helpful=helpful,
        solved=solved,
        reason=reason,
        comment=_safe(comment, redact),
    )
    try:
        await feedback.give(judgement)
    except RecordsUnavailable as error:
        raise LogUnavailable from error


def _safe(comment: str | None, redact: Redactor) -> str | None:
    if comment is None:
        return None
    try:
        safe = redact(clean(comment))
    except EmptyMessage:
        return None
    if safe.patient:
        raise TellsOfPatient
    return safe.text


def _word(event: Event, name: str) -> str | None:
    value = (event.content.get("custom") or {}).get(name)
    return value if isinstance(value, str) else None
