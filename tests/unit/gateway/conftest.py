"""A gateway with a fake Rasa behind it and known contacts in its hands."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from gateway.app import create_app
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

    async def post(self, body: object, token: str | None = None) -> ClientResponse:
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        return await self.http.post("/api/messages", json=body, headers=headers)

    async def say(self, text: str, **more: object) -> dict[str, Any]:
        answer: dict[str, Any] = await (await self.post({"text": text, **more})).json()
        return answer

    async def press(self, button: str) -> dict[str, Any]:
        answer: dict[str, Any] = await (await self.post({"button": button})).json()
        return answer


StartGateway = Callable[..., Awaitable[TestClient[Any, Any]]]


@pytest.fixture
def rasa() -> FakeRasa:
    return FakeRasa()


@pytest_asyncio.fixture
async def start_gateway(rasa: FakeRasa) -> AsyncIterator[StartGateway]:
    """Starts a gateway; `rasa_url=None` gives the fake's own address, `patience` is in seconds."""
    started: list[TestClient[Any, Any] | TestServer] = []

    async def start(rasa_url: URL | None = None, patience: float = 5.0) -> TestClient[Any, Any]:
        if rasa_url is None:
            server = TestServer(rasa.app())
            await server.start_server()
            started.append(server)
            rasa_url = server.make_url("/")
        settings = Settings(rasa_url=rasa_url, secret=SECRET, rasa_timeout=patience)
        client = TestClient(TestServer(create_app(settings, KnownContacts(), read_texts())))
        await client.start_server()
        started.append(client)
        return client

    yield start
    for each in reversed(started):
        await each.close()


@pytest_asyncio.fixture
async def gateway(start_gateway: StartGateway) -> TestClient[Any, Any]:
    return await start_gateway()


async def visit(gateway: TestClient[Any, Any]) -> Visitor:
    """A new conversation."""
    response = await gateway.post("/api/conversations")
    return Visitor(gateway, (await response.json())["token"])


@pytest_asyncio.fixture
async def visitor(gateway: TestClient[Any, Any]) -> Visitor:
    return await visit(gateway)
