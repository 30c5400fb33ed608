"""Details that no list of names holds: times, ticket numbers, vgr-ids. Found by their form."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from nlu.understanding.names import NameMatch
from nlu.understanding.normaliser import fold
from nlu.understanding.words import any_of, listed

TIME = "time"
TICKET_NUMBER = "ticket_number"
VGR_ID = "vgr_id"

_VGR_ID = re.compile(r"(?<!\w)[a-z]{5}\d{1,2}(?!\w)", re.IGNORECASE)
_TICKET = re.compile(r"(?<!\w)(?:(?:inc|ritm|req|sctask|chg|prb)[-_ ]?\d{4,10}|#\d{3,10})(?!\w)", re.IGNORECASE)
"""A ticket system's prefix and a number, or a number behind "#"."""
_NUMBER = r"[\s:#.]*(?:nr|nummer|id|number|no)?[\s:#.]*([a-z]{0,6}[-_]?\d{3,10}(?:-\d{1,6})?)(?![\w-])"
"""What stands behind "ärende" and the like."""
_CLOCK = r"(?:kl\.?|klockan|vid)\s*\d{1,2}(?:[:.]\d{2})?|\d{1,2}[:.]\d{2}(?!\.?\d)"
_DATE = r"\d{4}-\d{2}-\d{2}|\d{1,2}/\d{1,2}(?:[-/ ]\d{2,4})?"


def details(text: str, is_word: Callable[[str], bool]) -> list[NameMatch]:
    """Times, ticket numbers and vgr-ids, left to right; `is_word` tells what is an ordinary word."""
    found = [*_times(text), *_tickets(text), *_vgr_ids(text, is_word)]
    return sorted(found, key=lambda match: (match.start, match.kind))


def _times(text: str) -> Iterator[NameMatch]:
    last = -1
    # Folding may change the length; offsets must hold in the text as it came.
    for match in _time().finditer(_same_length(text)):
        if match.start() >= last:
            last = match.end()
            yield NameMatch(TIME, " ".join(text[match.start() : match.end()].lower().split()), *match.span(), 0.9)


def _tickets(text: str) -> Iterator[NameMatch]:
    taken: set[int] = set()
    for match in (*_TICKET.finditer(text), *_after_ticket_word().finditer(text)):
        group = 1 if match.re.groups else 0
        if match.start(group) not in taken:
            taken.add(match.start(group))
            yield NameMatch(TICKET_NUMBER, match.group(group).lstrip("#").upper(), *match.span(group), 0.9)


def _vgr_ids(text: str, is_word: Callable[[str], bool]) -> Iterator[NameMatch]:
    for match in _VGR_ID.finditer(text):
        if not is_word(match.group()[:5].lower()):
            yield NameMatch(VGR_ID, match.group().lower(), *match.span(), 0.8)


def _same_length(text: str) -> str:
    return "".join(folded if len(folded := fold(letter)) == 1 else letter for letter in text)


@cache
def _after_ticket_word() -> "re.Pattern[str]":
    longest_first = sorted(listed("ticket_words"), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + ")" + _NUMBER, re.IGNORECASE)


@cache
def _time() -> "re.Pattern[str]":
    days, phrases = any_of(listed("time", "days")).pattern, any_of(listed("time", "phrases")).pattern
    month = any_of(listed("time", "months")).pattern
    number = rf"(?:\d+|{any_of(listed('time', 'numbers')).pattern})"
    unit = any_of(listed("time", "units")).pattern
    day_of_month = rf"(?:den\s+)?(?<!\d)\d{{1,2}}(?::?(?:e|a))?\s+{month}(?:\s+\d{{4}})?"
    span = rf"(?:om|inom|for|i|sedan|pa)\s+{number}\s+{unit}(?:\s+sedan)?"
    named_day = rf"(?:(?:pa|nu pa|nasta|till)\s+)?{days}"
    alternatives = [_DATE, day_of_month, span, phrases, named_day, rf"(?:i|nasta)\s+{month}", _CLOCK]
    one = "|".join(f"(?:{each})" for each in alternatives)
    return re.compile(rf"(?<!\w)(?:{one})(?:\s+(?:{one}))*")
