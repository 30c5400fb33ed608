"""What a text shows about its numbers: which belong together, what they are called, what they surely are not."""

import functools
import re
from bisect import bisect_right
from dataclasses import replace
from typing import Literal, NamedTuple

from redaction.luhn import LuhnSums
from redaction.plain import Plain, plain
from redaction.spans import overlap
from redaction.spoken import spoken_as_digits
from redaction.words import alternatives, replacements

Cue = Literal["person", "phone", "reference"]

_CUES: tuple[Cue, ...] = ("person", "phone", "reference")
_LAST = "\x7f"
"""Sorts after every cue."""
_REACH = 40
"""Characters before a number in which a word still tells what it is."""
_NEAR = 14
"""Characters between a word and the number right after it: "personnummer är: "."""
_AFTER = 30
"""Characters after a number in which it may be named: "850101-1234 är mitt personnummer"."""
_GROUP = re.compile(r"(\d+)((?:[^\w\x01]|_){1,6}(?=\d))?")
"""Digits, and what stands between them and the next ones if that may be one number."""
_TYPED_AS_LETTER = re.compile(r"(?<=\d)[oil](?=[-+]?\d)")
_LAST_LETTERS = re.compile(r"[a-z]+\Z")
_BARRIER = "\x01"
"""Stands where something has been removed already: no letter, no digit, longer than any gap."""

_COUNTRY = "(?:46|45|47|49|44|33|48|358|372|371|370|354)"
_PHONE = (
    rf"(?:(?<![\d+])(?<!\d )\+|(?<!\d)(?<!\d[ \-])00){_COUNTRY}"
    r"(?:[ \-./]{0,2}\(?\d\)?){6,11}(?!\d)"
)
_LOOK_ALIKES = re.compile(
    "|".join(
        (
            _PHONE,
            r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d]|\.\d)",  # an IP address
            r"(?<![\d.:])\d{1,2}[.:]\d{2} ?(?:-|till) ?\d{1,2}[.:]\d{2}(?![\d:])",  # hours
            r"(?<!\d)\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?!\d)",  # a time
            r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b",  # a UUID
            r"\b(?=\d{0,30}[a-f])[0-9a-f]{20,}\b",  # a digest
            r"\bse\d{2}(?: ?\d{4}){5}\b",  # a Swedish IBAN
            r"(?<!\d)\d{4}-\d{2}-\d{2} ?(?:-{1,2}|till|t o m|tom|/) ?\d{4}-\d{2}-\d{2}(?!\d)",  # two dates
        )
    )
)


def legible(raw: str) -> Plain:
    """The text in plain characters, numbers in digits, and without what has been replaced before."""
    return _without_replacements(spoken_as_digits(_letters_as_digits(plain(raw))))


class Window(NamedTuple):
    """Some groups of digits of one chain that may be one number."""

    first: int
    last: int
    digits: str


