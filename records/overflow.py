"""Calls that were waiting in a telephone queue and got a link to the chat, and what is known about numbers.

A caller's number is here only sealed by the gateway, and only until the call's `expires`; what must outlive it, such
as a STOP, is kept by a keyed digest of the number.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Executable,
    Integer,
    String,
    Table,
    Text,
    and_,
    delete,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from records.database import Base, Moment
from records.transactions import Transactions

SEEN_FOR = timedelta(days=7)
"""How long the id of a message is remembered. SMS providers repeat one that was not taken for hours."""

overflow_calls = Table(
    "overflow_calls",
    Base.metadata,
    Column("conversation", String(64), primary_key=True),
    Column("call", String(64), nullable=False, unique=True),
    Column("link", String(64), nullable=False, unique=True),
    Column("link_until", Moment, nullable=False),
    Column("name", String(200), nullable=False),
    Column("queue", String(80)),
    Column("position", Integer),
    Column("wait", Integer),
    Column("region", String(32)),
    Column("called", String(32)),
    Column("number", Text),
    Column("caller", String(64), index=True),
    Column("told", Moment, nullable=False),
    Column("claimed", Moment),
    Column("kept", Moment),
    Column("callback", Text),
    Column("created", Moment, nullable=False),
    Column("expires", Moment, nullable=False, index=True),
)
overflow_numbers = Table(
    "overflow_numbers",
    Base.metadata,
    Column("number", String(64), primary_key=True),
    Column("texted", Moment, index=True),
    Column("stopped", Moment),
)
"""By digest of the number: when a link was last sent to it, and when it asked for no more messages."""
overflow_seen = Table(
    "overflow_seen",
    Base.metadata,
    Column("id", String(64), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
)
"""Digests of the ids of requests that have been dealt with."""
sms_messages = Table(
    "sms_messages",
    Base.metadata,
    Column("conversation", String(64), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("part", Integer, primary_key=True, autoincrement=False),
    Column("provider_id", String(80), index=True),
    Column("state", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)
"""What was sent by SMS: the event (or what else) and the part of it, never the text or the number."""


@dataclass(frozen=True)
class Call:
    """A caller in the queue who got a link."""

    conversation: str
    """The conversation that the link opens."""
    call: str
    """Digest of the telephone system's name for the call."""
    link: str
    """Digest of the link's secret part."""
    link_until: datetime
    name: str
    """The telephone system's own name for the call, with which it is told what the caller wants."""
    queue: str | None
    position: int | None
    """Place in the queue, from 1."""
    wait: int | None
    """Seconds that the telephone system expects the caller to wait."""
    region: str | None
    called: str | None
    """The number that was called."""
    number: str | None
    """The caller's, sealed; None for a hidden one."""
    caller: str | None
    """Its digest."""
    told: datetime
    """When the telephone system last said how it stands."""
    claimed: datetime | None
    kept: datetime | None
    """When the telephone system was told to keep the place."""
    callback: str | None
    """What was answered to a wish to be called back."""
    created: datetime
    expires: datetime
    """When all of this is forgotten."""


_COLUMNS = [overflow_calls.c[field.name] for field in fields(Call)]


