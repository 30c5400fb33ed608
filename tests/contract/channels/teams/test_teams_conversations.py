"""What users of Teams notice."""

import asyncio
import json
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from limits import parse
from sqlalchemy import text

from gateway.core import events
from gateway.keys import CONVERSATIONS, ENGINE
from tests.contract.channels.teams.conftest import StartTeams
from tests.contract.channels.teams.microsoft import (
    BO,
    BOT,
    GROUP,
    OTHER_TENANT,
    PERSONAL,
    TENANT,
    THREAD,
    Microsoft,
    Sent,
)
from tests.fake_rasa import FakeRasa, bot_message

Teams = TestClient[Any, Any]
CUSTOM = {
    "outcome": "answered",
    "topic": "password",
    "region": "VGR",
    "open": True,
    "sources": [{"document": "d", "title": "Rutin för konton", "section": "4.1 Lösenord", "dated": "2024-01-01"}],
    "notices": ["Uppgiften är från 2024."],
    "facts": [{"kind": "phone", "value": "010-473 71 00"}],
}
ANSWER = (
    "Så byter du lösenord:\n1. Öppna [portalen](https://portal.example.se).\n2. Välj kiv_admin.\n\nRing 010-473 71 00."
)


async def rows(teams: Teams, table: str) -> list[Any]:
    async with teams.app[ENGINE].connect() as connection:
        return list((await connection.execute(text(f"select * from {table}"))).mappings())


async def only_conversation(teams: Teams) -> str:
    (row,) = await rows(teams, "conversations")
    return str(row["conversation"])


async def test_an_answer_is_a_card_with_steps_links_notice_badge_and_source(
    teams: Teams, microsoft: Microsoft, rasa: FakeRasa
) -> None:
    rasa.answers["Hur byter jag lösenord?"] = bot_message(ANSWER, custom=CUSTOM)
    answer = await microsoft.ask("Hur byter jag lösenord?")
    assert answer.conversation == PERSONAL
    assert answer.shown.splitlines() == [
        "Öppet nu",
        "Så byter du lösenord:",
        "1. Öppna portalen.",
        "2. Välj kiv_admin.",
        "Ring 010-473 71 00.",
        "Att tänka på",
        "Uppgiften är från 2024.",
        "Källa",
        "Rutin för konton, 4.1 Lösenord, 2024-01-01",
    ]
    (link,) = [run for run in _runs(answer) if "selectAction" in run]
    assert (link["text"], link["selectAction"]["url"]) == ("portalen", "https://portal.example.se")
    assert list(answer.actions) == ["Svaret hjälpte", "Svaret hjälpte inte"]
    assert answer.activity["summary"].startswith("Så byter du lösenord:")


async def test_a_pressed_choice_comes_back_as_the_users_own_words(
    teams: Teams, microsoft: Microsoft, rasa: FakeRasa
) -> None:
    offered = [{"title": f"Val {number}", "payload": f"/choose{{{number}}}"} for number in range(8)]
    rasa.answers["Vad finns?"] = bot_message("Menade du något av detta?", offered)
    rasa.answers["/choose{7}"] = bot_message("Det sjunde.")
    asked = await microsoft.ask("Vad finns?")
    assert list(asked.actions) == [f"Val {number}" for number in range(8)]
    choice = asked.actions["Val 7"]
    assert choice["data"]["msteams"]["displayText"] == "Val 7"
    await microsoft.tell(microsoft.pressed(choice, asked))
    assert (await microsoft.said(2))[1].shown == "Det sjunde."
    assert rasa.asked[-1]["message"] == "/choose{7}"


async def test_a_choices_value_may_come_as_written_json(teams: Teams, microsoft: Microsoft, rasa: FakeRasa) -> None:
    rasa.answers["Vad finns?"] = bot_message("Välj.", [{"title": "Ett", "payload": "/ett"}])
    rasa.answers["/ett"] = bot_message("Du valde ett.")
    asked = await microsoft.ask("Vad finns?")
    pressed = microsoft.pressed(asked.actions["Ett"], asked)
    await microsoft.tell({**pressed, "value": json.dumps(pressed["value"])})
    assert (await microsoft.said(2))[1].shown == "Du valde ett."


