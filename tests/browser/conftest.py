"""Chromium, and a portal to look at: a local one with a fake Rasa, or the running system."""

import os
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Locator, Page, async_playwright, expect
from sqlalchemy import URL as DatabaseURL
from sqlalchemy import make_url
from yarl import URL

from gateway.app import Plug, create_app
from gateway.fallback import ContactFact, DeskSummary, Opening, SourceReference
from gateway.keys import CONVERSATIONS
from gateway.settings import Settings
from gateway.texts import read_texts
from tests.browser.answers import talking_rasa
from tests.fake_rasa import FakeRasa
from tests.running_system import RunningSystem

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs Chromium")


def chromium() -> str | None:
    """Where Chromium is, if it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def _desk(region: str, name: str, desk: str, phone: str, hours: str, opening: Opening) -> DeskSummary:
    source = SourceReference("doc.txt", "Dokument", "Support", "2023-10-23")
    return DeskSummary(region, name, desk, (ContactFact("phone", phone),), None, hours, opening, None, (source,))


@dataclass
class ThreeDesks:
    """The regions' desks as the documents have them, all open or all closed until Monday."""

    open: bool = True

    def contacts(self, region: str | None) -> list[DeskSummary]:
        monday = datetime(2026, 11, 23, 7, 30, tzinfo=ZoneInfo("Europe/Stockholm"))
        opening = Opening(self.open, None if self.open else monday, False)
        vgr_hours = "måndag - fredag kl. 07:30 - 16:00 varje helgfri vardag"
        desks = [
            _desk("VGR", "Västra Götalandsregionen", "VGR IT-support", "010-47 37 100", vgr_hours, opening),
            _desk(
                "Dalarna",
                "Region Dalarna",
                "ServiceDesk Region Dalarna",
                "023-44 000",
                "helgfri vardag 07.30-16.00",
                opening,
            ),
            _desk(
                "Uppsala",
                "Region Uppsala",
                "IT-supporten, Region Uppsala",
                "018-611 77 10",
                "vardagar kl 08.00-17.00",
                opening,
            ),
        ]
        return [desk for desk in desks if desk.region == region] or desks


@dataclass
class LocalPortal:
    """A gateway and a fake Rasa on free ports; the gateway can be stopped and started again on its port."""

    rasa: FakeRasa = field(default_factory=talking_rasa)
    desks: ThreeDesks = field(default_factory=ThreeDesks)
    url: str = ""
    app: web.Application = field(default_factory=web.Application)
    secret: str = "a secret of the browser tests alone"
    origins: tuple[str, ...] = ()
    plugs: Callable[[DatabaseURL], tuple[Plug, ...]] = lambda _: ()
    """What is put into the gateway beside, by the address of its records."""
    _folder: TemporaryDirectory[str] = field(default_factory=TemporaryDirectory)
    _port: int = 0
    _rasa_url: URL = field(default_factory=URL)
    _rasa: web.AppRunner | None = None
    _gateway: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        self._rasa = web.AppRunner(self.rasa.app(), shutdown_timeout=0.1)
        rasa_port = await _listen(self._rasa, 0)
        self._rasa_url = URL(f"http://127.0.0.1:{rasa_port}")
        await self.start_gateway()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop_gateway()
        if self._rasa:
            await self._rasa.cleanup()
        self._folder.cleanup()

    async def start_gateway(self) -> None:
        """Listen on the port of before."""
        records = make_url(f"sqlite+aiosqlite:///{Path(self._folder.name) / 'records.db'}")
        settings = Settings(
            rasa_url=self._rasa_url, records_url=records, inside_port=None, secret=self.secret, origins=self.origins
        )
        self.app = create_app(settings, self.desks, read_texts(), plugs=self.plugs(records))
        self._gateway = web.AppRunner(self.app, shutdown_timeout=0.1)
        self._port = await _listen(self._gateway, self._port)
        self.url = f"http://127.0.0.1:{self._port}"

    async def stop_gateway(self) -> None:
        """Close the port and every connection."""
        if self._gateway:
            await self._gateway.cleanup()
            self._gateway = None

    def lose_records(self) -> None:
        """Everything that the stopped gateway has kept."""
        for file in Path(self._folder.name).iterdir():
            file.unlink()

    async def agent_joins(self, name: str, text: str) -> None:
        """A person takes over the conversation that Rasa was last asked in, and says this."""
        conversation, core = self.rasa.asked[-1]["sender"], self.app[CONVERSATIONS]
        await core.set_status(conversation, "queued")
        await core.set_status(conversation, "agent")
        await core.agent_says(conversation, text, name)


async def _listen(runner: web.AppRunner, port: int) -> int:
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, reuse_address=True).start()
    return int(runner.addresses[0][1])


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    path = chromium()
    if path is None:
        reason = "no Chromium: apt-get install chromium"
        if os.environ.get("ALLOW_SKIP_BROWSER") == "1":
            pytest.skip(reason)
        pytest.fail(reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def portal() -> AsyncIterator[LocalPortal]:
    """A portal of the test's own, with a fake Rasa to direct."""
    async with LocalPortal() as portal:
        yield portal


@pytest.fixture(params=["fake Rasa", pytest.param("running system", marks=pytest.mark.system)])
def system_url(request: pytest.FixtureRequest) -> str:
    """A local portal with a fake Rasa, and then the whole running system."""
    if request.param == "fake Rasa":
        local: LocalPortal = request.getfixturevalue("portal")
        return local.url
    running: RunningSystem = request.getfixturevalue("running_system")
    return running.portal_url


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser) -> AsyncIterator[Page]:
    """A tab in which nothing may go wrong: no error in the console, no breach of the content security policy."""
    context = await browser.new_context(locale="sv-SE", timezone_id="Europe/Stockholm")
    page = await context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    await context.close()
    # A lost connection or a refused message is told by the browser itself, whatever the page does about it.
    told = ("Failed to load resource", "Access to fetch at")
    assert [text for text in wrong if not text.startswith(told)] == []


@dataclass(frozen=True)
class Chat:
    """The chat as a user sees it."""

    page: Page

    @property
    def input(self) -> Locator:
        return self.page.get_by_label("Din fråga")

    @property
    def answers(self) -> Locator:
        """The bot's messages, the welcome first."""
        return self.page.locator(".message.bot")

    @property
    def questions(self) -> Locator:
        return self.page.locator(".message.user")

    @property
    def last(self) -> Locator:
        return self.answers.last

    async def open(self, url: str) -> Self:
        await self.page.goto(url)
        await expect(self.answers.first).to_be_visible()
        return self

    async def menu(self, name: str) -> None:
        """Opens the menu and takes one of its entries."""
        await self.page.locator(".menu summary").click()
        await self.page.locator(".menu").get_by_role("button", name=name).click()

    async def ask(self, text: str) -> Locator:
        """Types a question, sends it with Enter and waits for the answer."""
        count = await self.answers.count()
        await self.input.fill(text)
        await self.input.press("Enter")
        await expect(self.answers).to_have_count(count + 1, timeout=20_000)
        return self.answers.nth(count)
