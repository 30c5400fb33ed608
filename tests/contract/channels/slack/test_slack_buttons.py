"""People press buttons in Slack: in the bot's messages and on the home tab."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from gateway.keys import ENGINE
from records.feedback import feedback
from tests.contract.channels.slack.conftest import ANNA, BO, Bot
from tests.contract.slack import OPEN_CHANNEL, Message, direct, texts, titles
from tests.fake_rasa import bot_message

DIRECT = direct(ANNA)
ANSWERED = {"outcome": "answered", "topic": "vgr/kiv", "region": "VGR", "sources": [], "notices": [], "facts": []}


def choices(number: int) -> list[dict[str, Any]]:
    buttons = [{"title": f"Val {each}", "payload": f"/val{each}"} for each in range(number)]
    return bot_message("Menade du?", buttons, {**ANSWERED, "outcome": "clarifying"})


async def asked(bot: Bot, number: int = 3) -> Message:
    """The bot's question with that many choices, in a direct message."""
    bot.rasa.answers["Fråga"] = choices(number)
    await bot.workspace.person_says(ANNA, "Fråga", None, DIRECT)
    return (await bot.told(DIRECT))[-1]


async def answered(bot: Bot) -> Message:
    """An answer that can be judged, in a thread of the channel."""
    bot.rasa.answers["Fråga"] = bot_message("Svar", custom=ANSWERED)
    thread = await bot.mention(ANNA, "Fråga")
    return (await bot.told(OPEN_CHANNEL, 1, thread))[-1]


async def judgements(bot: Bot) -> list[tuple[Any, ...]]:
    assert bot.client is not None
    names = ("channel", "topic", "helpful", "reason", "solved")
    async with bot.client.app[ENGINE].connect() as connection:
        return [tuple(row) for row in await connection.execute(select(*(feedback.c[name] for name in names)))]


@pytest.mark.parametrize("number", [3, 8, 14])
async def test_a_choice_is_taken_and_shown_and_cannot_be_made_again(bot: Bot, number: int) -> None:
    message = await asked(bot, number)
    last = f"Val {number - 1}"
    assert titles(message) == [f"Val {each}" for each in range(number)]
    pressed = {**message}
    assert (await bot.workspace.press(ANNA, message, last)).status == 200
    await bot.told(DIRECT, 2)
    assert bot.asked == ["Fråga", f"/val{number - 1}"]
    assert titles(message) == [] and f"Valt: {last}" in texts(message["blocks"])
    assert "Menade du?" in texts(message["blocks"]) and message["text"] == pressed["text"]

    await bot.workspace.press(ANNA, pressed, last)  # a second press that was on its way
    await bot.workspace.person_says(ANNA, "Sist", None, DIRECT)
    await bot.told(DIRECT, 3)
    assert bot.asked[2:] == ["Sist"]


async def test_a_choice_in_a_thread_belongs_to_the_threads_conversation(bot: Bot) -> None:
    bot.rasa.answers["Fråga"] = choices(2)
    thread = await bot.mention(ANNA, "Fråga")
    (message,) = await bot.told(OPEN_CHANNEL, 1, thread)
    await bot.workspace.press(BO, message, "Val 1")
    await bot.told(OPEN_CHANNEL, 2, thread)
    assert len({each["sender"] for each in bot.rasa.asked}) == 1


async def test_a_choice_made_after_a_restart_is_taken(bot: Bot) -> None:
    message = await asked(bot)
    await bot.stop()
    await bot.start()
    await bot.workspace.press(ANNA, message, "Val 0")
    await bot.told(DIRECT, 2)
    assert bot.asked == ["Fråga", "/val0"]


@pytest.mark.parametrize("value", ["abc-1:0", "x", "", "abc-1:99", "abc-1:-1", "abc-1:å"])
async def test_a_choice_that_the_bot_never_gave_is_refused_in_words(bot: Bot, value: str) -> None:
    message = await asked(bot)
    forged = json.loads(json.dumps(message))
    forged["blocks"][-1]["elements"][0]["value"] = value
    await bot.workspace.press(ANNA, forged, "Val 0")
    told = (await bot.told(DIRECT, 2))[-1]
    assert "valet gäller inte längre" in told["text"] and bot.asked == ["Fråga"]


