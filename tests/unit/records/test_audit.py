"""The audit log can be added to and not changed, and holds no personal data."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from records import audit

LONG_AGO = datetime.now(UTC) - timedelta(days=1)


async def add(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await audit.note(connection, "operator", "erase", conversation="c1", details={"tickets": 2})


async def test_an_entry_tells_who_did_what_to_which_conversation(records: AsyncEngine) -> None:
    await add(records)
    (entry,) = await audit.entries(records, LONG_AGO)
    assert (entry.actor, entry.action, entry.details) == ("operator", "erase", {"tickets": 2})
    assert entry.subject == audit.fingerprint("c1") != "c1"
    assert entry.at > LONG_AGO


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'nobody'",
        "DELETE FROM audit",
        "DELETE FROM audit WHERE id = 1",
        "INSERT OR REPLACE INTO audit (id, at, actor, action, details) VALUES (1, '2020-01-01', 'x', 'x', '{}')",
        "TRUNCATE audit",
    ],
)
async def test_nothing_that_stands_there_can_be_changed(records: AsyncEngine, statement: str) -> None:
    await add(records)
    before = await audit.entries(records, LONG_AGO)
    with pytest.raises(DBAPIError):  # refused by the trigger, or unknown to this database
        async with records.begin() as connection:
            await connection.execute(text(statement))
    assert await audit.entries(records, LONG_AGO) == before


async def test_words_of_users_cannot_come_in(records: AsyncEngine) -> None:
    for action, details in (("Anna Svensson", {}), ("erase", {"850101-1234": 1}), ("erase", {"Åsa": 1})):
        with pytest.raises(ValueError, match="no codes"):
            async with records.begin() as connection:
                await audit.note(connection, "user", action, details=details)
    assert await audit.entries(records, LONG_AGO) == []


async def test_the_log_can_be_added_to_after_a_restart(records: AsyncEngine) -> None:
    await add(records)
    await add(records)
    assert len(await audit.entries(records, LONG_AGO)) == 2
