"""A portal owner's page on an origin of its own, under the strictest policy, with the chat floating over it."""

from dataclasses import dataclass
from typing import Self

from aiohttp import web

from tests.browser.conftest import LocalPortal

CONTENT = """<!doctype html>
<html lang="sv">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Portal</title>
  <link rel="stylesheet" href="/own.css">
  <main>
    <h1>Vår portal</h1>
    <p>Här hittar du det du behöver i arbetet: rutiner, scheman och nyheter från verksamheten.</p>
  </main>
  <script src="{gateway}/widget.js" {attributes} defer></script>
</html>
"""


@dataclass
class Host:
    """Serves the page on a free port, and puts it on the gateway's list."""

    portal: LocalPortal
    url: str = ""
    attributes: str = 'data-region="Dalarna"'
    style: str = ":root { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif }"
    _runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/", self._page)
        app.router.add_get("/own.css", self._css)
        app.router.add_get("/favicon.ico", self._css)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        await self.portal.stop_gateway()
        self.portal.origins = (self.url,)
        await self.portal.start_gateway()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _page(self, _: web.Request) -> web.Response:
        gateway = self.portal.url
        policy = (
            f"default-src 'none'; script-src {gateway}; connect-src {gateway}; style-src 'self'; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )
        text = CONTENT.format(gateway=gateway, attributes=self.attributes)
        return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": policy})

    async def _css(self, _: web.Request) -> web.Response:
        return web.Response(text=self.style, content_type="text/css")
