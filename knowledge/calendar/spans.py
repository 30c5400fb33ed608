"""Stretches of time in Europe/Stockholm, and sums with them. Compared in UTC, so right across both DST changes."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from knowledge.calendar.clock import STOCKHOLM
from knowledge.calendar.errors import BackwardsRange


class Span(NamedTuple):
    """From `start` up to but not including `end`; both with offset, Europe/Stockholm."""

    start: datetime
    end: datetime

    def __contains__(self, moment: object) -> bool:
        return isinstance(moment, datetime) and utc(self.start) <= utc(moment) < utc(self.end)


def utc(moment: datetime) -> datetime:
    """The moment in UTC: two local times of one zone compare by the wall clock, these by real time."""
    return moment.astimezone(UTC)


def at(day: date, clock_time: time) -> datetime:
    """The local time on that day; one that the clocks skip in March becomes the hour after."""
    return datetime.combine(day, clock_time, STOCKHOLM).astimezone(UTC).astimezone(STOCKHOLM)


def whole_day(day: date) -> Span:
    """From midnight to midnight: 23, 24 or 25 hours."""
    return Span(at(day, time()), at(day + timedelta(days=1), time()))


def span(day: date, written: str) -> Span:
    """A range as the content writes it ("07:30-16:00", "16:00-24:00") on that day. Raises BackwardsRange."""
    first, last = written.split("-")
    start = at(day, time.fromisoformat(first))
    hour, minute = (int(part) for part in last.split(":"))
    days, hour = divmod(hour, 24)
    if (days and minute) or (not days and (hour, minute) <= (int(first[:2]), int(first[3:]))):
        raise BackwardsRange(written)
    return Span(start, at(day + timedelta(days=days), time(hour, minute)))


def spans(day: date, written: Iterable[str]) -> tuple[Span, ...]:
    """Several ranges of the content on one day, in order and joined where they touch. Raises BackwardsRange."""
    return joined(span(day, one) for one in written)


def joined(parts: Iterable[Span]) -> tuple[Span, ...]:
    """The same time in as few spans as possible, in order."""
    result: list[Span] = []
    for part in sorted(parts, key=lambda one: utc(one.start)):
        if utc(part.start) >= utc(part.end):
            continue
        if result and utc(part.start) <= utc(result[-1].end):
            result[-1] = Span(result[-1].start, max(result[-1].end, part.end, key=utc))
        else:
            result.append(part)
    return tuple(result)


def without(parts: Sequence[Span], gaps: Sequence[Span]) -> tuple[Span, ...]:
    """What is left of `parts` when `gaps` are cut out."""
    left = list(joined(parts))
    for gap in gaps:
        pieces = []
        for part in left:
            pieces.append(Span(part.start, min(part.end, gap.start, key=utc)))
            pieces.append(Span(max(part.start, gap.end, key=utc), part.end))
        left = [piece for piece in pieces if utc(piece.start) < utc(piece.end)]
    return tuple(left)


def holding(parts: Iterable[Span], moment: datetime) -> Span | None:
    """The span that the moment lies in, or None."""
    return next((part for part in parts if moment in part), None)
