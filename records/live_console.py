"""What an agent says through `python -m desks live`: for a region without a chat system, and for development."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, delete, select
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker
from sqlalchemy.orm import Mapped, mapped_column

from records.database import Base, Moment
from records.handoffs import Handoff

JOIN, SAY, LEAVE, FINISH = "join", "say", "leave", "finish"


class ConsoleInput(Base):
    """Something that an agent has done."""

    __tablename__ = "live_console_inputs"
    __table_args__ = ({"sqlite_autoincrement": True},)  # an id is an event's and is never used again

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"))
    conversation: Mapped[str] = mapped_column(String(200), index=True)
    agent: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Moment)


class ConsoleLine(Base):
    """Something that the agents get to read."""

    __tablename__ = "live_console_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = mapped_column(ForeignKey("handoffs.id", ondelete="CASCADE"), index=True)
    conversation: Mapped[str] = mapped_column(String(200), index=True)
    key: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)


class LiveConsole:
    """The console in one records database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._sessions = async_sessionmaker(engine, expire_on_commit=False)

    async def enter(self, handoff: Handoff, agent: str, action: str, text: str, now: datetime) -> None:
        """An agent does something."""
        values = {"handoff_id": handoff.id, "conversation": handoff.conversation, "agent": agent, "at": now}
        async with self._sessions.begin() as session:
            session.add(ConsoleInput(action=action, text=text, **values))

    async def inputs(self) -> Sequence[ConsoleInput]:
        """What has not been dealt with, in order."""
        async with self._sessions() as session:
            return list(await session.scalars(select(ConsoleInput).order_by(ConsoleInput.id)))

    async def reference(self, entered: ConsoleInput) -> str:
        """The reference of the hand-off that it belongs to."""
        async with self._sessions() as session:
            return (await session.get_one(Handoff, entered.handoff_id)).reference

    async def done(self, entered: ConsoleInput) -> None:
        """It has been dealt with."""
        async with self._sessions.begin() as session:
            await session.execute(delete(ConsoleInput).where(ConsoleInput.id == entered.id))

    async def show(self, reference: str, text: str, key: str) -> int | None:
        """Something to read in a hand-off; the same key twice is once. Its id; None for a hand-off that is gone."""
        async with self._sessions.begin() as session:
            handoff = await session.scalar(select(Handoff).where(Handoff.reference == reference))
            if handoff is None:
                return None
            same = select(ConsoleLine.id).where(ConsoleLine.handoff_id == handoff.id, ConsoleLine.key == key)
            if await session.scalar(same) is None:
                session.add(ConsoleLine(handoff_id=handoff.id, conversation=handoff.conversation, key=key, text=text))
            return handoff.id

    async def lines(self, handoff: Handoff) -> list[str]:
        """What there is to read, in order."""
        wanted = select(ConsoleLine.text).where(ConsoleLine.handoff_id == handoff.id).order_by(ConsoleLine.id)
        async with self._sessions() as session:
            return list(await session.scalars(wanted))