async def test_a_choice_of_another_conversation_is_refused(bot: Bot) -> None:
    message = await asked(bot)
    elsewhere = {**message, "channel": direct(BO)}
    await bot.workspace.press(BO, elsewhere, "Val 0")
    (told,) = await bot.told(direct(BO))
    assert "valet gäller inte längre" in told["text"] and bot.asked == ["Fråga"]


async def test_an_answer_that_helped_is_kept_so_and_thanked_for(bot: Bot) -> None:
    message = await answered(bot)
    await bot.workspace.press(ANNA, message, ":+1: Svaret hjälpte")
    assert await judgements(bot) == [("slack", "vgr/kiv", True, None, None)]
    assert titles(message) == ["Ja", "Nej"] and "Löste det sig?" in texts(message["blocks"])
    await bot.workspace.press(ANNA, message, "Ja")
    assert await judgements(bot) == [("slack", "vgr/kiv", True, None, True)]
    assert titles(message) == [] and "Tack för ditt svar." in texts(message["blocks"])
    assert "Svar" in texts(message["blocks"]) and bot.asked == ["Fråga"]


async def test_an_answer_that_did_not_help_is_asked_about(bot: Bot) -> None:
    message = await answered(bot)
    await bot.workspace.press(ANNA, message, ":-1: Svaret hjälpte inte")
    assert titles(message) == ["Stämmer inte", "Saknar något", "Svårt att förstå", "Något annat"]
    await bot.workspace.press(ANNA, message, "Saknar något")
    await bot.workspace.press(ANNA, message, "Nej")
    assert await judgements(bot) == [("slack", "vgr/kiv", False, "incomplete", False)]


@pytest.mark.parametrize(
    "value", ["", "{", "[]", "{}", '{"event": "abc-9", "helpful": true}', '{"event": 7}', '{"event": "a", "x": 1}']
)
async def test_a_judgement_of_nothing_is_not_kept(bot: Bot, value: str) -> None:
    message = await answered(bot)
    forged = json.loads(json.dumps(message))
    forged["blocks"][-1]["elements"][0]["value"] = value
    assert (await bot.workspace.press(ANNA, forged, ":+1: Svaret hjälpte")).status == 200
    assert await judgements(bot) == []


async def test_the_home_tab_says_what_it_is_and_whom_to_turn_to(bot: Bot) -> None:
    await open_home(bot)
    shown = "\n".join(texts(bot.workspace.homes[ANNA]["blocks"]))
    assert "AI-bot" in shown and "/it-stod" in shown
    assert "010-00 00 001" in shown and "Öppet nu" in shown and "023-00 002" not in shown


async def test_an_example_on_the_home_tab_is_asked_and_answered_in_the_direct_message(bot: Bot) -> None:
    await open_home(bot)
    pressed = await bot.workspace.press_at_home(ANNA, "Jag har glömt mitt lösenord")
    assert pressed.status == 200
    question, _ = await bot.told(DIRECT, 2)
    assert "Jag har glömt mitt lösenord" in question["text"] and bot.asked == ["Jag har glömt mitt lösenord"]


async def test_who_wants_to_be_forgotten_is(bot: Bot) -> None:
    await bot.workspace.person_says(ANNA, "Hej", None, DIRECT)
    await bot.told(DIRECT)
    conversation = await bot.conversations.outside("slack", DIRECT)
    assert await bot.conversations.state(conversation) is not None
    await open_home(bot)
    await bot.workspace.press_at_home(ANNA, "Radera vårt samtal")
    told = (await bot.told(DIRECT, 2))[-1]
    assert "raderat" in told["text"] and await bot.conversations.state(conversation) is None


async def open_home(bot: Bot) -> None:
    event = {"type": "app_home_opened", "user": ANNA, "channel": DIRECT, "tab": "home", "event_ts": "17.1"}
    assert await bot.workspace.send_event(bot.workspace.envelope(event)) == 200
