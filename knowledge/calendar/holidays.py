"""Swedish holidays: what the law calls one, what only feels like one, and what people call them.

Public holidays come from the library `holidays` (lag 1989:253 om allmänna helgdagar); plain Sundays are not among them
here. The names, and the days that the library lacks, are in `holidays.yml`.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from holidays.constants import DE_FACTO, PUBLIC
from holidays.countries.sweden import Sweden
from pydantic import BaseModel, ConfigDict, TypeAdapter

from knowledge.calendar.errors import CalendarError
from knowledge.calendar.spelling import Speller, collapse
from knowledge.located_yaml import read

_FILE = Path(__file__).with_name("holidays.yml")
_FIXED = re.compile(r"(\d\d)-(\d\d)")
_RELATIVE = re.compile(r"(.+?)(?: ([+-]\d+))?")
_WORD = re.compile(r"\w+")
_LONGEST_NAME = 5
_LONG_ENOUGH_FOR_TYPOS = 8


class Occasion(BaseModel):
    """A day, or some days in a row, with a name. See `holidays.yml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    names: list[str]
    first: str | None = None
    last: str | None = None
    eve: bool = False


class Days(NamedTuple):
    """Some days in a row; `first` and `last` are equal for a single one."""

    first: date
    last: date


class NamedDays(NamedTuple):
    """Where a text names an occasion: the occasion's name and the span in the text."""

    name: str
    start: int
    end: int


def public_holiday(day: date) -> str | None:
    """The Swedish name of the public holiday (lag 1989:253), or None. A plain Sunday has none."""
    return _public(day.year).get(day)


def eve(day: date) -> str | None:
    """The Swedish name of an eve that is no public holiday: midsommarafton, julafton, nyårsafton, påskafton."""
    return _eves(day.year).get(day)


def name_of(day: date) -> str | None:
    """The Swedish name of the public holiday or eve, or None."""
    return public_holiday(day) or eve(day)


def is_helgfri_vardag(day: date) -> bool:
    """Monday to Friday and no public holiday. An eve on such a day is one, and so is a klämdag."""
    return day.weekday() < 5 and public_holiday(day) is None


def occasion(name: str, year: int) -> Days:
    """The days of the occasion that begins in `year`. Raises CalendarError for a name that `holidays.yml` lacks."""
    entry = _occasions().get(name)
    if entry is None:
        raise CalendarError(f"holidays.yml holds no {name!r}")
    first = _day(entry.first or entry.name, year)
    last = _day(entry.last, year) if entry.last else first
    return Days(first, last if last >= first or entry.last is None else _day(entry.last, year + 1))


def coming(name: str, today: date) -> Days:
    """The occasion that is going on today, or else the next. Raises CalendarError for an unknown name."""
    for year in (today.year - 1, today.year):
        days = occasion(name, year)
        if days.last >= today:
            return days
    return occasion(name, today.year + 1)


def find_name(text: str) -> NamedDays | None:
    """The first occasion that `text` (folded by `spelling.fold`) names, in any of its spellings, else with a typo."""
    words = list(_WORD.finditer(text))
    for known in (_names().get, _mistyped):
        for begin in range(len(words)):
            for found in _phrases(words, begin):
                name = known("".join(word[0] for word in found))
                if name:
                    return NamedDays(name, found[0].start(), found[-1].end())
    return None


def _phrases(words: list[re.Match[str]], begin: int) -> Iterator[list[re.Match[str]]]:
    """Words in a row that may be one name, the most first; a name does not begin with a word of one or two letters."""
    longest = min(_LONGEST_NAME, len(words) - begin) if len(words[begin][0]) > 2 or words[begin][0].isdigit() else 1
    for count in range(longest, 0, -1):
        yield words[begin : begin + count]


def lookup(name: str, today: date) -> Days | None:
    """The coming occurrence of what a user calls an occasion ("jul afton"), or None for what is no name of one."""
    written = collapse(name)
    known = _names().get(written) or _mistyped(written)
    return coming(known, today) if known else None


def _mistyped(written: str) -> str | None:
    if len(written) < _LONG_ENOUGH_FOR_TYPOS - 1 or not written.isalpha():
        return None
    meant = _speller().find(written)
    return _names()[meant] if meant and meant[0] == written[0] else None


@cache
def _occasions() -> dict[str, Occasion]:
    entries = TypeAdapter(list[Occasion]).validate_python(read(_FILE, _FILE.parent))
    return {entry.name: entry for entry in entries}


@cache
def _names() -> dict[str, str]:
    return {collapse(name): entry.name for entry in _occasions().values() for name in entry.names}


@cache
def _speller() -> Speller:
    return Speller(name for name in _names() if len(name) >= _LONG_ENOUGH_FOR_TYPOS)


@cache
def _public(year: int) -> dict[date, str]:
    return dict(Sweden(years=year, include_sundays=False, categories=(PUBLIC,), language="sv"))


@cache
def _eves(year: int) -> dict[date, str]:
    return {_day(entry.first or entry.name, year): entry.name for entry in _occasions().values() if entry.eve}


@cache
def _library(year: int) -> dict[str, date]:
    days = Sweden(years=year, include_sundays=False, categories=(PUBLIC, DE_FACTO), language="sv")
    return {name: day for day in days for name in days.get_list(day)}


def _day(rule: str, year: int) -> date:
    if fixed := _FIXED.fullmatch(rule):
        return date(year, int(fixed[1]), int(fixed[2]))
    relative = _RELATIVE.fullmatch(rule)
    name, shift = (relative[1], relative[2]) if relative else (rule, None)
    if name in _library(year):
        return _library(year)[name] + timedelta(days=int(shift or 0))
    raise CalendarError(f"holidays.yml: {rule!r} names no day that the library knows")
