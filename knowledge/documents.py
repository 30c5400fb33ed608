"""The source documents, made searchable: what stands in which section."""

import re
from dataclasses import dataclass
from pathlib import Path

from knowledge.errors import Problem
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
    sections = {
        name: normalise("".join(lines[start:end])) for (name, start), end in zip(starts, ends, strict=True)
    }
    return Document(normalise(raw), sections), missing


def read_documents(folder: Path, sources: list[Source], file: str) -> tuple[dict[str, Document], list[Problem]]:
    """Read every source's document, keyed by source id; `file` names the place of the problems."""
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    for source in sources:
        path = folder / source.file
        if not path.is_file():
            problems.append(Problem(file, 0, f"dokumentet {source.file} ({source.id}) finns inte"))
            continue
        documents[source.id], missing = cut(source, path.read_text(encoding="utf-8"))
        problems += [
            Problem(file, 0, f"{source.id}: avsnittet ”{name}” hittas inte i dokumentet") for name in missing
        ]
    return documents, problems
