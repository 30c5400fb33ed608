"""`python -m tests.browser.screenshots [FOLDER]`: the chat's pictures in every state, with the fake Rasa's answers."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from tests.browser.answers import CONTACT_QUESTION, ORDER_QUESTION, PASSWORD_QUESTION
from tests.browser.conftest import FLAGS, Chat, LocalPortal, ThreeDesks, chromium
from tests.browser.host_page import Host
from tests.browser.phone import callers_portal

PICTURES = Path(__file__).parents[2] / "docs" / "bilder"
DESKTOP = ViewportSize(width=1280, height=860)
PHONE = ViewportSize(width=390, height=844)
NARROW = ViewportSize(width=320, height=640)
ZOOMED = ViewportSize(width=320, height=256)
"""What 1280 by 1024 pixels are at 400 % zoom."""


class Camera:
    """Takes each picture in a page and a portal of its own."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser, self.folder = browser, folder

    @asynccontextmanager
    async def picture(
        self,
        name: str,
        size: ViewportSize = DESKTOP,
        scheme: Literal["dark", "light"] = "light",
        *,
        weekend: bool = False,
        floating: bool = False,
    ) -> AsyncIterator[tuple[Chat, LocalPortal]]:
        """The opened chat; when the block ends the picture is taken."""
        async with LocalPortal(desks=ThreeDesks(open=not weekend)) as portal, Host(portal) as host:
            page = await self.browser.new_page(
                viewport=size,
                locale="sv-SE",
                timezone_id="Europe/Stockholm",
                color_scheme=scheme,
                has_touch=size == PHONE,
                is_mobile=size == PHONE,
                reduced_motion="reduce",
            )
            chat = Chat(page)
            if floating:
                await page.goto(host.url)
                await page.get_by_role("button", name="Öppna chatten").click()
            else:
                await chat.open(portal.url)
                await expect(page.locator(".desk")).to_have_count(3)
            yield chat, portal
            await page.mouse.move(0, 0)
            await page.screenshot(path=self.folder / f"{name}.png")
            await page.close()


