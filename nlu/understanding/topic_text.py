"""What a topic is compared by: its text sentence by sentence, and as words."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from nlu.understanding.embedding import Floats
from nlu.understanding.normaliser import fold, words

_SENTENCE_END = re.compile(r"(?<=[.?!:])\s+|\n+")
_SHORTEST_SENTENCE = 16
_STEM = 6


def document(topic: dict[str, Any]) -> str:
    """All words of the topic but its examples'."""
    return f"{topic['service_name']} {topic['title']} {topic['text']}"


def sentences(topic: dict[str, Any]) -> list[str]:
    """Its title, and each sentence of its text behind what the topic is about."""
    parts = [part for part in _SENTENCE_END.split(topic["text"]) if len(part) >= _SHORTEST_SENTENCE]
    return [topic["title"], *(f"{topic['service_name']}: {topic['title']}. {part}" for part in parts)]


def stems(text: str) -> list[str]:
    """Folded words cut to six letters: enough of a stem for Swedish inflection, and it splits no compound."""
    return [word[:_STEM] for word in words(fold(text)) if len(word) > 2]


class Bm25:
    """Okapi BM25 over short documents; scores scaled to 0..1 by the best one."""

    def __init__(self, documents: Sequence[Sequence[str]], k: float = 1.2, b: float = 0.6) -> None:
        average = sum(len(document) for document in documents) / max(1, len(documents))
        frequencies = [Counter(document) for document in documents]
        holders = Counter(word for frequency in frequencies for word in frequency)
        self._size = len(documents)
        postings: dict[str, list[tuple[int, float]]] = {}
        for row, (document, frequency) in enumerate(zip(documents, frequencies, strict=True)):
            length = k * (1 - b + b * len(document) / average)
            for word, count in frequency.items():
                rarity = math.log(1 + (self._size - holders[word] + 0.5) / (holders[word] + 0.5))
                postings.setdefault(word, []).append((row, rarity * count * (k + 1) / (count + length)))
        self._postings = {
            word: (np.array([row for row, _ in found]), np.array([weight for _, weight in found], dtype=np.float32))
            for word, found in postings.items()
        }

    def scores(self, query: Sequence[str]) -> Floats:
        """One score for each document."""
        result = np.zeros(self._size, dtype=np.float32)
        for word in set(query):
            if word in self._postings:
                rows, weights = self._postings[word]
                result[rows] += weights
        best = result.max(initial=0.0)
        return result / best if best > 0 else result
