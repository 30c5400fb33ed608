"""The knowledge base: releases of the content in a database, and questions to the newest one.

Every load of changed content becomes a *release*; older releases stay, so that any past answer can be found
again. SQLite by default, PostgreSQL by `DATABASE_URL`.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import batched
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Engine, create_engine, delete, event, insert, or_, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from knowledge.calendar.clock import Clock, local, now
from knowledge.errors import DatabaseUnavailable
from knowledge.model import Content, PlacedGuide, PlacedTopic, default_desk
from knowledge.schema import Desk, FactKind, Guide, Notice, Region, Source, Topic
from knowledge.tables import Base, DeskRow, GuideRow, NoticeRow, RegionRow, Release, SourceRow, TopicRow

DEFAULT_URL = "sqlite:///var/supportlotsen.db"
FRESH = 1.0
"""Seconds: for so long a release counts as the newest without the database being asked again."""
_BATCH = 500
"""Rows of one insert."""

Progress = Callable[[int, int], None]
"""Told how many rows of how many are in."""


def connect(url: str) -> Engine:
    """An engine for a SQLAlchemy URL; SQLite files get their folder and write-ahead logging.

    Raises DatabaseUnavailable for what is no such URL, without repeating it: it may hold a password.
    """
    try:
        engine = create_engine(url, pool_pre_ping=True)
        if engine.dialect.name == "sqlite":
            if engine.url.database and engine.url.database != ":memory:":
                Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
            event.listen(engine, "connect", _prepare_sqlite)
    except (SQLAlchemyError, ImportError, ValueError, OSError) as error:
        raise DatabaseUnavailable(
            f"DATABASE_URL cannot be used ({type(error).__name__}); "
            f"it must be an address such as {DEFAULT_URL} or postgresql+psycopg://user:password@host/name"
        ) from error
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")


def load(content: Content, engine: Engine, at: datetime | None = None, progress: Progress | None = None) -> bool:
    """Put checked content in as a new release, whole or not at all; False when nothing has changed.

    `at` (with an offset) is the moment from which the release holds; by default the real time.
    """
    loaded_at = local(at) if at else datetime.now(UTC)
    checksum = _checksum(content)
    with _reporting():
        Base.metadata.create_all(engine)
        with Session(engine) as session, session.begin():
            newest = session.scalar(select(Release.checksum).order_by(Release.id.desc()).limit(1))
            if newest == checksum:
                return False
            release = Release(checksum=checksum, loaded_at=loaded_at)
            session.add(release)
            session.flush()
            _insert(session, content, release.id, progress)
    return True


def forget_release(engine: Engine, release_id: int) -> None:
    """Remove one release and all of its rows."""
    with _reporting(), Session(engine) as session, session.begin():
        for table in (SourceRow, NoticeRow, RegionRow, DeskRow, TopicRow, GuideRow):
            session.execute(delete(table).where(table.release_id == release_id))
        session.execute(delete(Release).where(Release.id == release_id))


_Row = tuple[type[Base], dict[str, Any]]


def _insert(session: Session, content: Content, release: int, progress: Progress | None) -> None:
    desks = sum(len(region.desks) for region in content.regions.values())
    total = len(content.sources) + len(content.notices) + len(content.regions) + desks + len(content.topics)
    total += len(content.guides)
    done = 0
    for rows in batched(_rows(content), _BATCH):
        by_table: dict[type[Base], list[dict[str, Any]]] = {}
        for table, row in rows:
            by_table.setdefault(table, []).append({**row, "release_id": release})
        for table, values in by_table.items():
            session.execute(insert(table), values)
        done += len(rows)
        if progress is not None:
            progress(done, total)


def _rows(content: Content) -> Iterator[_Row]:
    for source in content.sources.values():
        yield SourceRow, {"name": source.id, "body": source.model_dump(mode="json")}
    for notice in content.notices.values():
        yield NoticeRow, {"name": notice.id, "body": notice.model_dump(mode="json")}
    for region in content.regions.values():
        yield RegionRow, {"code": region.code, "body": region.model_dump(mode="json", exclude={"desks"})}
        for position, desk in enumerate(region.desks):
            body = desk.model_dump(mode="json")
            yield DeskRow, {"region": region.code, "name": desk.id, "position": position, "body": body}
    for placed in content.topics.values():
        yield (
            TopicRow,
            {
                "name": placed.name,
                "region": placed.region,
                "service": placed.service,
                "aspect": placed.topic.aspect.value,
                "compare": placed.topic.compare,
                "body": placed.topic.model_dump(mode="json"),
            },
        )
    for guide in content.guides.values():
        yield (
            GuideRow,
            {
                "name": guide.name,
                "region": guide.region,
                "service": guide.service,
                "body": guide.guide.model_dump(mode="json"),
            },
        )


def _checksum(content: Content) -> str:
    digest = hashlib.sha256()
    for table, row in _rows(content):
        digest.update(json.dumps([table.__tablename__, row], sort_keys=True).encode())
    return digest.hexdigest()


_VERSION = 12
"""Characters of a release's checksum."""


