"""Personnummer and samordningsnummer, in every form that people write.

The check digit is not demanded: a mistyped personnummer tells as much. It decides only where the digits might as
well be something else.
"""

import functools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from redaction.births import TEN_DIGITS, TWELVE_DIGITS, WrittenDate, is_clock, is_recent, is_to_come, written_dates
from redaction.evidence import Cue, Scene, Window
from redaction.luhn import is_luhn
from redaction.spans import Span, Used
from redaction.words import alternatives

_MOBILE = re.compile(r"07[02369]")
_AREA = re.compile(r"0(?:8|10|11|20|21|31|40|90|[1-9]\d)")
"""Area codes whose numbers can have ten digits that look like a date (Post- och telestyrelsen, numbering plan)."""
_PHONE_PARTS = re.compile(r"0(?:8|\d\d|\d{3})")
_SIMPLE_GAP = re.compile(r"[ .\-/]{0,3}|\n")
_DASH_OR_PLUS = re.compile(r"\s{0,2}[-+]{1,2}\s{0,2}")
_TAIL = r"(?P<tail>\d(?:[ .\-]?\d){3})(?![\d]|[.,:]\d)"
_FAR = 80
"""Characters between a date and the last four, when those are called by that name."""


def find(scene: Scene, taken: Sequence[Span]) -> list[Span]:
    """All of them; the parts of one that is split are findings of their own."""
    used = Used(len(scene.plain.text), taken)
    whole = [span for span in _whole(scene) if not used.touches(span.start, span.end)]
    used.add(whole)
    free = [each for each in written_dates(scene.plain.text) if not used.touches(each.start, each.end)]
    return [*whole, *_named(scene, used), *_after_dates(scene, free), *_last_four(scene, free, used)]


def _whole(scene: Scene) -> Iterator[Span]:
    """Ten or twelve digits that follow each other."""
    next_group = 0
    for index, offset in enumerate(scene.offsets):
        if index < next_group:
            continue
        for pattern, length in ((TWELVE_DIGITS, 12), (TEN_DIGITS, 10)):
            if not pattern.match(scene.digits, offset):
                continue
            window = scene.window(index, length)
            if window and _Candidate(scene, window).is_personnummer():
                yield Span(*scene.span(window), "personnummer")
                next_group = window.last + 1
                break


