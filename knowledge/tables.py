"""The tables of the knowledge base: releases, and the entries of each."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, Index, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class _Utc(TypeDecorator[datetime]):
    """A moment, kept in UTC: SQLite stores no offset."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """All tables of the knowledge base."""


class Release(Base):
    """One state of the whole content."""

    __tablename__ = "release"
    id: Mapped[int] = mapped_column(primary_key=True)
    checksum: Mapped[str] = mapped_column(String(64), index=True)
    loaded_at: Mapped[datetime] = mapped_column(_Utc)


class _OfRelease:
    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id", ondelete="CASCADE"))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The entry as `knowledge.schema` has it."""


class SourceRow(_OfRelease, Base):
    """A document."""

    __tablename__ = "source"
    name: Mapped[str] = mapped_column(String(100))
    __table_args__ = (Index("source_by_name", "release_id", "name"),)


class NoticeRow(_OfRelease, Base):
    """A contradiction in the documents."""

    __tablename__ = "notice"
    name: Mapped[str] = mapped_column(String(20))
    __table_args__ = (Index("notice_by_name", "release_id", "name"),)


class RegionRow(_OfRelease, Base):
    """A region; its body leaves the desks out."""

    __tablename__ = "region"
    code: Mapped[str] = mapped_column(String(40))
    __table_args__ = (Index("region_by_code", "release_id", "code"),)


class DeskRow(_OfRelease, Base):
    """A desk of a region."""

    __tablename__ = "desk"
    region: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(100))
    position: Mapped[int]
    """Place in its region's list; the editor's order is the order shown."""
    __table_args__ = (Index("desk_by_region", "release_id", "region", "position"),)


class TopicRow(_OfRelease, Base):
    """A topic."""

    __tablename__ = "topic"
    name: Mapped[str] = mapped_column(String(200))
    region: Mapped[str | None] = mapped_column(String(40))
    service: Mapped[str] = mapped_column(String(100))
    aspect: Mapped[str] = mapped_column(String(40))
    compare: Mapped[str | None] = mapped_column(String(100))
    __table_args__ = (
        Index("topic_by_name", "release_id", "name"),
        Index("topic_by_service", "release_id", "service", "aspect"),
        Index("topic_by_comparison", "release_id", "compare"),
    )


class GuideRow(_OfRelease, Base):
    """A guide."""

    __tablename__ = "guide"
    name: Mapped[str] = mapped_column(String(200))
    region: Mapped[str] = mapped_column(String(40))
    service: Mapped[str] = mapped_column(String(80))
    __table_args__ = (Index("guide_by_name", "release_id", "name"),)
