"""A portal with the telephone queue, and somebody in it whose phone is a page of the browser."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from sqlalchemy import URL as DatabaseURL
from yarl import URL

from desks.service import make_service
from gateway.app import Plug
from gateway.channels.kind import Finding
from gateway.channels.phone.errors import HookRefused
from gateway.channels.phone.plug import PhoneQueue
from gateway.channels.phone.settings import PhoneSettings
from gateway.channels.phone.sms.provider import IncomingSms, Report
from gateway.channels.phone.texts import read_phone_texts
from gateway.privacy import Privacy, page
from gateway.texts import STOCKHOLM
from records.retention import Periods
from records.tracker_store import TrackerStore
from tests.browser.conftest import LocalPortal
from tests.contract.channels.phone.telephone import SECRET, Telephone, signed

PUBLIC = URL("https://chatt.example.se")
NUMBER = "+46701740605"
"""Set aside for fiction by Post- och telestyrelsen."""
IN_QUEUE = {"queue": "VGR IT-support", "position": 7, "wait_seconds": 700, "region": "VGR", "called": "010-473 71 00"}


@dataclass
class Pocket:
    """An SMS provider that puts every message into one pocket."""

    texts: list[str] = field(default_factory=list)

    async def send(self, to: str, text: str) -> str | None:
        self.texts.append(text)
        return f"sms-{len(self.texts)}"

    async def incoming(self, request: web.Request) -> IncomingSms:
        raise HookRefused

    async def report(self, request: web.Request) -> Report | None:
        raise HookRefused

    def taken(self) -> web.Response:
        return web.Response(status=204)

    async def check(self) -> Finding:
        return Finding(True, "")

    async def aclose(self) -> None:
        pass


@dataclass
class CallersPortal:
    """The portal, and what callers get."""

    portal: LocalPortal
    pocket: Pocket
    telephone: Telephone
    _count: int = 0

    @property
    def url(self) -> str:
        return self.portal.url

    async def calls(self, **told: Any) -> dict[str, Any]:
        """A new caller; what the telephone system gets to read to them."""
        self._count += 1
        return await self.tells(f"call-{self._count}", **told)

    async def tells(self, call: str, **told: Any) -> dict[str, Any]:
        """The telephone system tells of a call."""
        self._count += 1
        body = json.dumps({"call": call, **told}).encode()
        async with (
            ClientSession() as http,
            http.post(f"{self.url}/overflow", data=body, headers=signed(body, f"m{self._count}")) as response,
        ):
            assert response.status == 200
            answer: dict[str, Any] = await response.json()
            return answer

    async def link(self, number: str = NUMBER, **told: Any) -> str:
        """The address in the SMS of a new caller, on this machine."""
        answer = await self.calls(number=number, **{**IN_QUEUE, **told})
        assert answer["result"] == "sent"
        return f"{self.url}/s/{self.pocket.texts[-1].partition('/s/')[2].split()[0]}"


def openings(region: str) -> list[tuple[datetime, datetime]]:
    """Tomorrow and the day after, as long as desks are."""
    today = datetime.now(STOCKHOLM).replace(hour=7, minute=30, second=0, microsecond=0)
    days = (today + timedelta(days=ahead) for ahead in (1, 2))
    return [(day, day.replace(hour=16, minute=0)) for day in days]


@asynccontextmanager
async def callers_portal(*, keeps_places: bool = True) -> AsyncIterator[CallersPortal]:
    """Begins and ends with the block."""
    pocket, telephone, texts = Pocket(), Telephone(), read_phone_texts()
    async with TestServer(telephone.app()) as places:

        def plugs(records: DatabaseURL) -> tuple[Plug, ...]:
            queue_url = places.make_url("/places") if keeps_places else None
            settings = PhoneSettings(SECRET, PUBLIC, queue_url=queue_url)
            service = make_service({"RECORDS_DB_URL": f"sqlite:///{records.database}"}, ["VGR", "Dalarna", "Uppsala"])
            privacy = Privacy(records, TrackerStore(None), Periods(), page({}, Periods()))
            return (PhoneQueue(settings, texts, pocket, service, openings), privacy)

        async with LocalPortal(plugs=plugs) as portal:
            yield CallersPortal(portal, pocket, telephone)