class _Candidate:
    """Digits that are a personnummer if nothing speaks against it."""

    def __init__(self, scene: Scene, window: Window) -> None:
        self._scene = scene
        self._digits = window.digits
        self._first, self._last = window.first, window.last
        self._start, self._end = scene.span(window)
        self._cuts = scene.cuts(window)
        self._date_length = len(self._digits) - 4
        self._checked = scene.is_checked(window, 10)

    def is_personnummer(self) -> bool:
        """All that is known, the strongest first."""
        if self._neighbours() and not self._checked and not self._called_person:
            return False
        if self._scene.is_look_alike((self._start, self._end)) or self._runs_into_time():
            return False
        if self._classic():
            if len(self._digits) == 12:
                return not self._dated_event()
            return self._checked or not (self._mobile() and self._cue == "phone")
        if self._phone_shaped() or (self._in_code() and not self._checked):
            return False
        if self._compact_phone():
            return self._phone_is_a_person()
        if self._called_person:
            return not self._dated_event()
        if self._listed() or self._timed():
            return False
        if self._cue is not None or not self._usual_shape() or self._neighbours():
            return self._checked and self._cue != "phone"
        return not self._dated_event()

    @functools.cached_property
    def _gap_at(self) -> dict[int, str]:
        gaps = [self._scene.gap(index) or "" for index in range(self._first, self._last)]
        return dict(zip(self._cuts, gaps, strict=True))

    @functools.cached_property
    def _cue(self) -> Cue | None:
        return self._scene.cue(self._start)

    @functools.cached_property
    def _called_person(self) -> bool:
        return self._cue == "person" or (self._cue is None and self._scene.named_after(self._end))

    def _classic(self) -> bool:
        """850101-1234, 19850101+1234: nothing else is written like that."""
        return (
            self._cuts == (self._date_length,) and _DASH_OR_PLUS.fullmatch(self._gap_at[self._date_length]) is not None
        )

    def _in_code(self) -> bool:
        """Letters touch the digits and do not tell that they are a person's."""
        if self._scene.letter_after(self._end):
            return True
        letters = self._scene.letters_before(self._start)
        return bool(letters) and self._scene.cue(self._start, len(letters)) != "person"

    def _usual_shape(self) -> bool:
        """The parts of the date each in one piece or digit by digit, and apart from the last four."""
        bounds = [0, *self._cuts, len(self._digits)]
        parts = [(start, end) for start, end in pairwise(bounds) if start < self._date_length and end - start > 1]
        if self._cuts and any(start % 2 or end % 2 or end > self._date_length for start, end in parts):
            return False
        if self._date_length == 6 and bounds[1] == 4 and self._digits[:2] in ("18", "19", "20"):
            return False
        return all(_SIMPLE_GAP.fullmatch(gap) for cut, gap in self._gap_at.items() if cut != self._date_length)

    def _listed(self) -> bool:
        """10, 11, 12, 13, 14."""
        return any("," in gap for cut, gap in self._gap_at.items() if cut < self._date_length)

    def _neighbours(self) -> bool:
        """More digits around, so that these may be cut out of a list; six and four or eight and four are not."""
        if self._cuts in ((), (self._date_length,)):
            return False
        return self._scene.gap(self._first - 1) is not None or self._scene.gap(self._last) is not None

    def _runs_into_time(self) -> bool:
        """2010-11-23 10:00, 2025-12-15 2026-01-01: the last digits belong to what follows."""
        after = self._scene.plain.text[self._end : self._end + 3]
        short = self._end - self._scene.starts[self._last] <= 2 and len(self._cuts) < len(self._digits) - 1
        year = self._digits[-4:-2] in ("19", "20") and re.match(r"-\d\d", after)
        return bool((short and re.match(r":\d", after)) or (year and self._cuts))

    def _timed(self) -> bool:
        """2019-05-06 13.30: the last four are written as a time."""
        at_middle = self._gap_at.get(len(self._digits) - 2)
        return at_middle == "." and is_clock(self._digits[-4:]) and self._gap_at.get(self._date_length) != "."

    def _dated_event(self) -> bool:
        """20251215-1530 in a file's name, 2025-12-15 1530: when something happened."""
        if is_to_come(self._digits):
            return not (self._called_person and self._checked)
        if self._called_person or len(self._cuts) > 4 or not (is_recent(self._digits) and is_clock(self._digits[-4:])):
            return False
        return not self._checked or self._in_name()

    def _in_name(self) -> bool:
        """logg-20251215-1530.txt."""
        text = self._scene.plain.text
        before, after = text[max(0, self._start - 2) : self._start], text[self._end : self._end + 2]
        return bool(re.fullmatch(r"[a-z\d][\-_.]", before) or re.fullmatch(r"\.[a-z]|_.", after))

    def _mobile(self) -> bool:
        return len(self._digits) == 10 and _MOBILE.match(self._digits) is not None

    def _compact_phone(self) -> bool:
        """Ten digits in a row that begin like a Swedish phone number."""
        return not self._cuts and len(self._digits) == 10 and _AREA.match(self._digits) is not None

    def _phone_is_a_person(self) -> bool:
        """Far more people leave a number to ring than have such a personnummer, unless something says so."""
        if self._cue == "phone":
            return False
        if self._called_person:
            return self._checked or self._scene.cue_right_before(self._start) == "person"
        return self._checked and not self._mobile()

    def _phone_shaped(self) -> bool:
        """070-512 34 56, 08-510 123 45: an area code, then pairs and triples."""
        if len(self._digits) != 10 or not self._cuts or (self._date_length in self._cuts and 8 not in self._cuts):
            return False
        first = self._digits[: self._cuts[0]]
        return _PHONE_PARTS.fullmatch(first) is not None and 1 not in self._cuts


