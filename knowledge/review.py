"""Which topics someone should look at again, and which are not served today or belong to nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from knowledge.model import Content, PlacedTopic
from knowledge.schema import Source


@dataclass(frozen=True)
class Due:
    """A topic that has not been held against its document for a year."""

    topic: PlacedTopic
    checked: date
    """When it, or the document that it builds on, was last checked; the older of the two."""
    source: str | None
    """The document, when that is what has not been checked."""


def due(content: Content, today: date) -> Iterator[Due]:
    """Topics that are served now and were last checked more than twelve months ago, or whose document was."""
    limit = _a_year_before(today)
    for placed in content.on(today).topics.values():
        checks = [(source.checked, source.id) for source in _sources(placed, content)]
        oldest = min(checks, default=None)
        own = placed.topic.checked
        if own is not None and own < limit and (oldest is None or own <= oldest[0]):
            yield Due(placed, own, None)
        elif oldest is not None and oldest[0] < limit:
            yield Due(placed, *oldest)


def not_served(content: Content, today: date) -> list[PlacedTopic]:
    """Topics that have expired or are not valid yet."""
    return [placed for placed in content.topics.values() if not placed.valid_on(today)]


def without_owner(content: Content) -> list[PlacedTopic]:
    """Topics for which nobody is named: no one would notice when they grow old."""
    return [placed for placed in content.topics.values() if placed.topic.owner is None]


def _sources(placed: PlacedTopic, content: Content) -> list[Source]:
    return [content.sources[name] for name in sorted({fact.source for fact in placed.topic.facts})]


def _a_year_before(day: date) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap_day else day.day)
