"""Text made comparable: lower case, no dots over letters, and words that are one slip of the finger apart."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from re import Match, Pattern

_SAME_LENGTH = str.maketrans(
    {"å": "a", "ä": "a", "ö": "o", "é": "e", "á": "a", "à": "a", "–": "-", "—": "-", "‑": "-", "\u00a0": " "}
    | {"\n": " ", "\t": " ", "\r": " ", "’": "'", "´": "'"}
)


def lower(text: str) -> str:
    """Lower case with as many characters as before."""
    whole = text.lower()
    if len(whole) == len(text) and "Σ" not in text:  # whose small letter depends on those around it
        return whole
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def fold(text: str) -> str:
    """Lower case without diacritics, as long as the composed (NFC) text: ``På Lördag`` → ``pa lordag``."""
    return lower(unicodedata.normalize("NFC", text)).translate(_SAME_LENGTH)


def collapse(text: str) -> str:
    """The folded letters and digits alone: ``Alla helgons-dag`` → ``allahelgonsdag``."""
    return "".join(letter for letter in fold(text) if letter.isalnum())


@dataclass(frozen=True)
class Spelled:
    """A text rewritten for matching that remembers which characters of the original each of its own stands for."""

    text: str
    origins: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, text: str) -> "Spelled":
        """A text that stands for itself."""
        return cls(text, tuple((index, index + 1) for index in range(len(text))))

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where the original has what stands between `start` and `end` here."""
        return self.origins[start][0], self.origins[end - 1][1]

    def replace(self, pattern: Pattern[str], replacement: Callable[[Match[str]], str]) -> "Spelled":
        """The text with every match replaced; a replacement stands for the whole of what it replaces."""
        text: list[str] = []
        origins: list[tuple[int, int]] = []
        done = 0
        for match in pattern.finditer(self.text):
            new = replacement(match)
            if new == match[0]:
                continue
            text += self.text[done : match.start()], new
            origins += self.origins[done : match.start()]
            origins += [self.origin(match.start(), match.end())] * len(new)
            done = match.end()
        if not done:
            return self
        return Spelled("".join([*text, self.text[done:]]), (*origins, *self.origins[done:]))


class Speller:
    """Finds the known word that a mistyped one was meant to be: one letter missing, added, swapped or wrong."""

    def __init__(self, words: Iterable[str]) -> None:
        self._near: dict[str, set[str]] = {}
        for word in words:
            for form in _shortened(word):
                self._near.setdefault(form, set()).add(word)

    def find(self, word: str) -> str | None:
        """The only known word within one edit, or None."""
        candidates: set[str] = set()
        for form in _shortened(word):
            candidates |= self._near.get(form, set())
        close = [candidate for candidate in candidates if _one_edit(word, candidate)]
        return close[0] if len(close) == 1 else None


def _shortened(word: str) -> Iterator[str]:
    yield word
    for index in range(len(word)):
        yield word[:index] + word[index + 1 :]


def _one_edit(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    if one[start + 1 :] == other[start + 1 :]:
        return True
    return one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]
