"""The page behind the link in the SMS, on a phone."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.answers import CONTACT_QUESTION
from tests.browser.conftest import Chat
from tests.browser.phone import CallersPortal, callers_portal
from tests.browser.test_embedding import findings

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def callers() -> AsyncIterator[CallersPortal]:
    async with callers_portal() as portal:
        yield portal


@pytest_asyncio.fixture(loop_scope="module")
async def handset(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A phone in which nothing may go wrong."""
    context = await browser.new_context(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True, locale="sv-SE", reduced_motion="reduce"
    )
    wrong: list[str] = []
    context.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    context.on("weberror", lambda error: wrong.append(str(error.error)))
    yield context
    await context.close()
    # A refused link is told by the browser itself, whatever the page does about it.
    assert [text for text in wrong if not text.startswith("Failed to load resource")] == []


async def opened(handset: BrowserContext, link: str) -> Page:
    page = await handset.new_page()
    await page.goto(link)
    await page.get_by_role("button", name="Öppna chatten").tap()
    await expect(page.get_by_label("Din fråga")).to_be_visible()
    return page


async def test_the_link_greets_with_the_place_in_the_queue_and_answers(
    callers: CallersPortal, handset: BrowserContext
) -> None:
    page = await opened(handset, await callers.link())

    await expect(page.locator("#queue")).to_have_text(
        "Du är nummer 7 i kön till VGR IT-support. Telefonväxeln räknar med en väntetid på ungefär 12 min."
    )
    chat = Chat(page)
    await expect(chat.answers.first).to_contain_text("AI-bot")
    await chat.input.fill(CONTACT_QUESTION)
    await page.get_by_role("button", name="Skicka", exact=True).tap()
    await expect(chat.answers).to_have_count(2)
    await expect(chat.last).to_contain_text("023-44 000")
    back = page.get_by_role("link", name="Ring 010-47 37 100")
    await expect(back).to_have_attribute("href", "tel:+46-10-473-71-00")


async def test_a_preview_that_runs_scripts_uses_nothing_up(
    callers: CallersPortal, browser: Browser, handset: BrowserContext
) -> None:
    link = await callers.link()
    preview = await browser.new_page()
    await preview.goto(link)
    await expect(preview.get_by_role("button", name="Öppna chatten")).to_be_visible()
    await preview.close()

    await opened(handset, link)


async def test_the_same_phone_continues_and_another_is_told_that_the_link_is_used(
    callers: CallersPortal, browser: Browser, handset: BrowserContext
) -> None:
    link = await callers.link()
    page = await opened(handset, link)
    await Chat(page).ask(CONTACT_QUESTION)
    await page.close()

    again = await handset.new_page()
    await again.goto(link)
    await expect(Chat(again).answers).to_have_count(2)
    await expect(again.locator("#queue")).to_contain_text("nummer 7")

    other = await browser.new_page()
    await other.goto(link)
    await other.get_by_role("button", name="Öppna chatten").click()
    await expect(other.locator("#problem")).to_contain_text("redan öppnats på en annan telefon")
    await expect(other.locator("#problem")).to_contain_text("010-47 37 100")
    await expect(other.get_by_role("button", name="Öppna chatten")).to_be_enabled()
    await other.close()


async def test_being_called_back(callers: CallersPortal, handset: BrowserContext) -> None:
    page = await opened(handset, await callers.link())
    await page.get_by_role("button", name="Bli uppringd").tap()
    dialog = page.get_by_role("dialog", name="Bli uppringd")
    await expect(dialog.get_by_label("Numret du ringde från, som slutar på 05")).to_be_checked()
    await expect(dialog.get_by_label("Vilken region gäller det?")).to_be_hidden()

    await dialog.get_by_label("Ett annat nummer").check()
    await dialog.get_by_label("Telefonnummer med riktnummer").fill("hundra")
    await dialog.get_by_label("När vill du bli uppringd?").select_option(index=1)
    await dialog.get_by_role("button", name="Skicka önskemålet").tap()
    await expect(dialog.get_by_role("alert")).to_contain_text("kunde inte läsa telefonnumret")

    await dialog.get_by_label("Telefonnummer med riktnummer").fill("031-786 32 00")
    await dialog.get_by_role("button", name="Skicka önskemålet").tap()

    await expect(dialog).to_be_hidden()
    await expect(page.locator("#done")).to_be_focused()
    await expect(page.locator("#done")).to_contain_text("registrerad som ärende")
    await expect(page.locator("#done")).to_contain_text("Önskad tid: i morgon kl. 07:30–09:30.")
    await expect(page.get_by_role("button", name="Bli uppringd")).to_be_hidden()
    await expect(page.locator(".log")).to_contain_text("registrerad som ärende")


async def test_keeping_the_place(callers: CallersPortal, handset: BrowserContext) -> None:
    page = await opened(handset, await callers.link())

    await page.get_by_role("button", name="Behåll min plats i kön").tap()

    await expect(page.locator("#done")).to_contain_text("Telefonväxeln har fått veta")
    await expect(page.get_by_role("button", name="Behåll min plats i kön")).to_be_hidden()
    assert [kept["action"] for kept in callers.telephone.kept] == ["keep_place"]


async def test_a_telephone_system_that_keeps_no_places_is_not_offered(handset: BrowserContext) -> None:
    async with callers_portal(keeps_places=False) as callers:
        page = await opened(handset, await callers.link())

        await expect(page.get_by_role("button", name="Bli uppringd")).to_be_visible()
        await expect(page.get_by_role("button", name="Behåll min plats i kön")).to_be_hidden()
        await page.close()


