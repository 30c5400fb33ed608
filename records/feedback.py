"""What users thought of an answer; one row for each answer that was judged, the latest judgement counts."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import Boolean, Column, Integer, String, Table, Text, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from records.database import Base, Moment
from records.errors import RecordsUnavailable
from records.guard import unavailable_when_broken

feedback = Table(
    "feedback",
    Base.metadata,
    Column("conversation", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("epoch", String(16), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    Column("channel", String(32), nullable=False),
    Column("region", String(32)),
    Column("topic", Text, index=True),
    Column("version", String(64)),
    Column("outcome", String(32)),
    Column("helpful", Boolean, nullable=False),
    Column("solved", Boolean),
    Column("reason", String(32)),
    Column("comment", Text),
)


@dataclass(frozen=True)
class Judgement:
    """A user's word on one answer."""

    conversation: str
    epoch: str
    number: int
    """Of the answer's event in the conversation's log."""
    channel: str
    region: str | None
    topic: str | None
    """The topic that the answer told of, if any."""
    version: str | None
    """The release of the content that the answer came from, if the answer says so."""
    outcome: str | None
    helpful: bool
    solved: bool | None = None
    reason: str | None = None
    comment: str | None = None
    """Redacted."""


class Feedback:
    """All judgements. Every method raises RecordsUnavailable when the database cannot be used."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def give(self, judgement: Judgement) -> None:
        """Keep a judgement in place of the one before on the same answer."""
        values = {**asdict(judgement), "at": datetime.now(UTC)}
        dialect = sqlite if self._engine.dialect.name == "sqlite" else postgresql
        statement = (
            dialect.insert(feedback)
            .values(values)
            .on_conflict_do_update(index_elements=["conversation", "number", "epoch"], set_=values)
        )
        try:
            async with unavailable_when_broken(), self._engine.begin() as connection:
                await connection.execute(statement)
        except IntegrityError as error:
            raise RecordsUnavailable(type(error).__name__) from error

    async def of(self, conversation: str) -> list[Judgement]:
        """The judgements of one conversation, in the answers' order."""
        columns = [feedback.c[name] for name in Judgement.__dataclass_fields__]
        query = select(*columns).where(feedback.c.conversation == conversation).order_by(feedback.c.number)
        async with unavailable_when_broken(), self._engine.connect() as connection:
            return [Judgement(*row) for row in await connection.execute(query)]

    async def erase(self, conversation: str) -> None:
        """Forget the conversation's judgements."""
        async with unavailable_when_broken(), self._engine.begin() as connection:
            await connection.execute(delete(feedback).where(feedback.c.conversation == conversation))
