"""The action server: rasa-sdk's contract over HTTP, in one process.

The SDK's own server is Sanic with a manager beside its worker, tracing and a compatibility check at every call. Here
the SDK's executor runs the actions, and aiohttp, which the gateway runs on too, carries its answers: the same
addresses, bodies and status codes.
"""

import json
import logging
from functools import partial
from typing import Any

from aiohttp import web
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionMissingDomainException, ActionNotFoundException

HOST = "127.0.0.1"
LARGEST = 100_000_000
"""Bytes of a call, as the SDK's server: stock Rasa sends the whole conversation and the domain."""
_STOP_SECONDS = 5.0
_KEPT_SECONDS = 120.0
"""An idle connection is kept, as by the SDK's server."""
_DOMAIN_WANTED = 449

_dumps = partial(json.dumps, ensure_ascii=False, separators=(",", ":"))
logger = logging.getLogger(__name__)


def serve(executor: ActionExecutor, port: int) -> None:
    """Answer on loopback until stopped by a signal. Raises OSError for a port that is taken."""
    web.run_app(
        application(executor),
        host=HOST,
        port=port,
        access_log=None,
        print=None,
        keepalive_timeout=_KEPT_SECONDS,
        shutdown_timeout=_STOP_SECONDS,
    )


def application(executor: ActionExecutor) -> web.Application:
    """`/webhook`, `/health` and `/actions`, as rasa-sdk's server has them."""

    async def webhook(request: web.Request) -> web.Response:
        try:
            call = json.loads(await request.read())
        except ValueError:
            call = None
        if not isinstance(call, dict):
            return _json({"error": "Invalid body request"}, 400)
        return await _answered(executor, call)

    async def health(_: web.Request) -> web.Response:
        return _json({"status": "ok"})

    async def actions(_: web.Request) -> web.Response:
        return _json([{"name": name} for name in executor.actions])

    app = web.Application(client_max_size=LARGEST)
    app.add_routes([web.post("/webhook", webhook), web.get("/health", health), web.get("/actions", actions)])
    return app


async def _answered(executor: ActionExecutor, call: dict[str, Any]) -> web.Response:
    try:
        result = await executor.run(call)
    except ActionExecutionRejection as error:
        return _json({"error": error.message, "action_name": error.action_name}, 400)
    except ActionNotFoundException as error:
        logger.error("%s", error)
        return _json({"error": error.message, "action_name": error.action_name}, 404)
    except ActionMissingDomainException as error:
        return _json({"error": error.message, "action_name": error.action_name}, _DOMAIN_WANTED)
    except Exception as error:
        logger.exception("an action failed")
        return _json({"error": type(error).__name__}, 500)
    return _json(None if result is None else {"events": result.events, "responses": result.responses})


def _json(body: Any, status: int = 200) -> web.Response:
    return web.Response(body=_dumps(body).encode(), status=status, content_type="application/json")
