"""The event log on SQLite and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy import delete, text
from sqlalchemy.ext.asyncio import AsyncEngine

from records.database import address, connect, create_tables
from records.errors import RecordsUnavailable
from records.event_log import EventLog, NewEvent, Work, conversations
from records.feedback import Feedback, Judgement
from tests.conftest import NewDatabase

ONE, OTHER = "web-1", "web-2"


def message(key: str, text: str = "Hej") -> NewEvent:
    return NewEvent("user_message", {"text": text}, key)


def work(key: str) -> Work:
    return Work("message", {"key": key})


@pytest_asyncio.fixture
async def engine(new_database: NewDatabase) -> AsyncIterator[AsyncEngine]:
    made = connect(address({"RECORDS_DB_URL": new_database()}))
    await create_tables(made)
    yield made
    await made.dispose()


@pytest_asyncio.fixture
async def log(engine: AsyncEngine) -> AsyncIterator[EventLog]:
    made = EventLog(engine)
    yield made
    await made.close()


async def test_events_are_numbered_in_order(log: EventLog) -> None:
    await log.open(ONE, "web", region="VGR")
    received = await log.receive(ONE, "web", [message("a"), NewEvent("notice", {"text": "å 😀"})], work("a"))
    await log.append(ONE, [NewEvent("bot_message", {"text": "Svar"})], done=received.waiting, about="Dalarna")

    events = await log.events(ONE)
    state = await log.read(ONE)

    assert [(event.number, event.kind, event.content["text"]) for event in events] == [
        (1, "user_message", "Hej"),
        (2, "notice", "å 😀"),
        (3, "bot_message", "Svar"),
    ]
    assert {event.epoch for event in events} == {received.state.epoch}
    assert state is not None
    assert (state.last, state.region, state.about, state.region_in_question) == (3, "VGR", "Dalarna", "Dalarna")
    assert await log.waiting() == []
    assert [event.number for event in await log.events(ONE, 2)] == [3]


async def test_what_was_received_waits_until_it_is_done(log: EventLog) -> None:
    await log.receive(OTHER, "web", [message("a")], work("a"))
    first = await log.receive(ONE, "web", [message("a")], work("a"))
    await log.receive(ONE, "web", [message("b")], work("b"))
    await log.append(ONE, [NewEvent("bot_message")], told=first.waiting)

    waiting = await log.waiting()

    assert [(each.conversation, each.content["key"], each.told) for each in waiting] == [
        (ONE, "a", True),
        (ONE, "b", False),
        (OTHER, "a", False),
    ]


async def test_work_is_done_once(log: EventLog) -> None:
    received = await log.receive(ONE, "web", [message("a")], work("a"))
    answers = [
        log.append(ONE, [NewEvent("bot_message", {"text": str(number)})], done=received.waiting) for number in range(5)
    ]

    logged = [events for events, _ in await asyncio.gather(*answers) if events]

    assert len(logged) == 1
    assert [event.kind for event in await log.events(ONE)] == ["user_message", "bot_message"]


async def test_the_same_key_at_the_same_moment_is_one_message(log: EventLog) -> None:
    received = await asyncio.gather(*(log.receive(ONE, "web", [message("a")], work("a")) for _ in range(8)))

    assert sum(not each.resent for each in received) == 1
    assert {each.events[0].id for each in received} == {(await log.events(ONE))[0].id}
    assert len(await log.waiting()) == 1


async def test_a_resend_tells_what_is_still_to_be_done(log: EventLog) -> None:
    first = await log.receive(ONE, "web", [message("a")], work("a"))
    await log.receive(ONE, "web", [message("b")], work("b"))
    again = await log.receive(ONE, "web", [message("a")], work("a"))
    await log.append(ONE, [NewEvent("bot_message")], done=first.waiting)
    afterwards = await log.receive(ONE, "web", [message("a")], work("a"))

    assert (again.resent, again.waiting) == (True, first.waiting)
    assert (afterwards.resent, afterwards.waiting) == (True, None)


async def test_the_same_key_in_another_conversation_is_another_message(log: EventLog) -> None:
    await log.receive(ONE, "web", [message("a")], None)

    assert not (await log.receive(OTHER, "web", [message("a")], None)).resent


async def test_events_that_are_logged_at_the_same_time_get_different_numbers(log: EventLog) -> None:
    await log.open(ONE, "web")
    await asyncio.gather(*(log.append(ONE, [NewEvent("notice"), NewEvent("notice")]) for _ in range(10)))

    assert [event.number for event in await log.events(ONE)] == list(range(1, 21))


async def test_a_conversation_begins_once(log: EventLog) -> None:
    states = await asyncio.gather(*(log.open(ONE, "web") for _ in range(8)))

    assert len({state.epoch for state in states}) == 1


async def test_what_was_set_stays_until_it_is_set_again(log: EventLog) -> None:
    await log.open(ONE, "slack", region="VGR", language="sv", address="C1")
    state = await log.open(ONE, "slack", language="en")

    assert (state.region, state.language, state.address, state.status) == ("VGR", "en", "C1", "bot")


async def test_a_status_is_kept_with_its_event(log: EventLog) -> None:
    await log.open(ONE, "web")
    await log.append(ONE, [NewEvent("status", {"status": "agent"})], status="agent")

    state = await log.read(ONE)
    assert state is not None and state.status == "agent"


async def test_deliveries_are_remembered_for_the_channels_asked_for(log: EventLog) -> None:
    state = await log.open("slack-1", "slack")
    await log.append("slack-1", [NewEvent("notice"), NewEvent("notice")])
    await log.receive(ONE, "web", [message("a")], None)

    assert await log.undelivered(["slack", "teams"]) == ["slack-1"]
    await log.delivered("slack-1", state.epoch, 2)
    assert await log.undelivered(["slack", "teams"]) == []


async def test_an_erased_conversation_is_gone_and_what_belonged_to_it_finds_no_other(log: EventLog) -> None:
    received = await log.receive(ONE, "web", [message("a")], work("a"))
    await log.erase(ONE)
    again = await log.receive(ONE, "web", [message("a", "Igen")], None)

    late = await log.append(ONE, [NewEvent("bot_message")], epoch=received.state.epoch)
    done = await log.append(ONE, [NewEvent("bot_message")], epoch=received.state.epoch, done=received.waiting)

    assert (late, done) == (([], None), ([], None))
    assert again.state.epoch != received.state.epoch
    assert [event.content["text"] for event in await log.events(ONE)] == ["Igen"]
    assert await log.waiting() == []


async def test_what_a_purge_has_left_is_not_shown_in_a_new_conversation(log: EventLog, engine: AsyncEngine) -> None:
    await log.receive(ONE, "web", [message("a", "Gammalt")], work("a"))
    async with engine.begin() as connection:
        await connection.execute(delete(conversations).where(conversations.c.conversation == ONE))
    await log.receive(ONE, "web", [message("a", "Nytt")], None)

    assert [event.content["text"] for event in await log.events(ONE)] == ["Nytt"]
    assert await log.waiting() == []


async def test_a_long_conversation_is_read_by_pages(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("records.event_log.PAGE", 3)
    await log.open(ONE, "web")
    await log.append(ONE, [NewEvent("notice")] * 5)

    assert [event.number for event in await log.events(ONE)] == [1, 2, 3]
    assert [event.number for event in await log.events(ONE, 3)] == [4, 5]


async def test_a_table_of_an_older_release_gets_the_columns_that_it_lacks(log: EventLog, engine: AsyncEngine) -> None:
    await log.receive(ONE, "web", [message("a")], None)
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE conversations DROP COLUMN about"))
        await connection.execute(text("ALTER TABLE feedback DROP COLUMN comment"))

    assert not await log.ready()
    await create_tables(engine)

    assert await log.ready()
    state = await log.read(ONE)
    assert state is not None and (state.last, state.about) == (1, None)


async def test_without_its_tables_the_log_says_that_it_cannot_be_used(new_database: NewDatabase) -> None:
    engine = connect(address({"RECORDS_DB_URL": new_database()}))
    log = EventLog(engine)

    with pytest.raises(RecordsUnavailable) as refused:
        await log.receive(ONE, "web", [message("a", "hemligt")], None)

    assert "hemligt" not in str(refused.value)
    assert not await log.ready()
    await create_tables(engine)
    assert await log.ready()
    await log.close()
    await engine.dispose()


async def test_the_latest_judgement_counts_and_is_erased_with_its_conversation(engine: AsyncEngine) -> None:
    feedback = Feedback(engine)
    first = Judgement(ONE, "e", 2, "web", "VGR", "vgr/x/y", "1", "answered", helpful=False, comment="Nej")
    latest = Judgement(ONE, "e", 2, "web", "VGR", "vgr/x/y", "1", "answered", helpful=True)
    other = Judgement(OTHER, "e", 2, "web", None, None, None, None, helpful=True)
    for judgement in (first, latest, other):
        await feedback.give(judgement)

    assert await feedback.of(ONE) == [latest]
    await feedback.erase(ONE)
    assert (await feedback.of(ONE), await feedback.of(OTHER)) == ([], [other])
