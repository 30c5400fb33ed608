"""What the bot says reaches Slack once and in order, whatever happens on the way."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from sqlalchemy import update
from yarl import URL

from desks.live.console import ConsoleDesk
from gateway.channels.kind import Finding
from gateway.channels.slack.check import SCOPES, check
from gateway.channels.slack.plug import plug
from gateway.core import events
from gateway.errors import SettingsError
from gateway.keys import CONVERSATIONS, ENGINE
from records.event_log import conversations
from records.live_console import JOIN, SAY, LiveConsole
from tests.contract.channels.slack.conftest import ANNA, Bot, environment, until
from tests.contract.portal import PERSON, REGION, Portal
from tests.contract.slack import BOT, OPEN_CHANNEL, Workspace, direct, titles
from tests.fake_rasa import bot_message
from tests.unit.gateway.conftest import StartGateway

DIRECT = direct(ANNA)


async def test_slack_that_asks_for_time_gets_it_and_every_answer(bot: Bot) -> None:
    bot.workspace.limited = {"chat.postMessage": [1, 2]}
    for number in range(3):
        bot.rasa.answers[f"{number}"] = bot_message(f"Svar {number}")
        await bot.workspace.person_says(ANNA, f"{number}", None, DIRECT)
    told = await bot.told(DIRECT, 3)
    assert [each["text"] for each in told] == ["Svar 0", "Svar 1", "Svar 2"]
    posts = [at for method, at in bot.workspace.called if method == "chat.postMessage"]
    assert len(posts) == 5 and posts[1] - posts[0] >= 1 and posts[2] - posts[1] >= 2


async def test_an_answer_whose_receipt_was_lost_is_not_sent_twice(bot: Bot) -> None:
    bot.workspace.lose_answers = 1
    await bot.workspace.person_says(ANNA, "Hej", None, DIRECT)
    thread = await bot.mention(ANNA, "Hej")
    await bot.told(OPEN_CHANNEL, 1, thread)
    bot.workspace.lose_answers = 1
    await bot.mention(ANNA, "Två", thread)
    await bot.mention(ANNA, "Sist", thread)
    assert len(await bot.told(OPEN_CHANNEL, 3, thread)) == 3
    assert len(await bot.told(DIRECT)) == 1


async def test_in_a_long_thread_too_and_however_slack_limits_the_search(bot: Bot) -> None:
    thread = await bot.mention(ANNA, "Hej")
    await bot.told(OPEN_CHANNEL, 1, thread)
    talk = {"type": "message", "channel": OPEN_CHANNEL, "thread_ts": thread, "user": ANNA}
    bot.workspace.messages += [{**talk, "ts": f"1794.{number:03}", "text": "Mer"} for number in range(150)]
    bot.workspace.limited = {"conversations.replies": [1]}
    bot.workspace.lose_answers = 1
    await bot.mention(ANNA, "Två", thread)
    await bot.mention(ANNA, "Sist", thread)
    assert len(await bot.told(OPEN_CHANNEL, 3, thread)) == 3
    searches = [at for method, at in bot.workspace.called if method == "conversations.replies"]
    assert len(searches) == 3 and searches[1] - searches[0] >= 1


async def test_what_could_not_be_sent_is_sent_in_order_when_slack_is_back(bot: Bot) -> None:
    bot.workspace.down = True
    for text in ("Ett", "Två", "Tre"):
        bot.rasa.answers[text] = bot_message(f"Svar: {text}")
        await bot.workspace.person_says(ANNA, text, None, DIRECT)
    await until(lambda: len(bot.asked) == 3)
    await until(lambda: len(bot.workspace.called) > 3)
    bot.workspace.down = False
    assert [each["text"] for each in await bot.told(DIRECT, 3)] == ["Svar: Ett", "Svar: Två", "Svar: Tre"]


async def test_what_a_gateway_before_this_one_had_sent_is_not_sent_again(bot: Bot) -> None:
    await bot.workspace.person_says(ANNA, "Hej", None, DIRECT)
    thread = await bot.mention(ANNA, "Hej")
    await bot.told(DIRECT)
    await bot.told(OPEN_CHANNEL, 1, thread)
    assert bot.client is not None
    async with bot.client.app[ENGINE].begin() as connection:
        await connection.execute(update(conversations).values(delivered=0))  # it died before it could note that
    await bot.stop()
    await bot.start()
    await bot.workspace.person_says(ANNA, "Sist", None, DIRECT)
    await bot.mention(ANNA, "Sist", thread)
    assert len(await bot.told(DIRECT, 2)) == 2
    assert len(await bot.told(OPEN_CHANNEL, 2, thread)) == 2


async def test_a_channel_that_is_gone_is_given_up_and_nobody_else_waits(bot: Bot) -> None:
    bot.workspace.gone.add(OPEN_CHANNEL)
    await bot.mention(ANNA, "Ett")
    await until(lambda: len(bot.asked) == 1)
    await bot.workspace.person_says(ANNA, "Två", None, DIRECT)
    await bot.told(DIRECT)
    conversation = await bot.conversations.outside("slack", f"{OPEN_CHANNEL}:{bot.workspace.messages[0]['ts']}")

    async def given_up() -> bool:
        state = await bot.conversations.state(conversation)
        return state is not None and state.delivered == state.last

    await until(given_up)
    assert sum(method == "chat.postMessage" for method, _ in bot.workspace.called) == 2


async def test_blocks_that_slack_does_not_want_are_left_out_and_the_answer_stays(bot: Bot) -> None:
    bot.workspace.refuse_blocks = True
    bot.rasa.otherwise = bot_message("Menade du?", [{"title": "Lösenord", "payload": "/a"}])
    await bot.workspace.person_says(ANNA, "Hej", None, DIRECT)
    (told,) = await bot.told(DIRECT)
    assert "Menade du?" in told["text"] and "- Lösenord" in told["text"] and titles(told) == []


async def test_news_of_a_ticket_comes_by_itself(bot: Bot) -> None:
    await bot.workspace.person_says(ANNA, "Hej", None, DIRECT)
    await bot.told(DIRECT)
    conversation = await bot.conversations.outside("slack", DIRECT)
    ticket = {"reference": "SL-1", "number": "INC1", "status": "open", "desk": "x"}
    await bot.conversations.append(conversation, events.notice("ticket", "Ärendet fick nummer INC1.", ticket=ticket))
    assert (await bot.told(DIRECT, 2))[-1]["text"] == "Ärendet fick nummer INC1."


@pytest_asyncio.fixture
async def portal(workspace: Workspace, tmp_path: Path) -> AsyncIterator[Portal]:
    """The gateway with a desk where people answer, and Slack."""
    url = f"sqlite:///{tmp_path / 'records.db'}"
    channels = (plug(environment(workspace.web_api)),)
    made = Portal(url, lambda engine: {REGION: ConsoleDesk(engine)}, channels=channels)
    workspace.events_url = await made.start() / "slack/events"
    yield made
    await made.close()


async def test_a_person_takes_over_in_the_thread_where_the_user_asked(workspace: Workspace, portal: Portal) -> None:
    def said(text: str) -> bool:
        return any(each.get("bot_id") == BOT and text in each["text"] for each in workspace.messages)

    body = await workspace.person_says(ANNA, f"<@U0BOT> {PERSON}", None, OPEN_CHANNEL)
    thread = body["event"]["ts"]
    await until(lambda: said("Du står i kö till en person"))
    console = LiveConsole(portal.service.engine)
    assert portal.client is not None
    conversation = await portal.client.app[CONVERSATIONS].outside("slack", f"{OPEN_CHANNEL}:{thread}")
    (handoff,) = await portal.handoffs.going_on()
    assert handoff.conversation == conversation
    for action, text in ((JOIN, ""), (SAY, "Hej, vad står det på skärmen?")):
        await console.enter(handoff, "Kim", action, text, portal.service.now())
    await until(lambda: said("Nu läser och svarar en person.") and said("Hej, vad står det på skärmen?"))
    (agent,) = [each for each in workspace.messages if "Hej, vad står" in each["text"]]
    assert agent["thread_ts"] == thread and "Kim" in agent["text"]

    await workspace.person_says(ANNA, "Det står &lt;fel 17&gt;", thread, OPEN_CHANNEL)

    async def heard() -> bool:
        return any("Det står <fel 17>" in line for line in await console.lines(handoff))

    await until(heard)
    assert [each["message"] for each in portal.rasa.asked] == [PERSON]


async def test_a_region_that_is_none_stops_the_start(workspace: Workspace, start_gateway: StartGateway) -> None:
    given = {**environment(workspace.web_api), "SLACK_REGIONS": f"{OPEN_CHANNEL}=Narnia"}
    with pytest.raises(SettingsError, match="SLACK_REGIONS has 'Narnia'"):
        await start_gateway(plugs=(plug(given),))


async def test_the_check_tells_who_we_are_and_which_scopes_are_missing(workspace: Workspace) -> None:
    given = environment(workspace.web_api)
    workspace.scopes = ",".join(SCOPES)
    assert [each.good for each in await check(given)] == [True, True]
    workspace.scopes = "chat:write, commands"
    who, scopes = await check(given)
    assert who == Finding(True, "inloggad som supportlotsen i arbetsytan Vårdcentralen")
    assert not scopes.good and "im:history" in scopes.text and "chat:write" not in scopes.text
    workspace.scopes = None
    assert [each.good for each in await check(given)] == [True, False]


async def test_the_check_tells_of_a_bad_token_and_of_a_slack_that_is_away(workspace: Workspace) -> None:
    given = environment(workspace.web_api)
    (refused,) = await check({**given, "SLACK_BOT_TOKEN": "xoxb-wrong"})
    assert not refused.good and "invalid_auth" in refused.text and "xoxb" not in refused.text
    workspace.down = True
    (away,) = await check(given)
    assert not away.good and "127.0.0.1" in away.text
    server = TestServer(Workspace().app())
    await server.start_server()
    nowhere: URL = server.make_url("/")
    await server.close()
    (unreachable,) = await check(environment(nowhere))
    assert not unreachable.good
    assert [method for method, _ in workspace.called if method != "auth.test"] == []
