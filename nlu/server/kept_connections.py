"""Calls to one HTTP server over connections that are kept.

aiohttp's client writes head and body apart, which wakes the server twice, and looks at cookies, proxies, redirects and
encodings that our own action server on loopback has none of: half a millisecond for each call. Here a call is one
write, and the answer is read by the parser that the server's own HTTP is read with. Errors are those of aiohttp.
"""

import asyncio
from typing import NamedTuple, cast
from urllib.parse import urlsplit

import aiohttp
from httptools import HttpParserError, HttpResponseParser


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: bytes


class KeptConnections:
    """Connections to the server of one `http://` address, each for one call at a time."""

    def __init__(self, url: str, idle_seconds: float) -> None:
        """Opens nothing yet. A connection that has been idle for so long is not used again."""
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        path = parts.path or "/"
        target = f"{path}?{parts.query}" if parts.query else path
        self._head = (
            f"POST {target} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            "Content-Type: application/json\r\nAccept: */*\r\nContent-Length: "
        ).encode("ascii")
        self._idle_seconds = idle_seconds
        self._idle: list[_Connection] = []

    async def post(self, body: bytes, seconds: float) -> Answer:
        """Raises asyncio.TimeoutError after so many seconds, and aiohttp.ClientConnectionError."""
        connection = self._kept()
        if connection is None:
            connection = await asyncio.wait_for(self._opened(), seconds)
        try:
            answer = await connection.call(b"%b%d\r\n\r\n%b" % (self._head, len(body), body), seconds)
        except BaseException:
            connection.close()
            raise
        if connection.usable:
            self._idle.append(connection)
        else:
            connection.close()
        return answer

    def _kept(self) -> "_Connection | None":
        now = asyncio.get_running_loop().time()
        while self._idle:
            connection = self._idle.pop()
            if connection.usable and now - connection.since < self._idle_seconds:
                return connection
            connection.close()
        return None

    async def _opened(self) -> "_Connection":
        try:
            _, connection = await asyncio.get_running_loop().create_connection(_Connection, self._host, self._port)
        except OSError as error:
            raise aiohttp.ClientConnectionError(str(error)) from error
        return connection

    def close(self) -> None:
        """Close what is open."""
        while self._idle:
            self._idle.pop().close()


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport
        self._answered: asyncio.Future[Answer] | None = None
        self._parser: HttpResponseParser
        self._body: list[bytes] = []
        self.usable = True
        self.since = 0.0
        """When the last call was answered, on the loop's clock."""

    async def call(self, request: bytes, seconds: float) -> Answer:
        """The answer. Raises asyncio.TimeoutError and aiohttp.ClientConnectionError."""
        self._answered = self._loop.create_future()
        self._parser, self._body = HttpResponseParser(self), []
        self._transport.write(request)
        timer = self._loop.call_later(seconds, self._failed, asyncio.TimeoutError())
        try:
            return await self._answered
        finally:
            timer.cancel()

    def close(self) -> None:
        """For good."""
        self.usable = False
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See `asyncio.Protocol`."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        try:
            if self._answered is None:
                raise HttpParserError("an answer without a question")
            self._parser.feed_data(data)
        except HttpParserError as error:
            self._failed(aiohttp.ClientConnectionError(f"no answer in HTTP: {error}"))

    def connection_lost(self, error: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        self._failed(aiohttp.ServerDisconnectedError())

    def on_body(self, part: bytes) -> None:
        """The parser has read a part of the body."""
        self._body.append(part)

    def on_message_complete(self) -> None:
        """The parser has read the whole answer."""
        self.usable = self.usable and self._parser.should_keep_alive()
        self.since = self._loop.time()
        answered, self._answered = self._answered, None
        if answered is not None and not answered.done():
            answered.set_result(Answer(self._parser.get_status_code(), b"".join(self._body)))

    def _failed(self, error: Exception) -> None:
        self.close()
        answered, self._answered = self._answered, None
        if answered is not None and not answered.done():
            answered.set_exception(error)
