"""The addresses of the gateway."""

import json
from pathlib import Path
from typing import Any

from aiohttp import hdrs, web

from gateway import answers
from gateway.errors import EmptyMessage, Refused, SessionInvalid
from gateway.keys import FAILURES, RASA, SESSIONS, TURNS

PAGE = Path(__file__).parent / "page"

routes = web.RouteTableDef()
routes.static("/static", PAGE)


@routes.get("/")
async def portal(_: web.Request) -> web.FileResponse:
    """The portal page."""
    return web.FileResponse(PAGE / "index.html")


@routes.get("/api/contacts")
async def contacts(request: web.Request) -> web.Response:
    """Each region's support and whether it is open now; needs neither Rasa nor a conversation."""
    return web.json_response({"desks": [desk.to_json() for desk in request.app[FAILURES].contacts(None)]})


@routes.post("/api/conversations")
async def start_conversation(request: web.Request) -> web.Response:
    """A new conversation: `{"token": ...}`, to be sent as a bearer token with each message."""
    session = request.app[SESSIONS].start()
    return web.json_response({"token": session.token}, status=201)


@routes.post("/api/messages")
async def send_message(request: web.Request) -> web.Response:
    """One turn: `{"text": ...}` or `{"button": token}`, with `region` if the user has chosen one."""
    session = request.app[SESSIONS].resume(_bearer_token(request))
    message = await _json_object(request)
    turns, region = request.app[TURNS], message.get("region")
    button, text = message.get("button"), message.get("text")
    if isinstance(button, str):
        return answers.messages(await turns.button(session, button, region))
    if isinstance(text, str):
        return answers.messages(await turns.text(session, text, region))
    raise EmptyMessage if button is None and text is None else Refused()


@routes.get("/healthz")
async def alive(_: web.Request) -> web.Response:
    """Whether the gateway itself runs."""
    return web.json_response({"status": "ok"})


@routes.get("/readyz")
async def ready(request: web.Request) -> web.Response:
    """Whether questions can be answered: 503 while Rasa cannot be reached."""
    rasa = await request.app[RASA].ready()
    body = {"status": "ok" if rasa else "degraded", "rasa": "ok" if rasa else "unavailable"}
    return web.json_response(body, status=200 if rasa else 503)


def _bearer_token(request: web.Request) -> str:
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "bearer":
        raise SessionInvalid
    return token.strip()


async def _json_object(request: web.Request) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise Refused
    try:
        message = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise Refused from error
    if not isinstance(message, dict):
        raise Refused
    return message
