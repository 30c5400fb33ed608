"""Spelling made even, for features only: what is shown or stored is never altered.

Staff write in haste: no å ä ö, a letter too many. A word that the training data does not know is replaced by
the one known word that it can be: the same without diacritics, or one edit away. Short words are left alone,
because one edit makes another word of them.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

MAX_CHARACTERS = 1000
"""Longer messages are cut before any feature is made; the question stands in the first or last lines."""

_WORD = re.compile(r"[\w]+", re.UNICODE)
_MIN_LENGTH_FOR_EDIT = 6
_FOLD = str.maketrans("åäáàâöøóôéèêëüúíñçæ", "aaaaaooooeeeeuuinca")


def clip(text: str) -> str:
    """Cap the length: the head and the tail of a longer message."""
    if len(text) <= MAX_CHARACTERS:
        return text
    half = MAX_CHARACTERS // 2
    return f"{text[:half]} {text[-half:]}"


def unclipped(text: str, offset: int) -> int:
    """Where the character at an offset in `clip(text)` stands in the text itself."""
    half = MAX_CHARACTERS // 2
    return offset if len(text) <= MAX_CHARACTERS or offset <= half else offset + len(text) - MAX_CHARACTERS - 1


def plain(text: str) -> str:
    """Lower case, composed characters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


def fold(text: str) -> str:
    """`plain` without diacritics, so that "losenord" equals "lösenord"."""
    return plain(text).translate(_FOLD)


def words(text: str) -> list[str]:
    """The words of a text, in order."""
    return _WORD.findall(text)


class Normaliser:
    """Knows the words of the training data and moves near misses onto them."""

    def __init__(self, counts: dict[str, int]) -> None:
        self.counts = counts
        self._by_fold: dict[str, str] = {}
        for word in sorted(counts, key=lambda known: counts[known]):
            self._by_fold[fold(word)] = word
        self._by_deletion: dict[str, set[str]] = {}
        for word in self._by_fold:
            if len(word) >= _MIN_LENGTH_FOR_EDIT:
                for shorter in _deletions(word):
                    self._by_deletion.setdefault(shorter, set()).add(word)

    @classmethod
    def learn(cls, texts: Iterable[str]) -> "Normaliser":
        """Take every word of the texts as known."""
        return cls(dict(Counter(word for text in texts for word in words(plain(text)))))

    def knows(self, word: str) -> bool:
        """Whether a word in lower case stands in the training data, diacritics apart."""
        return fold(word) in self._by_fold

    def __call__(self, text: str) -> str:
        """The text with unknown words moved to known ones; never longer than `MAX_CHARACTERS` and a bit."""
        return _WORD.sub(lambda match: self._known(match.group()), plain(clip(text)))

    def _known(self, word: str) -> str:
        if word in self.counts or word.isdigit():
            return word
        folded = fold(word)
        same_letters = self._by_fold.get(folded)
        if same_letters is not None:
            return same_letters
        return self._one_edit_away(folded) or word

    def _one_edit_away(self, folded: str) -> str | None:
        if len(folded) < _MIN_LENGTH_FOR_EDIT:
            return None
        candidates: set[str] = set(self._by_deletion.get(folded, ()))
        for shorter in _deletions(folded):
            if len(shorter) >= _MIN_LENGTH_FOR_EDIT and shorter in self._by_fold:
                candidates.add(shorter)
            candidates |= self._by_deletion.get(shorter, set())
        near = [word for word in candidates if within_one_edit(folded, word) and word[0] == folded[0]]
        if not near:
            return None
        return self._by_fold[max(near, key=lambda word: self.counts[self._by_fold[word]])]


def within_one_edit(first: str, second: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours turns one word into the other."""
    if abs(len(first) - len(second)) > 1:
        return False
    start = 0
    while start < min(len(first), len(second)) and first[start] == second[start]:
        start += 1
    a, b = first[start:], second[start:]
    while a and b and a[-1] == b[-1]:
        a, b = a[:-1], b[:-1]
    return len(a) + len(b) <= 1 or (len(a) == len(b) == 1) or (len(a) == 2 and a == b[::-1])


def _deletions(word: str) -> set[str]:
    return {word[:index] + word[index + 1 :] for index in range(len(word))}
