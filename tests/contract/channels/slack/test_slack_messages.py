"""People write to the bot in Slack: everything for it is answered once, where it was asked, and nothing else is."""

import asyncio
import json
import logging
import time
from typing import Any

import pytest
from aiohttp import ClientSession

from gateway.core.conversations import Conversations
from gateway.core.messages import Incoming, Receipt
from records import transactions
from records.errors import RecordsUnavailable
from tests.contract.channels.slack.conftest import ANNA, BO, Bot, until
from tests.contract.slack import OPEN_CHANNEL, SIGNING_SECRET, Workspace, direct, texts
from tests.fake_rasa import bot_message

DIRECT = direct(ANNA)
PERSONNUMMER = "19121212-1212"
PATIENT = "Min patient Karin Karlsson 19121212-1212 har diabetes och kommer inte åt sin journal"


async def test_a_direct_message_is_answered_there(bot: Bot) -> None:
    await bot.workspace.person_says(ANNA, "Hur gör jag?", None, DIRECT)
    (answer,) = await bot.told(DIRECT)
    assert answer["text"] == "Hej!"
    assert bot.asked == ["Hur gör jag?"]


async def test_a_mention_is_answered_in_its_thread_and_the_thread_goes_on_without_mentions(bot: Bot) -> None:
    thread = await bot.mention(ANNA, "Hur gör jag?")
    await bot.told(OPEN_CHANNEL, 1, thread)
    await bot.workspace.person_says(BO, "och i Dalarna?", thread, OPEN_CHANNEL)
    await bot.told(OPEN_CHANNEL, 2, thread)
    await bot.mention(BO, "en gång till?", thread)
    await bot.told(OPEN_CHANNEL, 3, thread)
    assert bot.asked == ["Hur gör jag?", "och i Dalarna?", "en gång till?"]
    assert len({each["sender"] for each in bot.rasa.asked}) == 1


async def test_every_thread_is_a_conversation_of_its_own(bot: Bot) -> None:
    first, second = await bot.mention(ANNA, "Ett"), await bot.mention(ANNA, "Två")
    await bot.workspace.person_says(ANNA, "Tre", None, DIRECT)
    await bot.workspace.person_says(ANNA, "Fyra", "1795000000.000001", DIRECT)
    for channel, thread in (
        (OPEN_CHANNEL, first),
        (OPEN_CHANNEL, second),
        (DIRECT, None),
        (DIRECT, "1795000000.000001"),
    ):
        assert len(await bot.told(channel, 1, thread)) == 1
    assert len({each["sender"] for each in bot.rasa.asked}) == 4


async def test_what_colleagues_say_to_each_other_is_neither_read_nor_kept(bot: Bot) -> None:
    await bot.workspace.person_says(ANNA, "Lunch?", None, OPEN_CHANNEL)
    await bot.workspace.person_says(BO, "Ja!", "1795000000.000001", OPEN_CHANNEL)
    thread = await bot.mention(ANNA, "Hur gör jag?")
    await bot.workspace.person_says(BO, f"<@{ANNA}> jag kan hjälpa dig", thread, OPEN_CHANNEL)
    await bot.mention(ANNA, "Sist", thread)
    await bot.told(OPEN_CHANNEL, 2, thread)
    assert bot.asked == ["Hur gör jag?", "Sist"]
    lunch = await bot.conversations.outside("slack", f"{OPEN_CHANNEL}:1795000000.000001")
    assert await bot.conversations.state(lunch) is None


async def test_slacks_markup_does_not_reach_the_understanding(bot: Bot) -> None:
    text = "*Hjälp* med <mailto:it@vard.se|it@vard.se> &amp; <tel:0104737100|010-47 37 100> <!here>"
    await bot.workspace.person_says(ANNA, text, None, DIRECT)
    await bot.told(DIRECT)
    assert bot.asked == ["Hjälp med it@vard.se & 010-47 37 100"]


async def test_the_region_is_that_of_the_channel_or_else_of_the_workspace(bot: Bot) -> None:
    await bot.mention(ANNA, "Ett")
    await until(lambda: len(bot.asked) == 1)
    await bot.workspace.person_says(ANNA, "Två", None, DIRECT)
    await until(lambda: len(bot.asked) == 2)
    assert [each["metadata"]["region"] for each in bot.rasa.asked] == ["Dalarna", "VGR"]


async def test_slack_tells_of_a_message_again_and_it_is_answered_once(bot: Bot) -> None:
    body = await bot.workspace.person_says(ANNA, "En gång", None, DIRECT)
    assert [await bot.workspace.send_event(body, attempt) for attempt in (1, 2, 3)] == [200, 200, 200]
    await bot.workspace.person_says(ANNA, "Sist", None, DIRECT)
    await bot.told(DIRECT, 2)
    assert bot.asked == ["En gång", "Sist"]


