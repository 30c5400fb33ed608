"""Requests to Microsoft's services: no redirect is followed, nothing waits for ever."""

import json
from typing import Any

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout
from yarl import URL

from gateway.channels.teams.errors import Unavailable
from gateway.channels.teams.settings import safe

TIMEOUT = ClientTimeout(total=10)
LARGEST_ANSWER = 1024 * 1024
"""Bytes: many times the list of keys."""


class Http:
    """Connections are made at the first request, so that no network is needed at start."""

    def __init__(self) -> None:
        self._session: ClientSession | None = None

    async def get(self, url: URL) -> dict[str, Any]:
        """The JSON object there. Raises Unavailable."""
        _, answer = await self._ask("GET", url)
        return answer

    async def post_form(self, url: URL, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The status and the JSON object that answer. Raises Unavailable."""
        return await self._ask("POST", url, data=form)

    async def post(self, url: URL, body: Any, token: str) -> tuple[int, str | None]:
        """Send JSON; the status, and Retry-After if there is one. Raises Unavailable."""
        headers = {"Authorization": f"Bearer {token}"}
        try:
            async with self._open().post(url, json=body, headers=headers, allow_redirects=False) as response:
                return response.status, response.headers.get("Retry-After")
        except (ClientError, TimeoutError, OSError) as error:
            raise Unavailable(f"{url.host}: {type(error).__name__}") from error

    async def aclose(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()

    async def _ask(self, method: str, url: URL, **more: Any) -> tuple[int, dict[str, Any]]:
        if not safe(url):
            raise Unavailable("an address without https")
        try:
            async with self._open().request(method, url, allow_redirects=False, **more) as response:
                answer = json.loads(await _read(response))
        except (ClientError, TimeoutError, OSError, ValueError, RecursionError) as error:
            raise Unavailable(f"{url.host}: {type(error).__name__}") from error
        if method == "GET" and response.status != 200:
            raise Unavailable(f"{url.host}: {response.status}")
        if not isinstance(answer, dict):
            raise Unavailable(f"{url.host}: no JSON object")
        return response.status, answer

    def _open(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(timeout=TIMEOUT)
        return self._session


async def _read(response: ClientResponse) -> bytes:
    body = bytearray()
    async for part in response.content.iter_any():
        body += part
        if len(body) > LARGEST_ANSWER:
            raise ValueError("too large")
    return bytes(body)
