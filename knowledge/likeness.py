"""Which sentences say nearly the same in nearly the same words, so that a second one teaches nothing.

Pure Python without other modules of ours, so that tests of the sealed runtime may use it too.
"""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

TOO_LIKE = 0.8
"""Share of common letter triples from which one sentence is a near-duplicate of another: "Är NPÖ obligatorisk?" and
"är npö obligatoriskt" (.84) are, "vem får ändra i kiv" and "vem kan ändra i kiv" (.67) are not."""

_WORD = re.compile(r"\w+")


def triples(text: str) -> frozenset[str]:
    """Letter triples of the words; case, diacritics, punctuation and word order make no difference."""
    letters = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    padded = (f" {word} " for word in _WORD.findall(plain))
    return frozenset(word[start : start + 3] for word in padded for start in range(len(word) - 2))


def likeness(first: frozenset[str], second: frozenset[str]) -> float:
    """0 (nothing in common) to 1 (the same) for two sentences' triples."""
    common = len(first & second)
    union = len(first) + len(second) - common
    return common / union if union else 1.0


def near_duplicates(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pairs (later, earlier) of sentences of one list that are too like; each later one once."""
    earlier = Sentences()
    for number, text in enumerate(texts):
        near = earlier.like(text)
        if near is not None:
            yield number, near
        earlier.add(text)


class Sentences:
    """Sentences among which those that are too like another are found without comparing all of them."""

    def __init__(self, texts: Sequence[str] = ()) -> None:
        self._triples: list[frozenset[str]] = []
        self._holders: defaultdict[str, list[int]] = defaultdict(list)
        self._frequency: Counter[str] = Counter()
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        """One more sentence; they are numbered from 0."""
        found = triples(text)
        for triple in found:
            self._holders[triple].append(len(self._triples))
        self._frequency.update(found)
        self._triples.append(found)

    def like(self, text: str) -> int | None:
        """The number of the sentence most like this one, if any is too like it."""
        wanted = triples(text)
        # Two sets that share so much must share one of the rarest few (prefix filter of set similarity joins).
        few = len(wanted) - math.ceil(TOO_LIKE * len(wanted)) + 1
        rarest = sorted(wanted, key=lambda triple: (self._frequency[triple], triple))[:few]
        candidates = {number for triple in rarest for number in self._holders.get(triple, ())}
        sizes = range(math.ceil(TOO_LIKE * len(wanted)), math.floor(len(wanted) / TOO_LIKE) + 1)
        near = (number for number in sorted(candidates) if len(self._triples[number]) in sizes)
        best = max(near, key=lambda number: likeness(wanted, self._triples[number]), default=None)
        return best if best is not None and likeness(wanted, self._triples[best]) >= TOO_LIKE else None