async def test_registering_a_ticket_is_asked_for_in_the_chat(callers: CallersPortal, handset: BrowserContext) -> None:
    page = await opened(handset, await callers.link())

    await page.get_by_role("button", name="Registrera ett ärende").tap()

    await expect(page.locator(".message.user")).to_contain_text("Jag vill registrera ett ärende")
    await expect(page.locator(".message.bot")).to_have_count(2)
    assert callers.portal.rasa.asked[-1]["message"] == "Jag vill registrera ett ärende"


async def test_the_place_in_the_queue_is_shown_as_it_moves(callers: CallersPortal, handset: BrowserContext) -> None:
    page = await opened(handset, await callers.link())
    await callers.tells("call-1", position=2)

    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    await expect(page.locator("#queue")).to_contain_text("Du är nummer 2 i kön")


async def test_a_caller_without_sms_types_the_code_that_was_read(
    callers: CallersPortal, handset: BrowserContext
) -> None:
    answer = await callers.calls(number="031-786 32 00", position=3)
    page = await handset.new_page()
    await page.goto(f"{callers.url}/s")
    field = page.get_by_label("Koden du hörde i telefonen")
    await field.fill("000 000 00 00")
    await page.get_by_role("button", name="Öppna chatten").tap()
    await expect(page.locator("#problem")).to_contain_text("Koden gäller inte")

    await field.fill(answer["code"])
    await page.get_by_role("button", name="Öppna chatten").tap()

    await expect(page.locator("#queue")).to_have_text("Du är nummer 3 i telefonkön.")
    await page.reload()
    await expect(page.locator("#queue")).to_have_text("Du är nummer 3 i telefonkön.")
    later = await handset.new_page()
    await later.goto(f"{callers.url}/s")
    await expect(later.get_by_label("Koden du hörde i telefonen")).to_be_visible()


async def test_the_conversation_goes_on_at_a_computer(
    callers: CallersPortal, handset: BrowserContext, page: Page
) -> None:
    phone = await opened(handset, await callers.link())
    await Chat(phone).ask(CONTACT_QUESTION)
    await phone.get_by_role("button", name="Fortsätt på en dator").tap()
    await expect(phone.locator("#code")).not_to_be_empty()
    code = await phone.locator("#code").inner_text()

    computer = await Chat(page).open(callers.url)
    await page.get_by_text("Fortsätt ett samtal med kod").click()
    field = page.get_by_label("Koden som du fick i det andra samtalet")
    await field.fill("123")
    await page.get_by_role("button", name="Fortsätt", exact=True).click()
    await expect(page.locator("#code-problem")).to_contain_text("Koden gäller inte")
    await field.fill(code)
    await page.get_by_role("button", name="Fortsätt", exact=True).click()

    await expect(computer.questions.first).to_contain_text(CONTACT_QUESTION)
    await expect(page.get_by_role("radio", name="Dalarna")).to_be_checked()
    await computer.ask("Och från datorn")
    await expect(Chat(phone).questions).to_have_count(2)


async def test_an_erased_conversation_says_so_when_the_link_is_opened_again(
    callers: CallersPortal, handset: BrowserContext
) -> None:
    link = await callers.link()
    page = await opened(handset, link)
    await Chat(page).ask(CONTACT_QUESTION)
    await Chat(page).menu("Radera samtalet")
    await page.get_by_role("button", name="Radera samtalet").last.tap()
    await expect(page.get_by_text("Samtalet är raderat.")).to_be_visible()

    await page.reload()
    await page.get_by_role("button", name="Öppna chatten").tap()

    await expect(page.locator("#problem")).not_to_be_empty()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_the_phone(callers: CallersPortal, handset: BrowserContext, scheme: Any) -> None:
    page = await handset.new_page()
    await page.emulate_media(color_scheme=scheme)
    await page.goto(await callers.link())
    await expect(page.get_by_role("button", name="Öppna chatten")).to_be_visible()
    found = {"start": await findings(page)}
    await page.get_by_role("button", name="Öppna chatten").tap()
    await expect(page.get_by_label("Din fråga")).to_be_visible()
    found["opened"] = await findings(page)
    await page.get_by_role("button", name="Bli uppringd").tap()
    found["call-back"] = await findings(page)
    await page.get_by_label("Ett annat nummer").check()
    await page.get_by_role("button", name="Skicka önskemålet").tap()
    await expect(page.locator("#book-problem")).not_to_be_empty()
    found["call-back, refused"] = await findings(page)
    await page.get_by_role("button", name="Avbryt").tap()
    await page.get_by_role("button", name="Behåll min plats i kön").tap()
    await expect(page.locator("#done")).not_to_be_empty()
    await page.get_by_role("button", name="Fortsätt på en dator").tap()
    await expect(page.locator("#code")).not_to_be_empty()
    found["code"] = await findings(page)
    await page.goto(f"{callers.url}/s")
    await expect(page.get_by_role("button", name="Öppna chatten")).to_be_visible()
    found["typed"] = await findings(page)

    assert {state: wrong for state, wrong in found.items() if wrong} == {}


async def test_nothing_is_wider_than_the_narrowest_phone(callers: CallersPortal, handset: BrowserContext) -> None:
    page = await opened(handset, await callers.link())
    await page.set_viewport_size({"width": 320, "height": 568})

    async def sideways() -> int:
        width: int = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        return width

    assert await sideways() <= 0
    await page.get_by_role("button", name="Bli uppringd").tap()
    dialog = page.locator("#callback-dialog")
    assert await dialog.evaluate("node => node.scrollWidth - node.clientWidth") <= 0
    small = await page.locator("button:visible, .deeds a:visible, select:visible, label.choice:visible").evaluate_all(
        "nodes => nodes.filter(node => node.getBoundingClientRect().height < 24).map(node => node.outerHTML)"
    )
    assert small == []  # WCAG 2.2, 2.5.8