async def test_slack_tells_of_a_message_again_after_a_restart_and_it_is_answered_once(bot: Bot) -> None:
    body = await bot.workspace.person_says(ANNA, "En gång", None, DIRECT)
    await bot.told(DIRECT)
    await bot.stop()
    await bot.start()
    assert await bot.workspace.send_event(body, 1) == 200
    await bot.workspace.person_says(ANNA, "Sist", None, DIRECT)
    await bot.told(DIRECT, 2)
    assert bot.asked == ["En gång", "Sist"]


async def test_the_same_event_twice_at_once_is_answered_once(bot: Bot) -> None:
    event = {
        "type": "message",
        "channel": DIRECT,
        "channel_type": "im",
        "user": ANNA,
        "ts": "17.1",
        "text": "Samtidigt",
    }
    body, other = bot.workspace.envelope(event), bot.workspace.envelope(event)
    assert await asyncio.gather(*(bot.workspace.send_event(each) for each in (body, body, other))) == [200] * 3
    await bot.workspace.person_says(ANNA, "Sist", None, DIRECT)
    await bot.told(DIRECT, 2)
    assert bot.asked == ["Samtidigt", "Sist"]


async def test_slack_is_acknowledged_at_once_though_the_answer_takes_long(bot: Bot) -> None:
    bot.rasa.delay = 3.5
    began = time.monotonic()
    await bot.workspace.person_says(ANNA, "Hur gör jag?", None, DIRECT)
    assert time.monotonic() - began < 3
    late, answer = await bot.told(DIRECT, 2)  # the contacts first
    assert "010-00 00 001" in late["text"] and answer["text"] == "Hej!"