async def test_a_choice_of_another_conversation_is_explained(
    teams: Teams, microsoft: Microsoft, rasa: FakeRasa
) -> None:
    rasa.answers["Vad finns?"] = bot_message("Välj.", [{"title": "Ett", "payload": "/ett"}])
    asked = await microsoft.ask("Vad finns?")
    await microsoft.tell(microsoft.pressed(asked.actions["Ett"], Sent(GROUP, asked.activity)))
    told = (await microsoft.said(2))[1]
    assert told.conversation == GROUP
    assert told.shown.startswith("Det valet gäller inte längre.")
    assert [asked["message"] for asked in rasa.asked] == ["Vad finns?"]


@pytest.mark.parametrize(
    ("thumb", "question", "then", "kept"),
    [
        ("Svaret hjälpte", "Löste det sig?", "Ja", {"helpful": 1, "solved": 1, "reason": None}),
        ("Svaret hjälpte inte", "Vad var fel?", "Stämmer inte", {"helpful": 0, "solved": None, "reason": "wrong"}),
    ],
)
async def test_thumbs_are_kept_and_the_card_asks_on(
    teams: Teams, microsoft: Microsoft, rasa: FakeRasa, thumb: str, question: str, then: str, kept: dict[str, Any]
) -> None:
    rasa.otherwise = bot_message(ANSWER, custom=CUSTOM)
    answer = await microsoft.ask("Hur byter jag lösenord?")
    status, card = await microsoft.tell(microsoft.pressed(answer.actions[thumb], answer))
    assert (status, card["statusCode"], card["type"]) == (200, 200, "application/vnd.microsoft.card.adaptive")
    asking = Sent(PERSONAL, {"attachments": [{"content": card["value"]}]})
    assert "2. Välj kiv_admin." in asking.shown
    assert asking.shown.endswith(question)
    _, card = await microsoft.tell(microsoft.pressed(asking.actions[then], answer))
    thanked = Sent(PERSONAL, {"attachments": [{"content": card["value"]}]})
    assert thanked.shown.endswith("Tack för ditt svar.")
    assert thanked.actions == {}
    (judgement,) = await rows(teams, "feedback")
    assert {name: judgement[name] for name in kept} == kept
    assert (judgement["channel"], judgement["topic"]) == ("teams", "password")


async def test_thumbs_of_a_client_without_execute_are_kept_too(
    teams: Teams, microsoft: Microsoft, rasa: FakeRasa
) -> None:
    rasa.otherwise = bot_message(ANSWER, custom=CUSTOM)
    answer = await microsoft.ask("Hur byter jag lösenord?")
    await microsoft.tell(microsoft.pressed(answer.actions["Svaret hjälpte"]["fallback"], answer))
    assert (await microsoft.said(2))[1].shown == "Tack för ditt svar."
    assert [row["helpful"] for row in await rows(teams, "feedback")] == [1]
    assert len(rasa.asked) == 1


async def test_a_thumb_for_what_is_not_in_the_conversation_is_explained(
    teams: Teams, microsoft: Microsoft, rasa: FakeRasa
) -> None:
    rasa.otherwise = bot_message(ANSWER, custom=CUSTOM)
    answer = await microsoft.ask("Hur byter jag lösenord?")
    thumb = answer.actions["Svaret hjälpte"]
    forged = {**thumb, "data": {"judge": {"event": "0123456789ab-2", "helpful": True}}}
    _, told = await microsoft.tell(microsoft.pressed(forged, answer))
    assert told["type"] == "application/vnd.microsoft.activity.message"
    assert told["value"].startswith("Det svaret finns inte längre i samtalet.")
    assert await rows(teams, "feedback") == []


async def test_an_unknown_invoke_is_not_implemented(teams: Teams, microsoft: Microsoft) -> None:
    status, _ = await microsoft.tell(microsoft.activity("invoke", name="composeExtension/query", value={}))
    assert status == 501


@pytest.mark.parametrize("conversation", [THREAD, GROUP])
async def test_a_mention_is_not_part_of_the_question(
    teams: Teams, microsoft: Microsoft, rasa: FakeRasa, conversation: str
) -> None:
    asked = microsoft.message("kan <at>Bo Ek</at> få &lt;konto&gt; i&nbsp;KIV?", conversation)
    asked["entities"].append({"type": "mention", "mentioned": {"id": BO, "name": "Bo Ek"}, "text": "<at>Bo Ek</at>"})
    await microsoft.tell(asked)
    answer = (await microsoft.said(1))[0]
    assert rasa.asked[0]["message"] == "kan Bo Ek få <konto> i KIV?"
    assert answer.conversation == conversation  # a channel's thread is kept


