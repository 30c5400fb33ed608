"""Which moment, day or days a Swedish sentence asks about, in users' own spelling. Europe/Stockholm.

The words are in `words.yml` and `holidays.yml`, the cases in `tests/nlu/dates.yml`. No library does it: on those cases
Duckling (pyduckling-native-phihos 0.4.0) reads four in ten as meant and one in four as another time, takes a third of
what is no time for one, and is an hour off across the changes to and from daylight saving time.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache

from knowledge.calendar import holidays
from knowledge.calendar.clock import local
from knowledge.calendar.day_rules import DayHit
from knowledge.calendar.days import find_days
from knowledge.calendar.noise import blanked
from knowledge.calendar.spans import Span, at, utc
from knowledge.calendar.spelling import Spelled, fold, lower
from knowledge.calendar.times import DAY_MARK, ClockHit, PartHit, find_clock, find_part
from knowledge.calendar.words import Part, any_of, words

_LONGEST = 600
"""Characters that are read; a time further down a long message is not what it asks about."""
_FAR = re.compile(r"[?!;]|\.\s|.{31}")
_HALF_DAY, _DAY = timedelta(hours=12), timedelta(days=1)
_UNITS = {"halvtimme": 30, "kvart": 15, "min": 1, "tim": 60, "h": 60}


class Kind(StrEnum):
    """What a mention speaks of."""

    moment = "moment"
    day = "day"
    range = "range"
    """Several days, or with `has_time` a part of a day."""
    now = "now"


@dataclass(frozen=True)
class DateMention:
    """When a text asks about. Times have an offset, Europe/Stockholm."""

    kind: Kind
    start: datetime
    end: datetime
    """Not included; for a moment and for now the same as `start`."""
    has_time: bool
    """False when only days were named: then start and end are midnights."""
    text: str
    """The part of the text that says so."""
    span: tuple[int, int]
    """Where that part is in the composed (NFC) text."""
    holiday: str | None
    """Swedish name of the holiday or eve on that one day, or of the holidays that were named."""

    @property
    def first_day(self) -> date:
        """The first day that is touched."""
        return self.start.date()

    @property
    def last_day(self) -> date:
        """The last day that is touched."""
        return self.end.date() - timedelta(days=self.end > self.start and self.end.time() == time())


@dataclass(frozen=True)
class _Found:
    """What was found, before its place in the text is told in the user's own characters."""

    kind: Kind
    span: Span
    has_time: bool
    start: int
    end: int
    occasion: str | None = None


def find(text: str, now: datetime) -> DateMention | None:
    """When the text asks about, seen from `now` (with offset); None when it names no time. Raises NaiveTime.

    Without a year, the coming one; without a day, the next time it is that late; a weekday is after today.
    """
    now = local(now)
    composed = unicodedata.normalize("NFC", text)[:_LONGEST]
    spelled = words().spelled(blanked(lower(composed)))
    found = _offset(spelled.text, now) or _day_and_time(spelled.text, now) or _now(spelled.text, now)
    return _mention(found, spelled, composed) if found else None


def _mention(found: _Found, spelled: Spelled, composed: str) -> DateMention:
    start, end = spelled.origin(found.start, found.end)
    first, last = found.span.start.date(), found.span.end.date()
    single = found.kind is not Kind.range or found.has_time or last - first == _DAY
    holiday = holidays.name_of(first) if single else found.occasion
    return DateMention(
        found.kind, *found.span, found.has_time, composed[start:end], (start, end), holiday or found.occasion
    )


def _offset(text: str, now: datetime) -> _Found | None:
    """A distance from now in minutes or hours: real time, so an hour is an hour when the clocks change too."""
    match = _offset_rule().search(text)
    if not match:
        return None
    count = match["count"]
    number = words().number[count] if count in words().number else float(count.replace(",", "."))
    minutes = next(length for unit, length in _UNITS.items() if match["unit"].startswith(unit))
    moment = local(utc(now) + timedelta(minutes=number * minutes))
    return _Found(Kind.moment, Span(moment, moment), True, *match.span())


def _day_and_time(text: str, now: datetime) -> _Found | None:
    day = find_days(text, now.date())
    if day:
        text = text[: day.start] + DAY_MARK * (day.end - day.start) + text[day.end :]
    clock = _near(text, day, find_clock(text))
    part = _near(text, day, find_part(text))
    if part and part.today and day:
        part = None
    if clock and part and not (day or _close(text, clock, part)):
        part = None
    if clock:
        return _clock_time(day, clock, part, now)
    if part:
        return _part_of_day(day, part, now)
    return _days(day) if day else None


