"""The words of the package's data files, in plain characters."""

import functools
import re
from configparser import ConfigParser
from pathlib import Path

from redaction.plain import plain_word
from redaction.spans import Kind

_FILES = ("words.ini", "patient.ini", "names.ini")
"""Their sections have different names."""


@functools.cache
def _parser() -> ConfigParser:
    parser = ConfigParser(delimiters=("=",), comment_prefixes=("#",), allow_no_value=True, interpolation=None)
    for name in _FILES:
        parser.read_string((Path(__file__).parent / name).read_text(encoding="utf-8"), source=name)
    return parser


@functools.cache
def replacement(kind: Kind) -> str:
    """What is written instead of a finding."""
    return _parser()["replacements"][kind]


@functools.cache
def replacements() -> tuple[str, ...]:
    """All of them, in plain characters."""
    return tuple(plain_word(text) for text in _parser()["replacements"].values())


@functools.cache
def words(section: str) -> frozenset[str]:
    """The words of a section."""
    return frozenset(plain_word(word) for word in _parser()[section])


@functools.cache
def values(section: str) -> dict[str, int]:
    """The words of a section that have numbers."""
    return {plain_word(word): int(value) for word, value in _parser()[section].items()}


def alternatives(*sections: str) -> str:
    """A regular expression for any word of the sections, the longest first."""
    found = {word for section in sections for word in words(section)}
    return "|".join(re.escape(word) for word in sorted(found, key=lambda word: (-len(word), word)))
