"""Finding topics by the words of a question: for editors at the terminal. The bot's own search is in nlu/."""

import math
import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from knowledge.calendar.spelling import fold
from knowledge.model import PlacedTopic

_WORD = re.compile(r"\w{3,}")
_STEM = 5
"""Letters: enough of a Swedish word to tell it from others whatever its ending."""
_TITLE, _EXAMPLE, _TEXT = 3.0, 2.0, 1.0


class _Words(NamedTuple):
    title: set[str]
    examples: set[str]
    text: set[str]


def best(question: str, topics: Iterable[PlacedTopic], limit: int = 5) -> list[PlacedTopic]:
    """The topics that share the rarest words with the question, best first; none when none shares any."""
    found = [(placed, _words_of(placed)) for placed in topics]
    holders = Counter(word for _, words in found for word in words.title | words.examples | words.text)
    asked = _stems(question)

    def score(words: _Words) -> float:
        return sum(_weight(word, words) * math.log(1 + len(found) / holders[word]) for word in asked if holders[word])

    ranked = sorted(((score(words), placed.name, placed) for placed, words in found), key=lambda one: (-one[0], one[1]))
    return [placed for value, _, placed in ranked[:limit] if value > 0]


def _words_of(placed: PlacedTopic) -> _Words:
    topic = placed.topic
    title = _stems(f"{topic.title} {placed.name}")
    return _Words(title, _stems(" ".join(topic.examples)), _stems(topic.text))


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(fold(text))}


def _weight(word: str, words: _Words) -> float:
    if word in words.title:
        return _TITLE
    if word in words.examples:
        return _EXAMPLE
    return _TEXT if word in words.text else 0.0
