"""A proxy that misbehaves on demand, between an adapter and its desk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from yarl import URL

_KEPT = ("Content-Type", "Location")


@dataclass
class Flaky:
    """Passes everything on, except for what a test asks for. Counts the requests."""

    target: URL
    url: URL = field(default_factory=URL)
    lose_answers: int = 0
    """So many requests that change something are carried out, and then the connection is cut."""
    answers: list[web.Response] = field(default_factory=list)
    """Given, in order, instead of asking the desk."""
    delay: float = 0.0
    """Seconds before anything is passed on."""
    seen: list[str] = field(default_factory=list)
    """The methods of the requests."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One request."""
        self.seen.append(request.method)
        if self.answers:
            return self.answers.pop(0)
        await asyncio.sleep(self.delay)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ("host",)}
        address = self.target.with_path(request.raw_path.partition("?")[0], encoded=True)
        async with (
            ClientSession(auto_decompress=False) as session,
            session.request(
                request.method,
                address.with_query(request.rel_url.query),
                headers=headers,
                data=await request.read(),
                allow_redirects=False,
            ) as answer,
        ):
            body = await answer.read()
            if self.lose_answers and request.method != "GET":
                self.lose_answers -= 1
                assert request.transport is not None
                request.transport.abort()
            kept = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
            return web.Response(status=answer.status, body=body, headers=kept)


@asynccontextmanager
async def flaky(target: URL) -> AsyncIterator[Flaky]:
    """A proxy before a desk, on a free port."""
    proxy = Flaky(target)
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{path:.*}", proxy.handle)
    server = TestServer(app)
    await server.start_server()
    proxy.url = server.make_url("/")
    try:
        yield proxy
    finally:
        await server.close()