@dataclass
class _Remembered:
    """What was read of one release, parsed. Only what the release holds, so its size is the content's at most."""

    id: int
    loaded_at: datetime
    version: str
    topics: dict[str, PlacedTopic] = field(default_factory=dict)
    regions: dict[str, Region] | None = None
    guides: dict[str, PlacedGuide] | None = None
    sources: dict[str, Source] | None = None
    notices: dict[str, Notice] | None = None


class KnowledgeBase:
    """Questions to one release of the content: the newest (a new one is seen within `FRESH`), or that of a past moment.

    Topics that have expired on the day of the question, or are not valid yet, are as if they were not there.
    Every question raises DatabaseUnavailable when the database does not answer. Safe to share between threads.
    """

    def __init__(self, engine: Engine, as_of: datetime | None = None, clock: Clock | None = None) -> None:
        """`as_of` needs an offset; `clock` tells today, by default the clock that `HELPDESK_NOW` may have stopped."""
        self._engine = engine
        self._as_of = None if as_of is None else local(as_of)
        self._clock = clock
        self._remembered: _Remembered | None = None
        self._asked_at = 0.0

    @property
    def version(self) -> str:
        """Names the content that answers come from: the beginning of its checksum."""
        return self._release().version

    def topic(self, name: str) -> PlacedTopic | None:
        """One topic by its full name."""
        return self.topics([name]).get(name)

    def topics(self, names: Iterable[str]) -> dict[str, PlacedTopic]:
        """Topics by their full names, in the order asked for; unknown names are left out."""
        wanted = list(dict.fromkeys(names))
        release = self._release()
        unread = [name for name in wanted if name not in release.topics]
        if unread:
            self._read(release, TopicRow.name.in_(unread))
        known = [release.topics[name] for name in wanted if name in release.topics]
        return {placed.name: placed for placed in self._valid(known)}

    def every_topic(self) -> list[PlacedTopic]:
        """All topics, in the order of the content."""
        return self._where()

    def same_question(self, topic: PlacedTopic, region: str) -> PlacedTopic | None:
        """The topic of another region that answers what this one answers, if there is one."""
        there = TopicRow.region == region
        found: list[PlacedTopic] = []
        if topic.topic.compare is not None:
            found = self._where(TopicRow.compare == topic.topic.compare, there)
        if not found:
            aspect = topic.topic.aspect.value
            found = self._where(TopicRow.service == topic.service, TopicRow.aspect == aspect, there)
        return found[0] if found else None

    def compared(self, compare: str) -> list[PlacedTopic]:
        """All topics with one `compare` value, a region each."""
        return self._where(TopicRow.compare == compare)

    def about(self, service: str, region: str | None) -> list[PlacedTopic]:
        """What is said of a service: a region's own topics and after them those that hold everywhere; None: all."""
        here = [] if region is None else [or_(TopicRow.region == region, TopicRow.region.is_(None))]
        return sorted(self._where(TopicRow.service == service, *here), key=lambda placed: placed.region is None)

    def regions_with(self, service: str) -> set[str | None]:
        """The regions (None: every region) that have something to say of a service, if only that it is not known."""
        return {placed.region for placed in self._where(TopicRow.service == service)}

    def regions(self) -> list[Region]:
        """All regions with their desks, in the reverse order of their codes."""
        return [region for _, region in sorted(self._regions().items(), reverse=True)]

    def region(self, code: str) -> Region | None:
        """One region with its desks."""
        return self._regions().get(code)

    def guides(self, region: str | None) -> list[PlacedGuide]:
        """The guides of one region, or of all."""
        release = self._release()
        if release.guides is None:
            columns = select(GuideRow.region, GuideRow.service, GuideRow.body).order_by(GuideRow.id)
            with _reporting(), self._engine.connect() as connection:
                rows = connection.execute(columns.where(GuideRow.release_id == release.id)).all()
            placed = [PlacedGuide(code, service, _parsed(Guide, body), file="", line=0) for code, service, body in rows]
            release.guides = {guide.name: guide for guide in placed}
        return [guide for guide in release.guides.values() if region in (guide.region, None)]

    def guide(self, name: str) -> PlacedGuide | None:
        """One guide by its full name."""
        return next((guide for guide in self.guides(None) if guide.name == name), None)

    def guide_offered_with(self, topic: str) -> PlacedGuide | None:
        """The guide that a topic's answer offers."""
        return next((guide for guide in self.guides(None) if topic in guide.guide.offered_with), None)

    def contacts(self, region: str, kind: FactKind) -> list[tuple[str, str]]:
        """Desk id and value of every contact of one kind in a region."""
        found = self.region(region)
        desks = found.desks if found else []
        return [(desk.id, contact.value) for desk in desks for contact in desk.contacts if contact.kind is kind]

    def source(self, name: str) -> Source:
        """A document. Raises KeyError for an id that no content names."""
        release = self._release()
        if release.sources is None:
            bodies = self._bodies(release, SourceRow)
            release.sources = {source.id: source for source in (_parsed(Source, body) for body in bodies)}
        return release.sources[name]

    def notices(self, names: Iterable[str]) -> list[Notice]:
        """The notices that have something to show, in the order of their ids."""
        release = self._release()
        if release.notices is None:
            bodies = self._bodies(release, NoticeRow)
            release.notices = {notice.id: notice for notice in (_parsed(Notice, body) for body in bodies)}
        found = [release.notices[name] for name in sorted(set(names)) if name in release.notices]
        return [notice for notice in found if notice.text is not None]

    def size(self) -> tuple[int, int]:
        """Number of topics and of facts in them."""
        topics = self.every_topic()
        return len(topics), sum(len(placed.topic.facts) for placed in topics)

    def loaded_at(self) -> datetime:
        """When the content that answers was loaded, Europe/Stockholm."""
        return local(self._release().loaded_at)

    def today(self) -> date:
        """The day that the answers are for, Europe/Stockholm."""
        return (self._as_of or now(self._clock)).date()

    def _valid(self, topics: Iterable[PlacedTopic]) -> list[PlacedTopic]:
        today = self.today()
        return [placed for placed in topics if placed.valid_on(today)]

    def _regions(self) -> dict[str, Region]:
        release = self._release()
        if release.regions is None:
            with _reporting(), self._engine.connect() as connection:
                rows = connection.execute(
                    select(RegionRow.code, RegionRow.body).where(RegionRow.release_id == release.id)
                )
                bodies = {code: {**body, "desks": []} for code, body in rows}
                desks = (
                    select(DeskRow.region, DeskRow.body)
                    .where(DeskRow.release_id == release.id)
                    .order_by(DeskRow.region, DeskRow.position)
                )
                for code, body in connection.execute(desks):
                    bodies[code]["desks"].append(body)
            release.regions = {code: _parsed(Region, body) for code, body in bodies.items()}
        return release.regions

    def _where(self, *conditions: ColumnElement[bool]) -> list[PlacedTopic]:
        """The valid topics on which the conditions hold, in the order of the content."""
        release = self._release()
        wanted = select(TopicRow.name).where(TopicRow.release_id == release.id, *conditions).order_by(TopicRow.id)
        with _reporting(), self._engine.connect() as connection:
            names = connection.scalars(wanted).all()
        if any(name not in release.topics for name in names):
            self._read(release, *conditions)
        return self._valid(release.topics[name] for name in names)

    def _read(self, release: _Remembered, *conditions: ColumnElement[bool]) -> None:
        """Remember the topics of the release on which the conditions hold."""
        columns = select(TopicRow.name, TopicRow.region, TopicRow.service, TopicRow.body)
        with _reporting(), self._engine.connect() as connection:
            rows = connection.execute(columns.where(TopicRow.release_id == release.id, *conditions)).all()
        for name, region, service, body in rows:
            if name not in release.topics:
                release.topics[name] = PlacedTopic(region, service, _parsed(Topic, body), file="", line=0)

    def _bodies(self, release: _Remembered, table: type[SourceRow] | type[NoticeRow]) -> list[dict[str, Any]]:
        with _reporting(), self._engine.connect() as connection:
            return list(connection.scalars(select(table.body).where(table.release_id == release.id)))

    def _release(self) -> _Remembered:
        remembered, asked_at = self._remembered, time.monotonic()
        if remembered is not None and asked_at - self._asked_at < FRESH:
            return remembered
        newest = select(Release.id, Release.loaded_at, Release.checksum).order_by(Release.id.desc()).limit(1)
        if self._as_of is not None:
            newest = newest.where(Release.loaded_at <= self._as_of)
        with _reporting(), self._engine.connect() as connection:
            found = connection.execute(newest).first()
        if found is None:
            if self._as_of is not None:
                raise DatabaseUnavailable(f"no content had been loaded by {self._as_of.isoformat(timespec='seconds')}")
            raise DatabaseUnavailable("the knowledge base holds no content: run `python -m knowledge load`")
        if remembered is None or remembered.id != found.id:
            remembered = _Remembered(found.id, found.loaded_at, found.checksum[:_VERSION])
        self._remembered, self._asked_at = remembered, asked_at
        return remembered


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
    return default_desk(region)


def _parsed[ModelT: BaseModel](model: type[ModelT], body: dict[str, Any]) -> ModelT:
    """An entry of a release. Fields that the schema no longer has, or not yet, are passed over."""
    return model.model_validate(body, extra="ignore")


@contextmanager
def _reporting() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise DatabaseUnavailable(str(error).splitlines()[0]) from error
