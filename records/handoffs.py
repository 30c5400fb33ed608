"""Hand-offs to people: who waits, who has been taken by whom, and what is still to be told to their desk.

Written by one gateway process; everything that a restart must not lose is here.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint, delete, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker
from sqlalchemy.orm import Mapped, mapped_column

from records.database import Base, Moment

QUEUED, ACCEPTED, ENDED = "queued", "accepted", "ended"
OPEN, TEXT, NOTE = "open", "text", "note"
"""What the agents get: the opening, what the user writes, what happens."""
_REMEMBERED = 20
"""Latest hand-offs of a region that its waiting time is estimated from."""
_SEEN_FOR = timedelta(days=7)


class Handoff(Base):
    """One hand-off."""

    __tablename__ = "handoffs"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    conversation: Mapped[str] = mapped_column(String(200), index=True)
    region: Mapped[str] = mapped_column(String(40), index=True)
    desk: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(16), index=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    facts: Mapped[dict[str, str]] = mapped_column(JSON)
    contact: Mapped[str | None] = mapped_column(String(320))
    """How the user wants to be reached, in the user's words."""
    transcript: Mapped[str] = mapped_column(Text)
    """What was said before, if the user agreed to have it shown."""
    opening: Mapped[str] = mapped_column(Text)
    """What the agents get to read first."""
    place: Mapped[str | None] = mapped_column(String(255), index=True, default=None)
    """The room or thread at the desk; None until the desk has been told."""
    agent: Mapped[str | None] = mapped_column(String(255), default=None)
    agent_name: Mapped[str | None] = mapped_column(String(200), default=None)
    opened: Mapped[datetime] = mapped_column(Moment)
    queued: Mapped[datetime] = mapped_column(Moment)
    """Since when nobody has it, this time."""
    accepted: Mapped[datetime | None] = mapped_column(Moment, default=None)
    """When somebody first took it."""
    ended: Mapped[datetime | None] = mapped_column(Moment, default=None)
    told: Mapped[datetime] = mapped_column(Moment)
    """When the user last heard something."""
    told_times: Mapped[int] = mapped_column(default=0)
    """How often the user has been told to wait since something happened."""
    asked: Mapped[datetime | None] = mapped_column(Moment, default=None)
    """The user's first message that the agent has not answered."""


class HandoffMessage(Base):
    """Something for the desk, in order: the outbox of a hand-off."""

    __tablename__ = "handoff_messages"
    __table_args__ = (UniqueConstraint("handoff_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"), index=True)
    conversation: Mapped[str] = mapped_column(String(200), index=True)
    key: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Moment)
    sent: Mapped[bool] = mapped_column(default=False)


class HandoffSeen(Base):
    """An event of a desk that has been dealt with; it may be told us again."""

    __tablename__ = "handoff_seen"

    event: Mapped[str] = mapped_column(String(255), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)


