"""Clock times and parts of the day in Swedish text, as distances from midnight by the wall clock."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from knowledge.calendar.words import Part, any_of, words

DAY_MARK = "~"
"""Stands in the text where a day has been found."""

_MINUTES_BARE = 5
"""A bare 16.00 is a time only on every fifth minute; 8.21 is a version or a price."""


@dataclass(frozen=True)
class ClockHit:
    """A clock time (or two) found in a text."""

    begins: timedelta
    ends: timedelta | None
    start: int
    end: int
    twelve_hours: bool
    """Written so that it can mean the afternoon: "kl 3", "halv fem", but not "03:00"."""


@dataclass(frozen=True)
class PartHit:
    """A part of the day found in a text."""

    part: Part
    start: int
    end: int
    today: bool
    """It says by itself that it is today's: "ikväll"."""


def find_clock(text: str) -> ClockHit | None:
    """The first clock time; of those that begin at the same place the longest."""
    found = sorted(_clocks(text), key=lambda hit: (hit.start, -hit.end))
    return found[0] if found else None


def find_part(text: str) -> PartHit | None:
    """The first part of the day; forms like "morgon" count only beside a day."""
    found = [
        PartHit(part, *match.span("part"), today)
        for part, today, pattern in _part_rules()
        for match in pattern.finditer(text)
    ]
    return min(found, key=lambda hit: (hit.start, -hit.end), default=None)


def _clocks(text: str) -> Iterator[ClockHit]:
    for pattern, meaning in _clock_rules():
        for match in pattern.finditer(text):
            if hit := meaning(match):
                yield hit


@cache
def _part_rules() -> tuple[tuple[Part, bool, re.Pattern[str]], ...]:
    rules: list[tuple[Part, bool, re.Pattern[str]]] = []
    for part in words().parts:
        if part.today:
            rules.append((part, True, re.compile(rf"\b(?P<part>{any_of(part.today)})\b")))
        rules.append((part, False, re.compile(rf"\b(?P<part>{any_of(part.alone)})\b")))
        if part.with_day:
            forms = any_of(part.with_day)
            beside = rf"(?<={DAY_MARK} )(?P<part>{forms})\b"
            rules.append((part, False, re.compile(beside)))
            rules.append((part, False, re.compile(rf"\b(?P<part>{forms})(?= (?:pa |den )?{DAY_MARK})")))
    return tuple(rules)


@cache
def _clock_rules() -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], ClockHit | None]], ...]:
    vocabulary = words()
    number = rf"\d{{1,2}}|{any_of(word for word, value in vocabulary.number.items() if value <= 24)}"
    clock, digits = r"\bkl(?:ockan)?\b[.: ]*|\bkl(?=\d)", r"\d{1,2}(?:[.:]\d\d)?"
    alone, ended = r"(?<![\w.,:/+-])", r"(?![\w/%#-]|[.:,]\d)"
    said = rf"(?P<said>(?:\bmellan |\bfran )?(?:{clock})?)"
    few = rf"5|10|20|25|kvart|{any_of(word for word, value in vocabulary.number.items() if value in (5, 10, 20, 25))}"
    minutes = rf"(?:{clock})?\b(?:en )?(?P<few>{few})(?: min(?:uter)?)?"
    before = rf"(?:\b(?:vid|fore|innan|efter|fran|till) |{DAY_MARK} )"
    stop = r"(?= *(?:[?!.,)]|$|~|pa |i |ikvall|inatt|eller |och ))"
    rules: tuple[tuple[str, Callable[[re.Match[str]], ClockHit | None]], ...] = (
        (rf"{said}{alone}(?P<one>{digits})(?: ?- ?| och | till )(?:{clock})?(?P<two>{digits}){ended}", _two_times),
        (rf"(?:{clock})?\bhalv (?P<hour>{number}){ended}", _half_past),
        (rf"{minutes} (?P<side>over|i) (?P<half>halv )?(?P<hour>{number})\b{ended}", _some_minutes),
        (rf"(?:{clock})(?P<time>\d{{3,4}}|\d{{1,2}}(?:[.:, ]\d\d)?){ended}", _written),
        (rf"(?:{clock})\b(?P<time>{number})\b{ended}", _written),
        (rf"(?:\bvid )?\b(?P<time>{number})[- ]?tiden\b", _written),
        (rf"{alone}(?P<time>\d{{1,2}}:\d\d)(?::\d\d)?{ended}", _written),
        (rf"{alone}(?P<time>\d\d\.\d\d){ended}", _bare),
        (rf"{before}(?P<time>\d\.\d\d){ended}", _bare),
        (rf"{alone}(?P<time>\d\.\d\d)(?= (?:pa |den )?{DAY_MARK})", _bare),
        (rf"\b(?:vid|fore|innan|efter|till(?= \d\d)) (?P<time>\d{{1,2}}){ended}{stop}", _written),
        (rf"{DAY_MARK} (?P<time>\d{{1,2}}){ended}(?= *[?!.]?$| (?:pa )?(?:{_part_forms()})\b)", _written),
        (rf"\b(?:{any_of(vocabulary.midnight)})\b", _midnight),
    )
    return tuple((re.compile(pattern), meaning) for pattern, meaning in rules)


