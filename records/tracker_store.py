"""Rasa's conversations, which the sealed runtime writes (nlu/server/conversations): read and erased from here."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Float, Integer, MetaData, String, Table, Text, delete, func, inspect, select
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from records.database import connect, parse

DEFAULT_URL = "sqlite:///var/conversations.db"
MEMORY = "memory"

rasa_events = Table(
    "rasa_events",
    MetaData(),
    Column("sender_id", String(255), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("timestamp", Float(53), nullable=False),
    Column("data", Text, nullable=False),
)
"""What is needed of Rasa's table, which its own process makes. `timestamp` is Unix time, `data` an event as JSON."""


def tracker_address(environment: Mapping[str, str]) -> URL | None:
    """TRACKER_DB_URL; None if conversations are kept in Rasa's memory. Raises SettingsError."""
    url = environment.get("TRACKER_DB_URL", "").strip() or DEFAULT_URL
    return None if url == MEMORY else parse("TRACKER_DB_URL", url, DEFAULT_URL)


def tracker_store(environment: Mapping[str, str]) -> "TrackerStore":
    """The one that TRACKER_DB_URL names. Raises SettingsError."""
    url = tracker_address(environment)
    return TrackerStore(None if url is None else connect(url))


class TrackerStore:
    """Rasa's conversations. With none in a database, they end with Rasa's process and there is nothing to do."""

    def __init__(self, engine: AsyncEngine | None) -> None:
        """`engine`: its database, where there is one."""
        self._engine = engine

    async def erase(self, conversation: str) -> int:
        """Forget a conversation; returns how many events it had."""
        return await self._delete(rasa_events.c.sender_id == conversation)

    async def purge(self, before: datetime) -> int:
        """Forget conversations whose last event is older; returns how many events they had."""
        last = func.max(rasa_events.c.timestamp)
        old = select(rasa_events.c.sender_id).group_by(rasa_events.c.sender_id).having(last < before.timestamp())
        return await self._delete(rasa_events.c.sender_id.in_(old))

    async def export(self, conversation: str) -> list[dict[str, Any]]:
        """The events of a conversation, oldest first."""
        if self._engine is None or not await self._has_table(self._engine):
            return []
        wanted = (
            select(rasa_events.c.data).where(rasa_events.c.sender_id == conversation).order_by(rasa_events.c.number)
        )
        async with self._engine.connect() as connection:
            return [json.loads(data) for data in (await connection.execute(wanted)).scalars()]

    async def close(self) -> None:
        """Let go of the database."""
        if self._engine is not None:
            await self._engine.dispose()

    async def _delete(self, what: Any) -> int:
        if self._engine is None or not await self._has_table(self._engine):
            return 0
        async with self._engine.begin() as connection:
            return (await connection.execute(delete(rasa_events).where(what))).rowcount

    async def _has_table(self, engine: AsyncEngine) -> bool:
        async with engine.connect() as connection:
            return await connection.run_sync(lambda sync: inspect(sync).has_table(rasa_events.name))
