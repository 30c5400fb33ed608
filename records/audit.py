"""The audit log: who did what to kept data, and when. Rows are added and never changed; the database itself sees to it.

It holds no personal data: actors are roles, conversations are named by a fingerprint, and details are names and
numbers of our own.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import DDL, JSON, BigInteger, Column, Integer, String, Table, event, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from records.database import Base, Moment

Actor = Literal["user", "operator", "schedule", "agent", "system"]

_CODE = re.compile(r"[a-z][a-z0-9_.\-]{0,63}")

audit = Table(
    "audit",
    Base.metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("actor", String(16), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(32)),
    Column("details", JSON, nullable=False),
)

_SQLITE = (
    "CREATE TRIGGER audit_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    "CREATE TRIGGER audit_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    # INSERT OR REPLACE deletes the old row without asking the trigger above.
    "CREATE TRIGGER audit_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) "
    "BEGIN SELECT RAISE(ABORT, 'append-only'); END",
)
_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'append-only'; END $$",
    "CREATE TRIGGER audit_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()",
    "CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()",
)
for _dialect, _statements in (("sqlite", _SQLITE), ("postgresql", _POSTGRESQL)):
    for _statement in _statements:
        event.listen(audit, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Entry:
    """One thing that was done."""

    at: datetime
    actor: str
    action: str
    subject: str | None
    details: Mapping[str, int]


async def note(
    connection: AsyncConnection,
    actor: Actor,
    action: str,
    *,
    conversation: str | None = None,
    details: Mapping[str, int] | None = None,
) -> None:
    """Add an entry, in the same transaction as what it tells of.

    `details` are counts under names of our own. Raises ValueError for an action or a name that is no code, so that no
    text of a user can come in.
    """
    details = details or {}
    if wrong := [code for code in (action, *details) if not _CODE.fullmatch(code)]:
        raise ValueError(f"{len(wrong)} of the audit entry's words are no codes")
    row = {
        "at": datetime.now(UTC),
        "actor": actor,
        "action": action,
        "subject": None if conversation is None else fingerprint(conversation),
        "details": {name: int(count) for name, count in details.items()},
    }
    await connection.execute(insert(audit).values(row))


async def entries(engine: AsyncEngine, since: datetime) -> Sequence[Entry]:
    """What was done since then, oldest first."""
    query = select(audit).where(audit.c.at >= since).order_by(audit.c.id)
    async with engine.connect() as connection:
        return [_entry(row._mapping) for row in await connection.execute(query)]


def fingerprint(conversation: str) -> str:
    """Tells whether an entry is about a given conversation, and nothing to those who do not know its id."""
    return hashlib.sha256(conversation.encode()).hexdigest()[:32]


def _entry(row: Mapping[Any, Any]) -> Entry:
    return Entry(row["at"], row["actor"], row["action"], row["subject"], row["details"])
