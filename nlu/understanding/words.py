"""The words of `words.yml`: those that no service is called but that say something about a message."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from nlu.understanding.normaliser import fold


@cache
def listed(*path: str) -> tuple[str, ...]:
    """The entries under a heading of `words.yml` as they stand: a list's, or the words of a running text."""
    found: Any = _file()
    for heading in path:
        found = found[heading]
    return tuple(found.split() if isinstance(found, str) else map(str, found))


@cache
def phrases(*path: str) -> "re.Pattern[str]":
    """A pattern that finds any of the entries as whole words in a folded text."""
    return any_of(listed(*path))


def any_of(entries: Iterable[str]) -> "re.Pattern[str]":
    """A pattern that finds any of the entries as whole words in a folded text; of several the longest."""
    folded = sorted({fold(entry) for entry in entries}, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, folded)) + r")(?!\w)")


@cache
def _file() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("words.yml").read_text(encoding="utf-8"))
    return content
