"""Codes by which a conversation is continued on another device: each works once, for a short time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, String, Table, delete, insert
from sqlalchemy.ext.asyncio import AsyncEngine

from records.database import Base, Moment
from records.guard import unavailable_when_broken

continuations = Table(
    "continuations",
    Base.metadata,
    Column("code", String(64), primary_key=True),
    Column("conversation", String(64), nullable=False, index=True),
    Column("until", Moment, nullable=False),
    Column("expires", Moment, nullable=False, index=True),
)


@dataclass(frozen=True)
class Continued:
    """What a code stood for."""

    conversation: str
    until: datetime
    """How long the conversation itself can be continued."""


class Continuations:
    """All codes, by keyed digest. Every method raises RecordsUnavailable when the database cannot be used."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, code: str, continued: Continued, expires: datetime) -> None:
        """Put a new code (its digest) in place of the conversation's old ones. IntegrityError: it is known."""
        row = {"code": code, "conversation": continued.conversation, "until": continued.until, "expires": expires}
        async with unavailable_when_broken(), self._engine.begin() as connection:
            old = delete(continuations).where(continuations.c.conversation == continued.conversation)
            await connection.execute(old)
            await connection.execute(insert(continuations).values(row))

    async def take(self, codes: list[str], now: datetime) -> Continued | None:
        """Use a code up (its digests by each secret); None for one that is used, run out or never was."""
        table = continuations
        taken = (
            delete(table)
            .where(table.c.code.in_(codes), table.c.expires > now)
            .returning(table.c.conversation, table.c.until)
        )
        async with unavailable_when_broken(), self._engine.begin() as connection:
            row = (await connection.execute(taken)).first()
        return None if row is None else Continued(*row)
