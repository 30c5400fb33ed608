"""`python -m tests.browser.screenshots [FOLDER]`: the portal's pictures, with the fake Rasa's answers."""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Browser, ViewportSize, async_playwright, expect

from tests.browser.answers import CONTACT_QUESTION, ORDER_QUESTION, PASSWORD_QUESTION
from tests.browser.conftest import FLAGS, Chat, LocalPortal, ThreeDesks, chromium

PICTURES = Path(__file__).parents[2] / "docs" / "bilder"
DESKTOP = ViewportSize(width=1360, height=900)
PHONE = ViewportSize(width=390, height=844)
MONDAY = "2026-11-23T12:04:00+01:00"
SUNDAY = "2026-11-22T14:20:00+01:00"


async def take(folder: Path) -> None:
    """All pictures, each from a conversation of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        await _picture(browser, folder / "portal.png", [PASSWORD_QUESTION], unfold=True)
        await _picture(browser, folder / "portal-start.png", [])
        await _picture(browser, folder / "portal-mork.png", [ORDER_QUESTION], choose=True, dark=True)
        await _picture(browser, folder / "portal-mobil.png", [PASSWORD_QUESTION], phone=True)
        await _picture(browser, folder / "portal-stangt.png", [CONTACT_QUESTION], unfold=True, weekend=True)
        await _picture(browser, folder / "portal-fel.png", [PASSWORD_QUESTION], broken=True)
        await browser.close()


async def _picture(
    browser: Browser,
    file: Path,
    questions: list[str],
    *,
    dark: bool = False,
    phone: bool = False,
    unfold: bool = False,
    choose: bool = False,
    broken: bool = False,
    weekend: bool = False,
) -> None:
    async with LocalPortal(desks=ThreeDesks(open=not weekend)) as portal:
        portal.rasa.status = 500 if broken else 200
        page = await browser.new_page(
            viewport=PHONE if phone else DESKTOP,
            locale="sv-SE",
            timezone_id="Europe/Stockholm",
            color_scheme="dark" if dark else "light",
            device_scale_factor=2 if phone else 1.5,
            has_touch=phone,
            is_mobile=phone,
            reduced_motion="reduce",
        )
        await page.clock.set_fixed_time(SUNDAY if weekend else MONDAY)
        chat = await Chat(page).open(portal.url)
        await expect(page.locator(".desk")).to_have_count(3)
        for question in questions:
            await chat.ask(question)
        if choose:
            await chat.last.get_by_role("button", name="Västra Götaland").click()
            await expect(chat.answers).to_have_count(3)
        if unfold:
            await chat.last.locator("summary").click()
        await page.mouse.move(0, 0)
        await page.screenshot(path=file)
        await page.close()


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(folder))
