"""The Sanic application: the channels of the credentials file, with the model loaded before the first connection."""

import asyncio
from functools import partial
from pathlib import Path

import rasa
from rasa.core.channels.channel import UserMessage, register
from rasa.core.utils import AvailableEndpoints
from rasa.shared.utils.common import class_from_module_path
from rasa.shared.utils.io import read_config_file
from rasa.utils.common import configure_logging_and_warnings
from rasa.utils.io import configure_colored_logging
from rasa.utils.log_utils import configure_structlog
from sanic import Sanic
from sanic.request import Request
from sanic.response import HTTPResponse, empty, json, text

from nlu.server import model_file
from nlu.server.action_server import ActionServer
from nlu.server.agent import HelpdeskAgent
from nlu.server.conversations.errors import ArchiveUnavailable
from nlu.server.conversations.store import ConversationStore
from nlu.server.errors import SettingsError
from nlu.server.locks.store import TurnQueues


def serve(model: Path, endpoints: Path, credentials: Path, interface: str, port: int) -> None:
    """Serve until stopped. Raises SettingsError, and what Rasa raises for a model or a file that it cannot read."""
    configure_logging_and_warnings()
    configure_colored_logging(None)
    configure_structlog()  # without it, Rasa writes what users say into the log
    application(model, endpoints, credentials).run(interface, port, workers=1, access_log=False, motd=False)


def application(model: Path, endpoints: Path, credentials: Path) -> Sanic:
    """Serves as `rasa run` does, without its HTTP API; besides, a conversation can be erased. Raises SettingsError."""
    app = Sanic("supportlotsen_rasa", configure_logging=False)
    named = read_config_file(credentials)
    register([class_from_module_path(name).from_credentials(own) for name, own in named.items()], app, "/webhooks/")

    @app.get("/")
    async def hello(_: Request) -> HTTPResponse:
        return text(f"Hello from Rasa: {rasa.__version__}")

    @app.delete("/conversations/<sender:str>")
    async def erase(request: Request, sender: str) -> HTTPResponse:
        try:
            await request.app.ctx.agent.erase(sender)
        except ArchiveUnavailable:
            return json({"error": "the archive of conversations is out of reach: nothing is erased yet"}, status=503)
        return empty(204)

    app.register_listener(partial(_start, model, _agent(endpoints)), "before_server_start")
    app.register_listener(_stop, "after_server_stop")
    return app


def _agent(endpoints: Path) -> HelpdeskAgent:
    named = AvailableEndpoints.read_endpoints(str(endpoints))
    for what, config, ours in (
        ("tracker_store", named.tracker_store, ConversationStore),
        ("lock_store", named.lock_store, TurnQueues),
    ):
        path = f"{ours.__module__}.{ours.__name__}"
        if config is None or config.type != path:
            raise SettingsError(f"{endpoints}: {what} must be of type {path}")
    if named.action is None:
        raise SettingsError(f"{endpoints}: action_endpoint is missing")
    return HelpdeskAgent(ConversationStore(), TurnQueues(), ActionServer(url=named.action.url))


async def _start(model: Path, agent: HelpdeskAgent, app: Sanic, _: asyncio.AbstractEventLoop) -> None:
    """The server listens when this is done: a connection means that a message has been understood."""
    agent.load_model(model)
    await agent.processor.parse_message(UserMessage("hej"))
    app.ctx.agent = agent
    app.ctx.watch = asyncio.get_running_loop().create_task(model_file.follow(model, agent))


async def _stop(app: Sanic, _: asyncio.AbstractEventLoop) -> None:
    app.ctx.watch.cancel()
    await app.ctx.agent.close()