def _near[Hit: (ClockHit, PartHit)](text: str, day: DayHit | None, hit: Hit | None) -> Hit | None:
    """The hit, unless it belongs to another sentence than the day."""
    return hit if hit and (day is None or _close(text, day, hit)) else None


def _close(text: str, one: DayHit | ClockHit, other: ClockHit | PartHit) -> bool:
    between = text[min(one.end, other.end) : max(one.start, other.start)]
    return not _FAR.search(between)


def _days(day: DayHit) -> _Found:
    first, last = day.days
    kind = Kind.day if first == last else Kind.range
    return _Found(kind, Span(at(first, time()), at(last + _DAY, time())), False, day.start, day.end, day.occasion)


def _clock_time(day: DayHit | None, clock: ClockHit, part: PartHit | None, now: datetime) -> _Found:
    begins = _hour_meant(clock, part.part if part else None)
    ends = begins if clock.ends is None else clock.ends + (begins - clock.begins)
    if day:
        first = day.days.first + (_DAY if day.night_after and begins < _HALF_DAY else timedelta())
    elif part and part.today and not part.part.night:
        first = now.date()
    else:
        soonest = now.date() if begins < _DAY else now.date() - _DAY
        first = next(
            candidate
            for candidate in (soonest, soonest + _DAY, soonest + 2 * _DAY)
            if utc(_wall(candidate, ends)) > utc(now) - timedelta(minutes=1 if clock.ends is None else 0)
        )
    span = Span(_wall(first, begins), _wall(first, ends))
    kind = Kind.moment if clock.ends is None else Kind.range
    return _Found(kind, span, True, *_around(day, clock, part))


def _hour_meant(clock: ClockHit, part: Part | None) -> timedelta:
    """The time on a 24-hour clock. Hours from one to five mean the afternoon unless morning or night is said."""
    begins = clock.begins
    if clock.ends is not None or begins >= _DAY:
        return begins
    if part is None:
        return begins + _HALF_DAY if clock.twelve_hours else begins
    if part.evening:
        return begins + _HALF_DAY if begins < _HALF_DAY else begins
    if part.night and begins >= timedelta(hours=9) and begins <= _HALF_DAY:
        return begins + _HALF_DAY
    if part.first >= _HALF_DAY and clock.twelve_hours and not part.night:
        return begins + _HALF_DAY
    return begins


def _part_of_day(day: DayHit | None, hit: PartHit, now: datetime) -> _Found:
    part = hit.part
    if day:
        first = day.days.first
    elif part.night and at(now.date(), time()) + part.last - _DAY > now:
        first = now.date() - _DAY
    elif hit.today or utc(_wall(now.date(), part.last)) > utc(now):
        first = now.date()
    else:
        first = now.date() + _DAY
    span = Span(_wall(first, part.first), _wall(first, part.last))
    return _Found(Kind.range, span, True, *_around(day, hit))


def _wall(day: date, since_midnight: timedelta) -> datetime:
    """The time that a clock on the wall shows so long after midnight."""
    moment = datetime.combine(day, time()) + since_midnight
    return at(moment.date(), moment.time())


def _around(*hits: DayHit | ClockHit | PartHit | None) -> tuple[int, int]:
    there = [hit for hit in hits if hit]
    return min(hit.start for hit in there), max(hit.end for hit in there)


def _now(text: str, now: datetime) -> _Found | None:
    match = _now_rule().search(text) or _now_question().fullmatch(text)
    return _Found(Kind.now, Span(now, now), True, *match.span("now")) if match else None


@cache
def _offset_rule() -> re.Pattern[str]:
    count = rf"\d{{1,3}}(?:[.,]\d)?|{any_of(words().number)}"
    return re.compile(
        rf"\bom (?P<count>{count}) ?(?P<unit>halvtimmar?|halvtimme|kvart|min(?:ut(?:er)?)?|tim(?:me|mar|ma)?|h)\b"
    )


@cache
def _now_rule() -> re.Pattern[str]:
    return re.compile(rf"\b(?P<now>{any_of(words().now)})\b")


@cache
def _now_question() -> re.Pattern[str]:
    questions = (
        re.escape(fold(question)).replace(r"\*", r"[\w-]+(?: [\w-]+){0,3}") for question in words().now_questions
    )
    return re.compile(rf"[^\w#]*(?P<now>{'|'.join(questions)})[^\w#]*")
