"""The day or days that a text asks about: the first expression, joined with its neighbours to a date or a range."""

import re
from datetime import date, timedelta

from knowledge.calendar.day_rules import DayHit, Precision, hits
from knowledge.calendar.holidays import Days

_TO = re.compile(r",? *(?:-|t\.?o\.?m\.?|till(?: och med)?|fram till) *(?:och med )?")
_AND = re.compile(r" *(?:och|o|&|eller) *")
_SAME = re.compile(r"[ ,(]*(?:dvs |alltsa )?")
_BESIDE = re.compile(r"\b(?:dagen|dan) (fore|innan|efter) $")
_BETWEEN = re.compile(r"\b(?:mellan|fran)(?: och med)? *$")


def find_days(text: str, today: date) -> DayHit | None:
    """The first day or days that the text (by `Words.spelled`) names; None when it names none."""
    found = _without_overlaps(text, today)
    if not found:
        return None
    first, *others = found
    for other in others:
        joined = _join(text, first, other)
        if joined is None:
            break
        first = joined
    return _shifted(text, first)


def _shifted(text: str, hit: DayHit) -> DayHit:
    """ "dagen före julafton" is the day before."""
    beside = _BESIDE.search(text[: hit.start])
    if not beside:
        return hit
    day = hit.days.last + timedelta(days=1) if beside[1] == "efter" else hit.days.first - timedelta(days=1)
    return DayHit(Days(day, day), beside.start(), hit.end, hit.precision)


def _without_overlaps(text: str, today: date) -> list[DayHit]:
    """In the order of the text; where they overlap the earliest, the longest and the most precise stays."""
    kept: list[DayHit] = []
    for hit in sorted(hits(text, today), key=lambda hit: (hit.start, -hit.end, -hit.precision)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def _join(text: str, one: DayHit, other: DayHit) -> DayHit | None:
    """Two neighbours as one: the same day said twice, or a range. None when they are two questions."""
    between = text[one.end : other.start]
    if _SAME.fullmatch(between):
        return _same(one, other)
    started = _BETWEEN.search(text[: one.start])
    first, last = _ordered(one, other)
    neighbours = last - one.days.last == timedelta(days=1)
    if first <= last and (_TO.fullmatch(between) or (_AND.fullmatch(between) and (started or neighbours))):
        return DayHit(Days(first, last), started.start() if started else one.start, other.end, one.precision)
    return None


def _same(one: DayHit, other: DayHit) -> DayHit:
    inner, outer = sorted((one, other), key=lambda hit: hit.precision)
    if inner.precision < outer.precision < Precision.date:
        first = outer.days.first + timedelta(days=(inner.days.first - outer.days.first).days % 7)
        last = first + (inner.days.last - inner.days.first)
        if last <= outer.days.last:
            return DayHit(Days(first, last), one.start, other.end, Precision.date)
    decisive = other if other.precision > one.precision else one
    return DayHit(decisive.days, one.start, other.end, decisive.precision, decisive.occasion)


def _ordered(one: DayHit, other: DayHit) -> tuple[date, date]:
    """First and last day of the range; what has begun, or comes only after the turn of the week, is moved there."""
    first, last = one.days.first, other.days.last
    if last < first and Precision.weekday in (one.precision, other.precision):
        return first, last + timedelta(days=7)
    if last < first:
        return first.replace(year=first.year - 1, day=min(first.day, 28) if first.month == 2 else first.day), last
    return first, last
