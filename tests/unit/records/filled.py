"""A row in every table about conversations, whatever columns it has."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Boolean, Column, DateTime, Float, Integer, String, Table, Text, insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from records.database import Base, Moment
from records.purge import CONVERSATION, EXPIRES
from records.tracker_store import rasa_events

LEFT_EMPTY = ("audit", "erasures", "handoff_seen")
AT_DESKS = ("cases", "deliveries", "tickets")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ENDS_AFTER = timedelta(days=10)
"""Of rows that have an end of their own."""


async def fill(engine: AsyncEngine, conversation: str, at: datetime, **values: Any) -> None:
    """A conversation with a row in each table; `values` for columns of that name in the tables of the desks."""
    async with engine.begin() as connection:
        ids: dict[str, Any] = {}
        for table in Base.metadata.sorted_tables:
            if table.name in LEFT_EMPTY:
                continue
            row = _row(table, conversation, at, ids)
            if table.name in AT_DESKS:
                row |= {name: each for name, each in values.items() if name in table.c}
            result = await connection.execute(insert(table).values(row))
            ids[table.name] = (result.inserted_primary_key or [None])[0]


async def fill_tracker(engine: AsyncEngine, conversation: str, at: datetime) -> None:
    """Two events of Rasa."""
    async with engine.begin() as connection:
        await connection.run_sync(rasa_events.metadata.create_all)
        for number in (1, 2):
            row = {
                "sender_id": conversation,
                "number": number,
                "timestamp": at.timestamp(),
                "data": '{"event": "user"}',
            }
            await connection.execute(insert(rasa_events).values(row))


async def count(connection: AsyncConnection, table: Table, conversation: str) -> int:
    """How many rows are about it."""
    rows = await connection.execute(table.select().where(table.c[CONVERSATION] == conversation))
    return len(rows.all())


def _row(table: Table, conversation: str, at: datetime, ids: dict[str, Any]) -> dict[str, Any]:
    return {
        column.name: _value(column, conversation, at, ids)
        for column in table.columns
        if not (column.primary_key and isinstance(column.type, Integer) and column.autoincrement is not False)
        or column.foreign_keys
    }


def _value(column: Column[Any], conversation: str, at: datetime, ids: dict[str, Any]) -> Any:
    if column.name == CONVERSATION:
        return conversation
    for key in column.foreign_keys:
        return ids.get(key.column.table.name)
    if column.name == EXPIRES:
        return at + ENDS_AFTER
    if isinstance(column.type, (Moment, DateTime)):
        return at
    if isinstance(column.type, (String, Text)):
        return f"{conversation}:{column.name}"[: getattr(column.type, "length", None) or 40]
    if isinstance(column.type, Boolean):
        return True
    if isinstance(column.type, (Integer, Float)):
        return 1
    assert isinstance(column.type, JSON), f"no value for {column}"
    return {}


def days_ago(days: float) -> datetime:
    """Before NOW."""
    return NOW - timedelta(days=days)
