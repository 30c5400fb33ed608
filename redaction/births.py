"""Dates of birth, as they stand in personnummer and as people write them.

A samordningsnummer has 60 added to the day (lag 2022:1697; Skatteverket, SKV 707).
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from redaction.words import alternatives, values

_MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01])"
TEN_DIGITS = re.compile(rf"\d\d{_MONTH_DAY}\d{{4}}")
"""ÅÅMMDDNNNN; whether the month has that many days is not asked, since people mistype."""
TWELVE_DIGITS = re.compile(rf"(?:18|19|20)\d\d{_MONTH_DAY}\d{{4}}|99(?:19|20)\d{{8}}")
"""The same with the century; and Region Stockholm's reserve numbers: 99, the year, six digits."""
_DATE = re.compile(rf"(?:18|19|20)?\d\d{_MONTH_DAY}")
_INFANT_YEARS = 3
"""A date so recent is rather the day of something else."""
_COORDINATION = re.compile(r"..[6-9]")
"""Month and day with 60 added."""
_CLOCK = re.compile(r"(?:[01]\d|2[0-3])[0-5]\d")


@dataclass(frozen=True)
class WrittenDate:
    """A date that could be a birth."""

    start: int
    end: int
    digits: str
    """ÅÅMMDD or ÅÅÅÅMMDD."""
    compact: bool
    """Nothing but digits."""


def is_recent(digits: str) -> bool:
    """Whether ÅÅMMDD... or ÅÅÅÅMMDD... lies in the last years or in the future, so that it is rather no birth."""
    today = date.today()
    if _COORDINATION.match(digits[-8:] if len(digits) > 8 else digits[-4:]):
        return False
    if len(digits) in (8, 12):
        return today.year - _INFANT_YEARS <= int(digits[:4]) < 2100
    return 0 <= int(digits[:2]) - (today.year - _INFANT_YEARS) % 100 <= _INFANT_YEARS + 1


def is_to_come(digits: str) -> bool:
    """Whether ÅÅÅÅMMDD... is after today; nobody is born then."""
    return len(digits) in (8, 12) and f"{date.today():%Y%m%d}" < digits[:8] < "2100"


def is_clock(digits: str) -> bool:
    """Whether four digits can be a time."""
    return _CLOCK.fullmatch(digits) is not None


def written_dates(text: str) -> Iterator[WrittenDate]:
    """Every date of the plain text that could be a birth, in order."""
    for found in _written().finditer(text):
        parts = {name: value for name, value in found.groupdict().items() if value}
        if digits := parts.get("compact") or _joined(parts):
            yield WrittenDate(found.start(), found.end(), digits, "compact" in parts)


def _joined(parts: dict[str, str]) -> str:
    year = parts.get("y1") or parts.get("y2") or parts.get("y3") or parts["y4"]
    day = parts.get("d1") or parts.get("d2") or parts.get("d3") or parts["d4"]
    month = parts.get("m1") or parts.get("m2") or parts.get("m3") or str(values("months")[parts["name"]])
    digits = f"{year}{int(month):02}{int(day):02}"
    return digits if _DATE.fullmatch(digits) else ""


@functools.cache
def _written() -> re.Pattern[str]:
    year = r"(?:18|19|20)\d\d"
    separator = r" ?[ ./\-] ?"
    return re.compile(
        rf"(?<![\d])(?:"
        rf"(?P<compact>(?:18|19|20)?\d\d{_MONTH_DAY})"
        rf"|(?P<y1>{year}){separator}(?P<m1>\d\d?){separator}(?P<d1>\d\d?)"
        rf"|(?P<y2>\d\d){separator}(?P<m2>\d\d){separator}(?P<d2>\d\d)"
        rf"|(?P<d3>\d\d?){separator}(?P<m3>\d\d?){separator}(?P<y3>{year}|\d\d)"
        rf"|(?P<d4>\d\d?)(?::?[ea])? {{0,2}}(?P<name>{_months()})\.?[ ,\-']{{0,3}}(?:ar )?(?P<y4>{year}|\d\d)"
        rf")(?!\d)"
    )


def _months() -> str:
    return alternatives("months")
