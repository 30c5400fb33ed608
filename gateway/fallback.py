"""Whom to turn to when nothing else works: read once at start, needs neither Rasa nor a database."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from knowledge.calendar.clock import Clock
from knowledge.calendar.errors import CalendarError
from knowledge.calendar.opening import status
from knowledge.content import Content, default_desk, read_content
from knowledge.schema import Desk, Fact, Region

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ContactFact:
    """One fact about a desk, as the reply contract's `facts` has it."""

    kind: str
    value: str


@dataclass(frozen=True)
class SourceReference:
    """Where a fact stands, as the reply contract's `sources` has it."""

    document: str
    title: str
    section: str
    dated: str


@dataclass(frozen=True)
class Opening:
    """Whether a desk answers at a moment; None for what the documents leave open."""

    open: bool | None = None
    next_open: datetime | None = None
    on_call: bool | None = None


@dataclass(frozen=True)
class DeskSummary:
    """What a user needs to know to reach a region's support."""

    region: str
    """The region's code."""
    region_name: str
    name: str
    ways: tuple[ContactFact, ...]
    """Telephone first."""
    how: str | None
    hours: str | None
    """As the document writes them."""
    opening: Opening
    on_call_how: str | None
    sources: tuple[SourceReference, ...]

    def to_json(self) -> dict[str, Any]:
        """For the page; moments in ISO 8601 with offset."""
        summary = asdict(self)
        opening = summary.pop("opening")
        next_open = self.opening.next_open
        return {**summary, **opening, "next_open": next_open.isoformat() if next_open else None}


class Fallback(Protocol):
    """Knows the desks without asking anyone, so it never fails."""

    def contacts(self, region: str | None) -> list[DeskSummary]:
        """The first desk to turn to in the region; of every region for None or a code that is not known."""


class ContentFallback:
    """The default desks of the content."""

    def __init__(self, content: Content, opening: Callable[[Desk], Opening]) -> None:
        """`opening` tells how it stands at the moment it is called."""
        self._content = content
        self._opening = opening

    def contacts(self, region: str | None) -> list[DeskSummary]:
        known = self._content.regions.get(region) if region else None
        return [self._summary(each) for each in ([known] if known else self._content.regions.values())]

    def _summary(self, region: Region) -> DeskSummary:
        desk = default_desk(region)
        facts = [*desk.contacts, *(fact for fact in (desk.hours_fact, desk.on_call_fact) if fact)]
        return DeskSummary(
            region=region.code,
            region_name=region.name,
            name=desk.name,
            ways=tuple(
                ContactFact(fact.kind.value, fact.value)
                for fact in sorted(desk.contacts, key=lambda fact: fact.kind.value != "phone")
            ),
            how=desk.how,
            hours=desk.hours_fact.value if desk.hours_fact else None,
            opening=self._now(desk),
            on_call_how=desk.on_call.how if desk.on_call else None,
            sources=self._sources(facts),
        )

    def _now(self, desk: Desk) -> Opening:
        try:
            return self._opening(desk)
        except CalendarError as error:
            log.error("opening hours of %s cannot be told: %s", desk.id, error)
            return Opening()

    def _sources(self, facts: Iterable[Fact]) -> tuple[SourceReference, ...]:
        found = {}
        for fact in facts:
            source = self._content.sources[fact.source]
            found[fact.source, fact.section] = SourceReference(source.file, source.title, fact.section, source.dated)
        return tuple(found.values())


def opening_by(clock: Clock) -> Callable[[Desk], Opening]:
    """Tells how it stands with a desk when the clock is read."""

    def opening(desk: Desk) -> Opening:
        state = status(desk.hours, desk.on_call, desk.closures, clock())
        return Opening(state.open, state.next_open, state.on_call)

    return opening


def read_fallback(clock: Clock) -> ContentFallback:
    """The contacts of the content. Raises ContentError."""
    return ContentFallback(read_content(), opening_by(clock))
