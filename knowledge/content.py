"""Read the content folder and check it: everything is right, or nothing is loaded."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from knowledge import located_yaml
from knowledge.documents import Document, normalise, read_documents
from knowledge.errors import ContentError, Problem
from knowledge.schema import Desk, Fact, FactKind, ForeignRegion, Notice, Region, Service, Source, Topic, TopicFile

CONTENT = Path(__file__).parent / "content"
DOCUMENTS = Path(__file__).parent / "documents"
SHARED = "shared"
"""Folder of the topics that hold in every region."""

_MAILBOX = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"https?://[^\s)»”]+[^\s)»”.,;:]")
_PHONE = re.compile(r"(?<![\d/.-])0\d{1,3}[ -]{1,3}\d{2,3}(?:[ -]\d{2,3}){1,3}(?!\d)")

ModelT = TypeVar("ModelT", bound=BaseModel)


@dataclass(frozen=True)
class PlacedTopic:
    """A topic with the place it holds: its region (None: every region), its service, and where it was read."""

    region: str | None
    service: str
    topic: Topic
    file: str
    line: int

    @property
    def name(self) -> str:
        """The topic's full name, as in the reply contract: "vgr/kiv/andra-uppgifter"."""
        return f"{(self.region or SHARED).lower()}/{self.service}/{self.topic.id}"


@dataclass(frozen=True)
class Content:
    """All content, checked."""

    sources: dict[str, Source]
    regions: dict[str, Region]
    foreign_regions: list[ForeignRegion]
    services: dict[str, Service]
    notices: dict[str, Notice]
    topics: dict[str, PlacedTopic]


@dataclass
class _Reading:
    root: Path
    problems: list[Problem] = field(default_factory=list)

    def entries(self, file: str, model: type[ModelT]) -> Iterator[tuple[ModelT, int]]:
        raw = self._raw(self.root / file)
        if not isinstance(raw, list):
            self.problems.append(Problem(file, 0, "filen ska vara en lista"))
            return
        for entry in raw:
            parsed = self.parse(file, entry, model)
            if parsed is not None:
                yield parsed, getattr(entry, "line", 0)

    def one(self, path: Path, model: type[ModelT]) -> tuple[ModelT | None, Any]:
        raw = self._raw(path)
        return (None if raw is None else self.parse(self.name(path), raw, model)), raw

    def parse(self, file: str, raw: Any, model: type[ModelT]) -> ModelT | None:
        try:
            return model.model_validate(raw)
        except ValidationError as error:
            for fault in error.errors():
                where = ".".join(str(part) for part in fault["loc"])
                line = _line_of(raw, fault["loc"])
                self.problems.append(Problem(file, line, f"{where}: {fault['msg']}"))
            return None

    def name(self, path: Path) -> str:
        return str(path.relative_to(self.root))

    def _raw(self, path: Path) -> Any:
        try:
            return located_yaml.read(path, self.root)
        except ContentError as error:
            self.problems += error.problems
            return None


def read_content(root: Path = CONTENT, documents: Path = DOCUMENTS) -> Content:
    """Read and check all content. Raises ContentError with every problem found, each with file and line."""
    reading = _Reading(root)
    sources = {source.id: source for source, _ in reading.entries("sources.yml", Source)}
    services = {service.id: service for service, _ in reading.entries("services.yml", Service)}
    notices = {notice.id: notice for notice, _ in reading.entries("notices.yml", Notice)}
    foreign = [region for region, _ in reading.entries("foreign_regions.yml", ForeignRegion)]
    regions: dict[str, Region] = {}
    region_lines: dict[str, tuple[str, Any]] = {}
    placed: list[PlacedTopic] = []
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        code: str | None = None
        if folder.name != SHARED:
            region, raw = reading.one(folder / "region.yml", Region)
            if region is None:
                continue
            code = region.code
            if folder.name != code.lower():
                reading.problems.append(
                    Problem(reading.name(folder / "region.yml"), 1, f"mappen för {code} ska heta {code.lower()}")
                )
            regions[code] = region
            region_lines[code] = (reading.name(folder / "region.yml"), raw)
        placed += _topics(reading, folder, code)
    texts, missing = read_documents(documents, list(sources.values()), "sources.yml")
    reading.problems += missing

    topics: dict[str, PlacedTopic] = {}
    for topic in placed:
        if topic.name in topics:
            reading.problems.append(Problem(topic.file, topic.line, f"ämnet {topic.name} finns redan"))
        topics[topic.name] = topic
    content = Content(sources, regions, foreign, services, notices, topics)
    reading.problems += _check(content, texts, region_lines)
    if reading.problems:
        raise ContentError(reading.problems)
    return content


