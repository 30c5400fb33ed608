"""The gateway with its live desks, for tests of the hand-off: it can be stopped and started again."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import make_url
from yarl import URL

from desks.database_desk import DatabaseDesk
from desks.live.desk import AgentDesk
from desks.service import DeskService, utc_now
from gateway.app import Plug, create_app
from gateway.handoff.handovers import Patience
from gateway.handoff.plug import People
from gateway.handoff.texts import read_handoff_texts
from gateway.settings import Settings
from gateway.texts import read_texts
from records.cases import Cases
from records.database import address, connect
from records.handoffs import Handoff, Handoffs
from tests.fake_rasa import FakeRasa, bot_message
from tests.unit.gateway.conftest import SECRET, KnownContacts, Visitor, visit

REGION = "Dalarna"
PERSON = "Jag vill prata med en person"
PATIENT = Patience(accept=timedelta(seconds=60), silent=timedelta(seconds=60), say_every=timedelta(seconds=25))
SECONDS = 30.0
"""Until something that must happen has happened, on a busy machine."""

Event = dict[str, Any]


def handover(**more: object) -> list[dict[str, Any]]:
    """Rasa's answer when it hands over."""
    told = {"region": REGION, "desk": "servicedesk", "summary": "Kommer inte in i NPÖ", "facts": {"Tjänst": "NPÖ"}}
    custom: dict[str, Any] = {
        "outcome": "handed_over",
        "topic": None,
        "region": REGION,
        "sources": [],
        "notices": [],
        "facts": [],
    }
    return bot_message("Jag lämnar över till en person.", custom={**custom, "handover": {**told, **more}})


@dataclass
class User:
    """Somebody at the page, and what the page has seen."""

    visitor: Visitor
    seen: list[Event] = field(default_factory=list)

    async def write(self, text: str) -> str:
        """Send a message without waiting for an answer; returns its key."""
        response = await self.visitor.post({"text": text})
        assert response.status == 202, await response.text()
        return str((await response.json())["key"])

    async def until(self, fits: Callable[[Event], bool], seconds: float = SECONDS) -> Event:
        """The first event that fits, of those seen or to come."""
        async with asyncio.timeout(seconds):
            while True:
                for event in self.seen:
                    if fits(event):
                        return event
                after = self.seen[-1]["id"] if self.seen else ""
                self.seen += (await self.visitor.events(after, wait=2))["events"]

    async def until_status(self, status: str) -> None:
        """Until the latest that was said of who answers is this."""

        def latest(_: Event) -> bool:
            told = [each["status"] for each in self.seen if each["kind"] == "status"]
            return bool(told) and told[-1] == status

        await self.until(latest)

    async def until_told(self, code: str) -> Event:
        """A notice of that code."""
        return await self.until(lambda event: event["kind"] == "notice" and event["code"] == code)

    async def until_heard(self, text: str) -> Event:
        """A message of an agent."""
        return await self.until(lambda event: event["kind"] == "agent_message" and event["text"] == text)

    def heard(self) -> list[str]:
        """The agents' messages so far."""
        return [each["text"] for each in self.seen if each["kind"] == "agent_message"]


@dataclass
class Portal:
    """See the module. `desks` makes the live desks anew at each start."""

    records_url: str
    desks: Callable[[Any], Mapping[str, AgentDesk]]
    patience: Patience = PATIENT
    channels: tuple[Plug, ...] = ()
    """Other ways to users than the page."""
    rasa: FakeRasa = field(default_factory=FakeRasa)
    client: TestClient[Any, Any] | None = None
    handoffs: Handoffs = field(init=False)
    service: DeskService = field(init=False)
    _rasa_server: TestServer | None = None

    async def start(self) -> URL:
        """Start, or start again on the same database; returns the gateway's address."""
        if self._rasa_server is None:
            self.rasa.answers[PERSON] = handover()
            self._rasa_server = TestServer(self.rasa.app())
            await self._rasa_server.start_server()
        engine = connect(address({"RECORDS_DB_URL": self.records_url}))
        self.service = DeskService(engine, {REGION: DatabaseDesk(Cases(engine), REGION, utc_now)}, utc_now)
        self.handoffs = Handoffs(engine)
        people = People(self.service, self.desks(engine), read_handoff_texts(), self.patience, look_every=0.1)
        settings = Settings(
            rasa_url=self._rasa_server.make_url("/"),
            secret=SECRET,
            records_url=make_url(address({"RECORDS_DB_URL": self.records_url})),
            inside_port=None,
        )
        plugs: tuple[Plug, ...] = (people, *self.channels)
        self.client = TestClient(TestServer(create_app(settings, KnownContacts(), read_texts(), plugs=plugs)))
        await self.client.start_server()
        return self.client.make_url("/")

    async def stop(self) -> None:
        """Stop the gateway."""
        if self.client is not None:
            await self.client.close()
            self.client = None

    async def close(self) -> None:
        """Stop everything."""
        await self.stop()
        if self._rasa_server is not None:
            await self._rasa_server.close()

    async def user(self) -> User:
        """Somebody new at the page."""
        assert self.client is not None
        return User(await visit(self.client, region=REGION))

    def again(self, user: User) -> None:
        """The user's page finds the gateway after it was started again."""
        assert self.client is not None
        user.visitor.http = self.client

    async def queued(self, **more: object) -> tuple[User, Handoff]:
        """A user in the queue, with the hand-off when the desk has been told of it."""
        self.rasa.answers[PERSON] = handover(**more)
        before = {each.id for each in await self.handoffs.going_on()}
        user = await self.user()
        await user.write(PERSON)
        await user.until_status("queued")
        async with asyncio.timeout(SECONDS):
            while True:
                new = [each for each in await self.handoffs.going_on() if each.id not in before and each.place]
                if new:
                    return user, new[0]
                await asyncio.sleep(0.05)
