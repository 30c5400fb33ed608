"""What of the documents the content tells: section by section, and in numbers."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from knowledge.model import Content
from knowledge.schema import Fact, Source


@dataclass(frozen=True)
class Covered:
    """A section of a document and what builds on it."""

    section: str
    topics: list[str]
    """Full names, sorted."""
    desks: list[str]
    """"VGR it-support", sorted."""
    facts: int
    left_out: str | None


def covered(content: Content, source: Source) -> list[Covered]:
    """Every section of a document, in its order."""
    topics: dict[str, set[str]] = defaultdict(set)
    desks: dict[str, set[str]] = defaultdict(set)
    facts: dict[str, int] = defaultdict(int)
    for by, name, fact in _facts(content):
        if fact.source == source.id:
            (topics if by == "topic" else desks)[fact.section].add(name)
            facts[fact.section] += 1
    return [
        Covered(
            section.name,
            sorted(topics[section.name]),
            sorted(desks[section.name]),
            facts[section.name],
            section.left_out,
        )
        for section in source.sections
    ]


@dataclass(frozen=True)
class Count:
    """A document in numbers."""

    source: Source
    sections: int
    left_out: int
    topics: int
    facts: int


def counts(content: Content) -> list[Count]:
    """Every document in numbers; facts of desks count too."""
    result = []
    for source in content.sources.values():
        sections = covered(content, source)
        result.append(
            Count(
                source,
                len(sections),
                sum(section.left_out is not None for section in sections),
                len({name for section in sections for name in section.topics}),
                sum(section.facts for section in sections),
            )
        )
    return result


def markdown(content: Content) -> str:
    """The page docs/tackning.md."""
    lines = [
        "# Vad boten vet, avsnitt för avsnitt",
        "",
        "Skapad av `.venv/bin/python -m knowledge coverage > docs/tackning.md`. Ändra i `knowledge/content`, inte här.",
        "",
        "Varje avsnitt i varje dokument har minst ett ämne eller en disk som bygger på det, eller en motivering till",
        "att det är utelämnat. `make check-knowledge` godtar inget annat.",
        "",
        "| Dokument | Region | Daterat | Avsnitt | varav utelämnade | Ämnen | Uppgifter |",
        "|---|---|---|---:|---:|---:|---:|",
        *(
            f"| {count.source.title} | {count.source.region} | {count.source.dated} | {count.sections} "
            f"| {count.left_out} | {count.topics} | {count.facts} |"
            for count in counts(content)
        ),
    ]
    for source in content.sources.values():
        lines += ["", f"## {source.title}", "", f"{source.issuer}, {source.dated}. Fil: `{source.file}`.", ""]
        lines += ["| Avsnitt | Uppgifter | Byggs på av |", "|---|---:|---|"]
        lines += [f"| {_cell(one.section)} | {one.facts} | {_builders(one)} |" for one in covered(content, source)]
    return "\n".join(lines) + "\n"


def _builders(one: Covered) -> str:
    builders = [f"`{name}`" for name in one.topics] + [f"disken {name}" for name in one.desks]
    if one.left_out is not None:
        builders.append(f"{'i övrigt utelämnat' if builders else 'utelämnat'}: {_cell(one.left_out)}")
    return ", ".join(builders)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _facts(content: Content) -> Iterator[tuple[str, str, Fact]]:
    for placed in content.topics.values():
        yield from (("topic", placed.name, fact) for fact in placed.topic.facts)
    for region in content.regions.values():
        for desk in region.desks:
            yield from (("desk", f"{region.code} {desk.id}", fact) for fact in desk.facts)