async def take(folder: Path) -> None:
    """All pictures."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        camera = Camera(browser, folder)
        await _on_the_portal(camera)
        await _in_other_circumstances(camera)
        await _floating(camera)
        await _in_the_telephone_queue(browser, folder)
        await browser.close()


async def _on_the_portal(camera: Camera) -> None:
    async with camera.picture("portal-start"):
        pass
    async with camera.picture("portal-start-mork", scheme="dark"):
        pass
    async with camera.picture("portal") as (chat, _):
        await chat.ask(PASSWORD_QUESTION)
        await chat.last.locator("summary").click()
    async with camera.picture("portal-svar-mork", scheme="dark") as (chat, _):
        await _order(chat)
    async with camera.picture("portal-stangt", weekend=True) as (chat, _):
        await chat.ask(CONTACT_QUESTION)
        await chat.last.locator("summary").click()
    async with camera.picture("portal-meny") as (chat, _):
        await chat.ask(PASSWORD_QUESTION)
        await chat.page.locator(".menu summary").click()
    async with camera.picture("portal-bedom", weekend=True) as (chat, _):
        await chat.ask(CONTACT_QUESTION)
        await chat.last.get_by_role("button", name="Svaret hjälpte inte").click()
        await _to_end(chat.page)
    async with camera.picture("portal-radera") as (chat, _):
        await chat.ask(PASSWORD_QUESTION)
        await chat.menu("Radera samtalet")


async def _in_other_circumstances(camera: Camera) -> None:
    async with camera.picture("portal-fel") as (chat, portal):
        portal.rasa.status = 500
        await chat.ask(PASSWORD_QUESTION)
    async with camera.picture("portal-natlost") as (chat, _):
        await chat.ask(PASSWORD_QUESTION)
        await chat.page.context.set_offline(True)
        await chat.input.fill(CONTACT_QUESTION)
        await chat.input.press("Enter")
        await expect(chat.page.get_by_text("Ingen anslutning.")).to_be_visible()
    async with camera.picture("portal-manniska") as (chat, portal):
        await chat.ask("Jag vill prata med en människa")
        await portal.agent_joins("Karin, VGR IT-support", "Hej! Jag ser vad du har frågat. Vilket system gäller det?")
        await expect(chat.last).to_contain_text("Vilket system")
    async with camera.picture("portal-mobil", PHONE) as (chat, _):
        await _tap(chat, PASSWORD_QUESTION)
    async with camera.picture("portal-320", NARROW) as (chat, _):
        await _order(chat)
    async with camera.picture("portal-400-procent", ZOOMED) as (chat, _):
        await chat.ask(CONTACT_QUESTION)
    async with camera.picture("portal-utskrift", ViewportSize(width=794, height=1123)) as (chat, _):
        await chat.ask(CONTACT_QUESTION)
        await chat.page.emulate_media(media="print", color_scheme="light")
        await chat.page.evaluate("dispatchEvent(new Event('beforeprint')); scrollTo(0, 0)")


async def _floating(camera: Camera) -> None:
    async with camera.picture("inbaddad-oppen", floating=True) as (chat, _):
        await chat.ask(CONTACT_QUESTION)
    async with camera.picture("inbaddad-mobil", PHONE, "dark", floating=True) as (chat, _):
        await _tap(chat, CONTACT_QUESTION)
    async with camera.picture("inbaddad-olast", floating=True) as (chat, portal):
        portal.rasa.delay = 0.7
        await chat.input.fill(CONTACT_QUESTION)
        await chat.input.press("Enter")
        await expect(chat.questions).to_have_count(1)
        await chat.page.keyboard.press("Escape")
        await expect(chat.page.get_by_role("button", name="ett oläst svar")).to_be_visible(timeout=10_000)


async def _in_the_telephone_queue(browser: Browser, folder: Path) -> None:
    async with callers_portal() as callers:
        page = await browser.new_page(
            viewport=PHONE, locale="sv-SE", has_touch=True, is_mobile=True, reduced_motion="reduce"
        )

        async def picture(name: str) -> None:
            await page.evaluate("scrollTo(0, 0)")
            await page.screenshot(path=folder / f"telefonko-{name}.png")

        await page.goto(await callers.link())
        await expect(page.get_by_role("button", name="Öppna chatten")).to_be_visible()
        await picture("lank")
        await page.get_by_role("button", name="Öppna chatten").click()
        await expect(page.get_by_label("Din fråga")).to_be_visible()
        await picture("oppnad")
        await _tap(Chat(page), CONTACT_QUESTION)
        await page.screenshot(path=folder / "telefonko-svar.png")
        await page.get_by_role("button", name="Bli uppringd").click()
        await picture("bli-uppringd")
        await page.get_by_role("button", name="Skicka önskemålet").click()
        await page.get_by_role("button", name="Behåll min plats i kön").click()
        await expect(page.locator("#done")).to_contain_text("Telefonväxeln")
        await picture("klart")
        await page.emulate_media(color_scheme="dark")
        await page.get_by_role("button", name="Fortsätt på en dator").click()
        await expect(page.locator("#code")).not_to_be_empty()
        await picture("kod-mork")
        await page.goto(f"{callers.url}/s")
        await page.emulate_media(color_scheme="light")
        await picture("skriv-kod")
        await page.close()


async def _tap(chat: Chat, question: str) -> None:
    await chat.input.fill(question)
    await chat.page.get_by_role("button", name="Skicka").tap()
    await expect(chat.answers).to_have_count(2)


async def _order(chat: Chat) -> None:
    await chat.ask(ORDER_QUESTION)
    await chat.last.get_by_role("button", name="Västra Götaland").click()
    await expect(chat.answers).to_have_count(3)


async def _to_end(page: Page) -> None:
    await page.locator(".scroll").evaluate("node => node.scrollTo(0, node.scrollHeight)")


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    asyncio.run(take(folder))