def _topics(reading: _Reading, folder: Path, region: str | None) -> Iterator[PlacedTopic]:
    for path in sorted(folder.glob("*.yml")):
        if path.name == "region.yml":
            continue
        parsed, raw = reading.one(path, TopicFile)
        if parsed is None:
            continue
        for topic, raw_topic in zip(parsed.topics, raw["topics"], strict=True):
            yield PlacedTopic(region, parsed.service, topic, reading.name(path), raw_topic.line)


def _check(
    content: Content, documents: dict[str, Document], region_lines: dict[str, tuple[str, Any]]
) -> Iterator[Problem]:
    used_notices: set[str] = set()
    told: dict[str, set[str]] = defaultdict(set)
    keyed: dict[tuple[str | None, str], dict[str, list[tuple[PlacedTopic | None, Problem]]]] = defaultdict(
        lambda: defaultdict(list)
    )

    for placed in content.topics.values():
        topic, place = placed.topic, _At(placed.file, placed.line)
        if placed.service not in content.services:
            yield place.problem(f"tjänsten {placed.service} finns inte i services.yml")
        yield from _check_facts(topic.facts, topic.text, content, documents, place)
        yield from _check_unsourced(topic.text, topic.facts, place)
        if topic.outcome == "answered" and not topic.facts:
            yield place.problem(f"{placed.name}: ett svar utan belagda uppgifter")
        yield from _check_desk(placed, content, place)
        if topic.next_step is not None and topic.next_step not in content.topics:
            yield place.problem(f"{placed.name}: nästa steg {topic.next_step} finns inte")
        for notice in topic.notices:
            if notice not in content.notices:
                yield place.problem(f"{placed.name}: upplysningen {notice} finns inte i notices.yml")
        used_notices.update(topic.notices)
        for fact in topic.facts:
            told[fact.source].add(fact.section)
            if fact.key:
                keyed[placed.region, fact.key][fact.value].append((placed, place.problem("")))

    for code, region in content.regions.items():
        file, raw = region_lines[code]
        if region.default_desk not in {desk.id for desk in region.desks}:
            yield Problem(file, _line_of(raw, ("default_desk",)), f"disken {region.default_desk} finns inte")
        for index, desk in enumerate(region.desks):
            place = _At(file, _line_of(raw, ("desks", index)))
            facts = [*desk.contacts, *(fact for fact in (desk.hours_fact, desk.on_call_fact) if fact)]
            yield from _check_facts(facts, None, content, documents, place)
            if (desk.hours is None) != (desk.hours_fact is None):
                yield place.problem(f"{desk.id}: hours och hours_fact ska finnas båda eller ingen")
            if (desk.on_call is None) != (desk.on_call_fact is None):
                yield place.problem(f"{desk.id}: on_call och on_call_fact ska finnas båda eller ingen")
            for service in desk.services:
                if service not in content.services:
                    yield place.problem(f"{desk.id}: tjänsten {service} finns inte i services.yml")
            for notice in desk.notices:
                if notice not in content.notices:
                    yield place.problem(f"{desk.id}: upplysningen {notice} finns inte i notices.yml")
            used_notices.update(desk.notices)
            for fact in facts:
                told[fact.source].add(fact.section)

    yield from _check_contradictions(keyed)
    for notice in content.notices.values():
        if (notice.text is None) == (notice.silent is None):
            yield Problem("notices.yml", 0, f"{notice.id}: ska ha antingen text eller silent")
        elif notice.text is not None and notice.id not in used_notices:
            yield Problem("notices.yml", 0, f"{notice.id}: motsägelsen visas inte i något ämne")
        yield from _check_unsourced_notice(notice, documents)
    for source in content.sources.values():
        for section in source.sections:
            if section.left_out is None and section.name not in told[source.id]:
                yield Problem("sources.yml", 0, f"{source.id}: inget ämne bygger på avsnittet ”{section.name}”")


