"""The event log: every conversation's state and events, and the messages that still wait for an answer.

Events of one conversation are numbered from 1 without a gap, in the order in which they become visible. Its `epoch` is
drawn when it is first seen, so an event's id ("<epoch>-<number>") never means another event, not even after the
conversation was erased or the database was lost.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Index,
    Integer,
    String,
    Table,
    Text,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Row
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from records.database import Base, Moment
from records.errors import RecordsUnavailable
from records.transactions import Transactions

PAGE = 500
"""Events that one look gives at most."""
USER_MESSAGE = "user_message"


conversations = Table(
    "conversations",
    Base.metadata,
    Column("conversation", String(64), primary_key=True),
    Column("channel", String(32), nullable=False, index=True),
    Column("epoch", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("region", String(32)),
    Column("about", String(32)),
    Column("language", String(8)),
    Column("address", Text),
    Column("last", Integer, nullable=False),
    Column("delivered", Integer, nullable=False),
    Column("started", Moment, nullable=False),
    Column("touched", Moment, nullable=False, index=True),
)
"""One row for each conversation: its state."""
conversation_events = Table(
    "conversation_events",
    Base.metadata,
    Column("conversation", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Moment, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("key", String(64)),
    Column("content", JSON, nullable=False),
    Index("one_message_per_key", "conversation", "key", unique=True),
)
"""The events; `key` is the client's own name for the message, so that a resend is found."""
conversation_waiting = Table(
    "conversation_waiting",
    Base.metadata,
    Column("conversation", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("work", String(16), nullable=False),
    Column("content", JSON, nullable=False),
    Column("told", Boolean, nullable=False),
)
"""What is still to be done after the event of that number; gone once it is done."""


@dataclass(frozen=True)
class Conversation:
    """The state of a conversation."""

    conversation: str
    """Its id, which is Rasa's `sender_id` too."""
    channel: str
    epoch: str
    status: str
    """Who answers: "bot", "queued" or "agent"."""
    region: str | None
    """What was set when it began."""
    about: str | None
    """The region that the latest answer with one was about."""
    language: str | None
    address: str | None
    """Where the channel delivers to, in the channel's own words."""
    last: int
    """Number of the latest event; 0 when there is none."""
    delivered: int
    """Number of the latest event that the channel has delivered."""
    started: datetime

    @property
    def region_in_question(self) -> str | None:
        """The region whose contacts help now."""
        return self.about or self.region


@dataclass(frozen=True)
class NewEvent:
    """An event before it stands in the log."""

    kind: str
    content: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True)
class Event:
    """An event of the log."""

    conversation: str
    epoch: str
    number: int
    at: datetime
    kind: str
    content: Mapping[str, Any]
    key: str | None = None

    @property
    def id(self) -> str:
        """As clients know it."""
        return f"{self.epoch}-{self.number}"

    def to_json(self) -> dict[str, Any]:
        """As clients get it."""
        key = {} if self.key is None else {"key": self.key}
        return {"id": self.id, "at": self.at.isoformat(), "kind": self.kind, **self.content, **key}


@dataclass(frozen=True)
class Work:
    """What is to be done after an event, before it stands in the log."""

    work: str
    content: Mapping[str, Any]


@dataclass(frozen=True)
class Waiting:
    """Something that is still to be done in a conversation."""

    conversation: str
    epoch: str
    number: int
    """Of the event that it follows from."""
    work: str
    content: Mapping[str, Any]
    told: bool = False
    """Whether the user has been told that it takes long."""


@dataclass(frozen=True)
class Received:
    """What became of a user's message."""

    state: Conversation
    events: Sequence[Event]
    """With the message itself first; of a resend, only the message."""
    waiting: Waiting | None
    """What is to be done; None if nothing is, or if it has been done."""
    resent: bool = False
    """Whether the message stood in the log already under its key."""


