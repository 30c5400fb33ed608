"""The tracker store: as stock's where stock is right, and nothing lost or doubled where it is not."""

import asyncio
import logging
import sqlite3
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.server.conversations import store as module
from nlu.server.conversations.archive import Archive, EventRow, MemoryArchive
from nlu.server.conversations.errors import ArchiveUnavailable
from nlu.server.conversations.kept_tracker import KeptTracker
from nlu.server.conversations.sql_archive import SqlArchive
from nlu.server.conversations.store import ConversationStore
from nlu.server.errors import SettingsError
from tests.unit.nlu.server.conftest import NewArchive, domain_with

Result = TypeVar("Result")


def turn(text: str, place: str | None = None) -> list[Event]:
    """What a turn adds to a tracker."""
    said = UserUttered(text, {"name": "greet", "confidence": 1.0}, input_channel="rest")
    slots = [SlotSet("place", place)] if place else []
    return [said, ActionExecuted("utter_greet"), BotUttered(f"svar på {text}"), *slots, ActionExecuted("action_listen")]


def session() -> list[Event]:
    return [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]


async def hold(store: TrackerStore, sender: str, *turns: Sequence[Event]) -> DialogueStateTracker:
    """Each turn as Rasa's processor takes it: fetch, add events, save. Returns what the next turn would get."""
    for events in turns:
        tracker = await store.get_or_create_tracker(sender, append_action_listen=False)
        tracker.model_id = "model"
        for event in events:
            tracker.update(event)
        await store.save(tracker)
    return await store.get_or_create_tracker(sender, append_action_listen=False)


def told(tracker: DialogueStateTracker | None) -> Any:
    """A tracker's events and slots, to be compared."""
    if tracker is None:
        return None
    return [event.as_dict() for event in tracker.events], tracker.current_slot_values(), tracker.latest_action_name


def texts(rows: Sequence[EventRow]) -> list[str]:
    return [row["text"] for row in rows if row["event"] == "user"]


def run(work: Coroutine[Any, Any, Result]) -> Result:
    return asyncio.run(work)


class Flaky:
    """An archive whose database can be taken away."""

    lasting = True

    def __init__(self, inner: Archive) -> None:
        self.inner = inner
        self.down = False

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> Any:
            if self.down and name != "close":
                raise ArchiveUnavailable("OperationalError: no route")
            return getattr(self.inner, name)(*arguments)

        return call


def test_as_stocks_store_in_memory_over_turns_and_sessions(archive: Archive, domain: Domain) -> None:
    async def both() -> None:
        ours, stock = ConversationStore(domain, archive=archive), InMemoryTrackerStore(domain)
        begun = [session(), turn("ett", "Borås"), turn("två"), session(), turn("tre"), turn("fyra", "Mora"), session()]
        for events in begun:
            assert told(await hold(ours, "anna", events)) == told(await hold(stock, "anna", events))
        everything = await ours.retrieve_full_tracker("anna")
        assert everything is not None  # stock's has forgotten the first session by now
        assert texts([event.as_dict() for event in everything.events]) == ["ett", "två", "tre", "fyra"]
        assert await ours.retrieve("bo") is None is await stock.retrieve("bo")
        assert list(await ours.keys()) == ["anna"]
        await ours.close()

    run(both())


def test_a_turn_that_breaks_leaves_nothing(archive: Archive, domain: Domain) -> None:
    async def broken() -> None:
        store = ConversationStore(domain, archive=archive)
        before = told(await hold(store, "anna", session(), turn("ett", "Borås")))
        tracker = await store.retrieve("anna")
        assert tracker is not None
        for event in turn("två", "Mora"):
            tracker.update(event)
        assert told(await store.retrieve("anna")) == before
        assert texts(archive.read("anna")) == ["ett"]
        await store.close()

    run(broken())


def test_a_new_process_goes_on_where_the_old_one_ended(new_archive: NewArchive, domain: Domain) -> None:
    async def restarted() -> None:
        old = ConversationStore(domain, archive=new_archive())
        kept = told(await hold(old, "anna", session(), turn("ett", "Borås"), session(), turn("två", "Mora")))
        await old.close()
        new = ConversationStore(domain, archive=new_archive())
        assert told(await new.retrieve("anna")) == kept
        await hold(new, "anna", turn("tre"))
        assert texts(new_archive().read("anna")) == ["ett", "två", "tre"]
        await new.close()

    run(restarted())


