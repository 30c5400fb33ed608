"""Any telephone system that can send JSON: docs/kanaler-telefon.md has the form and examples."""

import asyncio
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.channels.phone.errors import HookRefused
from gateway.channels.phone.signing import key_of, signed_id
from gateway.channels.phone.systems.system import LONGEST_NAME, Invited, Waiting, named

_READING = 10.0
"""Seconds in which a body must have been sent."""
_Text = Annotated[str, Field(max_length=200)]


class _Body(BaseModel):
    """The request's JSON; fields that are not named here are left out."""

    model_config = ConfigDict(strict=True)

    call: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
    number: _Text | None = None
    queue: _Text | None = None
    position: Annotated[int, Field(ge=1, le=100_000)] | None = None
    wait_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    region: _Text | None = None
    called: _Text | None = None


class Generic:
    """See TelephoneSystem; signed as `signing` says."""

    def __init__(self, secret: str) -> None:
        self._key = key_of(secret)

    async def read(self, request: web.Request) -> Waiting:
        """See TelephoneSystem."""
        try:
            async with asyncio.timeout(_READING):
                body = await request.read()
        except TimeoutError as error:
            raise HookRefused(408) from error
        id_ = signed_id(self._key, request.headers, body)
        if id_ is None:
            raise HookRefused
        try:
            told = _Body.model_validate_json(body)
        except ValidationError as error:
            raise HookRefused(400) from error
        return Waiting(
            call=told.call,
            number=told.number,
            queue=named(told.queue),
            position=told.position,
            wait=told.wait_seconds,
            region=told.region,
            called=told.called,
            request=id_,
        )

    def answer(self, invited: Invited) -> web.Response:
        """See TelephoneSystem."""
        told = {"result": invited.result, "say": invited.say, "address": invited.address, "code": invited.code}
        known = {name: value for name, value in told.items() if value}
        return web.json_response(known, status=409 if invited.result == "repeated" else 200)
