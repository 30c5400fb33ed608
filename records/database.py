"""The database of the records: its address, its engine and the types that its tables share."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.schema import CreateColumn
from sqlalchemy.types import TypeDecorator

from records.errors import SettingsError

DEFAULT_URL = "sqlite:///var/records.db"
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}
_ATTEMPTS = 5


class Base(DeclarativeBase):
    """The tables of the records; each module of this package adds its own."""


class Moment(TypeDecorator[datetime]):
    """A moment with its time zone, kept as UTC; SQLite forgets zones, this does not."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a moment without a zone."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Always in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def address(environment: Mapping[str, str]) -> URL:
    """RECORDS_DB_URL with the driver that we use. Raises SettingsError; the value is not repeated (password)."""
    return parse("RECORDS_DB_URL", environment.get("RECORDS_DB_URL", "").strip() or DEFAULT_URL, DEFAULT_URL)


def parse(setting: str, value: str, example: str) -> URL:
    """The address of a database with the driver that we use. Raises SettingsError; the value is not repeated."""
    try:
        url = make_url(value)
        return url.set(drivername=_DRIVERS[url.get_backend_name()])
    except (ArgumentError, KeyError) as error:
        raise SettingsError(
            f"{setting} cannot be used; it must be an address such as {example} "
            "or postgresql+psycopg://user:password@host/name"
        ) from error


def connect(url: URL) -> AsyncEngine:
    """An engine for the address; nothing is opened yet."""
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, pool_pre_ping=True)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url, connect_args={"timeout": 5})
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    return engine


def connect_in_thread(url: URL) -> Engine:
    """An engine for the same SQLite file, to be used in one thread without an event loop; nothing is opened yet."""
    engine = create_engine(url.set(drivername="sqlite+pysqlite"), connect_args={"timeout": 1}, pool_size=1)
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


async def create_tables(engine: AsyncEngine) -> None:
    """Create the tables and the columns that are missing; several processes may do so at once.

    A column that an older release's table lacks must be one that may be empty.
    """
    import records.tables  # noqa: F401 - each module adds its tables to Base when it is imported

    for attempt in range(_ATTEMPTS):
        try:
            async with engine.begin() as connection:
                await connection.run_sync(_create)
            return
        except DBAPIError:  # another process created the same table between the look and the creation
            if attempt == _ATTEMPTS - 1:
                raise
            await asyncio.sleep(0.1 * 2**attempt)


def _create(connection: Connection) -> None:
    Base.metadata.create_all(connection)
    found = inspect(connection)
    for table in Base.metadata.sorted_tables:
        there = {column["name"] for column in found.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                name = connection.dialect.identifier_preparer.format_table(table)
                connection.execute(text(f"ALTER TABLE {name} ADD COLUMN {CreateColumn(column).compile(connection)}"))


def _prepare_sqlite(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()