def test_turns_in_two_processes_are_one_conversation(new_archive: NewArchive, domain: Domain) -> None:
    async def shared() -> None:
        stores = [ConversationStore(domain, archive=new_archive()) for _ in range(2)]
        await hold(stores[0], "anna", session())
        for number in range(12):
            tracker = await hold(stores[number * number % 2], "anna", turn(f"tur {number}"))
        assert texts([event.as_dict() for event in tracker.events]) == [f"tur {number}" for number in range(12)]
        assert told(await stores[0].retrieve("anna")) == told(await stores[1].retrieve("anna"))
        for store in stores:
            await store.close()

    run(shared())


def test_two_turns_at_once_without_a_lock_lose_and_double_nothing(new_archive: NewArchive, domain: Domain) -> None:
    async def at_once() -> None:
        stores = [ConversationStore(domain, archive=new_archive()) for _ in range(2)]
        await hold(stores[0], "anna", session())
        trackers = [await store.retrieve("anna") for store in stores]
        for number, tracker in enumerate(trackers):
            assert tracker is not None
            for event in turn(f"tur {number}"):
                tracker.update(event)
        await asyncio.gather(*(store.save(tracker) for store, tracker in zip(stores, trackers, strict=True)))
        for store in stores:
            after = await store.retrieve("anna")
            assert after is not None and sorted(texts([e.as_dict() for e in after.events])) == ["tur 0", "tur 1"]
            await store.close()

    run(at_once())


def test_a_conversation_erased_elsewhere_begins_anew(new_archive: NewArchive, domain: Domain) -> None:
    async def erased() -> None:
        one, other = (ConversationStore(domain, archive=new_archive()) for _ in range(2))
        await hold(one, "anna", session(), turn("hemligt", "Borås"))
        await hold(one, "bo", session(), turn("kvar"))
        await other.erase("anna")
        assert await one.retrieve("anna") is None
        assert (await hold(one, "anna", session(), turn("nytt"))).get_slot("place") is None
        assert texts(new_archive().read("anna")) == ["nytt"] and texts(new_archive().read("bo")) == ["kvar"]
        await one.close()
        await other.close()

    run(erased())


async def up_again(*stores: ConversationStore) -> None:
    while any(store.down for store in stores):  # noqa: ASYNC110 - a store tells nobody when it is back
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.1)


