"""The portal in a real browser: a question is asked on the page and its answer read there."""

import asyncio
import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.answers import (
    CONTACT_QUESTION,
    EVE_QUESTION,
    HOSTILE,
    HOSTILE_QUESTION,
    LONG_QUESTION,
    ORDER_QUESTION,
    PASSWORD_QUESTION,
    SHORT_NUMBER_QUESTION,
)
from tests.browser.conftest import Chat, LocalPortal

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


# ---- what the whole running system must do too


async def test_a_question_gets_a_sourced_answer(page: Page, system_url: str) -> None:
    chat = await Chat(page).open(system_url)

    answer = await chat.ask(CONTACT_QUESTION)

    await expect(answer).to_contain_text("023-44 000")
    await expect(answer.get_by_role("link", name="023-44 000").first).to_have_attribute("href", "tel:+462344000")
    await answer.locator("summary").click()
    source = answer.locator(".sources li").first
    await expect(source).to_contain_text("Bilaga 4 – Informationsteknik (IT)")
    await expect(source).to_contain_text("15.1 Felanmälan")
    await expect(source).to_contain_text("Daterat 20 november 2023")


async def test_the_region_is_asked_for_with_buttons_and_remembered(page: Page, system_url: str) -> None:
    chat = await Chat(page).open(system_url)
    question = await chat.ask(ORDER_QUESTION)
    choice = question.get_by_role("button", name="Västra Götaland")

    await choice.click()

    await expect(chat.answers).to_have_count(3, timeout=20_000)
    await expect(chat.last).to_contain_text("Användartjänst")
    await expect(choice).to_be_disabled()
    await expect(page.get_by_role("radio", name="Västra Götaland")).to_be_checked()


async def test_the_page_says_that_it_is_a_bot_before_anything_is_written(page: Page, system_url: str) -> None:
    chat = await Chat(page).open(system_url)

    await expect(chat.answers.first).to_contain_text("AI-bot")
    await expect(chat.answers.first).to_contain_text("Skriv inga personnummer")
    await expect(page.get_by_text("Du chattar med en bot.")).to_be_visible()


# ---- answers


