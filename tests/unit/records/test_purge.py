"""Nothing of a conversation is left when its user or its time says so, whichever table it is in."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from records import audit
from records.database import Base, Moment
from records.erasures import erasures
from records.errors import SettingsError
from records.event_log import EventLog, NewEvent, conversation_events, conversations
from records.purge import (
    CONVERSATION,
    KINDS,
    NOT_ABOUT_CONVERSATIONS,
    Eraser,
    children,
    moment_of,
    tables,
)
from records.retention import Periods, periods
from records.tracker_store import TrackerStore, rasa_events
from tests.unit.records.filled import NOW, count, days_ago, fill, fill_tracker

ROOT = Path(__file__).parents[3]
NOWHERE = TrackerStore(None)
DELIVERED = {"state": "done", "status": "closed"}


async def rows(engine: AsyncEngine, conversation: str) -> dict[str, int]:
    async with engine.connect() as connection:
        found = {table.name: await count(connection, table, conversation) for table in tables()}
        for table in children():
            found[table.name] = (await connection.execute(select(func.count()).select_from(table))).scalar_one()
    return {name: number for name, number in found.items() if number}


async def test_an_erased_conversation_is_nowhere_and_others_stay(
    records: AsyncEngine, rasas_database: AsyncEngine
) -> None:
    await fill(records, "erased", NOW, **DELIVERED)
    await fill(records, "other", NOW, **DELIVERED)
    await fill_tracker(rasas_database, "erased", NOW)
    await fill_tracker(rasas_database, "other", NOW)
    before = await rows(records, "other")
    assert await rows(records, "erased") == before
    erased = await Eraser(records, TrackerStore(rasas_database)).erase("erased", "user")
    assert erased.kept == {}
    left = await rows(records, "erased")
    assert {name for name in left if name in {table.name for table in tables()}} == set()
    assert await rows(records, "other") == dict.fromkeys(before, 1)
    async with rasas_database.connect() as connection:
        assert (await connection.execute(select(rasa_events.c.sender_id).distinct())).scalars().all() == ["other"]


async def test_no_table_about_conversations_is_forgotten(records: AsyncEngine) -> None:
    """Fails for a new table that neither has a column `conversation` nor is named as one that needs none."""
    reached = {table.name for table in tables()} | {table.name for table in children()}
    assert set(Base.metadata.tables) - reached == NOT_ABOUT_CONVERSATIONS
    assert set(KINDS) <= reached | {"feedback"}
    without_moment = [table.name for table in tables() if moment_of(table) is None]
    assert all(CONVERSATION in Base.metadata.tables[name].c for name in without_moment)


async def test_what_a_desk_must_still_get_is_erased_when_it_has_got_it(records: AsyncEngine) -> None:
    await fill(records, "c", NOW, state="waiting", status="new")
    eraser = Eraser(records, NOWHERE)
    erased = await eraser.erase("c", "user")
    assert set(erased.kept) == {"tickets", "deliveries", "cases"}
    assert set(await rows(records, "c")) - {"case_comments"} == {"tickets", "deliveries", "cases"}
    await eraser.purge(Periods(), NOW)
    assert "tickets" in await rows(records, "c")
    async with records.begin() as connection:
        for name, values in (("deliveries", {"state": "done"}), ("cases", {"status": "closed"})):
            await connection.execute(Base.metadata.tables[name].update().values(values))
    await eraser.purge(Periods(), NOW)
    assert await rows(records, "c") == {}
    async with records.connect() as connection:
        assert (await connection.execute(select(erasures))).all() == []


async def test_each_kind_is_kept_for_its_time_and_no_longer(records: AsyncEngine, rasas_database: AsyncEngine) -> None:
    kept_for = Periods(conversation=10, ticket=20, feedback=30)
    await fill(records, "new", days_ago(9.9), **DELIVERED)
    await fill(records, "older", days_ago(10.1), **DELIVERED)
    await fill(records, "oldest", days_ago(30.1), **DELIVERED)
    await fill_tracker(rasas_database, "new", days_ago(9.9))
    await fill_tracker(rasas_database, "older", days_ago(10.1))
    whole = set(await rows(records, "new"))
    await Eraser(records, TrackerStore(rasas_database)).purge(kept_for, NOW)
    assert set(await rows(records, "new")) == whole
    older = {table.name for table in tables() if KINDS.get(table.name)} & whole
    assert set(await rows(records, "older")) - {table.name for table in children()} == older
    assert set(await rows(records, "oldest")) - {table.name for table in children()} == set()
    async with rasas_database.connect() as connection:
        assert (await connection.execute(select(rasa_events.c.sender_id).distinct())).scalars().all() == ["new"]


async def test_an_open_ticket_is_kept_longer_than_its_time(records: AsyncEngine) -> None:
    await fill(records, "c", days_ago(1000), state="waiting", status="in_progress")
    await Eraser(records, NOWHERE).purge(Periods(), NOW)
    assert {"tickets", "deliveries", "cases"} <= set(await rows(records, "c"))


async def test_erasing_and_purging_stand_in_the_audit_log_without_the_conversations_id(records: AsyncEngine) -> None:
    await fill(records, "secret-conversation", days_ago(1000), **DELIVERED)
    eraser = Eraser(records, NOWHERE)
    await eraser.erase("secret-conversation", "user")
    await eraser.purge(Periods(), NOW)
    erase, purge = await audit.entries(records, days_ago(365))
    assert (erase.actor, erase.action, erase.subject) == ("user", "erase", audit.fingerprint("secret-conversation"))
    assert erase.details["tickets"] == 1
    assert (purge.actor, purge.action, purge.subject) == ("schedule", "purge", None)
    assert "secret" not in repr((erase, purge))


async def test_erasing_what_is_not_there_is_no_error(records: AsyncEngine, rasas_database: AsyncEngine) -> None:
    erased = await Eraser(records, TrackerStore(rasas_database)).erase("nobody", "user")
    assert sum(erased.rows.values()) == 0


async def test_an_export_holds_all_that_is_kept(records: AsyncEngine, rasas_database: AsyncEngine) -> None:
    await fill(records, "c", NOW)
    await fill(records, "other", NOW)
    await fill_tracker(rasas_database, "c", NOW)
    exported = await Eraser(records, TrackerStore(rasas_database)).export("c")
    assert {table.name for table in [*tables(), *children()]} | {"tracker"} == set(exported)
    assert all(len(found) == 1 for name, found in exported.items() if name != "tracker")
    assert "other" not in json.dumps(exported, default=str)


def test_a_new_table_is_reached_with_no_line_of_code(monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = MetaData()
    Table(
        "calls", metadata, Column("id", Integer, primary_key=True), Column("conversation", String), Column("at", Moment)
    )
    Table("prices", metadata, Column("id", Integer, primary_key=True))
    monkeypatch.setattr(Base, "metadata", metadata)
    assert [table.name for table in tables()] == ["calls"]


@pytest.mark.parametrize("value", ["0", "-1", "3651", "ten", "1.5", "٣"])
def test_a_period_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="RETENTION_TICKET_DAYS"):
        periods({"RETENTION_TICKET_DAYS": value})


def test_periods_have_defaults() -> None:
    assert periods({"RETENTION_FEEDBACK_DAYS": "7", "RETENTION_TICKET_DAYS": " "}) == Periods(feedback=7)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "RECORDS_DB_URL": f"sqlite:///{tmp_path / 'records.db'}",
        "TRACKER_DB_URL": f"sqlite:///{tmp_path / 'conversations.db'}",
        "PYTHONPATH": str(ROOT),
    }


def run(environment: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "records", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_the_commands(environment: dict[str, str]) -> None:
    assert run(environment, "purge").stdout.strip() == "Nothing to erase."
    assert json.loads(run(environment, "export", "nobody").stdout) == {}
    assert run(environment, "erase", "nobody").returncode == 0
    wrong: Any = run({**environment, "RETENTION_CONVERSATION_DAYS": "never"}, "purge")
    assert (wrong.returncode, "RETENTION_CONVERSATION_DAYS" in wrong.stderr) == (2, True)
    dead = run({**environment, "RECORDS_DB_URL": "postgresql://nobody:secret@127.0.0.1:1/none"}, "purge")
    assert dead.returncode == 1 and "secret" not in dead.stderr and "Traceback" not in dead.stderr


def test_rasas_events_and_the_records_can_share_a_database() -> None:
    assert rasa_events.name not in Base.metadata.tables


def test_every_table_is_described_for_operators() -> None:
    described = (ROOT / "docs" / "personuppgifter.md").read_text(encoding="utf-8")
    kept = {*Base.metadata.tables, rasa_events.name} - {"outages"}  # an outage tells of no user
    assert [name for name in sorted(kept) if f"`{name}`" not in described] == []


async def test_a_purge_disturbs_nobody_who_writes_meanwhile(records: AsyncEngine) -> None:
    log, eraser = EventLog(records), Eraser(records, NOWHERE)
    for number in range(100):
        await log.receive(f"old-{number}", "web", [NewEvent("user_message", {"text": "Hej"}, "k")], None)
    async with records.begin() as connection:
        for table, moment in ((conversations, "touched"), (conversation_events, "at")):
            await connection.execute(update(table).values({moment: days_ago(40)}))

    async def talk(name: str) -> None:
        for number in range(10):
            await log.receive(name, "web", [NewEvent("user_message", {"text": "Hej"}, f"k{number}")], None)

    await asyncio.gather(
        eraser.purge(Periods(), NOW), eraser.purge(Periods(), NOW), *(talk(f"n{n}") for n in range(10))
    )
    assert [len(await log.events(f"n{number}")) for number in range(10)] == [10] * 10
    assert await log.events("old-7") == []
    await log.close()
