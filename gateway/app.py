"""Puts the gateway together."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession, web

from gateway.failures import Failures
from gateway.fallback import Fallback
from gateway.keys import FAILURES, RASA, SESSIONS, TURNS
from gateway.middleware import add_headers, log_requests, turn_errors_into_answers
from gateway.rasa import Rasa
from gateway.routes import routes
from gateway.sessions import Sessions
from gateway.settings import Settings
from gateway.texts import Texts
from gateway.turns import Turns

LARGEST_REQUEST = 64 * 1024
"""Bytes: room for a pasted text far above the limit, so that the answer can say how long it was."""


def create_app(settings: Settings, fallback: Fallback, texts: Texts) -> web.Application:
    """The application; it connects to Rasa when it starts and not before."""
    app = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[log_requests, turn_errors_into_answers])
    app[FAILURES] = Failures(texts, fallback)
    app[SESSIONS] = Sessions(settings.secret, settings.session_hours)

    async def connect(app: web.Application) -> AsyncIterator[None]:
        async with ClientSession() as http:
            app[RASA] = Rasa(http, settings.rasa_url, settings.rasa_timeout)
            app[TURNS] = Turns(app[RASA], app[SESSIONS], app[FAILURES])
            yield

    app.cleanup_ctx.append(connect)
    app.on_response_prepare.append(add_headers)
    app.add_routes(routes)
    return app
