"""The gateway with Slack switched on, and a workspace that follows Slack's documentation."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from gateway.channels.slack.plug import plug
from gateway.core.conversations import Conversations
from gateway.keys import CONVERSATIONS
from tests.contract.slack import BOT, BOT_TOKEN, BOT_USER, OPEN_CHANNEL, SIGNING_SECRET, Message, Workspace
from tests.fake_rasa import FakeRasa
from tests.unit.gateway.conftest import StartGateway, rasa, start_gateway

__all__ = ["rasa", "start_gateway"]  # fixtures

SECONDS = 20.0
"""Until something that must happen has happened, on a busy machine."""
MENTION = f"<@{BOT_USER}>"
ANNA, BO = "U0ANNA", "U0BO"


@dataclass
class Bot:
    """The gateway as the people of the workspace meet it."""

    workspace: Workspace
    rasa: FakeRasa
    start_gateway: StartGateway
    environment: dict[str, str]
    client: TestClient[Any, Any] | None = None

    async def start(self, **settings: Any) -> None:
        """Start, or start again on the same database."""
        self.client = await self.start_gateway(plugs=(plug(self.environment),), **settings)
        self.workspace.events_url = self.client.make_url("/slack/events")

    async def stop(self) -> None:
        """The gateway ends."""
        assert self.client is not None
        await self.client.close()

    @property
    def conversations(self) -> Conversations:
        """The gateway's inside."""
        assert self.client is not None
        conversations: Conversations = self.client.app[CONVERSATIONS]
        return conversations

    @property
    def asked(self) -> list[str]:
        """What reached the bot's understanding."""
        return [each["message"] for each in self.rasa.asked]

    async def told(self, channel: str, number: int = 1, thread: str | None = None) -> list[Message]:
        """At least that many messages of the bot in a place, as soon as they are there."""

        def found() -> list[Message]:
            return [
                each
                for each in self.workspace.messages
                if each.get("bot_id") == BOT and each["channel"] == channel and each.get("thread_ts") == thread
            ]

        await until(lambda: len(found()) >= number)
        return found()

    async def mention(self, user: str, text: str, thread: str | None = None) -> str:
        """Ask in the open channel; the thread that it makes or stands in."""
        body = await self.workspace.person_says(user, f"{MENTION} {text}", thread, OPEN_CHANNEL)
        return str(thread or body["event"]["ts"])


async def until(fits: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait for it. Raises TimeoutError."""
    async with asyncio.timeout(SECONDS):
        while True:
            found = fits()
            if found if isinstance(found, bool) else await found:
                return
            await asyncio.sleep(0.02)


@pytest_asyncio.fixture
async def workspace() -> AsyncIterator[Workspace]:
    """Slack, which must have had nothing to complain of in the end."""
    made = Workspace()
    server = TestServer(made.app())
    await server.start_server()
    made.web_api = server.make_url("/")
    yield made
    await server.close()
    assert made.complaints == []


@pytest_asyncio.fixture
async def bot(workspace: Workspace, rasa: FakeRasa, start_gateway: StartGateway) -> Bot:
    """Started."""
    made = Bot(workspace, rasa, start_gateway, environment(workspace.web_api))
    await made.start()
    return made


def environment(url: URL) -> dict[str, str]:
    """The settings."""
    regions = f"{OPEN_CHANNEL}=Dalarna T0TEAM=VGR"
    return {
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_URL": str(url),
        "SLACK_REGIONS": regions,
    }


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeats come at once."""
    monkeypatch.setattr("desks.http.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("gateway.core.deliveries.FIRST_PAUSE", 0.05)
