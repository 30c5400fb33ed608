"""Erasing: one conversation everywhere at its user's wish, and everything when its time is up.

Every table that has a column `conversation` is reached, whichever capability made it; so are rows that belong to such
a row (foreign keys that cascade). Only `NOT_ABOUT_CONVERSATIONS` are left out.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, delete, exists, false, func, not_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

import records.tables  # noqa: F401 - so that every table is known here
from records import audit
from records.cases import CaseRow
from records.database import Base, Moment
from records.erasures import erasures
from records.retention import Kind, Periods
from records.tickets import WAITING, Delivery, TicketRow
from records.tracker_store import TrackerStore

CONVERSATION = "conversation"
STATE = "conversations"
"""The table with one row for each conversation, which goes first: an answer on its way finds none and is not logged."""
NOT_ABOUT_CONVERSATIONS = frozenset(
    {"audit", "erasures", "handoff_seen", "outages", "overflow_numbers", "overflow_seen"}
)
"""Tables whose rows tell of no conversation, or only that it is to be erased, or have ids of others' messages alone."""
KINDS: Mapping[str, Kind] = {"cases": "ticket", "deliveries": "ticket", "feedback": "feedback", "tickets": "ticket"}
"""The tables that are not kept as long as what was said."""
MOMENTS = ("touched", "changed", "at", "created", "started", "opened")
"""Columns from which the time runs: of those that a table has, the first."""
EXPIRES = "expires"
"""The column of a table whose rows have an end of their own, which may come earlier."""
_AT_A_TIME = 200
_CLOSED = ("resolved", "closed")


@dataclass(frozen=True)
class Erased:
    """What became of it, by table."""

    rows: Mapping[str, int]
    """How many are gone."""
    kept: Mapping[str, int] = field(default_factory=dict)
    """How many stay until a desk has got them or is done with them; then they are erased too."""


class Eraser:
    """Erases in one records database and in Rasa's tracker store."""

    def __init__(self, engine: AsyncEngine, trackers: TrackerStore) -> None:
        self._engine = engine
        self._trackers = trackers

    async def erase(self, conversation: str, actor: audit.Actor) -> Erased:
        """Forget a conversation. What a desk still has to get or to work with follows when that is done."""
        async with self._engine.begin() as connection:
            erased = await _erase(connection, conversation)
            if erased.kept:
                await _remember(connection, conversation)
            await audit.note(connection, actor, "erase", conversation=conversation, details=_details(erased))
        gone = await self._trackers.erase(conversation)
        return Erased({**erased.rows, "tracker": gone}, erased.kept)

    async def purge(self, periods: Periods, now: datetime | None = None) -> Erased:
        """Forget what has been kept for its time, and finish erasures that had to wait."""
        now = now or datetime.now(UTC)
        rows = Counter({table.name: await self._purge_table(table, periods, now) for table in tables()})
        rows.update(await self._finish_erasures())
        rows["tracker"] = await self._trackers.purge(now - periods.of("conversation"))
        async with self._engine.begin() as connection:
            await audit.note(connection, "schedule", "purge", details=+rows)
        return Erased(rows)

    async def _purge_table(self, table: Table, periods: Periods, now: datetime) -> int:
        """Some conversations at a time, so that nobody who writes meanwhile has to wait long."""
        gone, what = 0, and_(_too_old(table, periods, now), not_(_needed(table)))
        some = select(table.c[CONVERSATION]).where(what).distinct().limit(_AT_A_TIME)
        while True:
            async with self._engine.begin() as connection:
                old = (await connection.execute(some)).scalars().all()
                if not old:
                    return gone
                gone += (await connection.execute(delete(table).where(table.c[CONVERSATION].in_(old), what))).rowcount

    async def _finish_erasures(self) -> Counter[str]:
        """What had to wait for a desk, and need not any more."""
        rows: Counter[str] = Counter()
        async with self._engine.connect() as connection:
            asked = (await connection.execute(select(erasures.c.conversation))).scalars().all()
        for conversation in asked:
            async with self._engine.begin() as connection:
                erased = await _erase(connection, conversation)
                rows.update(erased.rows)
                if not erased.kept:
                    await connection.execute(delete(erasures).where(erasures.c.conversation == conversation))
        return rows

    async def export(self, conversation: str) -> dict[str, list[dict[str, Any]]]:
        """All that is kept about a conversation, by table; for a person who asks what we have."""
        found: dict[str, list[dict[str, Any]]] = {}
        async with self._engine.connect() as connection:
            for table in [*tables(), *children()]:
                rows = (await connection.execute(select(table).where(_of(table, conversation)))).mappings().all()
                found[table.name] = [dict(row) for row in rows]
        found["tracker"] = await self._trackers.export(conversation)
        return {name: rows for name, rows in found.items() if rows}


