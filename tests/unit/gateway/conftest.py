"""A gateway with a fake Rasa behind it and known contacts in its hands."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import make_url
from yarl import URL

from gateway.app import Plug, create_app
from gateway.core.redacting import Redact, make_safe
from gateway.fallback import ContactFact, DeskSummary, Opening, SourceReference
from gateway.settings import Settings
from gateway.texts import read_texts
from tests.fake_rasa import FakeRasa

SECRET = "a test's own secret of enough length"
MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=ZoneInfo("Europe/Stockholm"))


def desk(region: str, name: str, phone: str, hours: str, opening: Opening) -> DeskSummary:
    source = SourceReference("doc.txt", f"Dokument {region}", "4 Support", "2024-01-01")
    return DeskSummary(
        region,
        name,
        f"IT-support {name}",
        (ContactFact("phone", phone),),
        None,
        hours,
        opening,
        "Välj beredskap.",
        (source,),
    )


class KnownContacts:
    """Three desks: open, closed until Monday, unknown."""

    desks = (
        desk("VGR", "Västra Götalandsregionen", "010-00 00 001", "vardagar 07:30-16:00", Opening(True, MONDAY, False)),
        desk("Dalarna", "Region Dalarna", "023-00 002", "vardagar 08:00-15:00", Opening(False, MONDAY, True)),
        desk("Uppsala", "Region Uppsala", "018-000 00 03", "vardagar 08:00-17:00", Opening()),
    )

    def contacts(self, region: str | None) -> list[DeskSummary]:
        own = [each for each in self.desks if each.region == region]
        return own or list(self.desks)


@dataclass
class Visitor:
    """Somebody who talks to the gateway over HTTP."""

    http: TestClient[Any, Any]
    token: str
    _after: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def post(self, body: object, key: str | None = None, **headers: str) -> ClientResponse:
        named = {} if key is None else {"Idempotency-Key": key}
        return await self.http.post("/api/v1/messages", json=body, headers={**self.headers, **named, **headers})

    async def say(self, text: str, **more: object) -> list[dict[str, Any]]:
        """The bubbles and notices that answer."""
        return await self._exchange({"text": text, **more})

    async def press(self, button: str) -> list[dict[str, Any]]:
        return await self._exchange({"button": button})

    async def refused(self, body: object) -> dict[str, Any]:
        """The problem that a message meets."""
        response = await self.post(body)
        problem: dict[str, Any] = await response.json()
        assert problem["status"] == response.status
        return problem

    async def events(self, after: str = "", wait: float = 0) -> dict[str, Any]:
        """One poll."""
        address = f"/api/v1/events?after={after}&wait={wait}"
        response = await self.http.get(address, headers=self.headers)
        assert response.status == 200, await response.text()
        answer: dict[str, Any] = await response.json()
        return answer

    async def log(self) -> list[dict[str, Any]]:
        """Everything that has happened."""
        events: list[dict[str, Any]] = (await self.events())["events"]
        return events

    async def _exchange(self, body: object) -> list[dict[str, Any]]:
        response = await self.post(body)
        assert response.status == 202, await response.text()
        return await self.until_answered((await response.json())["key"])

    async def until_answered(self, key: str, seconds: float = 10) -> list[dict[str, Any]]:
        """What followed the message of that key."""
        async with asyncio.timeout(seconds):
            while True:
                events = (await self.events(self._after, wait=5))["events"]
                self._after = events[-1]["id"] if events else self._after
                answers = [each for each in events if answers_message(each, key)]
                if answers:
                    return answers


def answers_message(event: dict[str, Any], key: str) -> bool:
    """Whether the event is a reply to the message, or says that it was stopped."""
    return event.get("in_reply_to") == key or (event["kind"] == "notice" and event["code"] == "patient")


StartGateway = Callable[..., Awaitable[TestClient[Any, Any]]]


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest_asyncio.fixture
async def start_gateway(rasa: FakeRasa, tmp_path: Path) -> AsyncIterator[StartGateway]:
    """Starts a gateway on one database and one Rasa; `rasa_url=None` gives the fake's own address."""
    started: list[TestClient[Any, Any] | TestServer] = []
    addresses: list[URL] = []

    async def fake_rasa() -> URL:
        if not addresses:
            server = TestServer(rasa.app())
            await server.start_server()
            started.append(server)
            addresses.append(server.make_url("/"))
        return addresses[0]

    async def start(
        rasa_url: URL | None = None, plugs: tuple[Plug, ...] = (), redact: Redact = make_safe, **settings: Any
    ) -> TestClient[Any, Any]:
        url = rasa_url or await fake_rasa()
        own = {
            "rasa_url": url,
            "secret": SECRET,
            "records_url": make_url(f"sqlite+aiosqlite:///{tmp_path / 'records.db'}"),
            "inside_port": None,
            **settings,
        }
        app = create_app(Settings(**own), KnownContacts(), read_texts(), redact=redact, plugs=plugs)
        client = TestClient(TestServer(app))
        await client.start_server()
        started.append(client)
        return client

    yield start
    for each in reversed(started):
        await each.close()


@pytest_asyncio.fixture
async def gateway(start_gateway: StartGateway) -> TestClient[Any, Any]:
    return await start_gateway()


async def visit(gateway: TestClient[Any, Any], **wanted: object) -> Visitor:
    """A new conversation."""
    response = await gateway.post("/api/v1/conversations", json=wanted)
    return Visitor(gateway, (await response.json())["token"])


@pytest_asyncio.fixture
async def visitor(gateway: TestClient[Any, Any]) -> Visitor:
    return await visit(gateway)
