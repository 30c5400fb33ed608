"""The words of `words.yml`, ready for matching: folded, as regular expressions, with their typos."""

import re
from collections.abc import Iterable, Iterator
from datetime import time, timedelta
from functools import cache, cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from knowledge.calendar.spelling import Spelled, Speller, fold, lower
from knowledge.located_yaml import read

_FILE = Path(__file__).with_name("words.yml")
_LONG_ENOUGH_FOR_TYPOS = 6
_SPACES = re.compile(" {2,}")
_WORD = re.compile(r"[a-z]{5,}")


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Weekday(_Entry):
    name: str
    forms: list[str]
    past: str
    short: list[str]


class _Month(_Entry):
    name: str
    short: list[str]


class Part(_Entry):
    """A part of the day, local time. See `words.yml`."""

    name: str
    begins: str = Field(alias="from")
    ends: str = Field(alias="to")
    evening: bool = False
    night: bool = False
    today: list[str]
    alone: list[str]
    with_day: list[str]

    @property
    def first(self) -> timedelta:
        """From midnight to its beginning, by the wall clock."""
        return _since_midnight(self.begins)

    @property
    def last(self) -> timedelta:
        """From midnight to its end, by the wall clock; more than 24 hours for the night."""
        end = _since_midnight(self.ends)
        return end if end > self.first else end + timedelta(days=1)


class Words(_Entry):
    """Everything in `words.yml`."""

    weekdays: list[_Weekday] = Field(min_length=7, max_length=7)
    months: list[_Month] = Field(min_length=12, max_length=12)
    numbers: dict[str, int]
    ordinals: dict[str, int]
    relative_days: dict[str, int]
    spellings: dict[str, list[str]]
    parts: list[Part]
    midnight: list[str]
    now: list[str]
    now_questions: list[str]
    not_typos: list[str]

    @cached_property
    def weekday(self) -> dict[str, int]:
        """Weekday by folded name, 0 = Monday."""
        return {fold(entry.name): number for number, entry in enumerate(self.weekdays)}

    @cached_property
    def past_weekday(self) -> dict[str, int]:
        """Weekday by the folded form that speaks of the past one ("mandags")."""
        return {fold(entry.past): number for number, entry in enumerate(self.weekdays)}

    @cached_property
    def month(self) -> dict[str, int]:
        """Month by folded name, 1 = January."""
        return {fold(entry.name): number for number, entry in enumerate(self.months, 1)}

    @cached_property
    def month_or_short(self) -> dict[str, int]:
        """Month by folded name or short form."""
        short = {fold(form): number for number, entry in enumerate(self.months, 1) for form in entry.short}
        return self.month | short

    @cached_property
    def number(self) -> dict[str, int]:
        """Number by folded word."""
        return {fold(word): number for word, number in self.numbers.items()}

    @cached_property
    def ordinal(self) -> dict[str, int]:
        """Day of the month by folded word."""
        return {fold(word): number for word, number in self.ordinals.items()}

    @cached_property
    def relative(self) -> dict[str, int]:
        """Days from today by folded word."""
        return {fold(word): days for word, days in self.relative_days.items()}

    def spelled(self, text: str) -> Spelled:
        """The composed (NFC) text folded, each word in the spelling that the rules know."""
        spelled = Spelled.of(fold(text))
        spelled = spelled.replace(
            self._short_weekday, lambda match: self._full.get(lower(text[slice(*match.span())]), match[0])
        )
        spelled = spelled.replace(_SPACES, lambda _: " ")
        spelled = spelled.replace(self._variants, lambda match: self._canonical[match[0]])
        return spelled.replace(_WORD, lambda match: self._typo(match[0]))

    @cached_property
    def _canonical(self) -> dict[str, str]:
        variants = {fold(form): fold(meant) for meant, forms in self.spellings.items() for form in forms}
        compounds = {
            fold(f"{day.name}s{form}"): fold(f"{day.name} {form}")
            for day in self.weekdays
            for part in self.parts
            for form in part.with_day
        }
        return compounds | variants | {fold(form): fold(day.name) for day in self.weekdays for form in day.forms}

    @cached_property
    def _variants(self) -> re.Pattern[str]:
        return re.compile(rf"\b(?:{any_of(self._canonical)})\b")

    @cached_property
    def _full(self) -> dict[str, str]:
        """Keeps the dots of the short forms: "man" and "son" are other words."""
        return {form: fold(day.name) for day in self.weekdays for form in day.short}

    @cached_property
    def _short_weekday(self) -> re.Pattern[str]:
        """Short weekdays where a day is meant."""
        short = any_of(self._full)
        days = any_of([*self._full, *self.weekday])
        forms = [form for part in self.parts for form in (*part.with_day, *part.alone)]
        parts = any_of([*forms, *(variant for form in forms for variant in self.spellings.get(form, ()))])
        before = r"(?:(?<=\bpa )|(?<=\bnasta )|(?<=\bkommande )|(?<=\btill )|(?<=[a-z]-))"
        after = rf"(?= ?- ?(?:{days})\b| (?:kl\b|klockan\b|{parts}|den \d|\d\d?[.:/]\d))"
        return re.compile(rf"{before}(?:{short})\b|\b(?:{short})\b{after}")

    def _typo(self, word: str) -> str:
        return word if word in self._known else self._speller.find(word) or word

    @cached_property
    def _known(self) -> frozenset[str]:
        phrases = (form for part in self.parts for form in (*part.today, *part.alone, *part.with_day))
        words = {fold(word) for phrase in phrases for word in phrase.split()}
        return frozenset(words | set(self._meant()) | {fold(word) for word in self.not_typos} | set(self.past_weekday))

    @cached_property
    def _speller(self) -> Speller:
        return Speller(word for word in self._meant() if len(word) >= _LONG_ENOUGH_FOR_TYPOS)

    def _meant(self) -> Iterator[str]:
        yield from (*self.weekday, *self.month, *self.relative, "eftermiddag", "formiddag", "ikvall")


def any_of(words: Iterable[str]) -> str:
    """A regular expression for any of the words, folded, the longest first."""
    folded = sorted({fold(word) for word in words}, key=len, reverse=True)
    return "|".join(re.escape(word) for word in folded)


@cache
def words() -> Words:
    """The content of `words.yml`, read once."""
    return Words.model_validate(read(_FILE, _FILE.parent))


def _since_midnight(written: str) -> timedelta:
    if written == "24:00":
        return timedelta(days=1)
    moment = time.fromisoformat(written)
    return timedelta(hours=moment.hour, minutes=moment.minute)
