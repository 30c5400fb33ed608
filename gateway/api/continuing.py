"""Continuing a conversation on another device, by a code."""

from aiohttp import web
from limits import parse

from gateway.api.conversations import begun
from gateway.api.requests import client, count_address, json_object, session
from gateway.errors import CodeInvalid, Refused
from gateway.keys import CONTINUING, CONVERSATIONS, RATES

GUESSES = parse("20/10minute")
"""Codes that one address may try: with 33 bits and ten minutes for each code, guessing leads nowhere."""
CODES = parse("10/10minute")
"""Codes that one conversation may ask for."""

routes = web.RouteTableDef()


@routes.post("/api/v1/conversation/code")
async def make(request: web.Request) -> web.Response:
    """A code for the conversation whose token is shown."""
    own = session(request)
    await count_address(request)
    await request.app[RATES].count("code", own.conversation, CODES)
    code = await request.app[CONTINUING].code(own)
    answer = {"code": code.shown, "expires_at": code.expires_at.isoformat(timespec="seconds")}
    return web.json_response(answer, status=201)


@routes.post("/api/v1/conversations/continue")
async def take(request: web.Request) -> web.Response:
    """`{"code"}`: the same conversation, with a token of this client's own."""
    await count_address(request)
    await request.app[RATES].count("guess", client(request), GUESSES)
    code = (await json_object(request)).get("code")
    if not isinstance(code, str):
        raise Refused
    own = await request.app[CONTINUING].take(code)
    state = await request.app[CONVERSATIONS].state(own.conversation)
    if state is None:  # erased since
        raise CodeInvalid
    return web.json_response(begun(own, state.status, state.region_in_question))