async def test_what_is_not_in_the_log_yet_is_told_of_again_and_answered_once(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.channels.slack.deeds.SOON", 0.1)
    receive, slow = Conversations.receive, asyncio.Event()

    async def slowly(self: Conversations, conversation: str, message: Incoming, *more: Any, **named: Any) -> Receipt:
        await slow.wait()
        return await receive(self, conversation, message, *more, **named)

    monkeypatch.setattr(Conversations, "receive", slowly)
    event = {"type": "message", "channel": DIRECT, "channel_type": "im", "user": ANNA, "ts": "17.1", "text": "Hej"}
    body = bot.workspace.envelope(event)
    assert await bot.workspace.send_event(body) == 503
    slow.set()
    assert await bot.workspace.send_event(body, 1) == 200
    await bot.told(DIRECT)
    assert bot.asked == ["Hej"]


@pytest.mark.parametrize("path", ["events", "interactivity", "commands"])
async def test_what_slack_did_not_sign_lately_is_not_believed(bot: Bot, path: str) -> None:
    assert bot.workspace.events_url is not None
    url, now = bot.workspace.events_url.parent / path, int(time.time())
    event = {"type": "message", "channel": DIRECT, "channel_type": "im", "user": ANNA, "ts": "17.1", "text": "Falskt"}
    raw = json.dumps(bot.workspace.envelope(event))
    for forged in ({"secret": "another secret"}, {"stamp": now - 301}, {"stamp": now + 301}):
        assert (await bot.workspace.call(url, raw, "application/json", **forged)).status == 401
    for headers in ({"X-Slack-Signature": "v0=å"}, {"X-Slack-Signature": ""}, {"X-Slack-Request-Timestamp": "nu"}):
        assert (await bot.workspace.call(url, raw, "application/json", headers=headers)).status == 401
    async with ClientSession() as session, session.post(url, data=raw) as answer:
        assert answer.status == 401
    assert bot.asked == [] and bot.workspace.called == []


async def test_the_signature_is_of_the_body_as_it_came(bot: Bot) -> None:
    assert bot.workspace.events_url is not None
    raw = '{"type":\n "url_verification",  "challenge": "\\u00e5-c"}'
    answer = await bot.workspace.call(bot.workspace.events_url, raw, "application/json; charset=utf-8")
    assert (answer.status, answer.body) == (200, {"challenge": "å-c"})
    old = await bot.workspace.call(bot.workspace.events_url, raw, "application/json", stamp=int(time.time()) - 290)
    assert old.status == 200


async def test_nonsense_that_is_signed_does_no_harm(bot: Bot) -> None:
    workspace, url = bot.workspace, bot.workspace.events_url
    assert url is not None
    for raw in ("", "{", "[]", "null", "[" * 100_000, '"x"'):
        assert (await workspace.call(url, raw, "application/json")).status == 400
        assert (await workspace.form(url.parent / "interactivity", payload=raw)).status == 400
    for body in ({}, {"type": "event_callback"}, {"type": "event_callback", "event": {"type": "team_join"}}):
        assert (await workspace.call(url, json.dumps(body), "application/json")).status == 200
    for payload in (
        {},
        {"type": "view_submission"},
        {"type": "block_actions"},
        {"type": "block_actions", "actions": [{}]},
    ):
        assert (await workspace.form(url.parent / "interactivity", payload=json.dumps(payload))).status == 200
    await workspace.person_says(ANNA, "Hej", None, DIRECT)
    await bot.told(DIRECT)


async def test_edits_deletions_and_bots_are_not_answered(bot: Bot) -> None:
    body = await bot.workspace.person_says(ANNA, "Hej", None, DIRECT)
    for more in (
        {"subtype": "message_changed", "ts": "18.1", "message": {"text": "Hejsan", "user": ANNA, "ts": "17.1"}},
        {"subtype": "message_deleted", "ts": "18.2", "deleted_ts": "17.1"},
        {"subtype": "bot_message", "ts": "18.3", "bot_id": "B0OTHER", "text": "Jag är en bot"},
        {"bot_id": "B0OTHER", "ts": "18.4"},
        {"user": "U0BOT", "ts": "18.5"},
    ):
        assert await bot.workspace.send_event(bot.workspace.envelope({**body["event"], **more})) == 200
    await bot.workspace.person_says(ANNA, "Sist", None, DIRECT)
    await bot.told(DIRECT, 2)
    assert bot.asked == ["Hej", "Sist"]


async def test_a_file_alone_gets_a_clear_answer_and_one_with_words_both(bot: Bot) -> None:
    files = [{"id": "F1", "mimetype": "image/png"}]
    await bot.workspace.person_says(ANNA, "", None, DIRECT, subtype="file_share", files=files)
    (told,) = await bot.told(DIRECT)
    assert "Jag kan inte öppna bilder" in told["text"] and bot.asked == []
    await bot.workspace.person_says(ANNA, "Vad betyder det?", None, DIRECT, subtype="file_share", files=files)
    found = [each["text"] for each in await bot.told(DIRECT, 3)]
    assert "Hej!" in found and bot.asked == ["Vad betyder det?"]


async def test_a_mention_without_a_question_and_a_message_too_long_are_explained_to_their_writer_alone(
    bot: Bot,
) -> None:
    await bot.mention(ANNA, "")
    await bot.mention(BO, "x" * 4001)
    explained = [(each["user"], each["text"]) for each in bot.workspace.whispers]
    assert any(user == ANNA and "Jag såg ingen fråga" in text for user, text in explained)
    assert any(user == BO and "för långt" in text for user, text in explained)
    await bot.workspace.person_says(ANNA, "x" * 40_000, None, DIRECT)
    (told,) = await bot.told(DIRECT)
    assert "för långt" in told["text"] and "010-00 00 001" in told["text"] and bot.asked == []


async def test_who_asks_in_a_channel_hears_once_that_all_can_read_it(bot: Bot) -> None:
    thread = await bot.mention(ANNA, "Ett")
    await bot.mention(ANNA, "Två", thread)
    await bot.workspace.person_says(ANNA, "Tre", None, DIRECT)
    await bot.told(DIRECT)
    (hint,) = bot.workspace.whispers
    assert (hint["user"], hint["thread_ts"]) == (ANNA, thread)
    assert "Alla i kanalen kan läsa" in hint["text"] and "/it-stod" in hint["text"]


async def test_what_tells_of_a_person_is_not_kept_and_its_writer_hears_that_it_stands_in_slack(bot: Bot) -> None:
    await bot.workspace.person_says(ANNA, f"Jag heter Eva, {PERSONNUMMER}, hur byter jag lösenord?", None, DIRECT)
    told = "\n".join(each["text"] for each in await bot.told(DIRECT, 2))
    assert "Det du skrev finns kvar i Slack" in told and PERSONNUMMER not in " ".join(bot.asked)
    await bot.workspace.person_says(ANNA, PATIENT, None, DIRECT)
    told = (await bot.told(DIRECT, 3))[-1]["text"]
    assert "patient" in told and "Det du skrev finns kvar i Slack" in told and len(bot.asked) == 1


async def test_while_nothing_can_be_kept_the_writer_is_told_and_gets_the_contacts(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> object:
        raise RecordsUnavailable("OperationalError")

    with monkeypatch.context() as down:
        down.setattr(transactions, "unavailable_when_broken", broken)
        await bot.workspace.person_says(ANNA, "Hej", None, DIRECT)
        (told,) = await bot.told(DIRECT)
        assert "Meddelandet är inte skickat" in told["text"] and "010-00 00 001" in told["text"]
        assert "023-00 002" not in told["text"]  # of another region than the workspace's
    assert bot.asked == []


async def test_more_than_the_rate_allows_is_refused_in_words(bot: Bot) -> None:
    for number in range(31):
        await bot.workspace.person_says(ANNA, f"Fråga {number}", None, DIRECT)
    found = [each["text"] for each in await bot.told(DIRECT, 31)]
    assert sum("många meddelanden på kort tid" in text for text in found) == 1 and len(bot.asked) == 30


async def test_the_command_is_answered_in_a_direct_message_with_the_question(bot: Bot) -> None:
    answered = await bot.workspace.command(ANNA, "Hur byter jag &lt;lösenord&gt;?")
    assert answered.status == 200 and answered.seconds < 3
    assert answered.body["response_type"] == "ephemeral" and "direktmeddelande" in answered.body["text"]
    question, answer = await bot.told(DIRECT, 2)
    assert "Hur byter jag <lösenord>?" in texts(question["blocks"]) and answer["text"] == "Hej!"
    await bot.workspace.person_says(ANNA, "och sedan?", None, DIRECT)
    await bot.told(DIRECT, 3)
    assert bot.asked == ["Hur byter jag <lösenord>?", "och sedan?"]
    assert len({each["sender"] for each in bot.rasa.asked}) == 1


async def test_the_command_alone_says_how_it_is_used(bot: Bot) -> None:
    answered = await bot.workspace.command(ANNA, "  ")
    assert answered.status == 200 and "/it-stod Jag har glömt mitt lösenord" in answered.body["text"]
    assert bot.workspace.called == []


async def test_the_command_repeats_nothing_of_a_person(bot: Bot) -> None:
    await bot.workspace.command(ANNA, f"Eva {PERSONNUMMER} har glömt lösenordet")
    await bot.told(DIRECT, 3)
    await bot.workspace.command(ANNA, PATIENT)
    await bot.told(DIRECT, 4)
    shown = json.dumps(bot.workspace.messages, ensure_ascii=False)
    assert PERSONNUMMER not in shown and "Karin" not in shown


async def test_a_command_sent_twice_is_answered_once(bot: Bot) -> None:
    assert bot.workspace.events_url is not None
    url, form = bot.workspace.events_url.parent / "commands", {"text": "Hej", "user_id": ANNA, "trigger_id": "1.2.x"}
    for _ in range(2):
        assert (await bot.workspace.form(url, command="/it-stod", team_id="T0TEAM", **form)).status == 200
    await bot.workspace.person_says(ANNA, "Sist", None, DIRECT)
    await bot.told(DIRECT, 3)
    assert bot.asked == ["Hej", "Sist"]


async def test_a_command_that_cannot_be_answered_says_so(bot: Bot) -> None:
    answered = await bot.workspace.command("U0UNKNOWN", "Hej")
    assert answered.status == 200 and "kunde inte skicka" in answered.body["text"]
    check = await bot.workspace.form(bot.workspace.events_url.parent / "commands", ssl_check="1")  # type: ignore[union-attr]
    assert check.status == 200


async def test_who_opens_the_direct_message_is_greeted_once(bot: Bot) -> None:
    for _ in range(2):
        event = {"type": "app_home_opened", "user": ANNA, "channel": DIRECT, "tab": "messages", "event_ts": "17.1"}
        assert await bot.workspace.send_event(bot.workspace.envelope(event)) == 200
    await bot.workspace.person_says(ANNA, "Hej", None, DIRECT)
    greeting, answer = await bot.told(DIRECT, 2)
    assert "AI-bot" in greeting["text"] and answer["text"] == "Hej!"


async def test_no_log_line_tells_what_was_written_by_whom(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    await bot.mention(ANNA, "hemligheten")
    await bot.workspace.command(ANNA, "hemligheten")
    bot.workspace.gone.add(OPEN_CHANNEL)
    await bot.mention(BO, "hemligheten")
    await bot.told(DIRECT, 2)
    for secret in ("hemligheten", ANNA, BO, DIRECT, OPEN_CHANNEL, "xoxb", SIGNING_SECRET):
        assert secret not in caplog.text


async def test_many_people_at_once_each_get_their_own_answer_once(bot: Bot) -> None:
    workspace: Workspace = bot.workspace
    bot.rasa.answers = {f"Fråga {number}": bot_message(f"Svar {number}") for number in range(50)}
    workspace.limited = {"chat.postMessage": [1, 1]}
    await asyncio.gather(
        *(workspace.person_says(f"U{number:03}", f"Fråga {number}", None, f"D{number:03}") for number in range(50))
    )
    await until(lambda: sum("bot_id" in each for each in workspace.messages) >= 50)
    told = [(each["channel"], each["text"]) for each in workspace.messages if "bot_id" in each]
    assert sorted(told) == [(f"D{number:03}", f"Svar {number}") for number in range(50)]