def _named(scene: Scene, used: Used) -> Iterator[Span]:
    """What is called a personnummer and begins like one, whatever its length: a digit was forgotten, or is masked."""
    for found in _called_personnummer().finditer(scene.plain.text):
        if not used.touches(*found.span("number")):
            yield Span(*found.span("number"), "personnummer")


def _after_dates(scene: Scene, dates: list[WrittenDate]) -> Iterator[Span]:
    """The last four after a date in other digits than those of the number, or after words: "850101 och sen 1234"."""
    text = scene.plain.text
    for each in dates:
        direct = None if each.compact else _directly().match(text, each.end)
        worded = None if direct else _with_words().match(text, each.end)
        found = direct or worded
        if found is None or scene.is_look_alike(found.span("tail")):
            continue
        tail = re.sub(r"\D", "", found["tail"])
        named = scene.cue(each.start) == "person" or (worded and _surely_between().search(worded["words"]))
        joined = is_luhn(each.digits[-6:] + tail) or (direct and _DASH_OR_PLUS.fullmatch(direct["gap"]))
        if named or (joined and not (is_recent(each.digits) and is_clock(tail))):
            yield Span(each.start, each.end, "personnummer")
            yield Span(*found.span("tail"), "personnummer")


def _last_four(scene: Scene, dates: list[WrittenDate], used: Used) -> Iterator[Span]:
    """What is called the last four, and the date of birth beside it."""
    text = scene.plain.text
    starts = [each.start for each in dates]
    for found in _named_tail().finditer(text):
        tail = found.span("tail") if found["tail"] else found.span("first")
        if used.touches(*tail) or scene.is_look_alike(tail):
            continue
        beside = dates[bisect_left(starts, found.start() - _FAR) : bisect_right(starts, found.end() + _FAR)]
        around = text[max(0, found.start() - 30) : found.end() + 30]
        if not beside and _of_something_else().search(around):
            continue
        yield Span(*tail, "personnummer")
        for each in beside:
            yield Span(each.start, each.end, "personnummer")


@functools.cache
def _called_personnummer() -> re.Pattern[str]:
    name = alternatives("number of a person")
    date = r"(?:18|19|20)?\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01]|[6-9]\d)"
    return re.compile(
        rf"(?<![a-z])(?:{name})(?:[ :=(]|ar|nr){{1,6}}(?P<number>{date}(?:[ \-+]{{0,3}}\d{{1,6}})?)(?![\d]|[.,]\d)"
    )


@functools.cache
def _directly() -> re.Pattern[str]:
    return re.compile(rf"(?P<gap>[\s\-+,./()]{{0,4}}){_TAIL}")


@functools.cache
def _with_words() -> re.Pattern[str]:
    words = alternatives("between", "last four", "person")
    return re.compile(rf"(?P<words>(?:[\s,.;:()\-]{{1,3}}(?:{words})){{1,9}})[\s,.;:()\-'\"]{{1,4}}{_TAIL}")


@functools.cache
def _surely_between() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{alternatives('certainly between', 'last four')})\b")


@functools.cache
def _named_tail() -> re.Pattern[str]:
    name = alternatives("last four")
    before = rf"(?<![a-z\d])(?:{name})(?![a-z\d])[^\d\n]{{1,30}}{_TAIL}"
    after = rf"(?<!\d)(?P<first>\d{{4}})\W{{1,3}}(?:[a-z]+\W{{1,3}}){{0,3}}(?:{name})(?![a-z\d])"
    return re.compile(f"{before}|{after}")


@functools.cache
def _of_something_else() -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{alternatives('last four of something else')})(?![a-z])")
