"""Taking a user's message; its answer comes as events."""

from aiohttp import web

from gateway.api.conversations import WEB
from gateway.api.requests import count_address, count_session, json_object, key, session
from gateway.core.messages import Incoming
from gateway.errors import EmptyMessage, Refused
from gateway.keys import CONVERSATIONS

routes = web.RouteTableDef()


@routes.post("/api/v1/messages")
async def send(request: web.Request) -> web.Response:
    """`{"text"}` or `{"button"}`, with `region` and `language` if they are known."""
    begun, named = session(request), key(request)
    await count_address(request)
    await count_session(request, begun)
    message = incoming(named, await json_object(request))
    receipt = await request.app[CONVERSATIONS].receive(begun.conversation, message, WEB)
    return web.json_response({"key": receipt.key, "event": receipt.event}, status=202)


def incoming(named: str, body: dict[str, object]) -> Incoming:
    """The message in a request's body. Raises Refused."""
    text, button = body.get("text"), body.get("button")
    region, language = body.get("region"), body.get("language")
    if text is None and button is None:
        raise EmptyMessage
    if not isinstance(text, str | None) or not isinstance(button, str | None):
        raise Refused
    return Incoming(
        named,
        None if button is not None else text,
        button,
        region if isinstance(region, str) else None,
        language if isinstance(language, str) else None,
    )