class EventLog:
    """All conversations. Every method raises RecordsUnavailable when the database cannot be used."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._transactions = Transactions(engine)

    @property
    def failures(self) -> int:
        """How often the database could not be used."""
        return self._transactions.failures

    async def close(self) -> None:
        """To be called before the engine is disposed of."""
        await self._transactions.close()

    async def open(
        self,
        conversation: str,
        channel: str,
        *,
        region: str | None = None,
        language: str | None = None,
        address: str | None = None,
    ) -> Conversation:
        """The conversation's state; it begins now if it is new. What is None stays as it was."""
        set_now = {"region": region, "language": language, "address": address}
        return await self._transactions.run(lambda c: _open(c, conversation, channel, 0, set_now))

    async def read(self, conversation: str) -> Conversation | None:
        """The conversation's state; None for one that is not known."""
        return await self._transactions.run(lambda c: _read(c, conversation))

    async def receive(
        self,
        conversation: str,
        channel: str,
        events: Sequence[NewEvent],
        work: Work | None,
        *,
        language: str | None = None,
        address: str | None = None,
    ) -> Received:
        """Log a user's message, which is the first of the events and has a key, and the work that it makes."""
        set_now = {"language": language, "address": address}

        def log(connection: Connection) -> Received:
            state = _open(connection, conversation, channel, len(events), set_now)
            logged = _insert(connection, state, events)
            return Received(state, logged, _wait(connection, state, logged[0].number, work))

        try:
            return await self._transactions.run(log)
        except IntegrityError:
            return await self._transactions.run(lambda c: _received_before(c, conversation, events[0].key))

    async def append(
        self,
        conversation: str,
        events: Sequence[NewEvent],
        *,
        epoch: str | None = None,
        status: str | None = None,
        about: str | None = None,
        done: Waiting | None = None,
        told: Waiting | None = None,
        work: Work | None = None,
    ) -> tuple[list[Event], Waiting | None]:
        """Log events, all or none; with them the new status, the region they are about, and work done, told of or new.

        Logs nothing for a conversation that is gone, or is another one by now than that of the epoch, and nothing for
        work that has been done before. New work follows the last of the events.
        """

        def log(connection: Connection) -> tuple[list[Event], Waiting | None]:
            if done is not None and not connection.execute(_DONE, _place(done)).rowcount:
                return [], None
            if told is not None and not connection.execute(_TOLD, _place(told)).rowcount:
                return [], None
            values = {"status": status, "about": about, "b_epoch": epoch}
            row = connection.execute(_GROW, _growth(conversation, len(events), values)).one_or_none()
            if row is None:
                return [], None
            state = Conversation(*row)
            logged = _insert(connection, state, events)
            return logged, _wait(connection, state, state.last, work)

        return await self._transactions.run(log)

    async def events(self, conversation: str, after: int = 0) -> list[Event]:
        """At most `PAGE` events after that number, in order."""
        values = {"b_conversation": conversation, "b_after": after, "b_page": PAGE}
        return await self._transactions.run(lambda c: [_event(row) for row in c.execute(_EVENTS, values)])

    async def waiting(self) -> list[Waiting]:
        """Everything that is still to be done, each conversation's in order."""
        return await self._transactions.run(lambda c: [_waiting(row) for row in c.execute(_WAITING)])

    async def undelivered(self, channels: Collection[str]) -> list[str]:
        """The conversations in these channels with events that have not been delivered."""
        behind = conversations.c.delivered < conversations.c.last
        query = select(conversations.c.conversation).where(conversations.c.channel.in_(channels), behind)
        return await self._transactions.run(lambda c: list(c.execute(query).scalars()))

    async def delivered(self, conversation: str, epoch: str, number: int) -> None:
        """Remember that the channel has delivered everything up to that number."""
        right = (conversations.c.conversation == conversation) & (conversations.c.epoch == epoch)
        change = update(conversations).where(right).values(delivered=number)
        await self._transactions.run(lambda c: c.execute(change))

    async def erase(self, conversation: str) -> None:
        """Forget the conversation."""

        def forget(connection: Connection) -> None:
            # The state first: its lock keeps an answer that is on its way from being logged in between.
            for table in (conversations, conversation_waiting, conversation_events):
                connection.execute(delete(table).where(table.c.conversation == conversation))

        await self._transactions.run(forget)

    async def ready(self) -> bool:
        """Whether the log can be read now."""
        try:
            await self.read("")
        except RecordsUnavailable:
            return False
        return True


# Statements are built once: building them takes longer than SQLite takes to carry them out.
_STATE = tuple(conversations.c[field.name] for field in fields(Conversation))
_THIS = conversations.c.conversation == bindparam("b_conversation")
_READ = select(*_STATE).where(_THIS)
_GROW = (
    update(conversations)
    .where(_THIS, conversations.c.epoch == func.coalesce(bindparam("b_epoch", type_=String), conversations.c.epoch))
    .values(
        last=conversations.c.last + bindparam("b_events"),
        touched=bindparam("b_now"),
        **{
            name: func.coalesce(bindparam(f"b_{name}", type_=String), conversations.c[name])
            for name in ("region", "language", "address", "status", "about")
        },
    )
    .returning(*_STATE)
)
_INSERT = insert(conversation_events)
_WAIT = insert(conversation_waiting)
_IT = (
    conversation_waiting.c.conversation == bindparam("b_conversation"),
    conversation_waiting.c.number == bindparam("b_number"),
)
_DONE = delete(conversation_waiting).where(*_IT)
_TOLD = update(conversation_waiting).where(*_IT).values(told=True)
_EVENTS = (
    select(conversation_events, conversations.c.epoch)
    .join(conversations, conversations.c.conversation == conversation_events.c.conversation)
    .where(
        conversation_events.c.conversation == bindparam("b_conversation"),
        conversation_events.c.number > bindparam("b_after"),
    )
    .order_by(conversation_events.c.number)
    .limit(bindparam("b_page"))
)
_BY_KEY = (
    select(conversation_events, conversations.c.epoch)
    .join(conversations, conversations.c.conversation == conversation_events.c.conversation)
    .where(
        conversation_events.c.conversation == bindparam("b_conversation"),
        conversation_events.c.key == bindparam("b_key"),
    )
)
_WAITING = (
    select(conversation_waiting, conversations.c.epoch)
    .join(conversations, conversations.c.conversation == conversation_waiting.c.conversation)
    .order_by(conversation_waiting.c.conversation, conversation_waiting.c.number)
)


