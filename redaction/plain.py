"""A text in plain characters, with the way back: digits, dashes and spaces have many disguises in Unicode.

Letters lose case and accents, so that words are recognised however they are typed; nothing of this is ever shown.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_GONE = "\0"
_DASHES = "\u2212\u2043\u02d7\u00af\u30fc\u2500"
"""Minus sign, hyphen bullet and others that Unicode does not count as dashes."""
_BLANKS = "\u2800\u3164\u115f\u1160\uffa0"
"""Characters that show as nothing though Unicode calls them letters or symbols."""


@dataclass(frozen=True)
class Plain:
    """`text[i]` was made of the original's characters from `starts[i]` up to `ends[i]`."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the plain text, not empty, stands in the original."""
        return self.starts[start], self.ends[end - 1]


def plain(text: str) -> Plain:
    """The text in plain characters; those that show as nothing are gone."""
    folded = text.translate(_TABLE)
    if _GONE not in folded:
        return Plain(folded, range(len(folded)), range(1, len(folded) + 1))
    kept = [index for index, character in enumerate(folded) if character != _GONE]
    return Plain(folded.replace(_GONE, ""), kept, [index + 1 for index in kept])


def plain_word(word: str) -> str:
    """A word of ours as it stands in plain text."""
    return word.translate(_TABLE)


class _Table(dict[int, str]):
    """Each character's plain form, worked out when it is first seen; always one character."""

    def __missing__(self, code: int) -> str:
        self[code] = plain_character = _plain_character(chr(code))
        return plain_character


_TABLE = _Table()


def _plain_character(character: str) -> str:
    if character in "\t\n":
        return character
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    if character in _DASHES:
        return "-"
    if character in _BLANKS:
        return " "
    category = unicodedata.category(character)
    if category == "Pd":
        return "-"
    if category == "Zs":
        return " "
    if category in ("Zl", "Zp") or character in "\r\x0b\x0c\x85":
        return "\n"
    if category in ("Cf", "Cc", "Mn", "Me"):
        return _GONE
    return _base(character)


def _base(character: str) -> str:
    """Without width, accent and case, as far as that leaves one character."""
    decomposed = unicodedata.normalize("NFKD", character)
    base = "".join(part for part in decomposed if not unicodedata.combining(part)).lower()
    return base if len(base) == 1 else character
