"""The page, Slack, Teams and SMS side by side, with users who ask and read, and everything outside played by our peers.

The gateway is a process of its own, whose settings are `Ways.environment`.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from aiohttp import ClientResponse, ClientSession, ClientTimeout, TCPConnector
from aiohttp.test_utils import TestServer
from yarl import URL

from tests.contract.channels.phone import elks as elks_account
from tests.contract.channels.phone.elks import Elks
from tests.contract.channels.teams.microsoft import Microsoft
from tests.contract.slack import BOT, BOT_TOKEN, SIGNING_SECRET, Workspace, direct

LOOK_EVERY = 0.004
"""Seconds between two looks at what has been shown."""


class Way(Protocol):
    """One channel, as its users meet it. Users are numbered."""

    async def ask(self, user: int, text: str) -> None:
        """Write, and wait until the gateway has taken it."""

    def shown(self, user: int) -> list[str]:
        """What the user has been shown so far, one text for each message of the bot."""


@dataclass
class Page:
    """The HTTP API, read by long polls."""

    http: ClientSession
    gateway: URL = field(default_factory=URL)
    region: str | None = None
    _tokens: dict[int, str] = field(default_factory=dict)
    _shown: dict[int, list[str]] = field(default_factory=dict)
    _readers: list["asyncio.Task[None]"] = field(default_factory=list)

    async def ask(self, user: int, text: str) -> None:
        """See `Way.ask`."""
        if user not in self._tokens:
            body = {"region": self.region} if self.region else {}
            async with self.http.post(self.gateway / "api/v1/conversations", json=body) as response:
                self._tokens[user] = (await response.json())["token"]
            self._readers.append(asyncio.create_task(self._read(user)))
        headers = {"Authorization": f"Bearer {self._tokens[user]}"}
        async with self.http.post(self.gateway / "api/v1/messages", json={"text": text}, headers=headers) as response:
            response.raise_for_status()

    def shown(self, user: int) -> list[str]:
        """See `Way.shown`."""
        return self._shown.get(user, [])

    async def close(self) -> None:
        """Stop reading."""
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)

    async def _read(self, user: int) -> None:
        headers, after = {"Authorization": f"Bearer {self._tokens[user]}"}, ""
        shown = self._shown.setdefault(user, [])
        while True:
            url = (self.gateway / "api/v1/events").with_query(after=after, wait="20")
            async with self.http.get(url, headers=headers) as response:
                for event in (await response.json())["events"]:
                    after = event["id"]
                    if event["kind"] == "bot_message":
                        shown.append(_whole(event))


def _whole(event: dict[str, Any]) -> str:
    """Text, notices and sources, as the widget shows them."""
    custom = event["custom"] or {}
    sources = [f"{source['title']}, {source['section']}" for source in custom.get("sources", [])]
    return "\n".join([event["text"], *custom.get("notices", []), *sources])


@dataclass
class SlackWay:
    """Direct messages with the app."""

    workspace: Workspace = field(default_factory=Workspace)

    async def ask(self, user: int, text: str) -> None:
        """See `Way.ask`."""
        name = _slack_user(user)
        self.workspace.people[name] = f"Person {user}"
        await self.workspace.person_says(name, text, None, direct(name))

    def shown(self, user: int) -> list[str]:
        """See `Way.shown`."""
        channel = direct(_slack_user(user))
        told = [each for each in self.workspace.messages if each["channel"] == channel and each.get("bot_id") == BOT]
        return [each["text"] for each in told]


def _slack_user(user: int) -> str:
    return f"U0USER{user:04}"


@dataclass
class TeamsWay:
    """Personal chats with the bot."""

    microsoft: Microsoft = field(default_factory=Microsoft)

    async def ask(self, user: int, text: str) -> None:
        """See `Way.ask`."""
        status, _ = await self.microsoft.tell(self.microsoft.message(text, f"a:chat-{user}"))
        assert status == 200, status

    def shown(self, user: int) -> list[str]:
        """See `Way.shown`."""
        return [each.shown for each in self.microsoft.sent if each.conversation == f"a:chat-{user}"]


@dataclass
class SmsWay:
    """Messages to the number of the telephone queue."""

    elks: Elks = field(default_factory=Elks)

    async def ask(self, user: int, text: str) -> None:
        """See `Way.ask`."""
        assert await self.elks.receive(_number(user), text) in (200, 204)

    def shown(self, user: int) -> list[str]:
        """See `Way.shown`."""
        return self.elks.texts(_number(user))


def _number(user: int) -> str:
    return f"+4670174{600 + user:04}"


@dataclass
class Ways:
    """All of them."""

    page: Page
    slack: SlackWay
    teams: TeamsWay
    sms: SmsWay

    @property
    def by_name(self) -> dict[str, Way]:
        """Each way by what it is called."""
        return {"page": self.page, "slack": self.slack, "teams": self.teams, "sms": self.sms}

    def environment(self, region: str) -> dict[str, str]:
        """The settings that switch all of them on, for users who all ask about that region."""
        return {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_URL": str(self.slack.workspace.web_api),
            "SLACK_REGIONS": f"T0TEAM={region}",
            **self.teams.microsoft.settings(),
            "PHONE_SECRET": "the telephone system's own secret of the test",
            "PHONE_PUBLIC_URL": "https://chatt.example.se",
            "PHONE_SMS": "46elks",
            "PHONE_SMS_URL": str(self._elks_url),
            "PHONE_SMS_USER": elks_account.USER,
            "PHONE_SMS_SECRET": elks_account.PASSWORD,
            "PHONE_SMS_FROM": elks_account.NUMBER,
            "PHONE_SMS_HOOK_SECRET": elks_account.HOOK_SECRET,
        }

    def find(self, gateway: URL) -> None:
        """The gateway is there; all ways lead to it."""
        self.page.gateway = gateway
        self.slack.workspace.events_url = gateway / "slack/events"
        self.teams.microsoft.bot = gateway / "teams/messages"
        client: Any = _Gateway(self.page.http, gateway)
        self.sms.elks.gateway = client

    _elks_url: URL = field(default_factory=URL)


@dataclass
class _Gateway:
    """What our peer of 46elks asks of aiohttp's test client."""

    http: ClientSession
    url: URL

    async def post(self, path: str, **more: Any) -> ClientResponse:
        return await self.http.post(self.url.join(URL(path)), **more)


@contextlib.asynccontextmanager
async def four_ways(region: str) -> AsyncIterator[Ways]:
    """Our peers, listening."""
    servers: list[TestServer] = []

    async def serve(app: Any) -> URL:
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        return server.make_url("/")

    async with ClientSession(connector=TCPConnector(limit=0), timeout=ClientTimeout(total=60)) as http:
        ways = Ways(Page(http, region=region), SlackWay(), TeamsWay(), SmsWay())
        ways.slack.workspace.web_api = await serve(ways.slack.workspace.app())
        ways.teams.microsoft.url = await serve(ways.teams.microsoft.app())
        ways._elks_url = await serve(ways.sms.elks.app())
        try:
            yield ways
        finally:
            await ways.page.close()
            for server in servers:
                await server.close()


async def until(look: Callable[[], bool], seconds: float) -> bool:
    """Whether it came true in that time."""
    for _ in range(int(seconds / LOOK_EVERY)):
        if look():
            return True
        await asyncio.sleep(LOOK_EVERY)
    return False