class Handoffs:
    """The hand-offs in one records database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)

    async def add(self, now: datetime, **values: Any) -> Handoff:
        """A new hand-off in the queue; its opening is the first message for the desk."""
        reference = secrets.token_hex(5)
        row = Handoff(reference=reference, state=QUEUED, opened=now, queued=now, told=now, **values)
        async with self._sessions.begin() as session:
            session.add(row)
            await session.flush()
            session.add(_message(row, OPEN, row.opening, "open", now))
        return row

    async def tell(self, handoff: Handoff, kind: str, text: str, key: str, now: datetime) -> None:
        """Something more for the desk; the same key twice is once."""
        try:
            async with self._sessions.begin() as session:
                session.add(_message(handoff, kind, text, key, now))
        except IntegrityError:
            async with self._sessions() as session:
                same = select(HandoffMessage.id).where(
                    HandoffMessage.handoff_id == handoff.id, HandoffMessage.key == key
                )
                if await session.scalar(same) is None:
                    raise

    async def get(self, handoff: int) -> Handoff | None:
        """A hand-off by its id."""
        return await self._one(Handoff.id == handoff)

    async def of_conversation(self, conversation: str) -> Handoff | None:
        """The conversation's hand-off that has not ended."""
        return await self._one(Handoff.conversation == conversation, Handoff.state != ENDED)

    async def at_place(self, place: str) -> Handoff | None:
        """The hand-off of a room or thread, ended or not."""
        return await self._one(Handoff.place == place)

    async def going_on(self) -> Sequence[Handoff]:
        """Those that have not ended, oldest first."""
        wanted = select(Handoff).where(Handoff.state != ENDED).order_by(Handoff.id)
        async with self._sessions() as session:
            return list(await session.scalars(wanted))

    async def with_mail(self) -> Sequence[Handoff]:
        """Those whose desks are still to be told something, also when they have ended."""
        unsent = exists().where(HandoffMessage.handoff_id == Handoff.id, HandoffMessage.sent.is_(False))
        async with self._sessions() as session:
            return list(await session.scalars(select(Handoff).where(unsent).order_by(Handoff.id)))

    async def next_message(self, handoff: Handoff) -> HandoffMessage | None:
        """What the desk is to be told next."""
        wanted = (
            select(HandoffMessage)
            .where(HandoffMessage.handoff_id == handoff.id, HandoffMessage.sent.is_(False))
            .order_by(HandoffMessage.id)
            .limit(1)
        )
        async with self._sessions() as session:
            found: HandoffMessage | None = await session.scalar(wanted)
            return found

    async def drop_mail(self, handoff: Handoff) -> None:
        """What the desk has not been told it need not hear any more."""
        async with self._sessions.begin() as session:
            mail = update(HandoffMessage).where(HandoffMessage.handoff_id == handoff.id)
            await session.execute(mail.values(sent=True))

    async def user_messages(self, handoff: Handoff) -> list[str]:
        """What the user has written since the hand-off began, in order."""
        wanted = (
            select(HandoffMessage.text)
            .where(HandoffMessage.handoff_id == handoff.id, HandoffMessage.kind == TEXT)
            .order_by(HandoffMessage.id)
        )
        async with self._sessions() as session:
            return list(await session.scalars(wanted))

    async def trying(self, message: HandoffMessage, next_at: datetime) -> None:
        """An attempt begins; if it does not come to an end, the next is due then."""
        await self._change(HandoffMessage, message.id, attempts=message.attempts + 1, next_at=next_at)

    async def sent(self, message: HandoffMessage) -> None:
        """The desk has it."""
        await self._change(HandoffMessage, message.id, sent=True)

    async def change(self, handoff: Handoff, **values: Any) -> None:
        """New values for columns, here and in the database."""
        await self._change(Handoff, handoff.id, **values)
        for name, value in values.items():
            setattr(handoff, name, value)

    async def position(self, handoff: Handoff) -> int:
        """Place in the region's queue, from 1."""
        waiting = [each for each in await self.going_on() if each.state == QUEUED and each.region == handoff.region]
        return 1 + sum((each.opened, each.id) < (handoff.opened, handoff.id) for each in waiting)

    async def usual_wait(self, region: str) -> timedelta | None:
        """How long the latest of a region waited until somebody took them, on average; None before there were any."""
        wanted = (
            select(Handoff.opened, Handoff.accepted)
            .where(Handoff.region == region, Handoff.accepted.is_not(None))
            .order_by(Handoff.id.desc())
            .limit(_REMEMBERED)
        )
        async with self._sessions() as session:
            waits = [accepted - opened for opened, accepted in await session.execute(wanted) if accepted is not None]
        return sum(waits, timedelta()) / len(waits) if waits else None

    async def seen(self, event: str) -> bool:
        """Whether a desk's event has been dealt with."""
        async with self._sessions() as session:
            return await session.get(HandoffSeen, event) is not None

    async def saw(self, event: str, now: datetime) -> None:
        """Dealt with; old ones are forgotten on the way."""
        async with self._sessions.begin() as session:
            await session.merge(HandoffSeen(event=event, at=now))
            await session.execute(delete(HandoffSeen).where(HandoffSeen.at < now - _SEEN_FOR))

    async def erase(self, conversation: str) -> None:
        """Forget a conversation's hand-offs."""
        async with self._sessions.begin() as session:
            await session.execute(delete(HandoffMessage).where(HandoffMessage.conversation == conversation))
            await session.execute(delete(Handoff).where(Handoff.conversation == conversation))

    async def _one(self, *conditions: Any) -> Handoff | None:
        async with self._sessions() as session:
            wanted = select(Handoff).where(*conditions).order_by(Handoff.id.desc()).limit(1)
            found: Handoff | None = await session.scalar(wanted)
            return found

    async def _change(self, table: type[Base], row: int, **values: Any) -> None:
        async with self._sessions.begin() as session:
            await session.execute(update(table).where(table.__table__.c.id == row).values(**values))


def _message(handoff: Handoff, kind: str, text: str, key: str, now: datetime) -> HandoffMessage:
    return HandoffMessage(
        handoff_id=handoff.id, conversation=handoff.conversation, kind=kind, text=text, key=key, next_at=now
    )
