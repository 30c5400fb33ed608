"""Beginning a conversation, and ending it for good."""

import contextlib

from aiohttp import web

from gateway.api.requests import count_address, json_object, session
from gateway.errors import LogUnavailable
from gateway.keys import CONVERSATIONS, FAILURES, TOKENS
from gateway.tokens import Session
from gateway.user_text import LONGEST

WEB = "web"
"""The channel of this API's conversations."""

routes = web.RouteTableDef()


@routes.post("/api/v1/conversations")
async def begin(request: web.Request) -> web.Response:
    """A new conversation and the token that gives the right to it."""
    await count_address(request)
    wanted = await json_object(request, optional=True)
    own = request.app[TOKENS].start()
    region, language = request.app[FAILURES].known(wanted.get("region")), wanted.get("language")
    with contextlib.suppress(LogUnavailable):  # it begins with its first message then
        await request.app[CONVERSATIONS].open(own.conversation, WEB, region=region, language=language)
    return web.json_response(begun(own, "bot", region), status=201)


def begun(own: Session, status: str, region: str | None) -> dict[str, object]:
    """What a client needs to know of its conversation."""
    return {
        "token": own.token,
        "status": status,
        "region": region,
        "expires_at": own.expires_at.isoformat(timespec="seconds"),
        "max_length": LONGEST,
    }


@routes.delete("/api/v1/conversation")
async def erase(request: web.Request) -> web.Response:
    """Forget the conversation everywhere."""
    await count_address(request)
    await request.app[CONVERSATIONS].erase(session(request).conversation)
    return web.Response(status=204)