@dataclass(frozen=True)
class _At:
    file: str
    line: int

    def problem(self, reason: str) -> Problem:
        return Problem(self.file, self.line, reason)


def _check_facts(
    facts: Iterable[Fact], shown_in: str | None, content: Content, documents: dict[str, Document], place: _At
) -> Iterator[Problem]:
    shown = None if shown_in is None else normalise(shown_in)
    for fact in facts:
        value = normalise(fact.value)
        if shown is not None and value not in shown:
            yield place.problem(f"uppgiften ”{fact.value}” står inte i svarets text")
        source = content.sources.get(fact.source)
        if source is None:
            yield place.problem(f"källan {fact.source} finns inte i sources.yml")
            continue
        if fact.section not in {section.name for section in source.sections}:
            yield place.problem(f"avsnittet ”{fact.section}” finns inte i {fact.source} (se sources.yml)")
            continue
        document = documents.get(fact.source)
        if document is None or fact.inferred:
            continue
        if value not in document.sections.get(fact.section, ""):
            elsewhere = [name for name, text in document.sections.items() if value in text]
            hint = f" (men i ”{elsewhere[0]}”)" if elsewhere else ""
            yield place.problem(f"”{fact.value}” står inte ordagrant i {fact.source}, ”{fact.section}”{hint}")


def _check_unsourced(text: str, facts: Iterable[Fact], place: _At) -> Iterator[Problem]:
    known = " ".join(fact.value for fact in facts)
    for pattern, what in ((_MAILBOX, "adressen"), (_URL, "länken"), (_PHONE, "numret")):
        for found in pattern.findall(text):
            if found not in known:
                yield place.problem(f"{what} {found} står i texten men inte bland uppgifterna (facts)")


def _check_unsourced_notice(notice: Notice, documents: dict[str, Document]) -> Iterator[Problem]:
    for pattern in (_MAILBOX, _URL, _PHONE):
        for found in pattern.findall(notice.text or ""):
            if not any(found in document.text for document in documents.values()):
                yield Problem("notices.yml", 0, f"{notice.id}: {found} står inte i något dokument")


def _check_desk(placed: PlacedTopic, content: Content, place: _At) -> Iterator[Problem]:
    desk = placed.topic.desk
    if desk is None:
        return
    if placed.region is None:
        yield place.problem(f"{placed.name}: ett ämne för alla regioner kan inte ha en egen disk")
    elif (region := content.regions.get(placed.region)) and desk not in {known.id for known in region.desks}:
        yield place.problem(f"{placed.name}: disken {desk} finns inte i regionen")


def _check_contradictions(
    keyed: dict[tuple[str | None, str], dict[str, list[tuple[PlacedTopic | None, Problem]]]],
) -> Iterator[Problem]:
    for (_, key), values in keyed.items():
        if len(values) < 2:
            continue
        for value, uses in values.items():
            for placed, at in uses:
                if placed is not None and not placed.topic.notices:
                    others = ", ".join(sorted(other for other in values if other != value))
                    yield Problem(
                        at.file, at.line, f"{key}: ”{value}” motsägs av {others}; ämnet behöver en upplysning (notices)"
                    )


def _line_of(raw: Any, location: tuple[Any, ...]) -> int:
    """The closest known line of a place inside parsed YAML."""
    line = 0
    current = raw
    for part in location:
        if isinstance(current, located_yaml.Located):
            line = current.lines.get(str(part), current.line)
            current = current.get(str(part))
        elif isinstance(current, list) and isinstance(part, int) and part < len(current):
            current = current[part]
            if isinstance(current, located_yaml.Located):
                line = current.line
        else:
            break
    return line


def default_desk(region: Region) -> Desk:
    """The desk that takes what no other desk is named for."""
    return next(desk for desk in region.desks if desk.id == region.default_desk)


MACHINE_KINDS = frozenset({FactKind.phone, FactKind.mailbox, FactKind.url})
"""Kinds that a user can act on with one tap."""
