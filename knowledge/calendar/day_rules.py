"""Rules for single expressions of days: dates, weekdays, weeks. They read what `Words.spelled` has rewritten."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from functools import cache

from knowledge.calendar import day_meanings as meanings
from knowledge.calendar import holidays
from knowledge.calendar.holidays import Days
from knowledge.calendar.words import any_of, words


class Precision(IntEnum):
    """Which of two expressions side by side decides: "fredag den 12:e" is the 12th."""

    weekday = 1
    weekend = 2
    week = 3
    date = 4


@dataclass(frozen=True)
class DayHit:
    """Days found in a text: which, and where in the rewritten text."""

    days: Days
    start: int
    end: int
    precision: Precision
    occasion: str | None = None
    """The name of the holiday or holidays, if they were named."""
    night_after: bool = False
    """It is the night that begins on that day: "natten till lördag" begins on Friday."""


_Meaning = Callable[[re.Match[str], date], Days | None]


def hits(text: str, today: date) -> Iterator[DayHit]:
    """Every expression of days in the text; they may overlap."""
    for pattern, meaning, precision in _rules():
        for match in pattern.finditer(text):
            days = _valid(meaning, match, today)
            if days:
                night = meaning is meanings.day_before_weekday
                yield DayHit(days, match.start(), match.end(), precision, night_after=night)
    yield from _occasions(text, today)


def _valid(meaning: _Meaning, match: re.Match[str], today: date) -> Days | None:
    try:
        return meaning(match, today)
    except ValueError:  # no such day: the 31st of June
        return None


def _occasions(text: str, today: date) -> Iterator[DayHit]:
    done = 0
    while named := holidays.find_name(text[done:]):
        start, end = done + named.start, done + named.end
        days = holidays.coming(named.name, today)
        if year := re.match(r" +(?:(20\d\d)\b|nasta ar\b)", text[end:]):
            days = holidays.occasion(named.name, int(year[1]) if year[1] else today.year + 1)
            end += year.end()
        yield DayHit(days, start, end, Precision.date, named.name)
        done = end


@cache
def _rules() -> tuple[tuple[re.Pattern[str], _Meaning, Precision], ...]:
    vocabulary = words()
    month, month_name = any_of(vocabulary.month_or_short), any_of(vocabulary.month)
    weekday, past = any_of(vocabulary.weekday), any_of(vocabulary.past_weekday)
    number, ordinal = rf"\d{{1,3}}|{any_of(vocabulary.number)}", any_of(vocabulary.ordinal)
    later = any_of(word for word, value in vocabulary.ordinal.items() if value > 3)
    day, year, alone = r"(\d{1,2})(?::?[ea])?", r"(?: +(20\d\d)\b)?", r"(?<![\w.,:/])"
    to = r" ?(?:-|till(?: och med)?|och|t\.?o\.?m\.?) ?"
    written = (
        (r"(?<![\d/.-])(20\d\d)-(\d\d?)-(\d\d?)(?:t(?=\d)|(?![\d-]))", meanings.iso, Precision.date),
        (rf"{alone}(\d{{1,2}})\.(\d{{1,2}})\.(20\d\d)(?![\d.])", meanings.day_month_year, Precision.date),
        (
            rf"{alone}(?:den )?(\d{{1,2}})/(\d{{1,2}})(?:[/ -](20\d\d)\b)?(?![\w/])",
            meanings.day_month_year,
            Precision.date,
        ),
        (rf"{alone}(?:den )?(?:{day}|({ordinal}))[ -]*({month})\b\.?{year}", meanings.named_month, Precision.date),
        (
            rf"{alone}(?:mellan |fran )?(?:den )?{day}{to}(?:den )?{day} +({month})\b\.?{year}",
            meanings.in_month,
            Precision.date,
        ),
        (
            rf"\bden {day}(?![\w/:-]|\.\d| +(?:{month})\b)( nasta manad| i nasta manad)?",
            meanings.day_of_month,
            Precision.date,
        ),
        (rf"\bden ({later})\b(?= *(?:[?!.,)]|$|kl\b|klockan))", meanings.ordinal_of_month, Precision.date),
        (r"(?<=dag )(\d{1,2}):?e\b()", meanings.day_of_month, Precision.date),
        (rf"\bsista ({month_name})\b", meanings.last_of_month, Precision.date),
        (rf"\b({any_of(vocabulary.relative)})\b", meanings.relative, Precision.date),
        (rf"\bom ({number}) (dag|dar|dygn|veck|manad)(?:ar|or|er|a)?\b", meanings.in_some_days, Precision.date),
        (rf"\b(?:i |nu i |forra )?({past})\b|\bforra ({weekday})\b", meanings.past_weekday, Precision.date),
        (rf"\bnasta ({weekday})\b", meanings.weekday_of_next_week, Precision.date),
        (rf"\b(?:pa |kommande |denna |nu pa )?({weekday})\b", meanings.coming_weekday, Precision.weekday),
        (rf"(?<=\bnatten )(?:mot|till) ({weekday})\b", meanings.day_before_weekday, Precision.date),
        (r"\b(?:i |under )?nasta vecka\b", meanings.next_week, Precision.week),
        (r"\b(?:den har|denna|i) veckan?\b", meanings.this_week, Precision.week),
        (r"\b(?:i |under |pa )?(?:vecka ?|v\. ?|v )(\d{1,2})(?![\d.,:/]\d|\w)", meanings.numbered_week, Precision.week),
        (r"\b(?:i |under |pa )?v(\d\d)\b(?![.,:/]\d)", meanings.numbered_week, Precision.week),
        (
            r"\b(?:(nasta) |(?:i|pa|over|till|under|kommande|denna|den har|hela) )?helg(?:en|er|erna)?\b",
            meanings.weekend,
            Precision.weekend,
        ),
        (rf"\b(?:i|under|hela|for) ({month_name})\b{year}", meanings.whole_month, Precision.week),
        (rf"\b({month_name}) +(20\d\d)\b", meanings.whole_month, Precision.week),
        (r"\bnasta manad\b", meanings.next_month, Precision.week),
        (r"\b(?:den har|denna) manad(?:en)?\b", meanings.this_month, Precision.week),
    )
    return tuple((re.compile(pattern), meaning, precision) for pattern, meaning, precision in written)
