"""Tickets, and the outbox through which they reach the region's desk.

A ticket is written here before any desk hears of it. What a desk shall be told (create, comment, close) is a row in
`deliveries`; whoever wants to deliver one claims its row first, for a limited time, so that two processes never
deliver the same and the row of a process that died is free again. Safe on SQLite and PostgreSQL alike: a claim is one
UPDATE with its condition, and the database says whether it hit.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    Select,
    String,
    Text,
    UniqueConstraint,
    and_,
    exists,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import Mapped, aliased, mapped_column

from records.database import Base, Moment

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and capitals that are not taken for each other when they are read aloud."""

WAITING, DONE, DEAD = "waiting", "done", "dead"
CREATE, COMMENT, CLOSE = "create", "comment", "close"


class TicketRow(Base):
    """A ticket. Nothing personal beside the contact way; erased and aged out by `conversation`."""

    __tablename__ = "tickets"
    __table_args__ = (UniqueConstraint("conversation", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    conversation: Mapped[str] = mapped_column(String(200), index=True)
    key: Mapped[str] = mapped_column(String(200))
    region: Mapped[str] = mapped_column(String(40))
    desk: Mapped[str] = mapped_column(String(40))
    code: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    service: Mapped[str] = mapped_column(String(200), default="")
    impact: Mapped[str] = mapped_column(String(16))
    urgency: Mapped[str] = mapped_column(String(16))
    priority: Mapped[int]
    contact_kind: Mapped[str | None] = mapped_column(String(8))
    contact_value: Mapped[str | None] = mapped_column(String(320))
    contact_shown: Mapped[str | None] = mapped_column(String(320))
    number: Mapped[str | None] = mapped_column(String(64), index=True, default=None)
    status: Mapped[str] = mapped_column(String(16))
    status_at: Mapped[datetime] = mapped_column(Moment)
    announce: Mapped[bool]
    """The conversation waits for news: the number, or that the ticket could not be delivered."""
    created: Mapped[datetime] = mapped_column(Moment)


class Delivery(Base):
    """Something that a desk shall be told, once."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_due", "state", "next_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation: Mapped[str] = mapped_column(String(200), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    """None: about a ticket that is not ours, such as an outage's; `number` names it."""
    number: Mapped[str | None] = mapped_column(String(64), default=None)
    region: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(16))
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """Goes with the text to the desk, so that an attempt whose answer was lost is recognised there."""
    text: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(String(8), default=WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Moment)
    claimed_by: Mapped[str | None] = mapped_column(String(64), default=None)
    claimed_until: Mapped[datetime | None] = mapped_column(Moment, default=None)
    error: Mapped[str] = mapped_column(String(500), default="")
    created: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that is this process's to make until the claim runs out."""

    delivery: Delivery
    ticket: TicketRow | None
    again: bool
    """An earlier attempt may have arrived."""


class Tickets:
    """The tickets and their outbox in one records database."""

    def __init__(self, engine: AsyncEngine, owner: str = "", claim_for: timedelta = timedelta(seconds=120)) -> None:
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)
        self._owner = owner or secrets.token_hex(8)
        self._claim_for = claim_for

    async def add(self, conversation: str, key: str, now: datetime, **values: Any) -> tuple[TicketRow, Claim | None]:
        """Write a ticket with its delivery, claimed by the caller for a first attempt.

        The same key of the same conversation gives the ticket that is there, and no claim. `values`: the other
        columns; `reference` and `body` are functions of the reference and so come as callables.
        """
        if known := await self._known(conversation, key):
            return known, None
        body = values.pop("body")
        reference = f"SL-{_random(8)}"
        row = TicketRow(
            conversation=conversation,
            key=key,
            reference=reference,
            body=body(reference),
            code=f"{_random(4)}-{_random(4)}",
            status_at=now,
            created=now,
            **values,
        )
        try:
            async with self._sessions.begin() as session:
                session.add(row)
                await session.flush()
                delivery = self._delivery(row, CREATE, reference, "", now)
                delivery.attempts = 1
                delivery.claimed_by, delivery.claimed_until = self._owner, now + self._claim_for
                session.add(delivery)
        except IntegrityError:  # the other click was quicker
            if known := await self._known(conversation, key):
                return known, None
            raise
        return row, Claim(delivery, row, again=False)

    async def add_delivery(self, ticket: TicketRow, action: str, text: str, now: datetime) -> None:
        """Something more about a ticket of ours; it waits until what was written before has been delivered."""
        async with self._sessions.begin() as session:
            session.add(self._delivery(ticket, action, f"{ticket.reference}/{_random(4)}", text, now))

    async def add_foreign_comment(self, conversation: str, region: str, number: str, text: str, now: datetime) -> None:
        """A comment on a ticket that is the desk's own."""
        async with self._sessions.begin() as session:
            session.add(
                Delivery(
                    conversation=conversation,
                    number=number,
                    region=region,
                    action=COMMENT,
                    key=f"SL-{_random(8)}",
                    text=text,
                    next_at=now,
                    created=now,
                )
            )

    async def claim_due(self, now: datetime, most: int = 10) -> list[Claim]:
        """What may be delivered now, oldest first, and is nobody else's."""
        async with self._sessions() as session:
            due = list(await session.scalars(_due(now).limit(most)))
        return [claim for each in due if (claim := await self._claim(each, now))]

    async def delivered(self, claim: Claim, now: datetime, number: str | None = None, status: str = "") -> None:
        """The desk has it. For a new ticket with its number and status."""
        async with self._sessions.begin() as session:
            await session.execute(
                self._own(claim).values(state=DONE, claimed_by=None, claimed_until=None, error="", text="")
            )
            if claim.ticket is not None and status:
                changed: dict[str, Any] = {"status": status, "status_at": now}
                if number is not None:
                    changed["number"] = number
                await session.execute(update(TicketRow).where(TicketRow.id == claim.ticket.id).values(changed))

    async def failed(self, claim: Claim, error: str, next_at: datetime) -> None:
        """Not this time; the row is free again and due at `next_at`."""
        async with self._sessions.begin() as session:
            await session.execute(
                self._own(claim).values(next_at=next_at, claimed_by=None, claimed_until=None, error=error[:500])
            )

    async def given_up(self, claim: Claim, error: str, now: datetime, status: str) -> None:
        """No more attempts; what waited behind it is given up with it. The conversation is owed the news."""
        async with self._sessions.begin() as session:
            dead = self._own(claim).values(state=DEAD, claimed_by=None, claimed_until=None, error=error[:500])
            await session.execute(dead)
            if claim.ticket is None or claim.delivery.action != CREATE:
                return
            await session.execute(
                update(Delivery)
                .where(Delivery.ticket_id == claim.ticket.id, Delivery.state == WAITING)
                .values(state=DEAD, error="the ticket itself could not be delivered")
            )
            await session.execute(
                update(TicketRow)
                .where(TicketRow.id == claim.ticket.id)
                .values(status=status, status_at=now, announce=True)
            )

    async def news_due(self, undelivered: str, before: datetime, most: int = 20) -> Sequence[TicketRow]:
        """Tickets registered before a moment, whose conversations wait for news that has come."""
        told = or_(TicketRow.number.is_not(None), TicketRow.status == undelivered)
        due = (TicketRow.announce, told, TicketRow.created <= before)
        wanted = select(TicketRow).where(*due).order_by(TicketRow.id).limit(most)
        async with self._sessions() as session:
            return list(await session.scalars(wanted))

    async def take_news(self, ticket: TicketRow) -> bool:
        """Claim the telling of it; False when it is told already."""
        async with self._sessions.begin() as session:
            return await _hit(
                session, update(TicketRow).where(TicketRow.id == ticket.id, TicketRow.announce).values(announce=False)
            )

    async def give_back_news(self, ticket: TicketRow) -> None:
        """It could not be told after all."""
        async with self._sessions.begin() as session:
            await session.execute(update(TicketRow).where(TicketRow.id == ticket.id).values(announce=True))

    async def permitted(self, asked: str, conversation: str, code: str = "") -> TicketRow | None:
        """The ticket of that number or reference, for those who may know of it; None alike for none and for others'.

        May know: the conversation that registered it, and whoever has the ticket's code.
        """
        asked = asked.strip()
        wanted = (
            select(TicketRow)
            .where(or_(func.upper(TicketRow.number) == asked.upper(), TicketRow.reference == asked.upper()))
            .order_by(TicketRow.id.desc())
        )
        async with self._sessions() as session:
            rows = list(await session.scalars(wanted))
        return next((row for row in rows if row.conversation == conversation or _same_code(row.code, code)), None)

    async def of_conversation(self, conversation: str) -> Sequence[TicketRow]:
        """The tickets that a conversation has registered, newest first."""
        wanted = select(TicketRow).where(TicketRow.conversation == conversation).order_by(TicketRow.id.desc())
        async with self._sessions() as session:
            return list(await session.scalars(wanted))

    async def by_reference(self, reference: str) -> TicketRow | None:
        """A ticket by our reference, for this house's own use."""
        async with self._sessions() as session:
            found: TicketRow | None = await session.scalar(select(TicketRow).where(TicketRow.reference == reference))
            return found

    async def learned(self, ticket: TicketRow, status: str, now: datetime) -> None:
        """What the desk said of a ticket when it was asked."""
        async with self._sessions.begin() as session:
            await session.execute(
                update(TicketRow).where(TicketRow.id == ticket.id).values(status=status, status_at=now)
            )

    async def outbox(self) -> dict[str, int]:
        """How many deliveries are in each state."""
        counted = select(Delivery.state, func.count()).group_by(Delivery.state)
        async with self._sessions() as session:
            return {state: count for state, count in await session.execute(counted)}  # noqa: C416 - rows are no pairs

    async def undelivered(self) -> Sequence[Delivery]:
        """What waits or was given up, oldest first."""
        async with self._sessions() as session:
            return list(await session.scalars(select(Delivery).where(Delivery.state != DONE).order_by(Delivery.id)))

    async def retry_dead(self, now: datetime) -> int:
        """Let everything that was given up be tried again; returns how many."""
        async with self._sessions.begin() as session:
            dead = select(Delivery.ticket_id).where(Delivery.state == DEAD, Delivery.action == CREATE)
            await session.execute(
                update(TicketRow).where(TicketRow.id.in_(dead)).values(status="registered", status_at=now)
            )
            result: Any = await session.execute(
                update(Delivery).where(Delivery.state == DEAD).values(state=WAITING, next_at=now, created=now)
            )
            return int(result.rowcount)

    def _delivery(self, ticket: TicketRow, action: str, key: str, text: str, now: datetime) -> Delivery:
        return Delivery(
            conversation=ticket.conversation,
            ticket_id=ticket.id,
            region=ticket.region,
            action=action,
            key=key,
            text=text,
            next_at=now,
            created=now,
        )

    async def _known(self, conversation: str, key: str) -> TicketRow | None:
        wanted = select(TicketRow).where(TicketRow.conversation == conversation, TicketRow.key == key)
        async with self._sessions() as session:
            found: TicketRow | None = await session.scalar(wanted)
            return found

    async def _claim(self, delivery: Delivery, now: datetime) -> Claim | None:
        async with self._sessions.begin() as session:
            mine = (
                update(Delivery)
                .where(Delivery.id == delivery.id, Delivery.state == WAITING, _free(Delivery, now))
                .where(Delivery.attempts == delivery.attempts)
                .values(claimed_by=self._owner, claimed_until=now + self._claim_for, attempts=Delivery.attempts + 1)
            )
            if not await _hit(session, mine):
                return None
            again = delivery.attempts > 0
            fresh = await session.get_one(Delivery, delivery.id, populate_existing=True)
            ticket = await session.get(TicketRow, fresh.ticket_id) if fresh.ticket_id is not None else None
            return Claim(fresh, ticket, again)

    def _own(self, claim: Claim) -> Any:
        return update(Delivery).where(Delivery.id == claim.delivery.id, Delivery.claimed_by == self._owner)


def _due(now: datetime) -> Select[Delivery]:
    before = aliased(Delivery)
    blocked = exists().where(
        and_(before.ticket_id == Delivery.ticket_id, before.id < Delivery.id, before.state == WAITING)
    )
    return (
        select(Delivery)
        .where(Delivery.state == WAITING, Delivery.next_at <= now, _free(Delivery, now), ~blocked)
        .order_by(Delivery.next_at, Delivery.id)
    )


def _free(delivery: type[Delivery], now: datetime) -> Any:
    return or_(delivery.claimed_until.is_(None), delivery.claimed_until < now)


async def _hit(session: AsyncSession, statement: Any) -> bool:
    result: Any = await session.execute(statement)
    return bool(result.rowcount == 1)


def _same_code(code: str, given: str) -> bool:
    return hmac.compare_digest(_bare(code).encode(), _bare(given).encode())


def _bare(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
