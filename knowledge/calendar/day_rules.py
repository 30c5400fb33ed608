"""Rules for days in Swedish text: dates, weekdays, weeks, holidays. They read text that `Words.spelled` has rewritten."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from functools import cache

from knowledge.calendar import holidays
from knowledge.calendar.holidays import Days
from knowledge.calendar.words import Words, any_of, words

_YEARS_AHEAD = 10
_RANGE = re.compile(r",? *(?:-|t\.?o\.?m\.?|till(?: och med)?|fram till) *(?:och med )?(?:pa |den )?")
_PAIR = re.compile(r" *(?:och|o|&|eller) *(?:pa |den )?")
_SAME = re.compile(r"[ ,(]*(?:den |pa |dvs |alltsa )?")


class Precision(IntEnum):
    """Which of two expressions side by side decides: "fredag den 12:e" is the 12th."""

    weekday = 1
    week = 2
    date = 3


@dataclass(frozen=True)
class DayHit:
    """Days found in a text: which, and where (in the rewritten text)."""

    days: Days
    start: int
    end: int
    precision: Precision
    occasion: str | None = None


_Rule = tuple[re.Pattern[str], Callable[[re.Match[str], date], Days | None], Precision]


def find_days(text: str, today: date) -> DayHit | None:
    """The first day or days that the text names, with what follows to make a range of it."""
    hits = _hits(text, today)
    if not hits:
        return None
    first = hits[0]
    for following in hits[1:]:
        joined = _join(text, first, following)
        if joined is None:
            break
        first = joined
    return first


def _hits(text: str, today: date) -> list[DayHit]:
    """Hits in the order of the text; where they overlap the earliest stays, and of those the longest."""
    hits: list[DayHit] = []
    for hit in sorted(_all_hits(text, today), key=lambda hit: (hit.start, -hit.end, -hit.precision)):
        if not hits or hit.start >= hits[-1].end:
            hits.append(hit)
    return hits


def _all_hits(text: str, today: date) -> Iterator[DayHit]:
    for pattern, meaning, precision in _rules():
        for match in pattern.finditer(text):
            try:
                days = meaning(match, today)
            except ValueError, OverflowError:
                continue
            if days:
                yield DayHit(days, match.start(), match.end(), precision)
    yield from _occasions(text, today)


def _occasions(text: str, today: date) -> Iterator[DayHit]:
    done = 0
    while named := holidays.find_name(text[done:]):
        start, end = done + named.start, done + named.end
        year = re.match(r" +(?:(20\d\d)\b|nasta ar\b)", text[end:])
        if year:
            days = holidays.occasion(named.name, int(year[1]) if year[1] else today.year + 1)
            end += year.end()
        else:
            days = holidays.coming(named.name, today)
        yield DayHit(days, start, end, Precision.date, named.name)
        done = end


def _join(text: str, one: DayHit, other: DayHit) -> DayHit | None:
    """Two neighbours as one: the same day said twice, or the ends of a range. None when they are two questions."""
    between = text[one.end : other.start]
    if _SAME.fullmatch(between):
        decisive = max(one, other, key=lambda hit: hit.precision)
        within = other.precision is Precision.week and one.precision is Precision.weekday
        days = _weekday_in(one.days.first, other.days) if within else decisive.days
        return DayHit(days, one.start, other.end, decisive.precision, decisive.occasion)
    before = re.search(r"\b(?:mellan|fran)(?: och med)?(?: den)? *$", text[: one.start])
    last = _not_before(one.days.first, other)
    pair = _PAIR.fullmatch(between) and (before or last - one.days.last == timedelta(days=1))
    if _RANGE.fullmatch(between) or pair:
        first = one.days.first
        if last < first and other.days.last.year == today_or_same_year(first):
            first = first.replace(year=first.year - 1)
        start = before.start() if before else one.start
        return DayHit(Days(first, last), start, other.end, one.precision) if last >= first else None
    return None


def today_or_same_year(first: date) -> int:
    return first.year


def _not_before(first: date, other: DayHit) -> date:
    last = other.days.last
    if last < first and other.precision is Precision.weekday:
        last += timedelta(days=7)
    return last


def _weekday_in(weekday: date, week: Days) -> Days:
    day = week.first + timedelta(days=weekday.weekday() - week.first.weekday())
    return Days(day, day)
