"""The words of `words.yml`: what an answer to one of the form's questions is taken for."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from actions.wording import chosen, says, small_words, words_of

_FILE = Path(__file__).parent / "words.yml"


def listed(name: str) -> Any:
    """A list or mapping of the file."""
    return _file()[name]


def titles(name: str) -> list[str]:
    """The titles of a choice's buttons, in their order."""
    return [entry["title"] for entry in listed(name).values()]


def choice(name: str, text: str) -> str | None:
    """The value of a choice that a text names: by its button, "den andra", or the words for it."""
    entries: Mapping[str, Any] = listed(name)
    place = chosen(text, titles(name))
    if place is not None:
        return list(entries)[place]
    found = [value for value, entry in entries.items() if says(text, entry["words"])]
    return found[-1] if found else None


def means(name: str, text: str) -> bool:
    """Whether a text says the one thing of that name and nothing else."""
    entry = listed(name)
    phrases = [entry["title"], *entry["words"]] if isinstance(entry, dict) else entry
    return any(words_of(text) == words_of(phrase) for phrase in phrases)


def line_named(text: str, lines: Sequence[str]) -> str | None:
    """The line of the summary that a text names, by its number or by what it is called."""
    said = words_of(text)
    numbers = [int(word) for word in said if word.isdigit()]
    if len(numbers) == 1 and 0 < numbers[0] <= len(lines):
        return lines[numbers[0] - 1]
    named = [line for line in lines if says(text, [listed("lines")[line]["label"], *listed("lines")[line]["words"]])]
    return named[0] if named else None


def number_after(text: str, name: str) -> str | None:
    """The number, however short, that stands behind one of the words of that name: "ärende nr 7"."""
    between = _small("number_words")
    found = words_of(text)
    for place, word in enumerate(found):
        if word in _small(name):
            following = next((each for each in found[place + 1 :] if each not in between), "")
            if following.isdigit():
                return following
    return None


def without(text: str, name: str) -> list[str]:
    """The words of a text that are not among the words of that name."""
    small = _small(name)
    return [word for word in words_of(text) if word not in small]


def told_after(text: str, name: str) -> str:
    """A text without the words of that name at its beginning: "registrera ett ärende: sidan är blank"."""
    tokens = text.split()
    while tokens and not without(tokens[0], name):
        tokens.pop(0)
    rest = " ".join(tokens).lstrip(" :,.-")
    return rest[:1].upper() + rest[1:]


def telling(text: str, name: str) -> list[str]:
    """The words of a text that say what it is about, those of that name left out."""
    return [word for word in without(text, name) if word not in small_words()]


def asks(text: str) -> bool:
    """Whether a text is a question."""
    words = words_of(text)
    return text.rstrip().endswith("?") or (bool(words) and words[0] in _small("question_words"))


@cache
def _small(name: str) -> frozenset[str]:
    return frozenset(words_of(listed(name)))


@cache
def _file() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return words
