"""All addresses of the gateway."""

from pathlib import Path

from aiohttp import hdrs, web

from gateway.api import contacts, continuing, conversations, events, feedback, health, messages, openapi, transcript

PAGE = Path(__file__).parent / "page"
PAGES = Path(__file__).parent / "pages"
BUILT = Path(__file__).parent.parent / "build" / "widget"
"""Where `python -m scripts.widget` puts the widget; see gateway/widget."""

_FOR_OTHER_SITES = {"Cross-Origin-Resource-Policy": "cross-origin", hdrs.CACHE_CONTROL: "public, max-age=300"}

own = web.RouteTableDef()
own.static("/static", PAGE)


@own.get("/")
async def portal(_: web.Request) -> web.FileResponse:
    """The portal page."""
    return web.FileResponse(PAGE / "index.html")


@own.get("/widget.js")
async def widget(_: web.Request) -> web.FileResponse:
    """The chat as one script, which other origins' pages may load."""
    return web.FileResponse(BUILT / "widget.js", headers=_FOR_OTHER_SITES)


@own.get("/widget.en.json")
async def english(_: web.Request) -> web.FileResponse:
    """The chat's English texts, which it fetches when a page asks for English."""
    kind = "application/json; charset=utf-8"
    headers = {**_FOR_OTHER_SITES, hdrs.ACCESS_CONTROL_ALLOW_ORIGIN: "*", hdrs.CONTENT_TYPE: kind}
    return web.FileResponse(BUILT / "widget.en.json", headers=headers)


@own.get("/tillganglighet")
async def accessibility(_: web.Request) -> web.FileResponse:
    """The accessibility statement."""
    return web.FileResponse(PAGES / "tillganglighet.html")


@own.get("/portal.js")
async def portal_script(_: web.Request) -> web.FileResponse:
    """What the portal page does around the chat."""
    return web.FileResponse(BUILT / "portal.js")


routes = [
    *own,
    *contacts.routes,
    *continuing.routes,
    *conversations.routes,
    *events.routes,
    *feedback.routes,
    *health.routes,
    *messages.routes,
    *openapi.routes,
    *transcript.routes,
]
