"""The knowledge base as tables: releases of the content, and questions to the newest one.

Every load of changed content becomes a *release*; older releases stay, so that any past answer can be found
again. SQLite by default, PostgreSQL by `DATABASE_URL`.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Engine, ForeignKey, Index, String, create_engine, delete, event, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from knowledge.content import Content, PlacedTopic
from knowledge.errors import DatabaseUnavailable
from knowledge.schema import Desk, FactKind, Notice, Region, Source, Topic

DEFAULT_URL = "sqlite:///var/supportlotsen.db"


class Base(DeclarativeBase):
    """All tables of the knowledge base."""


class Release(Base):
    """One state of the whole content."""

    __tablename__ = "release"
    id: Mapped[int] = mapped_column(primary_key=True)
    checksum: Mapped[str] = mapped_column(String(64), index=True)
    loaded_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


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


class ContactRow(Base):
    """A number, mailbox or link of a desk."""

    __tablename__ = "contact"
    id: Mapped[int] = mapped_column(primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id", ondelete="CASCADE"))
    region: Mapped[str] = mapped_column(String(40))
    desk: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(String(400))
    __table_args__ = (Index("contact_by_kind", "release_id", "region", "kind"),)


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


def connect(url: str) -> Engine:
    """An engine for a SQLAlchemy URL; SQLite files get their folder and write-ahead logging."""
    engine = create_engine(url, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        if engine.url.database and engine.url.database != ":memory:":
            from pathlib import Path

            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")


def load(content: Content, engine: Engine, now: datetime | None = None) -> bool:
    """Put checked content in as a new release, whole or not at all; False when nothing has changed."""
    checksum = _checksum(content)
    with _reporting():
        Base.metadata.create_all(engine)
        with Session(engine) as session, session.begin():
            newest = session.scalar(select(Release.checksum).order_by(Release.id.desc()).limit(1))
            if newest == checksum:
                return False
            release = Release(checksum=checksum, loaded_at=now or datetime.now(UTC))
            session.add(release)
            session.flush()
            session.add_all(_rows(content, release.id))
    return True


def forget_release(engine: Engine, release_id: int) -> None:
    """Remove one release and all of its rows."""
    with _reporting(), Session(engine) as session, session.begin():
        for table in (SourceRow, NoticeRow, RegionRow, DeskRow, ContactRow, TopicRow):
            session.execute(delete(table).where(table.release_id == release_id))
        session.execute(delete(Release).where(Release.id == release_id))


def _rows(content: Content, release: int) -> Iterator[Base]:
    for source in content.sources.values():
        yield SourceRow(release_id=release, name=source.id, body=source.model_dump(mode="json"))
    for notice in content.notices.values():
        yield NoticeRow(release_id=release, name=notice.id, body=notice.model_dump(mode="json"))
    for region in content.regions.values():
        yield RegionRow(release_id=release, code=region.code, body=region.model_dump(mode="json", exclude={"desks"}))
        for position, desk in enumerate(region.desks):
            yield DeskRow(
                release_id=release,
                region=region.code,
                name=desk.id,
                position=position,
                body=desk.model_dump(mode="json"),
            )
            for contact in desk.contacts:
                yield ContactRow(
                    release_id=release,
                    region=region.code,
                    desk=desk.id,
                    kind=contact.kind.value,
                    value=contact.value,
                )
    for placed in content.topics.values():
        yield TopicRow(
            release_id=release,
            name=placed.name,
            region=placed.region,
            service=placed.service,
            aspect=placed.topic.aspect.value,
            compare=placed.topic.compare,
            body=placed.topic.model_dump(mode="json"),
        )


def _checksum(content: Content) -> str:
    digest = hashlib.sha256()
    for row in _rows(content, 0):
        columns = {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key != "id"}
        digest.update(json.dumps([row.__tablename__, columns], sort_keys=True).encode())
    return digest.hexdigest()


class KnowledgeBase:
    """Questions to one release of the content. Raises DatabaseUnavailable when the database does not answer."""

    def __init__(self, engine: Engine, as_of: datetime | None = None) -> None:
        self._engine = engine
        self._as_of = as_of

    def topic(self, name: str) -> PlacedTopic | None:
        """One topic by its full name."""
        found = self._topics(TopicRow.name == name)
        return found[0] if found else None

    def topics(self, names: Iterable[str]) -> dict[str, PlacedTopic]:
        """Topics by their full names; unknown names are left out."""
        return {placed.name: placed for placed in self._topics(TopicRow.name.in_(list(names)))}

    def same_question(self, topic: PlacedTopic, region: str) -> PlacedTopic | None:
        """The topic of another region that answers what this one answers, if there is one."""
        if topic.topic.compare is not None:
            compared = self._topics(TopicRow.compare == topic.topic.compare, TopicRow.region == region)
            if compared:
                return compared[0]
        alike = self._topics(
            TopicRow.service == topic.service,
            TopicRow.aspect == topic.topic.aspect.value,
            TopicRow.region == region,
        )
        return alike[0] if alike else None

    def compared(self, compare: str) -> list[PlacedTopic]:
        """All topics with one `compare` value, a region each."""
        return self._topics(TopicRow.compare == compare)

    def regions(self) -> list[Region]:
        """All regions with their desks, in the order of their codes."""
        return [region for region in map(self.region, self._region_codes()) if region is not None]

    def region(self, code: str) -> Region | None:
        """One region with its desks."""
        with _reporting(), Session(self._engine) as session:
            release = self._release(session)
            row = session.scalar(select(RegionRow).where(RegionRow.release_id == release, RegionRow.code == code))
            if row is None:
                return None
            desks = session.scalars(
                select(DeskRow)
                .where(DeskRow.release_id == release, DeskRow.region == code)
                .order_by(DeskRow.position)
            )
            return Region.model_validate({**row.body, "desks": [desk.body for desk in desks]})

    def contacts(self, region: str, kind: FactKind) -> list[tuple[str, str]]:
        """Desk id and value of every contact of one kind in a region."""
        with _reporting(), Session(self._engine) as session:
            rows = session.execute(
                select(ContactRow.desk, ContactRow.value)
                .where(
                    ContactRow.release_id == self._release(session),
                    ContactRow.region == region,
                    ContactRow.kind == kind.value,
                )
                .order_by(ContactRow.id)
            )
            return [(desk, value) for desk, value in rows]

    def source(self, name: str) -> Source:
        """A document. Raises KeyError for an id that no content names."""
        with _reporting(), Session(self._engine) as session:
            row = session.scalar(
                select(SourceRow).where(SourceRow.release_id == self._release(session), SourceRow.name == name)
            )
        if row is None:
            raise KeyError(name)
        return Source.model_validate(row.body)

    def notices(self, names: Iterable[str]) -> list[Notice]:
        """The notices that have something to show, in the order of their ids."""
        with _reporting(), Session(self._engine) as session:
            rows = session.scalars(
                select(NoticeRow)
                .where(NoticeRow.release_id == self._release(session), NoticeRow.name.in_(list(names)))
                .order_by(NoticeRow.name)
            )
            entries = [Notice.model_validate(row.body) for row in rows]
        return [notice for notice in entries if notice.text is not None]

    def size(self) -> tuple[int, int]:
        """Number of topics and of facts in them."""
        with _reporting(), Session(self._engine) as session:
            release = self._release(session)
            topics = session.scalar(select(func.count()).where(TopicRow.release_id == release)) or 0
            bodies = session.scalars(select(TopicRow.body).where(TopicRow.release_id == release))
            return topics, sum(len(body["facts"]) for body in bodies)

    def _region_codes(self) -> list[str]:
        with _reporting(), Session(self._engine) as session:
            return list(
                session.scalars(
                    select(RegionRow.code)
                    .where(RegionRow.release_id == self._release(session))
                    .order_by(RegionRow.code.desc())
                )
            )

    def _topics(self, *conditions: Any) -> list[PlacedTopic]:
        with _reporting(), Session(self._engine) as session:
            rows = session.scalars(
                select(TopicRow).where(TopicRow.release_id == self._release(session), *conditions).order_by(TopicRow.id)
            )
            return [
                PlacedTopic(row.region, row.service, Topic.model_validate(row.body), file="", line=0) for row in rows
            ]

    def _release(self, session: Session) -> int:
        newest = select(Release.id).order_by(Release.id.desc()).limit(1)
        if self._as_of is not None:
            newest = newest.where(Release.loaded_at <= self._as_of)
        release = session.scalar(newest)
        if release is None:
            raise DatabaseUnavailable("the knowledge base holds no content: run `python -m knowledge load`")
        return release


def region_of(knowledge: KnowledgeBase, code: str) -> Region:
    """A region that must exist. Raises KeyError."""
    region = knowledge.region(code)
    if region is None:
        raise KeyError(code)
    return region


def desk_for(region: Region, service: str | None) -> Desk:
    """The desk that takes questions about a service, else the region's default desk."""
    if service is not None:
        for desk in region.desks:
            if service in desk.services:
                return desk
    return next(desk for desk in region.desks if desk.id == region.default_desk)


@contextmanager
def _reporting() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise DatabaseUnavailable(str(error).splitlines()[0]) from error
