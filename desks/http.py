"""Speaking JSON with a desk over HTTP: timeouts, repeats of what is safe to repeat, and errors of our own kind."""

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ClientResponse, ClientSession, ClientTimeout
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential_jitter
from yarl import URL

from desks.errors import NotFound, Rejected, Unavailable

ATTEMPTS = 3
FIRST_PAUSE = 0.2
"""Seconds before the first repeat, then twice as long, and some jitter."""
LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes: several times a full page of tickets."""
_EXCERPT = 200


class DeskHttp:
    """A desk's address with our credentials. Connections are made at the first request."""

    def __init__(self, url: URL, headers: Mapping[str, str], timeout: float) -> None:
        self._url = url
        self._headers = {"Accept": "application/json", **headers}
        self._timeout = ClientTimeout(total=timeout)
        self._session: ClientSession | None = None

    async def get(self, path: str, params: Mapping[str, str] | None = None, body: Any = None) -> Any:
        """Read something. Repeated when the desk is unavailable, since reading changes nothing."""
        return await self._request("GET", path, params, body, safe=True)

    async def send(self, method: str, path: str, body: Any, *, safe: bool = False) -> Any:
        """Change something. Repeated only if the desk cannot have seen it, or if saying it twice is `safe`."""
        return await self._request(method, path, None, body, safe=safe)

    async def aclose(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            await self._session.close()

    async def _request(self, method: str, path: str, params: Mapping[str, str] | None, body: Any, *, safe: bool) -> Any:
        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_exponential_jitter(multiplier=FIRST_PAUSE, max=10 * FIRST_PAUSE, jitter=FIRST_PAUSE),
            retry=retry_if_exception(lambda error: _repeatable(error, safe)),
            reraise=True,
        ):
            with attempt:
                return await self._once(method, path, params, body)
        raise AssertionError("tenacity returns or raises")

    async def _once(self, method: str, path: str, params: Mapping[str, str] | None, body: Any) -> Any:
        if self._session is None:
            self._session = ClientSession(headers=self._headers, timeout=self._timeout)
        address = self._url.joinpath(path.lstrip("/"), encoded=True)
        try:
            async with self._session.request(
                method, address, params=params, json=body, allow_redirects=False
            ) as response:
                return await _answer(response)
        except ClientConnectorError as error:
            raise Unavailable(f"{address.host} cannot be reached: {error.os_error}", sent=False) from error
        except TimeoutError as error:
            raise Unavailable(f"{address.host} did not answer {method} {path} in {self._timeout.total:g} s") from error
        except ClientError as error:
            raise Unavailable(f"{address.host}: {type(error).__name__}: {error}") from error


def _repeatable(error: BaseException, safe: bool) -> bool:
    """Whether to try again at once; a desk that asks for time gets it."""
    return isinstance(error, Unavailable) and error.retry_after is None and (safe or not error.sent)


async def _answer(response: ClientResponse) -> Any:
    raw = await response.content.read(LARGEST_ANSWER + 1)
    while len(raw) <= LARGEST_ANSWER and (more := await response.content.read(LARGEST_ANSWER)):
        raw += more
    if len(raw) > LARGEST_ANSWER:
        raise Unavailable(f"the answer is larger than {LARGEST_ANSWER} bytes")
    status = response.status
    said = f"{status}: {raw[:_EXCERPT].decode(errors='replace')}"
    if status == 404:
        raise NotFound(said)
    if status in (408, 425, 429) or status >= 500:
        after = response.headers.get("Retry-After", "") if status == 429 else ""
        raise Unavailable(said, retry_after=float(after) if after.isascii() and after.isdigit() else None)
    if status >= 300:
        raise Rejected(said)
    try:
        return json.loads(raw) if raw.strip() else None
    except ValueError as error:  # a login page, or a sleeping instance's
        raise Unavailable(f"the answer is no JSON: {said}") from error


def part_of(answer: Any, *names: str | int) -> Any:
    """What stands under the names in an answer. Raises Rejected when the answer is not what the desk documents."""
    part = answer
    for name in names:
        try:
            part = part[name]
        except (KeyError, IndexError, TypeError) as error:
            raise Rejected(f"the answer has no {name!r}, as is documented: {str(answer)[:_EXCERPT]}") from error
    return part


def text_of(value: Any) -> str:
    """A field of an answer as text; empty when it is missing."""
    return "" if value is None else str(value)


def basic(user: str, secret: str) -> dict[str, str]:
    """The header of HTTP Basic."""
    return {"Authorization": "Basic " + b64encode(f"{user}:{secret}".encode()).decode()}