async def test_two_threads_of_a_channel_are_two_conversations(
    teams: Teams, microsoft: Microsoft, rasa: FakeRasa
) -> None:
    for thread in (THREAD, THREAD.replace("8024", "9111")):
        await microsoft.ask("Hej", thread)
    assert len({asked["sender"] for asked in rasa.asked}) == 2


async def test_greets_once_when_our_bot_is_added(teams: Teams, microsoft: Microsoft) -> None:
    added = [{"id": BOT}, {"id": BO}]
    for _ in range(2):
        await microsoft.tell(microsoft.activity("conversationUpdate", membersAdded=added))
    await microsoft.tell(microsoft.activity("installationUpdate", action="add"))
    await microsoft.said(1)
    await microsoft.ask("Hej")
    greeting, answer = microsoft.sent
    assert "en AI-bot" in greeting.shown
    assert "patienter" in greeting.shown
    assert answer.shown == "Hej!"


async def test_says_nothing_when_somebody_else_is_added(teams: Teams, microsoft: Microsoft) -> None:
    await microsoft.tell(microsoft.activity("conversationUpdate", GROUP, membersAdded=[{"id": BO}]))
    await microsoft.tell(microsoft.activity("conversationUpdate", GROUP, membersRemoved=[{"id": BOT}]))
    assert (await microsoft.ask("Hej", GROUP)).shown == "Hej!"
    assert len(microsoft.sent) == 1


async def test_a_message_that_is_sent_again_is_answered_once(
    teams: Teams, microsoft: Microsoft, rasa: FakeRasa
) -> None:
    message = microsoft.message("Hej")
    assert {status for status, _ in await asyncio.gather(*(microsoft.tell(message) for _ in range(5)))} == {200}
    await microsoft.said(1)
    assert (await microsoft.tell(message))[0] == 200
    rasa.otherwise = bot_message("Hej igen!")
    await microsoft.ask("Är du kvar?")
    assert [sent.shown for sent in microsoft.sent] == ["Hej!", "Hej igen!"]
    assert len(rasa.asked) == 2


async def test_shows_that_it_is_writing_in_chats(teams: Teams, microsoft: Microsoft) -> None:
    await microsoft.ask("Hej")
    await microsoft.ask("Hej", THREAD)
    await microsoft.ask("Hej", GROUP)
    await microsoft.until(lambda: len(microsoft.typing) >= 2)
    assert microsoft.typing == [PERSONAL, GROUP]


async def test_news_and_people_reach_the_user_unasked(teams: Teams, microsoft: Microsoft) -> None:
    await microsoft.ask("Hej")
    conversations = teams.app[CONVERSATIONS]
    name = await only_conversation(teams)
    await conversations.append(name, events.notice("ticket", "Ditt ärende A1 har fått nummer INC0042."))
    await conversations.set_status(name, events.AGENT)
    await conversations.agent_says(name, "Hej, jag tittar på det.", "Karin")
    _, ticket, agent = await microsoft.said(3)
    assert ticket.shown == "Ditt ärende A1 har fått nummer INC0042."
    assert agent.shown.splitlines() == ["Karin", "Hej, jag tittar på det."]
    assert {sent.conversation for sent in microsoft.sent} == {PERSONAL}


async def test_an_edited_message_is_not_read_anew_and_that_is_said_once(
    teams: Teams, microsoft: Microsoft, rasa: FakeRasa
) -> None:
    message = microsoft.message("Hej")
    await microsoft.tell(message)
    await microsoft.said(1)
    edit = {**message, "type": "messageUpdate", "text": "Hej då", "timestamp": "2026-11-23T08:12:00.000Z"}
    edit["channelData"] = {**message["channelData"], "eventType": "editMessage"}
    await microsoft.tell(edit)
    await microsoft.tell(edit)
    await microsoft.said(2)
    undeleted = {
        **edit,
        "channelData": {"eventType": "undeleteMessage", "tenant": {"id": TENANT}},
        "timestamp": "later",
    }
    await microsoft.tell(undeleted)
    await microsoft.tell({**edit, "type": "messageDelete", "channelData": {"eventType": "softDeleteMessage"}})
    await microsoft.ask("Fråga")
    assert [sent.shown for sent in microsoft.sent[2:]] == ["Hej!"]
    assert microsoft.sent[1].shown.startswith("Jag läser inte ändringar")
    assert [asked["message"] for asked in rasa.asked] == ["Hej", "Fråga"]


