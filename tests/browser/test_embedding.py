"""The chat on somebody else's page, under the strictest policy, and looked at by axe in every state."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.browser.answers import CONTACT_QUESTION, HOSTILE_QUESTION, ORDER_QUESTION, PASSWORD_QUESTION
from tests.browser.conftest import Chat, LocalPortal
from tests.browser.host_page import Host

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

AXE = Path(__file__).parents[2] / "gateway" / "widget" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest_asyncio.fixture(loop_scope="module")
async def host(portal: LocalPortal) -> AsyncIterator[Host]:
    """A portal owner's page that the gateway knows."""
    async with Host(portal) as host:
        yield host


async def opened(page: Page, host: Host) -> Chat:
    """The chat, opened by its button."""
    await page.goto(host.url)
    await page.get_by_role("button", name="Öppna chatten").click()
    return Chat(page)


async def test_one_script_gives_a_chat_that_asks_only_the_gateway(page: Page, host: Host) -> None:
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url.split("/", 3)[2]))
    async with page.expect_response("**/widget.js") as coming:
        chat = await opened(page, host)
    sent = (await coming.value).headers
    assert sent["content-encoding"] == "gzip"
    assert int(sent["content-length"]) <= 12 * 1024

    answer = await chat.ask(CONTACT_QUESTION)

    await expect(answer).to_contain_text("023-44 000")
    assert host.portal.rasa.asked[0]["metadata"]["region"] == "Dalarna"
    assert asked == {host.url.removeprefix("http://"), host.portal.url.removeprefix("http://")}
    assert await page.context.cookies() == []


async def test_a_page_that_is_not_on_the_list_gets_no_answers(page: Page, host: Host) -> None:
    await host.portal.stop_gateway()
    host.portal.origins = ()
    await host.portal.start_gateway()
    chat = await opened(page, host)
    await chat.input.fill("Hej")
    await chat.input.press("Enter")

    await expect(page.get_by_text("Ingen anslutning.")).to_be_visible()
    assert host.portal.rasa.asked == []


async def test_opening_and_closing_moves_focus_and_counts_what_is_unread(page: Page, host: Host) -> None:
    host.portal.rasa.delay = 0.7
    chat = await opened(page, host)
    await expect(chat.input).to_be_focused()
    await chat.input.fill(CONTACT_QUESTION)
    await chat.input.press("Enter")
    await expect(chat.questions).to_have_count(1)
    await page.keyboard.press("Escape")

    launcher = page.get_by_role("button", name="Öppna chatten, ett oläst svar")
    await expect(launcher).to_be_focused(timeout=10_000)
    await launcher.click()
    await expect(chat.last).to_contain_text("023-44 000")
    await page.reload()
    await expect(chat.last).to_be_visible()


async def test_english_texts(page: Page, host: Host) -> None:
    host.attributes = 'data-lang="en"'
    await page.goto(host.url)
    await page.get_by_role("button", name="Open the chat").click()

    await expect(page.get_by_label("Your question")).to_be_focused()
    await expect(page.get_by_role("button", name="Talk to a person")).to_be_visible()


@pytest.mark.parametrize("brand", ["#ffd500", "#00205b", "#e30613", "#ffffff", "#7ac143"])
async def test_any_brand_colour_keeps_its_contrast(page: Page, host: Host, brand: str) -> None:
    host.style = f":root {{ color-scheme: light dark; --supportlotsen-brand: {brand} }}"
    chat = await opened(page, host)
    await chat.ask(PASSWORD_QUESTION)
    found = {}
    await page.emulate_media(color_scheme="light")
    found["light"] = await findings(page)
    await page.emulate_media(color_scheme="dark")
    found["dark"] = await findings(page)
    await page.keyboard.press("Escape")
    found["minimised"] = await findings(page)

    assert {state: wrong for state, wrong in found.items() if wrong} == {}


async def findings(page: Page) -> list[str]:
    """What axe finds, by rule and place."""
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    result = await page.evaluate("rules => axe.run(document, { runOnly: rules, resultTypes: ['violations'] })", RULES)
    return [
        f"{each['id']}: {node['target']} {node['failureSummary']}"
        for each in result["violations"]
        for node in each["nodes"]
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_in_any_state(page: Page, portal: LocalPortal, scheme: Any) -> None:
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    chat = await Chat(page).open(portal.url)
    found = {"empty": await findings(page)}
    for question in (CONTACT_QUESTION, ORDER_QUESTION, HOSTILE_QUESTION):
        await chat.ask(question)
    await chat.answers.nth(1).locator("summary").click()
    await chat.answers.nth(1).get_by_role("button", name="Svaret hjälpte inte").click()
    found["answers, sources, choices, judging"] = await findings(page)
    await page.locator(".menu summary").click()
    found["menu"] = await findings(page)
    await page.keyboard.press("Escape")
    await chat.menu("Börja om")
    found["dialog"] = await findings(page)
    await page.get_by_role("button", name="Avbryt").click()
    await chat.input.fill("å" * 4001)
    found["too long"] = await findings(page)
    portal.rasa.status = 500
    await chat.ask("Något")
    found["failed"] = await findings(page)
    for address in ("/tillganglighet",):
        await page.goto(f"{portal.url}{address}")
        found[address] = await findings(page)

    assert {state: wrong for state, wrong in found.items() if wrong} == {}
