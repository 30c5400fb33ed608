"""Reading a client's request; nothing in it is believed before it has been looked at."""

import asyncio
import json
import secrets
from typing import Any

from aiohttp import hdrs, web

from gateway.addresses import client_address
from gateway.errors import Refused, RequestTooSlow, SessionInvalid
from gateway.keys import RATES, SETTINGS, TOKENS
from gateway.tokens import Session

READING = 10.0
"""Seconds in which a body must have been sent."""
IDEMPOTENCY_KEY = "Idempotency-Key"


def session(request: web.Request) -> Session:
    """The conversation that the request shows the right to. Raises SessionInvalid."""
    scheme, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
    if scheme.lower() != "bearer":
        raise SessionInvalid
    return request.app[TOKENS].resume(token.strip())


def key(request: web.Request) -> str:
    """The client's name for its message; a new one if it gave none."""
    return request.headers.get(IDEMPOTENCY_KEY, "").strip() or secrets.token_urlsafe(16)


async def json_object(request: web.Request, *, optional: bool = False) -> dict[str, Any]:
    """The body. Raises Refused and RequestTooSlow. An optional body may be left out."""
    if optional and not request.can_read_body:
        return {}
    if request.content_type != "application/json":
        raise Refused
    try:
        async with asyncio.timeout(READING):
            body = json.loads(await request.read())
    except TimeoutError as error:
        raise RequestTooSlow from error
    except (ValueError, RecursionError) as error:
        raise Refused from error
    if not isinstance(body, dict):
        raise Refused
    return body


async def count_session(request: web.Request, begun: Session) -> None:
    """One more message of the conversation. Raises TooMany."""
    await request.app[RATES].count("session", begun.conversation, request.app[SETTINGS].session_rate)


async def count_address(request: web.Request) -> None:
    """One more request from the address. Raises TooMany."""
    await request.app[RATES].count("address", client(request), request.app[SETTINGS].address_rate)


def client(request: web.Request) -> str:
    """The address that the request comes from."""
    forwarded = request.headers.getall(hdrs.X_FORWARDED_FOR, [])
    return client_address(request.remote, forwarded, request.app[SETTINGS].proxies)
