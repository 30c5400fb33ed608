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
    await page.clock.set_fixed_time("2026-11-22T12:00:00+01:00")

    answer = await chat.ask(EVE_QUESTION)

    await expect(answer.locator(".badge.closed")).to_have_text(
        "Stängt fredag 25 december kl. 10:00, öppnar måndag 28 december kl. 07:30"
    )


async def test_closed_now_tells_when_it_opens(page: Page, portal: LocalPortal) -> None:
    await page.clock.set_fixed_time("2026-11-22T12:00:00+01:00")
    chat = await Chat(page).open(portal.url)

    answer = await chat.ask(CONTACT_QUESTION)

    await expect(answer.locator(".badge.closed")).to_have_text("Stängt nu, öppnar i morgon kl. 07:30")


async def test_an_old_answer_does_not_say_now(page: Page, portal: LocalPortal) -> None:
    await page.clock.set_fixed_time("2026-11-22T12:00:00+01:00")
    chat = await Chat(page).open(portal.url)
    await chat.ask(CONTACT_QUESTION)
    await page.clock.set_fixed_time("2026-11-23T08:00:00+01:00")

    await page.reload()

    await expect(chat.last.locator(".badge")).to_have_text(
        "Stängt söndag 22 november kl. 12:00, öppnar måndag 23 november kl. 07:30"
    )


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


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Ett\n\nTvå", "<p>Ett</p><p>Två</p>"),
        ("rad\nrad", "<p>rad<br>rad</p>"),
        ("Så här:\n- a\n- b\n\nSlut", "<p>Så här:</p><ul><li>a</li><li>b</li></ul><p>Slut</p>"),
        ("1. a\n\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("3. c\n4. d", '<ol start="3"><li>c</li><li>d</li></ol>'),
        ("1. a\n   mer", "<ol><li>a<br>mer</li></ol>"),
        ("- a\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
        ("- inte-en-lista", "<ul><li>inte-en-lista</li></ul>"),
        ("-5 grader, 07:30-16:00, 2025-12-15", "<p>-5 grader, 07:30-16:00, 2025-12-15</p>"),
        ("Dnr SHS2020-00123 och RS 2023/87", "<p>Dnr SHS2020-00123 och RS 2023/87</p>"),
        ("(023-44 000)", '<p>(<a href="tel:+462344000" class="phone">023-44 000</a>)</p>'),
        ("0700 - 82 43 53", '<p><a href="tel:+46700824353" class="phone">0700 - 82 43 53</a></p>'),
        ("018-611 77 10.", '<p><a href="tel:+46186117710" class="phone">018-611 77 10</a>.</p>'),
        ("<b>&amp;</b>", "<p>&lt;b&gt;&amp;amp;&lt;/b&gt;</p>"),
        ("", ""),
    ],
)
async def test_text_becomes_nodes(page: Page, portal: LocalPortal, text: str, html: str) -> None:
    await page.goto(portal.url)

    made = await page.evaluate(
        """async text => {
            const { richText } = await import("/static/rich-text.js");
            const place = document.createElement("div");
            place.append(richText(text));
            return place.innerHTML;
        }""",
        text,
    )

    assert made == html


@pytest.mark.parametrize(
    ("text", "address", "shown"),
    [
        ("Se https://a.se/b.", "https://a.se/b", "https://a.se/b"),
        ("(https://a.se/b)", "https://a.se/b", "https://a.se/b"),
        ("https://a.se/b_(c)", "https://a.se/b_(c)", "https://a.se/b_(c)"),
        ("”https://a.se”", "https://a.se", "https://a.se"),
        ("[Text](https://a.se/b)", "https://a.se/b", "Text"),
        ("Mejla a.b@c.se.", "mailto:a.b@c.se", "a.b@c.se"),
    ],
)
async def test_addresses_become_links(page: Page, portal: LocalPortal, text: str, address: str, shown: str) -> None:
    await page.goto(portal.url)

    links = await page.evaluate(
        """async text => {
            const { richText } = await import("/static/rich-text.js");
            return [...richText(text).querySelectorAll("a")].map(a => [a.getAttribute("href"), a.textContent]);
        }""",
        text,
    )

    assert links == [[address, shown]]


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
    await page.get_by_role("radio", name="Vet inte").check()
    await chat.ask("Hej igen")

    assert [asked["metadata"] for asked in portal.rasa.asked] == [{"region": "Uppsala"}, {}]
    await expect(page.locator(".desk:visible")).to_have_count(3)


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


async def test_waiting_is_shown_and_the_next_question_can_be_written(page: Page, portal: LocalPortal) -> None:
    portal.rasa.delay = 1.0
    chat = await Chat(page).open(portal.url)
    await chat.input.fill("Hej")
    await chat.input.press("Enter")

    await expect(page.get_by_text("Supportlotsen letar efter svaret")).to_be_visible()
    await chat.input.fill("Nästa fråga")
    await chat.input.press("Enter")
    await expect(chat.answers).to_have_count(2)

    await expect(page.get_by_text("Supportlotsen letar efter svaret")).to_be_hidden()
    await expect(chat.input).to_have_value("Nästa fråga")
    assert len(portal.rasa.asked) == 1


