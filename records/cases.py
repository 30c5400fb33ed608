"""The cases of the database desk: for a region whose ticket system is not connected, staff work with them here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker
from sqlalchemy.orm import Mapped, mapped_column

from records.database import Base, Moment


class CaseRow(Base):
    """A case; its id is the number that the user gets."""

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation: Mapped[str] = mapped_column(String(200), index=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    region: Mapped[str] = mapped_column(String(40), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    priority: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    created: Mapped[datetime] = mapped_column(Moment)
    changed: Mapped[datetime] = mapped_column(Moment)


class CaseComment(Base):
    """Something added to a case."""

    __tablename__ = "case_comments"
    __table_args__ = (UniqueConstraint("case_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


class Cases:
    """The cases in one records database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)

    async def add(self, reference: str, now: datetime, **values: Any) -> int:
        """Write a case; returns its id. The same reference gives the case that is there."""
        row = CaseRow(reference=reference, created=now, changed=now, **values)
        try:
            async with self._sessions.begin() as session:
                session.add(row)
            return row.id
        except IntegrityError:
            async with self._sessions() as session:
                known: int | None = await session.scalar(select(CaseRow.id).where(CaseRow.reference == reference))
            if known is None:
                raise
            return known

    async def find(self, case: int) -> CaseRow | None:
        """A case of any region."""
        async with self._sessions() as session:
            return await session.get(CaseRow, case)

    async def get(self, case: int, region: str) -> CaseRow | None:
        """A case of one region."""
        async with self._sessions() as session:
            found: CaseRow | None = await session.scalar(
                select(CaseRow).where(CaseRow.id == case, CaseRow.region == region)
            )
            return found

    async def comments(self, case: int) -> Sequence[CaseComment]:
        """What was added to a case, oldest first."""
        wanted = select(CaseComment).where(CaseComment.case_id == case).order_by(CaseComment.id)
        async with self._sessions() as session:
            return list(await session.scalars(wanted))

    async def comment(self, case: int, key: str, text: str, now: datetime) -> None:
        """Add to a case; the same key twice is once."""
        try:
            async with self._sessions.begin() as session:
                session.add(CaseComment(case_id=case, key=key, text=text, at=now))
                await session.execute(update(CaseRow).where(CaseRow.id == case).values(changed=now))
        except IntegrityError:
            async with self._sessions() as session:
                same = select(CaseComment.id).where(CaseComment.case_id == case, CaseComment.key == key)
                if await session.scalar(same) is None:
                    raise

    async def set_status(self, case: int, status: str, now: datetime) -> None:
        """Where the case stands now."""
        async with self._sessions.begin() as session:
            await session.execute(update(CaseRow).where(CaseRow.id == case).values(status=status, changed=now))

    async def open_cases(self, closed: Sequence[str], region: str | None = None) -> Sequence[CaseRow]:
        """What is to be worked with: most urgent first, then oldest."""
        wanted = select(CaseRow).where(CaseRow.status.not_in(closed)).order_by(CaseRow.priority, CaseRow.id)
        if region is not None:
            wanted = wanted.where(CaseRow.region == region)
        async with self._sessions() as session:
            return list(await session.scalars(wanted))
