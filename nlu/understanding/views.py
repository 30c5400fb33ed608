"""A text as numbers, in two ways that fail on different messages: by its meaning and by its letters."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix

from nlu.understanding.embedding import Floats
from nlu.understanding.normaliser import fold, words
from nlu.understanding.softmax import Block

_SHRINKAGE = 0.3
_SHORTEST, _LONGEST = 3, 4
_N_GRAMS = 40_000
_MEANING_COUNTS = 2.0
"""What the unit vectors of meaning are multiplied by beside those of letters."""


class Meaning:
    """Sentence vectors turned and stretched so that what differs within a topic counts less (linear discriminants).

    As the embedding model leaves them, all Swedish questions lie close together: the nearest example is of the right
    topic for 46 % of the examples, each left out; after this for 51 %.
    """

    def fit(self, questions: Floats, topics: Sequence[int], passages: Floats) -> "Meaning":
        """Learn from the vectors of questions and their topics; passages are only centred."""
        labels = np.asarray(topics)
        counts = np.maximum(np.bincount(labels), 1)
        middles = np.zeros((len(counts), questions.shape[1]))
        np.add.at(middles, labels, questions)
        rest = questions - (middles / counts[:, None])[labels]
        spread, directions = np.linalg.eigh(rest.T @ rest / len(rest))
        self._turn = (directions * (spread + _SHRINKAGE * spread.mean()) ** -0.5).astype(np.float32)
        self._middle = questions.mean(axis=0)
        self._middle_of_passages = passages.mean(axis=0)
        return self

    def of(self, vectors: Floats, passage: bool = False) -> Floats:
        """Unit vectors of the same shape."""
        return _unit((vectors - (self._middle_of_passages if passage else self._middle)) @ self._turn)


class Letters:
    """Character n-grams within words, whole words and pairs of them, weighed by rarity."""

    def fit(self, texts: Sequence[str]) -> "Letters":
        """Learn which n-grams there are, and their rarity; those of one text alone teach nothing."""
        holders = Counter(n_gram for text in texts for n_gram in set(_n_grams(text)))
        kept = [n_gram for n_gram, number in holders.most_common(_N_GRAMS) if number > 1]
        self._column = {n_gram: column for column, n_gram in enumerate(kept)}
        self._rarity = np.array([1 + np.log((1 + len(texts)) / (1 + holders[each])) for each in kept], np.float32)
        return self

    def of(self, texts: Sequence[str]) -> csr_matrix:
        """Unit vectors, shape (len(texts), n-grams)."""
        counted = [self._counts(text) for text in texts]
        columns = np.concatenate([np.fromiter(counts, np.int32, len(counts)) for counts in counted])
        values = np.concatenate([np.fromiter(counts.values(), np.float32, len(counts)) for counts in counted])
        values = (1 + np.log(values)) * self._rarity[columns]
        ends = np.cumsum([0, *(len(counts) for counts in counted)], dtype=np.int32)
        lengths = np.sqrt(np.add.reduceat(np.append(values * values, np.float32(0)), ends[:-1]))
        values /= np.repeat(lengths, np.diff(ends))
        return csr_matrix((values, columns, ends), shape=(len(texts), len(self._rarity)))

    def _counts(self, text: str) -> dict[int, int]:
        column = self._column
        return {column[each]: count for each, count in Counter(_n_grams(text)).items() if each in column}


def _n_grams(text: str) -> list[str]:
    """Stretches of 3 to 4 letters of each word, with a space before and behind it; whole words, and pairs of them."""
    found = words(fold(text))
    return [
        *(
            padded[start : start + length]
            for padded in (f" {word} " for word in found)
            for length in range(_SHORTEST, min(_LONGEST, len(padded)) + 1)
            for start in range(len(padded) - length + 1)
        ),
        *(f"={word}" for word in found),
        *(f"={first}={second}" for first, second in pairwise(found)),
    ]


def _unit(vectors: Floats) -> Floats:
    unit: Floats = (vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9)).astype(np.float32)
    return unit


def joined(meaning: Floats, letters: csr_matrix) -> list[Block]:
    """Both views as one, for classifiers with few classes."""
    return [_MEANING_COUNTS * meaning, letters]
