"""Conversations in SQLite or PostgreSQL: one row for each event, written once and never changed.

A turn costs one look-up in the index (has another process written?) and one insert. `(sender_id, number)` is unique,
so two processes cannot both write the same place of a conversation, whatever their locks did.
"""

import json
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine
from sqlalchemy.engine.url import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.pool import QueuePool
from sqlalchemy.sql.elements import TextClause

from nlu.server.conversations.archive import EventRow
from nlu.server.conversations.errors import ArchiveUnavailable, WrittenElsewhere
from nlu.server.errors import SettingsError

SECONDS = 3
"""To wait for a connection, a lock or a statement."""
CONNECTIONS = 4

_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg2"}
_schema = sa.MetaData()
EVENTS = sa.Table(
    "rasa_events",
    _schema,
    sa.Column("sender_id", sa.String(255), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("type_name", sa.String(64), nullable=False),
    sa.Column("timestamp", sa.Float(53), nullable=False),
    sa.Column("data", sa.Text, nullable=False),
)
"""`number` counts from 1 in each conversation; `timestamp` is Unix time; `data` is the event as JSON."""

_COUNT = sa.text(f"SELECT max(number) FROM {EVENTS.name} WHERE sender_id = :sender")  # noqa: S608 - our own names
_READ = sa.text(f"SELECT data FROM {EVENTS.name} WHERE sender_id = :sender ORDER BY number")  # noqa: S608 - see above
"""What every turn asks. As text, since SQLAlchemy takes twice as long to look at a statement that is made each time."""

Found = TypeVar("Found")


def address(url: str) -> URL:
    """An address for the drivers that this runtime has. Raises SettingsError; the value is not repeated (password)."""
    try:
        parsed = make_url(url)
        return parsed.set(drivername=_DRIVERS[parsed.get_backend_name()])
    except (ArgumentError, KeyError, ValueError) as error:
        raise SettingsError(
            "TRACKER_DB_URL cannot be used; it must be an address such as sqlite:///var/conversations.db "
            "or postgresql+psycopg://user:password@host/name"
        ) from error


class SqlArchive:
    """See `Archive`. The table is made when the database is first reached, which need not be at the start."""

    lasting = True

    def __init__(self, url: str) -> None:
        """Opens nothing yet. Raises SettingsError."""
        self._engine = _engine(address(url))
        self._has_table = False

    def count(self, sender: str) -> int:
        """See `Archive.count`."""
        return self._run(lambda connection: connection.execute(_COUNT, {"sender": sender}).scalar() or 0)

    def read(self, sender: str) -> list[EventRow]:
        """See `Archive.read`."""
        found = self._run(lambda connection: connection.execute(_READ, {"sender": sender}).scalars().all())
        return [json.loads(data) for data in found]

    def append(self, sender: str, after: int, events: Sequence[EventRow]) -> None:
        """See `Archive.append`."""
        rows = [
            {
                "sender_id": sender,
                "number": number,
                "type_name": event["event"],
                "timestamp": event["timestamp"],
                "data": json.dumps(event),
            }
            for number, event in enumerate(events, after + 1)
        ]
        if not rows:
            return
        insert = _insert(len(rows))
        values = {f"{name}_{place}": value for place, row in enumerate(rows) for name, value in row.items()}
        try:
            self._run(lambda connection: connection.execute(insert, values))
        except IntegrityError as error:
            # A connection lost after the insert and before its answer makes us try again: then they are ours.
            if self._data(sender, after, len(rows)) != [row["data"] for row in rows]:
                raise WrittenElsewhere(f"event {after + 1} is there already") from error

    def _data(self, sender: str, after: int, count: int) -> list[str]:
        between = EVENTS.c.number.between(after + 1, after + count)
        rows = sa.select(EVENTS.c.data).where(EVENTS.c.sender_id == sender, between).order_by(EVENTS.c.number)
        return self._run(lambda connection: list(connection.execute(rows).scalars()))

    def senders(self) -> list[str]:
        """See `Archive.senders`."""
        distinct = sa.select(EVENTS.c.sender_id).distinct()
        return self._run(lambda connection: list(connection.execute(distinct).scalars()))

    def erase(self, sender: str) -> None:
        """See `Archive.erase`."""
        self._run(lambda connection: connection.execute(sa.delete(EVENTS).where(EVENTS.c.sender_id == sender)))

    def purge(self, before: float) -> int:
        """See `Archive.purge`."""
        last = sa.func.max(EVENTS.c.timestamp)
        old = sa.select(EVENTS.c.sender_id).group_by(EVENTS.c.sender_id).having(last < before)
        senders = self._run(lambda connection: list(connection.execute(old).scalars()))
        for sender in senders:
            self.erase(sender)
        return len(senders)

    def close(self) -> None:
        """See `Archive.close`."""
        self._engine.dispose()

    def _run(self, work: Callable[[Connection], Found]) -> Found:
        """Raises ArchiveUnavailable, and IntegrityError as it is."""
        try:
            try:
                return self._once(work)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                return self._once(work)  # a connection of the pool had died since: the pool has new ones now
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            reason = str(getattr(error, "orig", None) or error).strip().splitlines()
            raise ArchiveUnavailable(f"{type(error).__name__}: {reason[0] if reason else ''}") from error

    def _once(self, work: Callable[[Connection], Found]) -> Found:
        with self._engine.connect() as connection:
            if not self._has_table:
                _make_table(connection)
                self._has_table = True
            return work(connection)


@lru_cache(maxsize=64)
def _insert(rows: int) -> TextClause:
    """One statement for so many rows: it is written whole or not at all, with no transaction around it.

    As text, since SQLAlchemy makes the words of an insert of several rows anew each time.
    """
    columns = [column.name for column in EVENTS.columns]
    values = ", ".join(f"({', '.join(f':{name}_{place}' for name in columns)})" for place in range(rows))
    return sa.text(f"INSERT INTO {EVENTS.name} ({', '.join(columns)}) VALUES {values}")  # noqa: S608 - our own names


def _engine(url: URL) -> Engine:
    common: dict[str, Any] = {"poolclass": QueuePool, "pool_size": CONNECTIONS, "max_overflow": 0}
    common |= {"pool_timeout": SECONDS, "isolation_level": "AUTOCOMMIT"}
    if url.get_backend_name() == "sqlite":
        if url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(url, connect_args={"timeout": SECONDS, "check_same_thread": False}, **common)
        statements = ["PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL"]
    else:
        engine = sa.create_engine(url, connect_args={"connect_timeout": SECONDS}, **common)
        statements = [f"SET statement_timeout = {SECONDS * 1000}"]

    def prepare(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()

    sa.event.listen(engine, "connect", prepare)
    return engine


def _make_table(connection: Connection) -> None:
    try:
        _schema.create_all(connection)
    except (IntegrityError, ProgrammingError):  # another process is making it at this very moment
        _schema.create_all(connection)