class Scene:
    """A text and its numbers: groups of digits, those of a chain with only spaces and punctuation between them."""

    def __init__(self, raw: str, legible: Plain) -> None:
        """Look at everything that all finders need. `legible` is what `legible(raw)` returns."""
        self.raw = raw
        self.plain = legible
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.offsets: list[int] = []
        """Where each group stands among all digits of the text."""
        self._chains: list[int] = []
        offset = chain = 0
        for found in _GROUP.finditer(self.plain.text):
            start, end = found.span(1)
            self.starts.append(start)
            self.ends.append(end)
            self.offsets.append(offset)
            self._chains.append(chain)
            offset += end - start
            chain += found.lastindex == 1
        self.digits = "".join(map(self.plain.text.__getitem__, map(slice, self.starts, self.ends)))
        """All digits of the text."""
        self._luhn = LuhnSums(self.digits)
        self._by_offset = {offset: index for index, offset in enumerate(self.offsets)}
        self._by_offset[len(self.digits)] = len(self.starts)
        self._look_alikes = [found.span() for found in _LOOK_ALIKES.finditer(self.plain.text)]
        self._look_alike_starts = [start for start, _ in self._look_alikes]

    def window(self, first: int, length: int) -> Window | None:
        """The groups from this one on that have so many digits together, if there are such and all are one chain."""
        start = self.offsets[first]
        after = self._by_offset.get(start + length)
        if after is None or self._chains[after - 1] != self._chains[first]:
            return None
        return Window(first, after - 1, self.digits[start : start + length])

    def span(self, window: Window) -> tuple[int, int]:
        """Where it stands in the plain text."""
        return self.starts[window.first], self.ends[window.last]

    def is_checked(self, window: Window, length: int) -> bool:
        """Whether its last so many digits end with the right check digit."""
        return self._luhn.is_right(self.offsets[window.first] + len(window.digits) - length, length)

    def cuts(self, window: Window) -> tuple[int, ...]:
        """After how many digits there is something between them."""
        start = self.offsets[window.first]
        return tuple(offset - start for offset in self.offsets[window.first + 1 : window.last + 1])

    def gap(self, group: int) -> str | None:
        """What stands between this group and the one after; None if they are of different chains."""
        if not 0 <= group < len(self.starts) - 1 or self._chains[group] != self._chains[group + 1]:
            return None
        return self.plain.text[self.ends[group] : self.starts[group + 1]]

    def letters_before(self, start: int) -> str:
        """The letters that touch the number."""
        found = _LAST_LETTERS.search(self.plain.text, max(0, start - 20), start)
        return found[0] if found else ""

    def letter_after(self, end: int) -> bool:
        """Whether a letter touches the number."""
        return self.plain.text[end : end + 1].isalpha()

    def is_look_alike(self, span: tuple[int, int]) -> bool:
        """Whether it is, or is part of, a number that is surely something else."""
        index = bisect_right(self._look_alike_starts, span[1] - 1) - 1
        return index >= 0 and overlap(self._look_alikes[index], span)

    def cue(self, start: int, reach: int = _REACH) -> Cue | None:
        """What the nearest telling word before a number says that it is."""
        index = bisect_right(self._cues, (start, _LAST)) - 1
        if index >= 0 and self._cues[index][0] >= start - reach:
            return self._cues[index][1]
        return "reference" if self.plain.text[max(0, start - 2) : start].rstrip().endswith("#") else None

    def cue_right_before(self, start: int) -> Cue | None:
        """The same for a word that stands right before it."""
        return self.cue(start, _NEAR + 12)

    def named_after(self, end: int) -> bool:
        """Whether the number is called a person's right after it."""
        index = bisect_right(self._cues, (end, _LAST))
        return index < len(self._cues) and self._cues[index][0] <= end + _AFTER and self._cues[index][1] == "person"

    @functools.cached_property
    def _cues(self) -> list[tuple[int, Cue]]:
        """Where each telling word ends, in order."""
        return [(found.end(), _cue_of(found)) for found in _cue_words().finditer(self.plain.text)]


def _cue_of(found: re.Match[str]) -> Cue:
    return next(cue for cue in _CUES if found[cue])


def _letters_as_digits(text: Plain) -> Plain:
    """O between digits is meant as 0, l and I as 1."""
    return replace(text, text=_TYPED_AS_LETTER.sub(lambda found: "0" if found[0] == "o" else "1", text.text))


def _without_replacements(text: Plain) -> Plain:
    masked = text.text
    for replacement in replacements():
        masked = masked.replace(replacement, _BARRIER * len(replacement))
    return Plain(masked, text.starts, text.ends)


@functools.cache
def _cue_words() -> re.Pattern[str]:
    named = "|".join(f"(?P<{cue}>{alternatives(cue)})" for cue in _CUES)
    return re.compile(rf"(?<![a-z])(?=[a-z])(?:{named})(?![a-z])")