def _open(
    connection: Connection, conversation: str, channel: str, events: int, set_now: Mapping[str, str | None]
) -> Conversation:
    """The state with room for that many more events."""
    growth = _growth(conversation, events, set_now)
    row = connection.execute(_GROW, growth).one_or_none()
    if row is None:
        now = datetime.now(UTC)
        new = {
            "conversation": conversation,
            "channel": channel,
            "epoch": secrets.token_hex(6),
            "status": "bot",
            "last": 0,
            "delivered": 0,
            "started": now,
            "touched": now,
        }
        dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
        begin = dialect.insert(conversations).values(new).on_conflict_do_nothing()
        begun = connection.execute(begin.returning(conversations.c.epoch)).all()
        for table in (conversation_waiting, conversation_events) if begun else ():
            # A purge that is on its way has left them; they must not show up under the new epoch.
            connection.execute(delete(table).where(table.c.conversation == conversation))
        row = connection.execute(_GROW, growth).one()
    return Conversation(*row)


def _growth(conversation: str, events: int, values: Mapping[str, str | None]) -> dict[str, Any]:
    """What `_GROW` is to do; what is None stays as it was."""
    nothing = dict.fromkeys(("b_epoch", "b_region", "b_language", "b_address", "b_status", "b_about"))
    given = {name if name.startswith("b_") else f"b_{name}": value for name, value in values.items()}
    own = {"b_conversation": conversation, "b_events": events, "b_now": datetime.now(UTC)}
    return {**nothing, **given, **own}


def _read(connection: Connection, conversation: str) -> Conversation | None:
    row = connection.execute(_READ, {"b_conversation": conversation}).one_or_none()
    return None if row is None else Conversation(*row)


def _received_before(connection: Connection, conversation: str, key: str | None) -> Received:
    """The message that stands under the key, and its work if that is still to be done."""
    state = _read(connection, conversation)
    row = connection.execute(_BY_KEY, {"b_conversation": conversation, "b_key": key}).one_or_none()
    if state is None or row is None:  # erased in this very moment
        raise RecordsUnavailable("a message could not be logged")
    event = _event(row)
    waiting = [_waiting(each) for each in connection.execute(_WAITING.where(_IT[0], _IT[1]), _place(event))]
    return Received(state, [event], waiting[0] if waiting else None, resent=True)


def _insert(connection: Connection, state: Conversation, events: Sequence[NewEvent]) -> list[Event]:
    """Log the events as the last ones of a conversation that has room for them."""
    now, first = datetime.now(UTC), state.last - len(events) + 1
    logged = [
        Event(state.conversation, state.epoch, number, now, event.kind, event.content, event.key)
        for number, event in enumerate(events, first)
    ]
    rows = [
        {
            "conversation": event.conversation,
            "number": event.number,
            "at": event.at,
            "kind": event.kind,
            "key": event.key,
            "content": dict(event.content),
        }
        for event in logged
    ]
    if rows:
        connection.execute(_INSERT, rows)
    return logged


def _wait(connection: Connection, state: Conversation, number: int, work: Work | None) -> Waiting | None:
    if work is None:
        return None
    values = {"conversation": state.conversation, "number": number, "work": work.work, "told": False}
    connection.execute(_WAIT, {**values, "content": dict(work.content)})
    return Waiting(state.conversation, state.epoch, number, work.work, work.content)


def _place(of: Waiting | Event) -> dict[str, Any]:
    return {"b_conversation": of.conversation, "b_number": of.number}


def _waiting(row: Row[Any]) -> Waiting:
    return Waiting(row.conversation, row.epoch, row.number, row.work, row.content, row.told)


def _event(row: Row[Any]) -> Event:
    return Event(row.conversation, row.epoch, row.number, row.at, row.kind, row.content, row.key)
