"""A gateway with the telephone queue, between a telephone system and an SMS provider."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from desks.service import DeskService, make_service
from gateway.channels.phone.plug import PhoneQueue
from gateway.channels.phone.settings import PhoneSettings, SmsSettings
from gateway.channels.phone.sms.chosen import choose_provider
from gateway.channels.phone.texts import read_phone_texts
from gateway.keys import CONVERSATIONS, ENGINE
from gateway.privacy import Privacy, page
from records.database import address, connect
from records.overflow import Overflow
from records.retention import Periods
from records.tracker_store import TrackerStore
from tests.contract.channels.phone import elks as elks_account
from tests.contract.channels.phone.elks import Elks
from tests.contract.channels.phone.telephone import SECRET, Telephone
from tests.unit.gateway.conftest import StartGateway, rasa, start_gateway

__all__ = ["rasa", "start_gateway"]

PUBLIC = URL("https://chatt.example.se")
ANNA, BO = "+46701740605", "+46701740606"
"""Numbers that Post- och telestyrelsen has set aside for fiction."""
TEXTS = read_phone_texts()
OPEN = timedelta(hours=1)


@dataclass
class Phone:
    """All that a test of the telephone queue needs."""

    gateway: TestClient[Any, Any]
    telephone: Telephone
    elks: Elks
    service: DeskService
    records: Path
    overflow: Overflow

    @property
    def conversations(self) -> Any:
        return self.gateway.app[CONVERSATIONS]

    async def invited(self, number: str = ANNA, **told: Any) -> str:
        """The secret part of the link that a caller has got."""
        count = len(self.elks.sent)
        answer = await self.telephone.tell(number=number, **told)
        assert answer["result"] == "sent"
        assert len(self.elks.sent) == count + 1
        return link_in(self.elks.sent[-1].text)

    async def claim(self, link: str, token: str | None = None) -> tuple[int, dict[str, Any]]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = await self.gateway.post("/api/v1/call/claim", json={"link": link}, headers=headers)
        return response.status, await response.json()

    async def opened(self, **told: Any) -> dict[str, str]:
        """The headers of somebody who has opened the link."""
        status, begun = await self.claim(await self.invited(**told))
        assert status == 200
        return {"Authorization": f"Bearer {begun['token']}"}

    async def text(self, text: str, sender: str = ANNA, id_: str | None = None, *, answers: int = 1) -> list[str]:
        """Somebody texts; the messages that come back, at least so many."""
        count = len(self.elks.texts(sender))
        assert await self.elks.receive(sender, text, id_) == 204
        return await self.until(lambda: self.elks.texts(sender)[count:], answers)

    async def until[T](self, look: Callable[[], Sequence[T]], count: int = 1) -> list[T]:
        """What is seen once it is so many."""
        await eventually(lambda: len(look()) >= count)
        return list(look())


async def eventually(look: Callable[[], bool | Awaitable[bool]], seconds: float = 10) -> None:
    """Until it is so."""
    for _ in range(int(seconds / 0.02)):
        seen = look()
        if seen if isinstance(seen, bool) else await seen:
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


StartPhone = Callable[..., Awaitable[Phone]]


def link_in(text: str) -> str:
    """The secret part of a link."""
    return text.partition(f"{PUBLIC}/s/")[2].split()[0]


def openings(region: str) -> list[tuple[datetime, datetime]]:
    """Every desk is open for four hours, from in an hour."""
    now = datetime.now().astimezone().replace(microsecond=0)
    return [(now + OPEN, now + 5 * OPEN)] if region in ("VGR", "Dalarna", "Uppsala") else []


@pytest_asyncio.fixture
async def start_phone(start_gateway: StartGateway, tmp_path: Path) -> AsyncIterator[StartPhone]:
    """Starts it; the settings may be changed."""
    servers: list[TestServer] = []
    opened: list[Overflow] = []
    gateways: list[TestClient[Any, Any]] = []

    async def serve(app: Any) -> URL:
        server = TestServer(app)
        await server.start_server()
        servers.append(server)
        return server.make_url("/")

    telephone, elks = Telephone(), Elks()
    places, elks_url = await serve(telephone.app()), await serve(elks.app())

    async def start(
        *, queue: bool = True, sender: str = elks_account.NUMBER, system: str = "generic", **more: Any
    ) -> Phone:
        sms = SmsSettings(
            provider="46elks",
            url=elks_url,
            user=elks_account.USER,
            secret=elks_account.PASSWORD,
            sender=sender,
            hook_secret=elks_account.HOOK_SECRET,
            timeout=2,
        )
        given: dict[str, Any] = {"sms": sms, "queue_url": places.joinpath("places") if queue else None, **more}
        settings = PhoneSettings(SECRET, PUBLIC, system, **given)
        environment = {"RECORDS_DB_URL": f"sqlite:///{tmp_path / 'records.db'}"}
        service = make_service(environment, ["VGR", "Dalarna", "Uppsala"])
        provider = choose_provider(settings.sms, PUBLIC, TEXTS.check)
        trackers = TrackerStore(connect(address({"RECORDS_DB_URL": f"sqlite:///{tmp_path / 'rasa.db'}"})))
        privacy = Privacy(address(environment), trackers, Periods(), page({}, Periods()))
        gateway = await start_gateway(plugs=(PhoneQueue(settings, TEXTS, provider, service, openings), privacy))
        telephone.gateway = elks.gateway = gateway
        gateways.append(gateway)
        opened.append(Overflow(gateway.app[ENGINE]))
        return Phone(gateway, telephone, elks, service, tmp_path / "records.db", opened[-1])

    yield start
    for overflow in opened:
        await overflow.close()
    for gateway in gateways:  # first: a connection to a server that is gone is nobody's to close
        await gateway.close()
    for server in servers:
        await server.close()


@pytest_asyncio.fixture
async def phone(start_phone: StartPhone) -> Phone:
    return await start_phone()