def tables() -> Iterator[Table]:
    """Every table about conversations, in an order in which they can be emptied."""
    found = [table for table in reversed(Base.metadata.sorted_tables) if _is_about_conversations(table)]
    yield from sorted(found, key=lambda table: table.name != STATE)


def children() -> Iterator[Table]:
    """Tables whose rows belong to a row about a conversation and go with it."""
    for table in Base.metadata.sorted_tables:
        if not _is_about_conversations(table) and _parent(table) is not None:
            yield table


def moment_of(table: Table) -> Column[Any] | None:
    """From when a row's time runs; None: it goes with its conversation."""
    return next((table.c[name] for name in MOMENTS if name in table.c and isinstance(table.c[name].type, Moment)), None)


def _is_about_conversations(table: Table) -> bool:
    return CONVERSATION in table.c and table.name not in NOT_ABOUT_CONVERSATIONS


def _parent(table: Table) -> Table | None:
    for key in table.foreign_keys:
        if key.ondelete == "CASCADE" and _is_about_conversations(key.column.table):
            return key.column.table
    return None


def _of(table: Table, conversation: str) -> ColumnElement[bool]:
    parent = _parent(table)
    if _is_about_conversations(table) or parent is None:
        return table.c[CONVERSATION] == conversation
    key = next(key for key in table.foreign_keys if key.column.table is parent)
    return key.parent.in_(select(key.column).where(parent.c[CONVERSATION] == conversation))


def _too_old(table: Table, periods: Periods, now: datetime) -> ColumnElement[bool]:
    moment = moment_of(table)
    if EXPIRES in table.c:
        return table.c[EXPIRES] <= now
    if moment is not None:
        return moment < now - periods.of(KINDS.get(table.name, "conversation"))
    state = Base.metadata.tables[STATE]
    return not_(exists().where(state.c[CONVERSATION] == table.c[CONVERSATION]))


def _needed(table: Table) -> ColumnElement[bool]:
    """Rows that a desk still has to get or to work with."""
    condition = _NEEDED.get(table.name)
    return false() if condition is None else condition()


def _undelivered() -> ColumnElement[bool]:
    return Delivery.state == WAITING


def _ticket_undelivered() -> ColumnElement[bool]:
    return exists().where(and_(Delivery.ticket_id == TicketRow.id, Delivery.state == WAITING))


def _case_open() -> ColumnElement[bool]:
    return CaseRow.status.not_in(_CLOSED)


_NEEDED: Mapping[str, Callable[[], ColumnElement[bool]]] = {
    "cases": _case_open,
    "deliveries": _undelivered,
    "tickets": _ticket_undelivered,
}


async def _erase(connection: AsyncConnection, conversation: str) -> Erased:
    rows, kept = {}, {}
    for table in tables():
        rows[table.name] = await _delete(connection, table, table.c[CONVERSATION] == conversation)
        left = select(func.count()).select_from(table).where(table.c[CONVERSATION] == conversation)
        if count := (await connection.execute(left)).scalar_one():
            kept[table.name] = count
    return Erased(rows, kept)


async def _delete(connection: AsyncConnection, table: Table, what: ColumnElement[bool]) -> int:
    return (await connection.execute(delete(table).where(what, not_(_needed(table))))).rowcount


async def _remember(connection: AsyncConnection, conversation: str) -> None:
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    values = {"conversation": conversation, "asked": datetime.now(UTC)}
    await connection.execute(dialect.insert(erasures).values(values).on_conflict_do_nothing())


def _details(erased: Erased) -> dict[str, int]:
    gone = {name: count for name, count in erased.rows.items() if count}
    return gone | {f"{name}.kept": count for name, count in erased.kept.items()}