async def test_a_picture_alone_is_explained(teams: Teams, microsoft: Microsoft, rasa: FakeRasa) -> None:
    picture = {"contentType": "image/png", "contentUrl": "https://example.se/a.png", "name": "a.png"}
    await microsoft.tell(microsoft.message("", attachments=[picture]))
    assert (await microsoft.said(1))[0].shown.startswith("Jag kan inte läsa bilder")
    assert rasa.asked == []


async def test_an_empty_and_a_too_long_message_are_explained(teams: Teams, microsoft: Microsoft) -> None:
    await microsoft.tell(microsoft.message("", GROUP))
    assert (await microsoft.said(1))[0].shown.startswith("Jag såg ingen fråga")
    await microsoft.tell(microsoft.message("å" * 5000))
    assert "5\N{NO-BREAK SPACE}000 tecken" in (await microsoft.said(2))[1].shown


async def test_too_many_messages_are_explained(start_teams: StartTeams, microsoft: Microsoft) -> None:
    await start_teams(session_rate=parse("1/hour"))
    await microsoft.ask("Hej")
    await microsoft.tell(microsoft.message("Hej"))
    assert (await microsoft.said(2))[1].shown.startswith("Det kom många meddelanden")


async def test_personal_numbers_are_taken_away_and_no_id_is_kept(
    teams: Teams, microsoft: Microsoft, rasa: FakeRasa, caplog: pytest.LogCaptureFixture
) -> None:
    message = microsoft.message("Mitt personnummer är 19710304-7361 och jag kan inte logga in")
    message["id"] = "7103047361"
    caplog.set_level("DEBUG", "gateway")
    await microsoft.tell(message)
    await microsoft.said(2)
    kept = str([await rows(teams, table) for table in ("conversations", "conversation_events", "conversation_waiting")])
    kept += caplog.text + str(rasa.asked)
    for secret in ("7361", message["from"]["id"], "Anna", "7faf8ab2", "token-1", "Bearer"):
        assert secret not in kept
    assert "logga in" in kept


async def test_a_long_answer_comes_whole_in_cards_that_teams_takes(
    teams: Teams, microsoft: Microsoft, rasa: FakeRasa
) -> None:
    steps = [f"{number}. Öppna sida {number} och läs {'”noga” ' * 30}innan du ringer." for number in range(1, 151)]
    monster = "ord " * 5000
    rasa.otherwise = bot_message("\n".join([*steps, "", monster]), custom=CUSTOM)
    await microsoft.ask("Berätta allt")
    await microsoft.until(lambda: "Källa" in microsoft.sent[-1].shown)
    shown = "\n".join(sent.shown for sent in microsoft.sent)
    count = len(microsoft.sent)
    assert count > 2
    assert [sent.shown.splitlines()[0] for sent in microsoft.sent] == [f"({n}/{count})" for n in range(1, count + 1)]
    assert [line for line in shown.splitlines() if "innan du ringer" in line] == steps
    assert shown.split().count("ord") == 5000
    assert [bool(sent.actions) for sent in microsoft.sent] == [False] * (count - 1) + [True]


async def test_a_tenant_has_its_region(start_teams: StartTeams, microsoft: Microsoft, rasa: FakeRasa) -> None:
    environment = microsoft.settings(TEAMS_TENANT="", TEAMS_TENANTS=f"{TENANT}=Uppsala, {OTHER_TENANT}")
    await start_teams(environment)
    await microsoft.ask("Hej")
    told = microsoft.message("Hej")
    told["conversation"]["tenantId"] = told["channelData"]["tenant"]["id"] = OTHER_TENANT
    await microsoft.tell(told)
    await microsoft.said(2)
    assert [asked["metadata"].get("region") for asked in rasa.asked] == ["Uppsala", None]
    assert microsoft.given[0]["tenant"] == "botframework.com"


def _runs(sent: Sent) -> list[dict[str, Any]]:
    return [run for each in sent.card["body"] if each["type"] == "RichTextBlock" for run in each["inlines"]]
