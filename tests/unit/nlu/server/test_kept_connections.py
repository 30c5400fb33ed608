"""Calls over kept connections, against a server that answers in every way HTTP allows, or not at all."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import aiohttp
import pytest

from nlu.server.kept_connections import KeptConnections

PLAIN = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"
LAST = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
WANTS = b"HTTP/1.1 449 \r\nContent-Length: 2\r\n\r\n{}"

Answering = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Peer:
    """A server that reads calls and answers as it is told."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering
        self.connections = 0
        self.calls: list[tuple[bytes, bytes]] = []
        self.url = ""

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                self.calls.append((head, await reader.readexactly(length)))
                await self.answering(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def start(self) -> asyncio.AbstractServer:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/webhook"
        return server


def saying(*parts: bytes) -> Answering:
    async def answering(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.001)
        if b"close" in b"".join(parts):
            writer.close()

    return answering


def played(
    answering: Answering, client: Callable[[KeptConnections], Coroutine[Any, Any, None]], idle: float = 15.0
) -> Peer:
    """What the server saw of a client."""
    peer = Peer(answering)

    async def both() -> None:
        server = await peer.start()
        connections = KeptConnections(peer.url, idle)
        try:
            await client(connections)
        finally:
            connections.close()
            server.close()
            await server.wait_closed()
            await asyncio.sleep(0.01)

    asyncio.run(both())
    return peer


async def _twice(connections: KeptConnections) -> None:
    for _ in range(2):
        assert await connections.post(b'{"a": 1}', 1.0) == (200, b"{}")


@pytest.mark.parametrize("parts", [[PLAIN], [PLAIN[:20], PLAIN[20:]], [CHUNKED], [CHUNKED[:60], CHUNKED[60:]]])
def test_one_connection_serves_one_call_after_another(parts: list[bytes]) -> None:
    peer = played(saying(*parts), _twice)
    assert peer.connections == 1
    assert [body for _, body in peer.calls] == [b'{"a": 1}'] * 2
    assert peer.calls[0][0].startswith(b"POST /webhook HTTP/1.1\r\nHost: 127.0.0.1:")


def test_a_server_that_closes_is_called_over_a_new_connection() -> None:
    assert played(saying(LAST), _twice).connections == 2


def test_an_idle_connection_is_not_trusted() -> None:
    assert played(saying(PLAIN), _twice, idle=0.0).connections == 2


def test_calls_at_once_have_connections_of_their_own() -> None:
    async def client(connections: KeptConnections) -> None:
        assert await asyncio.gather(*(connections.post(b"{}", 1.0) for _ in range(5))) == [(200, b"{}")] * 5
        await connections.post(b"{}", 1.0)

    assert played(saying(PLAIN), client).connections == 5


def test_a_status_is_told() -> None:
    async def client(connections: KeptConnections) -> None:
        assert (await connections.post(b"{}", 1.0)).status == 449

    played(saying(WANTS), client)


def test_who_does_not_answer_is_waited_for_no_longer_and_not_asked_again_on_that_connection() -> None:
    async def client(connections: KeptConnections) -> None:
        for _ in range(2):
            with pytest.raises(asyncio.TimeoutError):
                await connections.post(b"{}", 0.05)

    assert played(saying(PLAIN[:20]), client).connections == 2


@pytest.mark.parametrize("parts", [[b"close"], [PLAIN[:30], b"close"], [b"no HTTP\r\n\r\n"]])
def test_what_is_no_answer_is_an_error_of_the_connection(parts: list[bytes]) -> None:
    async def client(connections: KeptConnections) -> None:
        with pytest.raises(aiohttp.ClientConnectionError):
            await connections.post(b"{}", 1.0)

    played(saying(*parts), client)


def test_a_server_that_is_not_there_is_an_error_of_the_connection() -> None:
    async def client() -> None:
        with pytest.raises(aiohttp.ClientConnectionError):
            await KeptConnections("http://127.0.0.1:9/webhook", 15.0).post(b"{}", 1.0)

    asyncio.run(client())


def test_who_gives_up_waiting_leaves_no_answer_for_the_next() -> None:
    async def client(connections: KeptConnections) -> None:
        waiting = asyncio.create_task(connections.post(b"{}", 1.0))
        await asyncio.sleep(0.0005)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await connections.post(b"{}", 1.0) == (200, b"{}")

    played(saying(PLAIN), client)
