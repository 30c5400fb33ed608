"""A desk service for tests: its clock stands still until it is moved, its desks fail when they are told to."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from desks.contact_way import ContactKind, ContactWay
from desks.database_desk import DatabaseDesk
from desks.delivery import deliver_once
from desks.desk import Desk
from desks.errors import Unavailable
from desks.model import Announcement, DeskTicket, Impact, Kind, NewTicket, Ticket, Urgency
from desks.service import DeskService
from records.cases import Cases
from tests.builders import moment

PHONE = ContactWay(ContactKind.phone, "+46317863200", "031-786 32 00")


@dataclass
class Clock:
    """Time that a test moves."""

    now: datetime = field(default_factory=lambda: moment("2026-11-23T10:00"))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@dataclass
class Troubled:
    """A desk in whose way something comes."""

    inner: Desk
    error: Exception | None = None
    """Raised before anything is done."""
    error_after: Exception | None = None
    """Raised when it is done: the answer was lost."""
    wait_for: asyncio.Event | None = None
    """The desk is slow: it answers when this is set."""
    calls: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return self.inner.kind

    async def create(self, ticket: Ticket, *, again: bool = False) -> str:
        self.calls.append(f"create {ticket.reference}{' again' if again else ''}")
        return await self._troubled(self.inner.create(ticket, again=again))

    async def get(self, number: str) -> DeskTicket:
        return await self._troubled(self.inner.get(number))

    async def comment(self, number: str, text: str, key: str, *, again: bool = False) -> None:
        self.calls.append(f"comment {text}{' again' if again else ''}")
        return await self._troubled(self.inner.comment(number, text, key, again=again))

    async def close(self, number: str, reason: str) -> None:
        self.calls.append("close")
        return await self._troubled(self.inner.close(number, reason))

    async def aclose(self) -> None:
        await self.inner.aclose()

    async def _troubled[Result](self, work: Awaitable[Result]) -> Result:
        task = asyncio.ensure_future(work)
        if self.error is not None:
            task.cancel()
            raise self.error
        if self.wait_for is not None:
            await self.wait_for.wait()
        done = await task
        if self.error_after is not None:
            raise self.error_after
        return done


@dataclass
class House:
    """A service with one troubled desk, in VGR."""

    service: DeskService
    desk: Troubled
    clock: Clock
    news: list[Announcement] = field(default_factory=list)

    async def deliver(self) -> None:
        """What the worker does until nothing more is due."""
        while await deliver_once(self.service, self._told):
            pass

    async def _told(self, news: Announcement) -> None:
        self.news.append(news)


def house(engine: AsyncEngine, clock: Clock | None = None, desk: Desk | None = None, region: str = "VGR") -> House:
    """A service whose desk is the database, or the one given."""
    clock = clock or Clock()
    troubled = Troubled(desk or DatabaseDesk(Cases(engine), region, clock))
    service = DeskService(engine, {region: troubled}, clock, first_attempt=1.0)
    return House(service, troubled, clock)


def new_ticket(key: str = "form 1", conversation: str = "anna", **changed: object) -> NewTicket:
    """What a conversation wants registered."""
    values: dict[str, object] = {
        "conversation": conversation,
        "key": key,
        "region": "VGR",
        "kind": Kind.incident,
        "summary": "Sidan är blank",
        "description": "NPÖ visar en blank sida för alla.",
        "impact": Impact.unit,
        "urgency": Urgency.hindered,
        "contact": PHONE,
        "unit": "Björkö vårdcentral",
        "service": "NPÖ",
        "since": "i morse",
        **changed,
    }
    return NewTicket(**values)  # type: ignore[arg-type]


DOWN = Unavailable("the desk is down", sent=False)
LOST = Unavailable("the answer was lost")
