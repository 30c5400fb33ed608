"""What the user thought of an answer."""

from typing import Any

from aiohttp import web

from gateway.api.requests import count_address, count_session, json_object, session
from gateway.core.judging import judge
from gateway.errors import Refused
from gateway.keys import CONVERSATIONS, FEEDBACK, REDACTOR

routes = web.RouteTableDef()


@routes.post("/api/v1/feedback")
async def give(request: web.Request) -> web.Response:
    """`{"event", "helpful"}`, with `reason`, `comment` and `solved` if the user said so."""
    begun = session(request)
    await count_address(request)
    await count_session(request, begun)
    body = await json_object(request)
    helpful, solved = body.get("helpful"), body.get("solved")
    event, reason, comment = (_text(body, name) for name in ("event", "reason", "comment"))
    if not isinstance(helpful, bool) or not isinstance(solved, bool | None):
        raise Refused
    await judge(
        request.app[CONVERSATIONS],
        request.app[FEEDBACK],
        request.app[REDACTOR],
        begun.conversation,
        event or "",
        helpful=helpful,
        reason=reason,
        solved=solved,
        comment=comment,
    )
    return web.Response(status=204)


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    if not isinstance(value, str | None):
        raise Refused
    return value