def _part_forms() -> str:
    return any_of(form for part in words().parts for form in (*part.today, *part.alone, *part.with_day))


def _number(word: str) -> int:
    return int(word) if word.isdigit() else words().number[word]


def _distance(written: str) -> tuple[timedelta, bool] | None:
    """Hours and minutes from midnight, and whether the afternoon may be meant; None for no time of the day."""
    digits = re.sub(r"[.:, ]", "", written)
    if not digits.isdigit():
        hour, minute = _number(written), 0
    elif len(digits) > 2:
        hour, minute = int(digits[:-2]), int(digits[-2:])
    else:
        hour, minute = int(digits), 0
    if hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    return timedelta(hours=hour, minutes=minute), not written.startswith("0") and 1 <= hour <= 5


def _hit(match: re.Match[str], found: tuple[timedelta, bool] | None) -> ClockHit | None:
    return ClockHit(found[0], None, match.start(), match.end(), found[1]) if found else None


def _written(match: re.Match[str]) -> ClockHit | None:
    return _hit(match, _distance(match["time"]))


def _bare(match: re.Match[str]) -> ClockHit | None:
    return _written(match) if int(match["time"][-2:]) % _MINUTES_BARE == 0 else None


def _half_past(match: re.Match[str]) -> ClockHit | None:
    return _spoken(match, -30)


def _some_minutes(match: re.Match[str]) -> ClockHit | None:
    minutes = 15 if match["few"] == "kvart" else _number(match["few"])
    signed = minutes if match["side"] == "over" else -minutes
    return _spoken(match, signed - 30 if match["half"] else signed)


def _spoken(match: re.Match[str], minutes: int) -> ClockHit | None:
    hour = _number(match["hour"])
    if not 1 <= hour <= 24:
        return None
    moment = timedelta(hours=hour, minutes=minutes)
    return _hit(match, (moment, timedelta() <= moment < timedelta(hours=6)))


def _two_times(match: re.Match[str]) -> ClockHit | None:
    """Needs a word that says time ("kl", "mellan"), or minutes on both sides."""
    one, two = _distance(match["one"]), _distance(match["two"])
    minutes = all(len(match[name]) > 2 for name in ("one", "two"))
    if not one or not two or not (match["said"].strip() or minutes):
        return None
    begins, ends = one[0], two[0]
    afternoon = timedelta(hours=12)
    if one[1] and begins + afternoon < timedelta(days=1) and (two[1] or ends > begins + afternoon):
        begins += afternoon
    if two[1] and ends + afternoon > begins:
        ends += afternoon
    if ends <= begins:
        ends += timedelta(days=1)
    return ClockHit(begins, ends, match.start(), match.end(), twelve_hours=False)


def _midnight(match: re.Match[str]) -> ClockHit:
    return ClockHit(timedelta(days=1), None, match.start(), match.end(), twelve_hours=False)
