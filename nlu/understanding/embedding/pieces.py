"""Text cut into the pieces that multilingual-e5 knows: SentencePiece's unigram model (T. Kudo, ACL 2018).

The 250,000 pieces are known by 64-bit hashes in a sorted array: 5 MB, where a dictionary takes 50.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from nlu.understanding.embedding.e5_file import E5File

_SPACE = "\u2581"
"""How a space is written in the vocabulary."""
_SPACES = re.compile(" {2,}")
_UNKNOWN_PENALTY = 10.0
"""An unknown character costs so much more than the least likely piece."""
_KEPT_WORDS = 4096
"""Words whose pieces are kept, those of the last messages: a word comes again, and cutting it takes 0.1 ms."""
_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)

_Hashes = npt.NDArray[np.uint64]
_Numbers = npt.NDArray[np.int64]


class Pieces:
    """Finds the likeliest pieces of a text."""

    def __init__(self, file: E5File) -> None:
        pieces, ids = file.vocabulary()
        codes = _codes("".join(pieces))
        lengths = np.array([len(piece) for piece in pieces])
        ends = np.cumsum(lengths)
        hashes = _Substrings(codes).hashes(ends - lengths, ends)
        order = np.argsort(hashes)
        self._hashes, self._ids = hashes[order], ids[order]
        self._scores = file.scores[self._ids]
        self._longest = int(lengths.max())
        self._replacements: Mapping[int, str] = file.replacements
        self._unknown = file.unknown
        self._unknown_score = float(file.scores.min()) - _UNKNOWN_PENALTY
        # No piece reaches over a space, so a text's likeliest pieces are its words'.
        self._of_word = lru_cache(_KEPT_WORDS)(self._cut)

    def ids(self, text: str) -> list[int]:
        """The ids of the pieces, in order."""
        written = _SPACES.sub(" ", text.translate(self._replacements))
        words = written.removeprefix(" ").split(" ")
        return [number for word in words for number in self._of_word(word)]

    def _cut(self, word: str) -> tuple[int, ...]:
        codes = _codes(_SPACE + word)
        starts = np.repeat(np.arange(len(codes)), self._longest)
        ends = starts + np.tile(np.arange(1, self._longest + 1), len(codes))
        inside = ends <= len(codes)
        return tuple(self._likeliest(codes, starts[inside], ends[inside]))

    def _likeliest(self, codes: npt.NDArray[np.uint32], starts: _Numbers, ends: _Numbers) -> list[int]:
        """Viterbi over the pieces found: the best way to each position, from the best ways to those before it."""
        hashes = _Substrings(codes).hashes(starts, ends)
        places = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        known = self._hashes[places] == hashes
        rows = places[known]
        found: list[list[tuple[int, int, float]]] = [[] for _ in codes]
        for start, end, number, score in zip(
            starts[known].tolist(), ends[known].tolist(), self._ids[rows].tolist(), self._scores[rows].tolist(),
            strict=True,
        ):  # fmt: skip
            found[start].append((end, number, score))
        best = [0.0] + [float("-inf")] * len(codes)
        came = [(0, self._unknown)] * (len(codes) + 1)
        for start, candidates in enumerate(found):
            for end, number, score in (*candidates, (start + 1, self._unknown, self._unknown_score)):
                if best[start] + score > best[end]:
                    best[end], came[end] = best[start] + score, (start, number)
        chosen: list[int] = []
        at = len(codes)
        while at > 0:
            at, number = came[at]
            chosen.append(number)
        return chosen[::-1]


class _Substrings:
    """Hashes of the substrings of one text, by sums of powers modulo 2 to the 64th."""

    def __init__(self, codes: npt.NDArray[np.uint32]) -> None:
        powers = _powers(_BASE, len(codes))
        sums = np.cumsum((codes.astype(np.uint64) + np.uint64(1)) * powers, dtype=np.uint64)
        self._sums = np.concatenate([np.zeros(1, dtype=np.uint64), sums])
        self._inverses = _powers(_INVERSE, len(codes))

    def hashes(self, starts: _Numbers, ends: _Numbers) -> _Hashes:
        """The hash of the characters from each start to the end beside it."""
        found: _Hashes = (self._sums[ends] - self._sums[starts]) * self._inverses[starts]
        return found


def _powers(base: int, count: int) -> _Hashes:
    factors = np.full(count, base, dtype=np.uint64)
    factors[:1] = 1
    powers: _Hashes = np.cumprod(factors, dtype=np.uint64)
    return powers


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", errors="replace"), dtype=np.uint32)
