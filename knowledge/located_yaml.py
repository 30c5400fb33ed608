"""YAML that remembers its lines, so that every complaint can name file and line.

Scalars follow YAML 1.2's core schema, as Rasa reads them: ``no`` and ``07:30`` stay text, only
``true``/``false``, integers and ``null`` become values.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import ContentError, Problem

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")


class Located(dict[str, Any]):
    """A mapping that knows the line (1-based) of itself and of each of its keys."""

    line: int
    lines: dict[str, int]


class LocatedList(list[Any]):
    """A list that knows the line (1-based) of each of its entries."""

    lines: list[int]


@dataclass(frozen=True)
class Place:
    """Where something of the content was read: what an editor must be shown when it is wrong."""

    file: str
    raw: Any
    """What `read` gave for it."""

    def problem(self, reason: str, *path: str | int) -> Problem:
        """A complaint about what lies at `path` inside it, or about the whole."""
        return Problem(self.file, line_of(self.raw, path), reason)


def line_of(raw: Any, path: Sequence[str | int] = ()) -> int:
    """The closest known line, 1-based, of a place inside what `read` gave; 0 when none is known."""
    line = raw.line if isinstance(raw, Located) else 0
    for part in path:
        if isinstance(raw, Located):
            line = raw.lines.get(str(part), line)
            raw = raw.get(str(part))
        elif isinstance(raw, LocatedList) and isinstance(part, int) and part < len(raw):
            line = raw.lines[part]
            raw = raw[part]
        else:
            break
    return line


def read(path: Path, root: Path) -> Any:
    """Parse one file. Raises ContentError, with the line, for text that is not YAML."""
    name = str(path.relative_to(root))
    try:
        with path.open(encoding="utf-8") as stream:
            node = yaml.compose(stream, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise ContentError([Problem(name, line, f"inte giltig YAML: {error.problem}")]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError([Problem(name, 0, f"kan inte läsas: {error}")]) from error
    try:
        return None if node is None else _value(node)
    except _DuplicateKey as error:
        raise ContentError([Problem(name, error.line, f"nyckeln {error.key} står två gånger")]) from error


class _DuplicateKey(Exception):
    def __init__(self, key: str, line: int) -> None:
        super().__init__(key)
        self.key = key
        self.line = line


def _value(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        mapping = Located()
        mapping.line = node.start_mark.line + 1
        mapping.lines = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in mapping:
                raise _DuplicateKey(key, key_node.start_mark.line + 1)
            mapping[key] = _value(value_node)
            mapping.lines[key] = key_node.start_mark.line + 1
        return mapping
    if isinstance(node, yaml.SequenceNode):
        entries = LocatedList(_value(child) for child in node.value)
        entries.lines = [child.start_mark.line + 1 for child in node.value]
        return entries
    text = str(node.value)
    if not isinstance(node, yaml.ScalarNode) or node.style in ("'", '"', "|", ">"):
        return text
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "null", "~"):
        return None
    return int(text) if _INTEGER.fullmatch(text) else text
