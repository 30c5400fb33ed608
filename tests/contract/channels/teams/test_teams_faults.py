"""Microsoft is slow, busy, down or has thrown us out."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient
from sqlalchemy import text

from gateway.channels.teams import KIND
from gateway.channels.teams.access import Access
from gateway.channels.teams.connector import ATTEMPTS
from gateway.channels.teams.errors import Unavailable
from gateway.channels.teams.http import Http
from gateway.channels.teams.keys import SigningKeys
from gateway.channels.teams.settings import read_teams_settings
from gateway.core import events
from gateway.keys import CONVERSATIONS, ENGINE
from tests.contract.channels.teams.conftest import StartTeams
from tests.contract.channels.teams.microsoft import APP_SECRET, PERSONAL, Microsoft
from tests.fake_rasa import FakeRasa, bot_message

Teams = TestClient[Any, Any]


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest_asyncio.fixture
async def http() -> AsyncIterator[Http]:
    made = Http()
    yield made
    await made.aclose()


async def conversation_of(teams: Teams) -> str:
    async with teams.app[ENGINE].connect() as connection:
        return str((await connection.execute(text("select conversation from conversations"))).scalar_one())


@pytest.mark.parametrize("status", [408, 412, 429, 500, 502, 503, 504])
async def test_what_may_be_tried_again_is(teams: Teams, microsoft: Microsoft, status: int) -> None:
    microsoft.answers = [web.json_response({"error": {"code": "Later"}}, status=status) for _ in range(2)]
    assert (await microsoft.ask("Hej")).shown == "Hej!"
    assert len(microsoft.sent) == 1


@pytest.mark.parametrize("form", ["seconds", "date"])
async def test_the_time_that_teams_asks_for_is_waited(teams: Teams, microsoft: Microsoft, form: str) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    wait = "1" if form == "seconds" else later
    microsoft.answers = [web.Response(status=429, headers={"Retry-After": wait})]
    began = time.monotonic()
    await microsoft.ask("Hej")
    assert time.monotonic() - began >= 0.9


async def test_a_longer_outage_loses_and_doubles_nothing(teams: Teams, microsoft: Microsoft, rasa: FakeRasa) -> None:
    rasa.answers = {"Ett": bot_message("Svar ett."), "Två": bot_message("Svar två.")}
    microsoft.answers = [web.Response(status=503) for _ in range(11)]
    for question in ("Ett", "Två"):
        await microsoft.tell(microsoft.message(question))
    await microsoft.said(2)
    assert [sent.shown for sent in microsoft.sent] == ["Svar ett.", "Svar två."]


async def test_what_was_not_delivered_comes_after_a_restart(start_teams: StartTeams, microsoft: Microsoft) -> None:
    teams = await start_teams()
    await microsoft.ask("Hej")
    name = await conversation_of(teams)
    microsoft.answers = [web.Response(status=429, headers={"Retry-After": "500"})]
    await teams.app[CONVERSATIONS].append(name, events.notice("ticket", "Ditt ärende har fått ett nummer."))
    await microsoft.until(lambda: not microsoft.answers)
    await teams.close()
    await start_teams()
    assert (await microsoft.said(2))[1].shown == "Ditt ärende har fått ett nummer."
    assert microsoft.sent[1].conversation == PERSONAL


async def test_a_token_that_is_no_longer_taken_is_replaced(teams: Teams, microsoft: Microsoft) -> None:
    await microsoft.ask("Hej")
    microsoft.tokens.clear()
    assert (await microsoft.ask("Hej")).shown == "Hej!"
    assert len(microsoft.given) == 2


async def test_our_token_is_kept_until_shortly_before_its_end(microsoft: Microsoft, clock: Clock, http: Http) -> None:
    access = Access(read_teams_settings(microsoft.settings()), http, clock)
    assert await access.token() == await access.token() == "token-1"
    clock.now += 3600 - 299
    assert await access.token() == "token-2"


async def test_keys_outlive_an_outage_of_half_a_day_and_not_more(
    microsoft: Microsoft, clock: Clock, http: Http
) -> None:
    keys = SigningKeys(read_teams_settings(microsoft.settings()).openid, http, clock)
    assert await keys.find("first") is not None
    clock.now += 13 * 3600
    microsoft.identity_down = True
    assert await keys.find("first") is not None
    clock.now += 11 * 3600
    with pytest.raises(Unavailable):
        await keys.find("first")
    microsoft.identity_down = False
    clock.now += 10
    assert await keys.find("first") is not None


@pytest.mark.parametrize("status", [403, 404])
async def test_a_conversation_that_has_thrown_us_out_is_given_up(
    teams: Teams, microsoft: Microsoft, status: int
) -> None:
    await microsoft.ask("Hej")
    name = await conversation_of(teams)
    microsoft.answers = [web.json_response({"error": {"code": "BotNotInConversationRoster"}}, status=status)]
    conversations = teams.app[CONVERSATIONS]
    await conversations.append(name, events.notice("a", "Ett."), events.notice("b", "Två."))
    await microsoft.until(lambda: not microsoft.answers)
    asked = len(microsoft.requests)
    await microsoft.ask("Jag är tillbaka")
    assert [sent.shown for sent in microsoft.sent] == ["Hej!", "Hej!"]
    assert len(microsoft.requests) <= asked + 2  # the answer and perhaps a typing


async def test_a_card_that_is_not_taken_is_sent_as_text(teams: Teams, microsoft: Microsoft, rasa: FakeRasa) -> None:
    custom = {"outcome": "answered", "notices": ["Gäller från maj."], "sources": [{"title": "Rutin"}]}
    rasa.otherwise = bot_message("Ring 010-473 71 00.", [{"title": "Mer", "payload": "/mer"}], custom)
    microsoft.answers = [web.json_response({"error": {"code": "BadArgument"}}, status=400)]
    sent = await microsoft.ask("Vilket nummer?")
    assert sent.activity["textFormat"] == "plain"
    assert sent.activity["text"] == "Ring 010-473 71 00.\n\nGäller från maj.\n\nRutin\n\nMer"


async def test_what_is_never_taken_does_not_stop_the_rest(teams: Teams, microsoft: Microsoft, rasa: FakeRasa) -> None:
    microsoft.answers = [web.Response(status=400), web.Response(status=400)]
    await microsoft.tell(microsoft.message("Hej"))
    await microsoft.until(lambda: not microsoft.answers)
    rasa.otherwise = bot_message("Det andra svaret.")
    assert (await microsoft.ask("Igen")).shown == "Det andra svaret."


async def test_parts_that_have_come_are_not_sent_again(teams: Teams, microsoft: Microsoft, rasa: FakeRasa) -> None:
    rasa.otherwise = bot_message("\n".join(f"{number}. {'Läs ' * 40}" for number in range(1, 201)))
    microsoft.answers = [None, *(web.Response(status=503) for _ in range(ATTEMPTS))]
    await microsoft.tell(microsoft.message("Hej"))
    await microsoft.until(lambda: bool(microsoft.sent) and "200. Läs" in microsoft.sent[-1].shown)
    count = len(microsoft.sent)
    assert count > 1
    assert [sent.shown.splitlines()[0] for sent in microsoft.sent] == [f"({n}/{count})" for n in range(1, count + 1)]


async def test_an_answer_of_teams_that_is_lost_is_the_only_way_to_a_double(teams: Teams, microsoft: Microsoft) -> None:
    """The Connector has no idempotency key, so a user sees a message twice rather than never."""
    microsoft.lose_answers = 1
    await microsoft.tell(microsoft.message("Hej"))
    assert [sent.shown for sent in await microsoft.said(2)] == ["Hej!", "Hej!"]


async def test_without_records_the_user_is_told(teams: Teams, microsoft: Microsoft) -> None:
    await microsoft.ask("Hej")
    async with teams.app[ENGINE].begin() as connection:
        await connection.execute(text("drop table conversation_events"))
    await microsoft.tell(microsoft.message("Hallå"))
    assert (await microsoft.said(2))[1].shown.startswith("Jag kan inte spara samtalet just nu")
    edit = microsoft.activity("messageUpdate", text="Hallå!")
    assert (await microsoft.tell(edit))[0] == 503  # nobody waits for a word about it
    assert len(microsoft.sent) == 2


async def test_the_check_tells_what_works(microsoft: Microsoft) -> None:
    findings = await KIND.check(microsoft.settings())
    assert [finding.good for finding in findings] == [True, True]
    assert findings[0].text == "Microsofts nycklar gick att hämta (1 stycken)"
    assert microsoft.requests == []


async def test_the_check_tells_what_does_not_without_the_secret(microsoft: Microsoft) -> None:
    findings = await KIND.check(microsoft.settings(TEAMS_APP_SECRET="expired " + APP_SECRET))
    assert [finding.good for finding in findings] == [True, False]
    assert findings[1].text.endswith("401 invalid_client")
    microsoft.identity_down = True
    findings = await KIND.check(microsoft.settings())
    assert [finding.good for finding in findings] == [False, False]
    assert APP_SECRET not in str(findings)