class Overflow:
    """All of it. Every method raises RecordsUnavailable when the database cannot be used."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._transactions = Transactions(engine)
        self._dialect = sqlite if engine.dialect.name == "sqlite" else postgresql

    async def close(self) -> None:
        """Close the connections that are not the engine's own."""
        await self._transactions.close()

    # ---- calls

    async def add(self, call: Call) -> bool:
        """Write a new call down; False when its call or conversation is there already."""
        values = {field.name: getattr(call, field.name) for field in fields(Call)}
        return await self._new(insert(overflow_calls).values(values))

    async def by_call(self, call: str) -> Call | None:
        """The call of that digest."""
        return await self._one(overflow_calls.c.call == call)

    async def by_link(self, link: str) -> Call | None:
        """The call whose link has that digest."""
        return await self._one(overflow_calls.c.link == link)

    async def of_conversation(self, conversation: str) -> Call | None:
        """The call that the conversation came from."""
        return await self._one(overflow_calls.c.conversation == conversation)

    async def latest_of(self, callers: Collection[str]) -> Call | None:
        """The latest call from a number, by its digests."""
        return await self._one(overflow_calls.c.caller.in_(callers))

    async def moved(
        self, conversation: str, queue: str | None, position: int | None, wait: int | None, now: datetime
    ) -> None:
        """The telephone system has said how it stands now; what it left out stays."""
        values = {"queue": queue, "position": position, "wait": wait}
        told = {name: value for name, value in values.items() if value is not None}
        await self._change(overflow_calls, overflow_calls.c.conversation == conversation, told=now, **told)

    async def claim(self, link: str, now: datetime) -> bool:
        """Use the link up; False when it has been used, has run out, or is none."""
        table = overflow_calls
        free = and_(table.c.link == link, table.c.claimed.is_(None), table.c.link_until > now)
        return await self._change(table, free, claimed=now)

    async def keep_place(self, conversation: str, now: datetime) -> bool:
        """The telephone system keeps the caller's place; False when that was known."""
        table = overflow_calls
        return await self._change(table, and_(table.c.conversation == conversation, table.c.kept.is_(None)), kept=now)

    async def called_back(self, conversation: str, answer: str) -> bool:
        """A wish to be called back was registered, and this was answered; False when one was before."""
        table = overflow_calls
        first = and_(table.c.conversation == conversation, table.c.callback.is_(None))
        return await self._change(table, first, callback=answer)

    # ---- numbers

    async def may_text(self, numbers: Collection[str], now: datetime, pause: timedelta) -> str:
        """Whether a link may be sent to the number: "sent" if so, and it counts as sent now; else "stopped", "recent".

        `numbers`: its digests, the one to write first.
        """
        newest, *_ = numbers
        table = overflow_numbers
        free = and_(table.c.stopped.is_(None), or_(table.c.texted.is_(None), table.c.texted <= now - pause))
        taken = (
            self._dialect.insert(table)
            .values(number=newest, texted=now)
            .on_conflict_do_update(index_elements=["number"], set_={"texted": now}, where=free)
            .returning(table.c.number)
        )

        def ask(connection: Connection) -> str:
            known = connection.execute(select(table.c.stopped, table.c.texted).where(table.c.number.in_(numbers))).all()
            if any(stopped is not None for stopped, _ in known):
                return "stopped"
            if any(texted is not None and texted > now - pause for _, texted in known):
                return "recent"
            return "recent" if connection.execute(taken).first() is None else "sent"

        return await self._transactions.run(ask)

    async def not_texted(self, numbers: Collection[str]) -> None:
        """The link could not be sent after all, so that another may be."""
        await self._change(overflow_numbers, overflow_numbers.c.number.in_(numbers), texted=None)

    async def stop(self, numbers: Collection[str], now: datetime) -> None:
        """No more messages to the number, until `start`. `numbers`: its digests, the one to write first."""
        newest, *_ = numbers
        stopped = self._dialect.insert(overflow_numbers).values(number=newest, stopped=now)
        await self._do(stopped.on_conflict_do_update(index_elements=["number"], set_={"stopped": now}))

    async def start(self, numbers: Collection[str]) -> None:
        """Messages are welcome again."""
        await self._do(delete(overflow_numbers).where(overflow_numbers.c.number.in_(numbers)))

    async def stopped(self, numbers: Collection[str]) -> bool:
        """Whether the number has asked for no more messages."""
        table = overflow_numbers
        query = select(table.c.number).where(table.c.number.in_(numbers), table.c.stopped.is_not(None)).limit(1)
        return await self._transactions.run(lambda connection: connection.execute(query).first() is not None)

    # ---- requests and messages

    async def saw(self, id_: str, now: datetime) -> bool:
        """Remember that a request was dealt with; False when it had been before."""
        return await self._new(insert(overflow_seen).values(id=id_, at=now))

    async def sent(
        self, conversation: str, key: str, part: int, provider_id: str | None, state: str, now: datetime
    ) -> None:
        """A message has gone to the provider."""
        values = {"provider_id": provider_id, "state": state, "at": now}
        new = self._dialect.insert(sms_messages).values(conversation=conversation, key=key, part=part, **values)
        await self._do(new.on_conflict_do_update(index_elements=["conversation", "key", "part"], set_=values))

    async def parts_sent(self, conversation: str, key: str) -> frozenset[int]:
        """Which parts have gone."""
        table = sms_messages
        query = select(table.c.part).where(table.c.conversation == conversation, table.c.key == key)
        return await self._transactions.run(lambda connection: frozenset(connection.execute(query).scalars()))

    async def reported(self, provider_id: str, state: str) -> bool:
        """The provider's report on a message; False for one that is not ours."""
        return await self._change(sms_messages, sms_messages.c.provider_id == provider_id, state=state)

    async def states(self, conversation: str) -> dict[tuple[str, int], str]:
        """How it stands with each message to a conversation, by key and part."""
        table = sms_messages
        query = select(table.c.key, table.c.part, table.c.state).where(table.c.conversation == conversation)
        rows = await self._transactions.run(lambda connection: connection.execute(query).all())
        return {(key, part): state for key, part, state in rows}

    async def purge(self, now: datetime, pause: timedelta) -> None:
        """Forget calls whose time is up, numbers that nothing is remembered about, and old ids."""
        table = overflow_numbers
        old = table.c.texted <= now - pause
        await self._do(
            delete(overflow_calls).where(overflow_calls.c.expires <= now),
            delete(overflow_seen).where(overflow_seen.c.at <= now - SEEN_FOR),
            delete(table).where(table.c.stopped.is_(None), or_(table.c.texted.is_(None), old)),
            update(table).where(old).values(texted=None),
        )

    # ---- inside

    async def _one(self, which: ColumnElement[bool]) -> Call | None:
        latest = select(*_COLUMNS).where(which).order_by(overflow_calls.c.created.desc()).limit(1)
        row = await self._transactions.run(lambda connection: connection.execute(latest).first())
        return None if row is None else Call(*row)

    async def _new(self, statement: Executable) -> bool:
        try:
            await self._do(statement)
        except IntegrityError:
            return False
        return True

    async def _change(self, table: Table, which: ColumnElement[bool], **values: Any) -> bool:
        changed = update(table).where(which).values(**values)
        return await self._transactions.run(lambda connection: bool(connection.execute(changed).rowcount))

    async def _do(self, *statements: Executable) -> None:
        def work(connection: Connection) -> None:
            for statement in statements:
                connection.execute(statement)

        await self._transactions.run(work)
