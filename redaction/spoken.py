"""Numbers said in words, as digits: "åttiofem noll ett noll ett, tolv trettiofyra"."""

import functools
import re
from itertools import pairwise

from redaction.plain import Plain
from redaction.words import values, words

_SHORTEST_RUN = 4
"""Numbers in a row, of which one must be a word; fewer are ordinary prose."""
_WORD = re.compile(r"[a-z]+")
_TOKEN = re.compile(r"[a-z]+|\d+")
_GAP = re.compile(r"[\s,.\-]{1,3}")


def spoken_as_digits(text: Plain) -> Plain:
    """The text with runs of number words replaced; the same object if there are none."""
    numbers = _numbers()
    if not any(word in numbers for word in _WORD.findall(text.text)):
        return text
    tokens = [found for found in _TOKEN.finditer(text.text) if found[0].isdigit() or found[0] in numbers]
    said = [token for run in _runs(text.text, tokens) for token in run if not token[0].isdigit()]
    return _replace(text, said) if said else text


def _runs(text: str, tokens: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    runs: list[list[re.Match[str]]] = [tokens[:1]]
    for one, other in pairwise(tokens):
        if _GAP.fullmatch(text, one.end(), other.start()):
            runs[-1].append(other)
        else:
            runs.append([other])
    return [run for run in runs if len(run) >= _SHORTEST_RUN]


def _replace(text: Plain, said: list[re.Match[str]]) -> Plain:
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for word in said:
        digits = _numbers()[word[0]]
        parts += [text.text[position : word.start()], digits]
        starts += [*text.starts[position : word.start()], *[text.starts[word.start()]] * len(digits)]
        ends += [*text.ends[position : word.start()], *[text.ends[word.end() - 1]] * len(digits)]
        position = word.end()
    parts.append(text.text[position:])
    return Plain("".join(parts), [*starts, *text.starts[position:]], [*ends, *text.ends[position:]])


@functools.cache
def _numbers() -> dict[str, str]:
    """Every number word from 0 to 99 and the years 1800 to 2099, with its digits; and dashes."""
    simple = values("numbers")
    units = {word: value for word, value in simple.items() if 1 <= value <= 9}
    tens = {word: value for word, value in simple.items() if value >= 20}
    below_100 = simple | {
        ten + unit: value + more
        for ten, value in tens.items() | {(word.removesuffix("o"), value) for word, value in tens.items()}
        for unit, more in units.items()
    }
    years = {
        century + rest: f"{first}{value:02}"
        for century, first in values("centuries").items()
        for rest, value in (below_100 | {"": 0}).items()
    }
    return {word: str(value) for word, value in below_100.items()} | years | dict.fromkeys(words("dashes"), "-")
