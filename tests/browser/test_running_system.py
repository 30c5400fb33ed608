"""The real system in a real browser: the page, the gateway, Rasa, the action server and the knowledge base."""

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Chat
from tests.running_system import RunningSystem

pytestmark = [pytest.mark.browser, pytest.mark.system, pytest.mark.asyncio(loop_scope="module")]


async def test_how_to_order_an_account_with_its_source(page: Page, running_system: RunningSystem) -> None:
    chat = await Chat(page).open(running_system.portal_url)
    await page.get_by_role("radio", name="Västra Götaland").check()

    answer = await chat.ask("Hur beställer jag Användartjänst?")

    await expect(answer).to_contain_text("Så här beställer du Användartjänst")
    await expect(answer.locator("ol > li")).to_have_count(6)
    await expect(answer.get_by_role("listitem").filter(has_text="Skapa engagemang i KIV")).to_be_visible()
    await answer.locator("summary").click()
    source = answer.locator(".sources li").first
    await expect(source).to_contain_text("Att tänka på vid beställning av Användartjänst")
    await expect(source).to_contain_text("Daterat 15 december 2025")