def test_a_database_that_is_away_for_a_while_loses_nothing(
    new_archive: NewArchive, domain: Domain, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def outage() -> None:
        flaky = Flaky(new_archive())
        store = ConversationStore(domain, archive=flaky)
        await hold(store, "anna", session(), turn("före", "Borås"))
        flaky.down = True
        during = await hold(store, "anna", turn("under"), turn("fortfarande"))
        assert during.get_slot("place") == "Borås" and store.down
        assert (await hold(store, "ny", session(), turn("hej"))).latest_message.text == "hej"
        assert "out of reach" in caplog.text
        flaky.down = False
        await up_again(store)
        await hold(store, "anna", turn("efter"))
        assert texts(new_archive().read("anna")) == ["före", "under", "fortfarande", "efter"]
        assert texts(new_archive().read("ny")) == ["hej"]
        assert "is back; 2 had turns to be written" in caplog.text
        await store.close()

    monkeypatch.setattr(module, "RETRY_SECONDS", 0.05)
    caplog.set_level(logging.WARNING)
    run(outage())


def test_what_two_processes_kept_during_an_outage_is_put_together(
    new_archive: NewArchive, domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def outage() -> None:
        flaky = [Flaky(new_archive()) for _ in range(2)]
        stores = [ConversationStore(domain, archive=each) for each in flaky]
        await hold(stores[0], "anna", session(), turn("före"))
        for each in flaky:
            each.down = True
        await hold(stores[0], "anna", turn("hos ett"))
        await hold(stores[1], "anna", session(), turn("hos två"))  # which has never seen the conversation
        for each in flaky:
            each.down = False
        await up_again(*stores)
        assert sorted(texts(new_archive().read("anna"))) == ["före", "hos ett", "hos två"]
        assert told(await stores[0].retrieve("anna")) == told(await stores[1].retrieve("anna"))
        for store in stores:
            await store.close()

    monkeypatch.setattr(module, "RETRY_SECONDS", 0.05)
    run(outage())


def test_what_is_lost_in_the_end_is_told(domain: Domain, caplog: pytest.LogCaptureFixture) -> None:
    async def lost() -> None:
        flaky = Flaky(MemoryArchive())
        store = ConversationStore(domain, archive=flaky)
        flaky.down = True
        await hold(store, "anna", session(), turn("hej"))
        await store.close()

    run(lost())
    assert "the last turns of 1 conversations are lost" in caplog.text


def test_personnummer_never_reach_the_file(tmp_path: Path, domain: Domain) -> None:
    async def said() -> None:
        store = ConversationStore(domain, archive=SqlArchive(f"sqlite:///{tmp_path / 'conversations.db'}"))
        kept = await hold(store, "19121212-1212", session(), turn("jag är 19121212-1212", "121212-1212"))
        assert kept.latest_message.text == "jag är 19121212-1212"  # in memory the turn is as it was
        await store.close()

    run(said())
    for path in tmp_path.iterdir():
        assert b"1212-1212" not in path.read_bytes(), path.name
    with sqlite3.connect(tmp_path / "conversations.db") as database:
        assert database.execute("SELECT count(*) FROM rasa_events").fetchone() == (8,)


def test_two_statements_a_turn(tmp_path: Path, domain: Domain) -> None:
    async def count() -> list[str]:
        archive = SqlArchive(f"sqlite:///{tmp_path / 'conversations.db'}")
        store = ConversationStore(domain, archive=archive)
        await hold(store, "anna", session(), turn("ett"))
        statements: list[str] = []
        sa.event.listen(archive._engine, "before_cursor_execute", lambda *each: statements.append(each[2].split()[0]))
        tracker = await store.get_or_create_tracker("anna", append_action_listen=False)
        for event in turn("två"):
            tracker.update(event)
        await store.save(tracker)
        await store.close()
        return statements

    assert run(count()) == ["SELECT", "INSERT"]


def test_memory_stays_within_bounds_and_unwritten_turns_in_it(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    async def many() -> None:
        flaky = Flaky(MemoryArchive())
        store = ConversationStore(domain, archive=flaky)
        for number in range(5):
            await hold(store, f"sender {number}", session(), turn(f"tur {number}"))
        assert len(store._alive) == 2
        assert (await hold(store, "sender 0")).latest_message.text == "tur 0"
        flaky.down = True
        for number in range(5, 9):
            await hold(store, f"sender {number}", session(), turn(f"tur {number}"))
        assert {f"sender {number}" for number in range(5, 9)} <= set(store._alive)
        await store.close()

    monkeypatch.setattr(module, "ALIVE", 2)
    run(many())


def test_conversations_in_memory_alone_are_forgotten_in_time(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    async def old() -> None:
        store = ConversationStore(domain, archive=MemoryArchive())
        await hold(store, "old", session(), turn("hej"))
        monkeypatch.setattr(module, "MEMORY_HOURS", -1.0)
        monkeypatch.setattr(store, "_next_purge", 0.0)
        await hold(store, "new", session(), turn("hej"))
        assert await store.retrieve("old") is None

    run(old())


def test_another_model_brings_its_own_slots(archive: Archive, domain: Domain) -> None:
    async def changed() -> None:
        store = ConversationStore(domain, archive=archive)
        await hold(store, "anna", session(), turn("hej", "Borås"))
        store.domain = domain_with("place", "role")
        tracker = await hold(store, "anna")
        assert tracker.current_slot_values()["role"] is None and tracker.get_slot("place") == "Borås"
        assert texts([e.as_dict() for e in (await hold(store, "anna", turn("två"))).events]) == ["hej", "två"]
        assert texts(archive.read("anna")) == ["hej", "två"]
        await store.close()

    run(changed())


def test_behind_rasas_own_agent(archive: Archive, domain: Domain) -> None:
    async def behind() -> None:
        store = ConversationStore(domain, archive=archive)
        kept = await hold(FailSafeTrackerStore(store), "anna", session(), turn("ett"), turn("två"))
        assert isinstance(kept, KeptTracker) and texts(archive.read("anna")) == ["ett", "två"]
        await store.close()

    run(behind())


def test_an_event_broker_is_refused() -> None:
    with pytest.raises(SettingsError, match="event_broker"):
        ConversationStore(event_broker=EventBroker(), archive=MemoryArchive())