async def test_a_message_that_is_too_long_stays_in_the_box(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    pasted = "å" * 10_000
    await chat.input.fill(pasted)
    await chat.input.press("Enter")

    await expect(page.get_by_role("alert")).to_contain_text("10\u00a0000 tecken")
    await expect(chat.input).to_have_value(pasted)
    await chat.input.fill("å" * 1990)
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
    for _ in range(3):  # start over, the conversation, the first starter
        await page.keyboard.press("Tab")
    await expect(page.get_by_role("button", name=PASSWORD_QUESTION)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(chat.answers).to_have_count(2)
    await expect(chat.input).to_be_focused()

    await page.keyboard.type(ORDER_QUESTION)
    await page.keyboard.press("Enter")
    await expect(chat.answers).to_have_count(3)
    for _ in range(3):  # back over the choices
        await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Västra Götaland")).to_be_focused()
    await page.keyboard.press("Space")
    await expect(chat.answers).to_have_count(4)
    await expect(chat.input).to_be_focused()


# ---- when something goes wrong


async def test_rasa_gone_still_gives_a_number_and_a_way_to_try_again(page: Page, portal: LocalPortal) -> None:
    portal.rasa.status = 500
    chat = await Chat(page).open(portal.url)

    answer = await chat.ask(CONTACT_QUESTION)
    await expect(answer).to_have_class(re.compile("failed"))
    await expect(answer.get_by_role("link", name="010-47 37 100")).to_be_visible()
    portal.rasa.status = 200
    await answer.get_by_role("button", name="Försök igen").click()

    await expect(chat.last).to_contain_text("ServiceDesk")
    await expect(chat.questions).to_have_count(1)


async def test_the_gateway_gone_keeps_what_was_written(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await expect(page.locator(".desk")).to_have_count(3)
    await portal.stop_gateway()

    answer = await chat.ask(CONTACT_QUESTION)
    await expect(answer).to_contain_text("kom inte iväg")
    await expect(answer.get_by_role("link", name="023-44 000")).to_be_visible()
    await expect(chat.input).to_have_value(CONTACT_QUESTION)
    await expect(chat.questions).to_have_count(0)

    await portal.start_gateway()
    await chat.input.press("Enter")
    await expect(chat.last).to_contain_text("ServiceDesk Region Dalarna på telefon")
    await expect(chat.input).to_have_value("")


async def test_a_choice_that_could_not_be_sent_can_be_made_again(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    question = await chat.ask(ORDER_QUESTION)
    await page.context.set_offline(True)
    choice = question.get_by_role("button", name="Västra Götaland")

    await choice.click()
    await expect(chat.last).to_contain_text("Valet kom inte iväg")
    await expect(choice).to_be_enabled()
    await page.context.set_offline(False)
    await choice.click()

    await expect(chat.last).to_contain_text("Så här beställer du")


async def test_a_gateway_restart_goes_on_in_a_new_conversation(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    question = await chat.ask(ORDER_QUESTION)
    await portal.stop_gateway()
    await portal.start_gateway()

    await question.get_by_role("button", name="Uppsala").click()

    await expect(page.get_by_text("Det förra samtalet hade gått ut")).to_be_visible()
    await expect(chat.answers).to_have_count(3)
    assert portal.rasa.asked[-1]["message"] == "Uppsala"
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


async def test_a_reload_before_the_answer_offers_to_ask_again(page: Page, portal: LocalPortal) -> None:
    portal.rasa.delay = 2.0
    chat = await Chat(page).open(portal.url)
    await chat.input.fill(CONTACT_QUESTION)
    await chat.input.press("Enter")
    await expect(chat.questions).to_have_count(1)
    await page.reload()
    portal.rasa.delay = 0.0

    await page.get_by_role("button", name="Försök igen").click()

    await expect(chat.last).to_contain_text("023-44 000")
    await expect(chat.questions).to_have_count(1)


async def test_what_is_being_written_survives_a_reload(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.input.fill("En halv fråga")

    await page.reload()

    await expect(chat.input).to_have_value("En halv fråga")


async def test_starting_over_asks_first_and_makes_a_new_conversation(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.ask("Hej")
    start_over = page.get_by_role("button", name="Börja om").first
    await start_over.click()
    await page.get_by_role("button", name="Avbryt").click()
    await expect(chat.questions).to_have_count(1)
    await expect(start_over).to_be_focused()

    await start_over.click()
    await page.get_by_role("dialog").get_by_role("button", name="Börja om").click()
    await expect(chat.questions).to_have_count(0)
    await expect(page.get_by_role("group", name="Vanliga frågor")).to_be_visible()
    await chat.ask("Hej")

    assert len({asked["sender"] for asked in portal.rasa.asked}) == 2


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
