"""Whom to turn to: needs neither Rasa, a database nor a conversation."""

from aiohttp import web

from gateway.keys import FAILURES

routes = web.RouteTableDef()


@routes.get("/api/v1/contacts")
async def contacts(request: web.Request) -> web.Response:
    """The region's first desk, or every region's, and whether it is open now."""
    region = request.query.get("region")
    return web.json_response({"desks": [desk.to_json() for desk in request.app[FAILURES].contacts(region)]})
