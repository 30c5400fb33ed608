"""What an SMS provider can do; one class for each, chosen by the settings."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, web
from yarl import URL

from desks.http import basic
from gateway.channels.kind import Finding
from gateway.channels.phone.errors import HookRefused, SmsFailed

INCOMING, REPORT = "/sms/incoming", "/sms/report"
"""Where a provider calls us."""
SENT, DELIVERED, FAILED = "sent", "delivered", "failed"
"""What becomes of a message."""
_READING = 10.0
"""Seconds in which a body must have been sent."""


@dataclass(frozen=True)
class IncomingSms:
    """A message that somebody sent to our number."""

    id: str
    """The provider's; the same when it is told again."""
    sender: str
    """In E.164."""
    text: str


@dataclass(frozen=True)
class Report:
    """What became of a message of ours."""

    id: str
    state: str


class SmsProvider(Protocol):
    """One that carries messages."""

    async def send(self, to: str, text: str) -> str | None:
        """Send one message to a number in E.164; longer than one part, it is put together again on the phone.

        Returns the provider's id of it, by which it is reported on. Raises SmsFailed.
        """

    async def incoming(self, request: web.Request) -> IncomingSms:
        """What the provider tells at `INCOMING`. Raises HookRefused for a request that is not the provider's."""

    async def report(self, request: web.Request) -> Report | None:
        """What the provider tells at `REPORT`; None for a state that is of no interest. Raises HookRefused."""

    def taken(self) -> web.Response:
        """The answer to both, which sends nothing."""

    async def check(self) -> Finding:
        """Whether the credentials are good; sends nothing."""

    async def aclose(self) -> None:
        """Let go of connections."""


class Api:
    """An HTTP API that takes forms and answers in JSON. Connections are made at the first request."""

    def __init__(self, url: URL, user: str, secret: str, timeout: float) -> None:
        self._url = url
        self._headers = basic(user, secret)
        self._timeout = ClientTimeout(total=timeout)
        self._session: ClientSession | None = None

    async def call(self, method: str, path: str, form: Mapping[str, str] | None = None) -> tuple[int, Any]:
        """Status and body; None for one that is no JSON. Raises SmsFailed when nobody answers."""
        if self._session is None:
            self._session = ClientSession(headers=self._headers, timeout=self._timeout)
        try:
            async with self._session.request(
                method, self._url.joinpath(path), data=form, allow_redirects=False
            ) as response:
                try:
                    return response.status, await response.json(content_type=None)
                except ValueError:
                    return response.status, None
        except (ClientError, TimeoutError, OSError) as error:
            unsure = not isinstance(error, ClientConnectorError)
            raise SmsFailed(f"{self._url.host} does not answer: {type(error).__name__}", unsure=unsure) from error

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


async def form_of(request: web.Request) -> list[tuple[str, str]]:
    """The fields of a form. Raises HookRefused."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise HookRefused(415)
    try:
        async with asyncio.timeout(_READING):
            fields = await request.post()
    except (TimeoutError, ValueError) as error:
        raise HookRefused(400) from error
    return [(name, value) for name, value in fields.items() if isinstance(value, str)]


def refusal(status: int) -> SmsFailed:
    """For an answer that is no success: the credentials, the load and the provider's own faults can pass."""
    passing = status in (401, 402, 403, 408, 425, 429) or status >= 500
    return SmsFailed(f"the SMS provider answered {status}", final=not passing)
