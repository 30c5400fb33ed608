"""The conversation as a file for the user."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from aiohttp import hdrs, web

from gateway.api.requests import count_address, session
from gateway.core.events import AGENT_MESSAGE, BOT_MESSAGE, NOTICE
from gateway.errors import Refused
from gateway.keys import CONVERSATIONS, TEXTS
from gateway.texts import STOCKHOLM, Transcript
from records.event_log import USER_MESSAGE, Event

TYPES = {"txt": "text/plain", "json": "application/json"}

routes = web.RouteTableDef()


@routes.get("/api/v1/transcript")
async def transcript(request: web.Request) -> web.Response:
    """As text for people (`format=txt`, the default) or as the events (`format=json`)."""
    conversation = session(request).conversation
    await count_address(request)
    kind = request.query.get("format", "txt")
    if kind not in TYPES:
        raise Refused
    events = await request.app[CONVERSATIONS].all_events(conversation)
    now = datetime.now(STOCKHOLM)
    headers = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="supportlotsen-{now:%Y-%m-%d}.{kind}"'}
    if kind == "json":
        return web.json_response({"events": [event.to_json() for event in events]}, headers=headers)
    text = "\n\n".join(_paragraphs(request.app[TEXTS].transcript, events, now))
    return web.Response(text=f"{text}\n", content_type=TYPES[kind], charset="utf-8", headers=headers)


def _paragraphs(texts: Transcript, events: Iterable[Event], now: datetime) -> Iterator[str]:
    yield texts.title.format(date=f"{now:%Y-%m-%d}", time=f"{now:%H:%M}")
    told = [event for event in events if event.content.get("text")]
    if not told:
        yield texts.empty
    for event in told:
        at = event.at.astimezone(STOCKHOLM)
        yield f"{texts.line.format(time=f'{at:%Y-%m-%d %H:%M}', who=_who(texts, event))}\n{event.content['text']}"
        sources = (event.content.get("custom") or {}).get("sources") or []
        lines = [texts.source.format(**_source(source)) for source in sources if isinstance(source, dict)]
        if lines:
            yield "\n".join([texts.sources, *(f"- {line}" for line in dict.fromkeys(lines))])


def _who(texts: Transcript, event: Event) -> str:
    names = {USER_MESSAGE: texts.user, BOT_MESSAGE: texts.bot, NOTICE: texts.notice}
    return str(event.content["agent"]["name"]) if event.kind == AGENT_MESSAGE else names.get(event.kind, texts.notice)


def _source(source: dict[str, object]) -> dict[str, object]:
    return {name: source.get(name, "") for name in ("title", "section", "dated")}
