"""Puts the gateway together."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable

from aiohttp import ClientSession, TCPConnector, web
from sqlalchemy.exc import SQLAlchemyError

from gateway.api import health
from gateway.core.bot import Bot
from gateway.core.breaker import Breaker
from gateway.core.continuing import Continuing
from gateway.core.conversations import Conversations
from gateway.core.load import Load
from gateway.core.redacting import Redact, Redactor, make_safe
from gateway.failures import Failures
from gateway.fallback import Fallback
from gateway.keys import (
    CONTINUING,
    CONVERSATIONS,
    ENGINE,
    EVENT_LOG,
    FAILURES,
    FEEDBACK,
    METRICS,
    ORIGINS,
    RASA,
    RATES,
    REDACTOR,
    SETTINGS,
    STREAMS,
    TEXTS,
    TOKENS,
)
from gateway.metrics import Metrics
from gateway.middleware import add_headers, check_origin, log_requests, turn_errors_into_problems
from gateway.origins import Origins
from gateway.rasa import Rasa
from gateway.rates import Rates
from gateway.routes import routes
from gateway.settings import Settings
from gateway.streams import Streams
from gateway.texts import Texts
from gateway.tokens import Tokens
from records.continuations import Continuations
from records.database import connect, create_tables
from records.errors import RecordsUnavailable
from records.event_log import EventLog
from records.feedback import Feedback

log = logging.getLogger(__name__)

LARGEST_REQUEST = 64 * 1024
"""Bytes: room for a pasted text far above the limit, so that the answer can say how long it was."""
KEEP_ALIVE = 2.0
"""Seconds that an idle connection to Rasa is kept: less than Rasa keeps it, so that none is closed under a message."""
START_PATIENCE = 5.0
"""Seconds that the start waits for the records; without them it goes on, and users are told."""
LOOK_AFTER_RECORDS = 2.0
"""Seconds between two looks at whether the records can be used."""

Plug = Callable[[web.Application, Conversations], None]
"""Adds a channel, the live desk or routes of its own to an application that is being put together."""


def create_app(
    settings: Settings, fallback: Fallback, texts: Texts, *, redact: Redact = make_safe, plugs: tuple[Plug, ...] = ()
) -> web.Application:
    """The application; it connects to Rasa and the records when it starts and not before."""
    middlewares = [log_requests, turn_errors_into_problems, check_origin]
    app = web.Application(client_max_size=LARGEST_REQUEST, middlewares=middlewares)
    metrics, failures = Metrics(), Failures(texts, fallback)
    tokens = Tokens(settings.secrets, settings.session_hours)
    engine = connect(settings.records_url)
    event_log, feedback = EventLog(engine), Feedback(engine)
    redactor = Redactor(redact, metrics)
    load, breaker = Load(settings.rasa_turns, settings.rasa_queue), Breaker()
    rasa = Rasa(settings.rasa_url, settings.rasa_timeout)
    bot = Bot(rasa, tokens, load, breaker)
    conversations = Conversations(event_log, tokens, bot, failures, metrics, redactor, settings.patience)
    conversations.on_erase(feedback.erase)
    metrics.breaker.set_function(lambda: float(breaker.open))
    metrics.waiting.set_function(lambda: float(load.waiting))
    app[CONVERSATIONS], app[EVENT_LOG], app[FAILURES], app[METRICS] = conversations, event_log, failures, metrics
    app[CONTINUING] = Continuing(Continuations(engine), tokens, settings.secrets)
    app[ENGINE] = engine
    app[FEEDBACK], app[REDACTOR], app[RASA], app[TOKENS] = feedback, redactor, rasa, tokens
    app[ORIGINS], app[STREAMS] = Origins(settings.origins), Streams(settings.streams)
    app[RATES] = rates = Rates(settings.secret, settings.redis_url)
    app[SETTINGS], app[TEXTS] = settings, texts

    async def hold_connections(_: web.Application) -> AsyncIterator[None]:
        connector = TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE)
        async with ClientSession(connector=connector) as http:
            rasa.http = http
            yield
        await rates.close()
        await event_log.close()
        await engine.dispose()

    async def converse(_: web.Application) -> AsyncIterator[None]:
        started = asyncio.Event()
        keeper = asyncio.create_task(_look_after_records(started))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_PATIENCE):
                await started.wait()
        yield
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        await conversations.stop()

    async def _look_after_records(started: asyncio.Event) -> None:
        """Have the tables there, also when the database comes late or comes back empty, and nothing left undone."""
        failures = -1
        while True:
            if not await event_log.ready():
                try:
                    await create_tables(engine)
                except (SQLAlchemyError, OSError) as error:
                    log.error("the records cannot be used: %s", type(error).__name__)
            seen = event_log.failures
            if seen != failures:
                with contextlib.suppress(RecordsUnavailable):
                    await conversations.start()
                    started.set()
                    failures = seen
            await asyncio.sleep(LOOK_AFTER_RECORDS)

    async def end_streams(_: web.Application) -> None:
        conversations.close()

    if settings.inside_port is not None:  # first, for it fails if its port is taken
        app.cleanup_ctx.append(_inside(app, settings.inside_port))
    app.cleanup_ctx.append(hold_connections)
    app.cleanup_ctx.append(converse)
    app.on_shutdown.append(end_streams)
    app.on_response_prepare.append(add_headers)
    app.add_routes(routes)
    for plug in plugs:
        plug(app, conversations)
    return app


def _inside(app: web.Application, port: int) -> Callable[[web.Application], AsyncIterator[None]]:
    """What is for the operator only, on loopback."""

    async def serve(_: web.Application) -> AsyncIterator[None]:
        inside = web.Application()
        inside[METRICS] = app[METRICS]
        inside.add_routes(health.inside)
        runner = web.AppRunner(inside, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
        await runner.cleanup()

    return serve
