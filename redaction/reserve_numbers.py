"""Reserve numbers, which patients without a personnummer get: a date of birth and four characters with letters.

Forms: the national one (Inera, "Nationellt reservid", XXYYMMDDNNGC), VGR's (HL7 Sweden's base profiles: K, M or X and
three digits) and those of other regions (a date, then four characters of which at least one is a letter). Region
Stockholm's has digits only and is found with the personnummer.
"""

import functools
import re
from collections.abc import Iterator

from redaction.births import is_recent
from redaction.evidence import Scene
from redaction.spans import Span
from redaction.words import alternatives

_MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_CANDIDATE = re.compile(
    rf"(?<![a-z\d])(?:(?P<born>(?:\d\d)?\d\d{_MONTH_DAY})|(?P<unborn>00\d\d[2-9]\d[45]\d))"
    r"(?P<gap> ?[-+]? ?)(?P<tail>(?=\d*[a-z])[a-z\d]{4})(?![a-z\d])"
)
_NATIONAL = re.compile(r"[a-z]{2,3}\d{1,2}")
_VGR = re.compile(r"[kmx](?:0[6-9]|[1-8]\d)\d")
_OTHER = re.compile(r"[a-z]\d{3}|\d[a-z]\d\d|\d\d[a-z]\d|\d{3}[a-z]|[a-z]\d[a-z]\d|\d{2}[a-z]{2}|\d[a-z]{2}\d|[a-z]{4}")


def find(scene: Scene) -> Iterator[Span]:
    """All of them."""
    text = scene.plain.text
    for found in _CANDIDATE.finditer(text):
        if _is_reserve_number(scene, found):
            yield Span(*found.span(), "reserve_number")
    for found in _named().finditer(text):
        yield Span(*found.span("number"), "reserve_number")


def _is_reserve_number(scene: Scene, found: re.Match[str]) -> bool:
    tail, born = found["tail"], found["born"] or ""
    if len(set(tail)) == 1:  # 850101-xxxx: somebody has masked it already
        return False
    if scene.cue(found.start()) == "person":
        return any(character.isdigit() for character in tail) or not found["gap"].isspace()
    if found["gap"].isspace() or tail.isalpha():
        return False
    first, last = scene.plain.origin(*found.span("tail"))
    capital = scene.raw[first:last].isupper()
    if found["unborn"]:
        return capital and _NATIONAL.fullmatch(tail) is not None
    if not capital or is_recent(born):
        return bool(found["gap"] != "" and _VGR.fullmatch(tail)) or (capital and _NATIONAL.fullmatch(tail) is not None)
    return any(form.fullmatch(tail) for form in (_NATIONAL, _VGR, _OTHER))


@functools.cache
def _named() -> re.Pattern[str]:
    name = alternatives("reserve number")
    between = r"(?:[ :=]|ar|nr){1,8}"
    return re.compile(
        rf"(?<![a-z])(?:{name}){between}(?P<number>(?=(?:[a-z\-]*\d){{4}})[a-z\d][a-z\d\-]{{5,16}})(?![a-z\d])"
    )
