"""What happens rarely, and what some users need: long conversations, lost memory, held-back streams, other senses."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import ClientSession, web
from playwright.async_api import Page, expect

from gateway.core import events
from gateway.keys import CONVERSATIONS
from tests.browser.answers import CONTACT_QUESTION, ORDER_QUESTION, PASSWORD_QUESTION
from tests.browser.conftest import Chat, LocalPortal

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


# ---- long conversations and people


async def test_two_hundred_messages_are_all_there_after_a_reload(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.ask("Hej")
    core, conversation = portal.app[CONVERSATIONS], portal.rasa.asked[0]["sender"]
    for number in range(99):
        await core.append(conversation, events.user_message(f"Fråga {number}", f"key-{number}"))
        await core.append(conversation, events.agent_message(f"Svar {number}", "Karin"))
    await expect(chat.answers).to_have_count(101)

    await page.reload()

    await expect(chat.answers).to_have_count(101)
    await expect(chat.questions).to_have_count(100)
    await expect(chat.last).to_contain_text("Svar 98")
    answer = await chat.ask(CONTACT_QUESTION)
    await expect(answer.get_by_text("023-44 000")).to_be_in_viewport()


async def test_a_person_who_takes_over_is_named(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.ask("Hej")
    core, conversation = portal.app[CONVERSATIONS], portal.rasa.asked[0]["sender"]
    header = page.locator("supportlotsen-chat header")
    await expect(header).to_contain_text("AI-bot som visar sin källa")

    await core.set_status(conversation, "queued")
    await expect(header).to_contain_text("I kö till en person")
    await core.set_status(conversation, "agent")
    core.typing(conversation, "agent")
    await expect(page.get_by_text("en person skriver")).to_be_visible()
    await core.agent_says(conversation, "Hej, hur kan jag hjälpa till?", "Karin")
    await expect(header).to_contain_text("Du chattar med Karin")
    await expect(chat.last.locator("strong")).to_have_text("Karin")
    await expect(page.get_by_text("en person skriver")).to_be_hidden()
    await core.set_status(conversation, "bot")
    await expect(header).to_contain_text("AI-bot som visar sin källa")


# ---- what the gateway says beside the answer


async def test_a_personnummer_is_taken_away_and_the_user_is_told(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.ask("Jag är 19121212-1212 och har glömt mitt lösenord")

    await expect(chat.questions.last).not_to_contain_text("1212")
    await expect(page.locator(".note")).to_contain_text("personnummer")
    assert "19121212" not in await page.evaluate("JSON.stringify(localStorage)")
    assert "1212" not in portal.rasa.asked[0]["message"]


async def test_a_story_about_a_patient_is_stopped(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.input.fill("Min patient Anna Andersson född 1950 har diabetes och ligger på avdelning 3")
    await chat.input.press("Enter")

    await expect(page.locator(".note, .message.bot").last).to_contain_text("patient")
    await expect(page.get_by_text("Supportlotsen letar efter svaret")).to_be_hidden()
    assert portal.rasa.asked == []


async def test_an_answer_is_copied_with_its_source(page: Page, portal: LocalPortal) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    chat = await Chat(page).open(portal.url)
    answer = await chat.ask(CONTACT_QUESTION)

    await answer.get_by_role("button", name="Kopiera svaret").click()

    await expect(page.get_by_role("status").filter(has_text="Kopierat")).to_be_attached()
    copied = await page.evaluate("navigator.clipboard.readText()")
    assert "023-44 000" in copied and "15.1 Felanmälan" in copied


# ---- what is lost or held back


async def test_when_the_gateway_has_lost_its_records_the_chat_begins_anew(page: Page, portal: LocalPortal) -> None:
    chat = await Chat(page).open(portal.url)
    await chat.ask("Hej")
    await portal.stop_gateway()
    portal.lose_records()
    await portal.start_gateway()

    await expect(chat.questions).to_have_count(0, timeout=15_000)
    answer = await chat.ask(CONTACT_QUESTION)
    await expect(answer).to_contain_text("023-44 000")
    await expect(chat.questions).to_have_count(1)


@asynccontextmanager
async def buffering_proxy(portal: LocalPortal) -> AsyncIterator[str]:
    """Hands on an answer when it is whole, as some proxies do."""

    async def hand_on(request: web.Request) -> web.Response:
        address = portal.url + request.path_qs
        async with session.request(
            request.method, address, data=await request.read(), headers=request.headers
        ) as answer:
            whole = await answer.read()
            return web.Response(body=whole, status=answer.status, content_type=answer.content_type)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", hand_on)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    async with ClientSession() as session:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        finally:
            await runner.cleanup()


async def test_answers_come_where_streams_are_held_back(page: Page, portal: LocalPortal) -> None:
    async with buffering_proxy(portal) as url:
        chat = await Chat(page).open(url)
        await chat.ask("Hej")
        answer = await chat.ask(CONTACT_QUESTION)
        await expect(answer).to_contain_text("023-44 000")
        await page.close()


async def test_a_browser_that_keeps_nothing_can_still_chat(page: Page, portal: LocalPortal) -> None:
    await page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') } })"
    )
    chat = await Chat(page).open(portal.url)

    answer = await chat.ask(CONTACT_QUESTION)

    await expect(answer).to_contain_text("023-44 000")


# ---- other ways to see and hear


async def test_a_reader_hears_each_new_message_once_and_nothing_after_a_reload(page: Page, portal: LocalPortal) -> None:
    await page.add_init_script(
        """window.heard = [];
        new MutationObserver((_, self) => {
          const log = document.querySelector("supportlotsen-chat")?.shadowRoot?.querySelector("[role=log]");
          if (!log) return;
          self.disconnect();
          new MutationObserver((changes) => {
            if (log.ariaLive !== "off")
              for (const { addedNodes } of changes) for (const node of addedNodes) heard.push(node.innerText);
          }).observe(log, { childList: true });
        }).observe(document, { childList: true, subtree: true, attributes: true });"""
    )
    chat = await Chat(page).open(portal.url)
    await expect(page.locator(".desk")).to_have_count(3)
    await chat.ask("Hej")
    await asyncio.sleep(0.8)  # the greeting of the connection makes the log speak
    await page.evaluate("heard.length = 0")
    await chat.ask(CONTACT_QUESTION)
    heard = await page.evaluate("heard")
    assert [sum(part in each for each in heard) for part in (CONTACT_QUESTION, "menyval i dokumentet")] == [1, 1]

    await page.reload()
    await expect(chat.answers).to_have_count(3)
    assert await page.evaluate("heard") == []


async def test_forced_colours_keep_the_edges(page: Page, portal: LocalPortal) -> None:
    await page.emulate_media(forced_colors="active")
    chat = await Chat(page).open(portal.url)
    answer = await chat.ask(CONTACT_QUESTION)

    for part in (answer.locator(".bubble"), answer.locator(".badge"), page.get_by_role("button", name="Skicka")):
        style = await part.evaluate(
            "node => getComputedStyle(node).borderTopStyle + getComputedStyle(node).borderTopWidth"
        )
        assert style == "solid1px"


async def test_reduced_motion_stands_still(page: Page, portal: LocalPortal) -> None:
    portal.rasa.delay = 1.0
    await page.emulate_media(reduced_motion="reduce")
    chat = await Chat(page).open(portal.url)
    await chat.input.fill("Hej")
    await chat.input.press("Enter")
    await expect(page.get_by_text("Supportlotsen letar efter svaret")).to_be_visible()

    moving = "document.querySelector('supportlotsen-chat').shadowRoot.getAnimations().length"
    assert await page.evaluate(moving) == 0


SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-block-end: 2em !important }"""


