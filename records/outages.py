"""Known outages: what the desk has said is broken, so that users are told first and can join it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker
from sqlalchemy.orm import Mapped, mapped_column

from records.database import Base, Moment


class OutageRow(Base):
    """An outage of one service in one region."""

    __tablename__ = "outages"

    id: Mapped[int] = mapped_column(primary_key=True)
    region: Mapped[str] = mapped_column(String(40), index=True)
    service: Mapped[str] = mapped_column(String(200))
    """The service's id in the knowledge content, such as "npo"; empty: everything in the region."""
    text: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Moment)
    expected_end: Mapped[datetime | None] = mapped_column(Moment, default=None)
    ended: Mapped[datetime | None] = mapped_column(Moment, default=None)
    number: Mapped[str | None] = mapped_column(String(64), default=None)
    """The desk's ticket about it."""


class OutageJoin(Base):
    """A conversation that says it is hit, counted once."""

    __tablename__ = "outage_joins"
    __table_args__ = (UniqueConstraint("outage_id", "conversation"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    outage_id: Mapped[int] = mapped_column(ForeignKey("outages.id", ondelete="CASCADE"))
    conversation: Mapped[str] = mapped_column(String(200), index=True)
    at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class Outage:
    """An outage that goes on."""

    id: int
    region: str
    service: str
    text: str
    since: datetime
    expected_end: datetime | None
    number: str | None
    affected: int
    """How many conversations have joined it."""


class Outages:
    """The outages in one records database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)

    async def add(self, now: datetime, **values: Any) -> int:
        """Write an outage down; returns its id. `values`: the columns; `since` is now unless it is given."""
        row = OutageRow(**{"since": now, **values})
        async with self._sessions.begin() as session:
            session.add(row)
        return row.id

    async def end(self, outage: int, now: datetime) -> bool:
        """It is over. False: no such outage goes on."""
        over = update(OutageRow).where(OutageRow.id == outage, OutageRow.ended.is_(None)).values(ended=now)
        async with self._sessions.begin() as session:
            result: Any = await session.execute(over)
            return bool(result.rowcount)

    async def ongoing(self, now: datetime, region: str | None = None) -> Sequence[Outage]:
        """What is broken now, newest first; in one region or in all."""
        affected = select(func.count()).where(OutageJoin.outage_id == OutageRow.id).scalar_subquery()
        wanted = (
            select(OutageRow, affected)
            .where(OutageRow.since <= now, or_(OutageRow.ended.is_(None), OutageRow.ended > now))
            .order_by(OutageRow.since.desc(), OutageRow.id.desc())
        )
        if region is not None:
            wanted = wanted.where(OutageRow.region == region)
        async with self._sessions() as session:
            return [_outage(row, count) for row, count in await session.execute(wanted)]

    async def known(self, now: datetime, region: str, service: str) -> Outage | None:
        """The outage that explains trouble with a service: the service's own, else one of everything in the region."""
        found = await self.ongoing(now, region)
        fitting = [each for each in found if each.service in (service, "")]
        return min(fitting, key=lambda each: each.service == "", default=None)

    async def join(self, outage: int, conversation: str, now: datetime) -> tuple[Outage, bool] | None:
        """Count a conversation in. Returns the outage and whether the conversation is new to it; None: it is over."""
        new = True
        try:
            async with self._sessions.begin() as session:
                session.add(OutageJoin(outage_id=outage, conversation=conversation, at=now))
        except IntegrityError:  # counted already, or no such outage
            new = False
        found = next((each for each in await self.ongoing(now) if each.id == outage), None)
        return None if found is None else (found, new)


def _outage(row: OutageRow, affected: int) -> Outage:
    return Outage(
        id=row.id,
        region=row.region,
        service=row.service,
        text=row.text,
        since=row.since,
        expected_end=row.expected_end,
        number=row.number,
        affected=affected,
    )
