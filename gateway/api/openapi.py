"""The description of the API, written by hand in `openapi.yml` and kept true by the tests."""

import json
from pathlib import Path

import yaml
from aiohttp import web

DESCRIPTION = Path(__file__).parent / "openapi.yml"

routes = web.RouteTableDef()


def description() -> str:
    """The description as JSON."""
    return json.dumps(yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8")))


@routes.get("/openapi.json")
async def openapi(_: web.Request) -> web.Response:
    """The description (OpenAPI 3.1)."""
    return web.Response(text=description(), content_type="application/json")
