"""Whether the gateway runs, and whether it can do its work."""

import asyncio

from aiohttp import web

from gateway.keys import EVENT_LOG, METRICS, RASA

routes = web.RouteTableDef()
inside = web.RouteTableDef()


@routes.get("/healthz")
async def alive(_: web.Request) -> web.Response:
    """Whether the gateway itself runs."""
    return web.json_response({"status": "ok"})


@routes.get("/readyz")
async def ready(request: web.Request) -> web.Response:
    """Whether questions can be answered: 503 while Rasa or the records cannot be used."""
    rasa, records = await asyncio.gather(request.app[RASA].ready(), request.app[EVENT_LOG].ready())
    parts = {"rasa": _word(rasa), "records": _word(records)}
    well = rasa and records
    return web.json_response({"status": "ok" if well else "degraded", **parts}, status=200 if well else 503)


@inside.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    """For Prometheus."""
    text = request.app[METRICS].text()
    return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


def _word(well: bool) -> str:
    return "ok" if well else "unavailable"