async def test_steps_links_notices_and_mailboxes(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    steps = await chat.ask(PASSWORD_QUESTION)

    await expect(steps.locator("ol > li")).to_have_count(3)
    await expect(steps.get_by_role("link", name="https://vgregion.se/it-vgr-serviceportal")).to_have_attribute(
        "rel", "noopener noreferrer"
    )
    await expect(steps.locator(".badge.open")).to_have_text("Öppet nu")

    await chat.ask(ORDER_QUESTION)
    await chat.last.get_by_role("button", name="Västra Götaland").click()
    await expect(chat.last).to_contain_text("Så här beställer du")
    await expect(chat.last.get_by_role("note")).to_contain_text("stavas olika i dokumenten")
    await expect(chat.last.get_by_role("link", name="isittjanstpvq@vgregion.se")).to_have_attribute(
        "href", "mailto:isittjanstpvq@vgregion.se"
    )
    await expect(chat.last.locator("summary")).to_have_text("Källor (2)")
    await chat.last.locator("summary").press("Enter")
    await expect(chat.last.locator(".sources li").nth(1)).to_contain_text("Datum: odaterad")


async def test_short_numbers_and_bare_addresses_are_links_when_facts_name_them(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    answer = await chat.ask(SHORT_NUMBER_QUESTION)

    links = await answer.get_by_role("link").evaluate_all("links => links.map(a => a.getAttribute('href'))")
    assert links == ["tel:+46774441010", "tel:1177", "https://www.1177.se", "https://vgregion.se/kiv"]


async def test_openness_at_another_time_is_dated_in_swedish(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)

    answer = await chat.ask(EVE_QUESTION)

    await expect(answer.locator(".badge.closed")).to_contain_text("Stängt fredag 25 december")
    await expect(answer.locator(".badge.closed")).to_contain_text("öppnar måndag 28 december")


async def test_the_desks_are_looked_up_again_when_the_page_is_looked_at_again(page: Page, portal: LocalPortal) -> None:
    portal.desks.open = False
    await Chat(page).open(portal.url)
    await expect(page.locator(".desk .badge.closed")).to_have_count(3)
    portal.desks.open = True

    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    await expect(page.locator(".desk .badge.open")).to_have_count(3)


async def test_markup_from_either_side_stays_text(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.ask(HOSTILE)
    answer = await chat.ask(HOSTILE_QUESTION)

    await expect(chat.questions.first).to_contain_text(HOSTILE)
    await expect(answer.get_by_role("note")).to_contain_text(HOSTILE)
    await expect(answer.get_by_role("button", name="<img")).to_have_text(HOSTILE)
    assert await page.title() == "Supportlotsen – hjälp med regionernas IT-system"
    assert await page.locator(".message img, .message script, .message a[href^=javascript]").count() == 0


async def test_the_beginning_of_a_long_answer_is_shown(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await page.emulate_media(reduced_motion="reduce")

    answer = await chat.ask(LONG_QUESTION)

    await expect(answer.get_by_text("Rad 1 om")).to_be_in_viewport()
    await expect(chat.questions.last).to_be_in_viewport()


# ---- asking


async def test_a_starter_question_is_asked_with_one_press(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)

    await page.get_by_role("button", name=PASSWORD_QUESTION).click()

    await expect(chat.answers).to_have_count(2)
    await expect(page.get_by_role("group", name="Vanliga frågor")).to_be_hidden()


async def test_the_chosen_region_goes_with_the_question(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await page.get_by_role("radio", name="Uppsala").check()
    await expect(page.locator(".desk:visible")).to_have_count(1)

    await chat.ask("Hej")

    assert portal.rasa.asked[0]["metadata"]["region"] == "Uppsala"


async def test_shift_enter_is_a_new_line(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.input.fill("rad ett")
    await chat.input.press("Shift+Enter")
    await chat.input.press_sequentially("rad två")
    await chat.input.press("Enter")

    await expect(chat.answers).to_have_count(2)
    assert portal.rasa.asked[0]["message"] == "rad ett\nrad två"


async def test_a_double_click_asks_once(page: Page, portal: LocalPortal) -> None:
    portal.rasa.delay = 0.3
    chat = await Chat(page).open(portal.url)
    await chat.ask(ORDER_QUESTION)

    await chat.last.get_by_role("button", name="Uppsala").dblclick()
    await expect(chat.answers).to_have_count(3)
    await chat.input.fill("Hej")
    await page.get_by_role("button", name="Skicka").dblclick()
    await expect(chat.answers).to_have_count(4)
    await asyncio.sleep(0.5)

    assert [asked["message"] for asked in portal.rasa.asked] == [ORDER_QUESTION, '/inform{"region": "Uppsala"}', "Hej"]


async def test_waiting_is_shown_and_the_next_question_is_answered_in_its_turn(page: Page, portal: LocalPortal) -> None:
    portal.rasa.delay = 1.0
    chat = await Chat(page).open(portal.url)
    await chat.input.fill("Hej")
    await chat.input.press("Enter")

    await expect(page.get_by_text("Supportlotsen letar efter svaret")).to_be_visible()
    await chat.input.fill(CONTACT_QUESTION)
    await chat.input.press("Enter")
    await expect(chat.answers).to_have_count(3)

    await expect(page.get_by_text("Supportlotsen letar efter svaret")).to_be_hidden()
    await expect(chat.last).to_contain_text("023-44 000")
    assert [asked["message"] for asked in portal.rasa.asked] == ["Hej", CONTACT_QUESTION]


async def test_a_message_that_is_too_long_stays_in_the_box(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    pasted = "å" * 10_000
    await chat.input.fill(pasted)
    await chat.input.press("Enter")

    await expect(page.get_by_role("alert")).to_contain_text("10\u00a0000 tecken")
    await expect(chat.input).to_have_value(pasted)
    await chat.input.fill("å" * 3990)
    await expect(page.get_by_text("10 tecken kvar")).to_be_visible()
    await expect(page.get_by_role("alert")).to_have_text("")
    assert portal.rasa.asked == []


async def test_an_empty_message_is_explained(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.input.fill("   ")
    await page.get_by_role("button", name="Skicka").click()

    await expect(page.get_by_role("alert")).to_have_text("Skriv en fråga först.")
    await expect(chat.input).to_be_focused()


async def test_the_whole_conversation_by_keyboard(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Hoppa till chatten")).to_be_focused()
    await page.keyboard.press("Enter")
    for _ in range(3):  # the menu, the conversation, the first starter
        await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name=PASSWORD_QUESTION)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(chat.answers).to_have_count(2)
    await expect(chat.input).to_be_focused()

    await page.keyboard.type(ORDER_QUESTION)
    await page.keyboard.press("Enter")
    await expect(chat.answers).to_have_count(3)
    for _ in range(4):  # back over the way to a person and the choices
        await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Västra Götaland")).to_be_focused()
    await page.keyboard.press("Space")
    await expect(chat.answers).to_have_count(4)
    await expect(chat.input).to_be_focused()


# ---- when something goes wrong


async def test_rasa_gone_still_gives_a_number(page: Page, portal: LocalPortal) -> None:
    portal.rasa.status = 500
    chat = await Chat(page).open(portal.url)

    answer = await chat.ask(CONTACT_QUESTION)
    await expect(answer).to_have_class(re.compile("failed"))
    await expect(answer.get_by_role("link", name="010-47 37 100")).to_be_visible()


async def test_the_gateway_gone_loses_nothing(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await expect(page.locator(".desk")).to_have_count(3)
    await portal.stop_gateway()

    await chat.input.fill(CONTACT_QUESTION)
    await chat.input.press("Enter")
    await expect(page.get_by_text("Ingen anslutning.")).to_be_visible()
    await expect(chat.last.get_by_role("link", name="023-44 000")).to_be_visible(timeout=15_000)

    await portal.start_gateway()
    await expect(chat.last).to_contain_text("ServiceDesk Region Dalarna på telefon", timeout=20_000)
    await expect(page.get_by_text("Ingen anslutning.")).to_be_hidden()
    assert [asked["message"] for asked in portal.rasa.asked] == [CONTACT_QUESTION]


async def test_what_is_asked_without_a_network_is_sent_when_it_is_back(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    question = await chat.ask(ORDER_QUESTION)
    await page.context.set_offline(True)
    await question.get_by_role("button", name="Västra Götaland").click()
    await expect(page.get_by_text("Ingen anslutning.")).to_be_visible()

    await page.context.set_offline(False)

    await expect(chat.last).to_contain_text("Så här beställer du", timeout=20_000)
    assert len(portal.rasa.asked) == 2


async def test_a_gateway_restart_in_mid_answer_goes_on(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.ask("Hej")
    portal.rasa.delay = 1.0
    await chat.input.fill(CONTACT_QUESTION)
    await chat.input.press("Enter")
    await expect(page.get_by_text("Supportlotsen letar efter svaret")).to_be_visible()
    await portal.stop_gateway()
    portal.rasa.delay = 0.0
    await portal.start_gateway()

    await expect(chat.last).to_contain_text("023-44 000", timeout=20_000)
    await expect(chat.answers).to_have_count(3)
    await expect(chat.questions).to_have_count(2)


async def test_a_conversation_that_has_expired_goes_on_in_a_new_one(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.ask("Hej")
    await portal.stop_gateway()
    portal.secret = "another secret, so that no token of before is known"
    await portal.start_gateway()

    await expect(page.get_by_text("Det förra samtalet hade gått ut")).to_be_visible(timeout=20_000)
    answer = await chat.ask(CONTACT_QUESTION)
    await expect(answer).to_contain_text("023-44 000")
    assert portal.rasa.asked[0]["sender"] != portal.rasa.asked[-1]["sender"]


# ---- what stays


async def test_the_conversation_survives_a_reload(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.ask(ORDER_QUESTION)
    await chat.last.get_by_role("button", name="Västra Götaland").click()
    await expect(chat.answers).to_have_count(3)

    await page.reload()

    await expect(chat.answers).to_have_count(3)
    await expect(chat.questions).to_have_count(2)
    await expect(chat.answers.nth(1).get_by_role("button", name="Dalarna")).to_be_disabled()
    await expect(page.get_by_role("radio", name="Västra Götaland")).to_be_checked()
    await chat.ask("Hej")
    assert len({asked["sender"] for asked in portal.rasa.asked}) == 1


async def test_a_reload_before_the_answer_still_gets_it(page: Page, portal: LocalPortal) -> None:
    portal.rasa.delay = 1.5
    chat = await Chat(page).open(portal.url)
    await chat.input.fill(CONTACT_QUESTION)
    await chat.input.press("Enter")
    await expect(chat.questions).to_have_count(1)
    await page.reload()

    await expect(chat.last).to_contain_text("023-44 000", timeout=20_000)
    await expect(chat.questions).to_have_count(1)
    assert len(portal.rasa.asked) == 1


async def test_two_tabs_show_one_conversation(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.ask("Hej")
    other = Chat(await page.context.new_page())
    await other.open(portal.url)
    await expect(other.answers).to_have_count(2)

    await other.ask(CONTACT_QUESTION)

    await expect(chat.last).to_contain_text("023-44 000")
    await expect(chat.questions).to_have_count(2)
    await other.page.close()


async def test_what_is_being_written_survives_a_reload(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.input.fill("En halv fråga")

    await page.reload()

    await expect(chat.input).to_have_value("En halv fråga")


async def test_starting_over_asks_first_and_makes_a_new_conversation(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.ask("Hej")
    await chat.menu("Börja om")
    await page.get_by_role("button", name="Avbryt").click()
    await expect(chat.questions).to_have_count(1)

    await chat.menu("Börja om")
    await page.get_by_role("dialog").get_by_role("button", name="Börja om").click()
    await expect(chat.questions).to_have_count(0)
    await expect(page.get_by_role("group", name="Vanliga frågor")).to_be_visible()
    await chat.ask("Hej")

    assert len({asked["sender"] for asked in portal.rasa.asked}) == 2


async def test_erasing_leaves_nothing_behind(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.ask("Hej")
    await chat.menu("Radera samtalet")
    await page.get_by_role("dialog").get_by_role("button", name="Radera samtalet").click()

    await expect(page.get_by_text("Samtalet är raderat.")).to_be_visible()
    await page.reload()
    await expect(chat.questions).to_have_count(0)


async def test_the_conversation_can_be_downloaded(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.ask(CONTACT_QUESTION)
    async with page.expect_download() as coming:
        await chat.menu("Ladda ner samtalet")

    file = await (await coming.value).path()
    text = file.read_text(encoding="utf-8")
    assert CONTACT_QUESTION in text and "023-44 000" in text and "15.1 Felanmälan" in text


async def test_an_answer_can_be_judged_with_its_reason(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    answer = await chat.ask(CONTACT_QUESTION)
    thumb = answer.get_by_role("button", name="Svaret hjälpte inte")

    async with page.expect_response("**/api/v1/feedback") as first:
        await thumb.click()
    await answer.get_by_role("button", name="Saknar något").click()
    async with page.expect_response("**/api/v1/feedback") as last:
        await answer.get_by_role("button", name="Nej").click()

    assert [(await first.value).status, (await last.value).status] == [204, 204]
    await expect(answer.get_by_text("Tack!")).to_be_visible()
    await page.reload()
    await expect(chat.last.get_by_role("button", name="Svaret hjälpte inte")).to_have_attribute("aria-pressed", "true")


async def test_a_person_is_one_press_away(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)

    await page.get_by_role("button", name="Prata med en människa").click()

    await expect(chat.answers).to_have_count(2)
    assert portal.rasa.asked[0]["message"] == "Jag vill prata med en människa"


# ---- on every screen


@pytest.mark.parametrize(("width", "height"), [(320, 568), (320, 256), (768, 1024), (1280, 800), (1920, 1080)])
async def test_nothing_is_wider_than_the_window(page: Page, portal: LocalPortal, width: int, height: int) -> None:
    await page.set_viewport_size({"width": width, "height": height})
    chat = await Chat(page).open(portal.url)
    for question in (PASSWORD_QUESTION, ORDER_QUESTION, "långtordutanmellanslag" * 20, HOSTILE_QUESTION):
        await chat.ask(question)

    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    overflow = await chat.page.locator(".scroll").evaluate("node => node.scrollWidth - node.clientWidth")
    assert overflow <= 0


async def test_printing_shows_the_conversation_and_its_sources(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    answer = await chat.ask(CONTACT_QUESTION)
    await page.emulate_media(media="print")
    await page.evaluate("dispatchEvent(new Event('beforeprint'))")

    await expect(answer.locator(".sources li")).to_be_visible()
    await expect(chat.input).to_be_hidden()
    await expect(page.get_by_role("heading", name="Bra att veta")).to_be_hidden()
