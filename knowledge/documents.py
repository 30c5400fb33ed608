"""The source documents, made searchable: what stands in which section."""

import re
from dataclasses import dataclass

from knowledge.schema import Source

_MARKUP = re.compile(r"\\(?=[()_\[\]])|\*\*|</?b>|</?i>|<ul style=[^>]*>|[<>\u200b]")
_HYPHENATED_LINE_END = re.compile(r"(?<=[a-zåäö])-\n(?=[a-zåäö])")
_WHITESPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Document:
    """One document, cut into its sections. All text is normalised as by `normalise`."""

    text: str
    sections: dict[str, str]


def normalise(text: str) -> str:
    """Take away what layout and markup put between the words: escapes, bold, broken words, line ends."""
    joined = _HYPHENATED_LINE_END.sub("", text)
    return _WHITESPACE.sub(" ", _MARKUP.sub("", joined)).strip()


def cut(source: Source, raw: str) -> tuple[Document, list[str]]:
    """Cut a document at its sections' first lines, in order; also return the sections that were not found.

    A section's first line is the first line after the previous section's first line that, markup and
    surrounding space apart, starts with `starts`.
    """
    lines = raw.splitlines(keepends=True)
    plain = [normalise(line) for line in lines]
    starts: list[tuple[str, int]] = []
    missing: list[str] = []
    position = 0
    for section in source.sections:
        wanted = normalise(section.starts)
        found = next((n for n in range(position, len(lines)) if plain[n].startswith(wanted)), None)
        if found is None:
            missing.append(section.name)
            continue
        starts.append((section.name, found))
        position = found + 1
    ends = [line for _, line in starts[1:]] + [len(lines)]
    sections = {name: normalise("".join(lines[start:end])) for (name, start), end in zip(starts, ends, strict=True)}
    return Document(normalise(raw), sections), missing