@pytest.mark.parametrize("width", [320, 1280])
async def test_text_spacing_cuts_nothing_off(page: Page, portal: LocalPortal, width: int) -> None:
    """WCAG 1.4.12."""
    await page.set_viewport_size({"width": width, "height": 800})
    chat = await Chat(page).open(portal.url)
    for question in (PASSWORD_QUESTION, ORDER_QUESTION):
        await chat.ask(question)
    cut = await page.evaluate(
        """css => {
          const root = document.querySelector("supportlotsen-chat").shadowRoot;
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(css);
          root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
          return [...root.querySelectorAll("button, summary, .bubble, .badge, h2, label")]
            .filter((node) => node.checkVisibility() && node.scrollWidth > node.clientWidth + 2)
            .map((node) => node.className + node.textContent);
        }""",
        SPACING,
    )
    assert cut == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 1280])
async def test_what_can_be_pressed_is_large_enough(page: Page, portal: LocalPortal, width: int) -> None:
    """WCAG 2.5.8; links in running text are excepted."""
    await page.set_viewport_size({"width": width, "height": 800})
    chat = await Chat(page).open(portal.url)
    answer = await chat.ask(CONTACT_QUESTION)
    await answer.get_by_role("button", name="Svaret hjälpte inte").click()
    await page.locator(".menu summary").click()

    small = await page.evaluate(
        """() => [...document.querySelector("supportlotsen-chat")
            .shadowRoot.querySelectorAll("button, summary, .item, textarea")]
          .filter((node) => node.checkVisibility())
          .map((node) => [node.textContent, node.getBoundingClientRect()])
          .filter(([, box]) => box.width < 24 || box.height < 24).map(([text]) => text)"""
    )
    assert small == []


async def test_a_moved_chat_goes_on(page: Page, portal: LocalPortal) -> None:
    """A portal that draws its page anew makes the element anew too."""
    chat = await Chat(page).open(portal.url)
    await chat.ask("Hej")
    await page.evaluate(
        """() => {
          const old = document.querySelector("supportlotsen-chat");
          old.replaceWith(document.createElement("supportlotsen-chat"));
        }"""
    )
    answer = await chat.ask(CONTACT_QUESTION)

    await expect(answer).to_contain_text("023-44 000")
    await expect(chat.questions).to_have_count(2)
