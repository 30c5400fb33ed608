"""Read the content folder and check it: everything is right, or nothing is loaded."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from knowledge import located_yaml
from knowledge.checks import Places, check
from knowledge.complaints import complaint
from knowledge.documents import Document, cut
from knowledge.errors import ContentError, Problem
from knowledge.likeness import near_duplicates
from knowledge.located_yaml import Place
from knowledge.model import SHARED, Content, PlacedGuide, PlacedTopic, default_desk
from knowledge.schema import ForeignRegion, GuideFile, Notice, Region, Role, Service, Source, Topic, TopicFile

__all__ = ["CONTENT", "DOCUMENTS", "SHARED", "Content", "PlacedTopic", "default_desk", "read_content"]

CONTENT = Path(__file__).parent / "content"
DOCUMENTS = Path(__file__).parent / "documents"
_REGION_FILE = "region.yml"
_GUIDES = "guides"
"""Folder of a region's guides, in the region's own."""

ModelT = TypeVar("ModelT", bound=BaseModel)
_NamedT = TypeVar("_NamedT", Source, Service, Notice)
_PlacedT = TypeVar("_PlacedT", PlacedTopic, PlacedGuide)


def read_content(root: Path = CONTENT, documents: Path = DOCUMENTS) -> Content:
    """Read and check all content. Raises ContentError with every problem found, each with file and line."""
    reading = _Reading(root)
    sources, source_places = reading.named("sources.yml", Source)
    services, _ = reading.named("services.yml", Service)
    notices, notice_places = reading.named("notices.yml", Notice)
    foreign = [region for region, _ in reading.entries("foreign_regions.yml", ForeignRegion)]
    roles = [role for role, _ in reading.entries("roles.yml", Role)]
    regions: dict[str, Region] = {}
    region_places: dict[str, Place] = {}
    placed: list[PlacedTopic] = []
    guides: list[PlacedGuide] = []
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        code: str | None = None
        if folder.name != SHARED:
            region, place = reading.region(folder)
            if region is None:
                continue
            code = region.code
            regions[code], region_places[code] = region, place
            guides += reading.guides(folder / _GUIDES, code)
        placed += reading.topics(folder, code)
    content = Content(
        sources=sources,
        regions=regions,
        foreign_regions=foreign,
        services=services,
        notices=notices,
        topics=reading.by_name(placed, "ämnet"),
        roles=roles,
        guides=reading.by_name(guides, "guiden"),
    )
    texts = reading.documents(documents, sources, source_places)
    places = Places(source_places, notice_places, region_places, complete=not reading.problems)
    reading.problems += check(content, texts, places)
    if reading.problems:
        raise ContentError(reading.problems)
    return content


@dataclass
class _Reading:
    """Reads files and collects what is wrong with each by itself."""

    root: Path
    problems: list[Problem] = field(default_factory=list)

    def entries(self, file: str, model: type[ModelT]) -> Iterator[tuple[ModelT, Place]]:
        """The right ones of a file that is a list."""
        raw, readable = self._raw(self.root / file)
        if not isinstance(raw, list):
            if readable:
                self.problems.append(Problem(file, 0, "filen ska vara en lista"))
            return
        for entry in raw:
            place = Place(file, entry)
            parsed = self._parse(place, model)
            if parsed is not None:
                yield parsed, place

    def named(self, file: str, model: type[_NamedT]) -> tuple[dict[str, _NamedT], dict[str, Place]]:
        """The entries of a list and their places, by id."""
        found: dict[str, _NamedT] = {}
        places: dict[str, Place] = {}
        for entry, place in self.entries(file, model):
            if entry.id in found:
                self.problems.append(place.problem(f"{entry.id} finns redan i {file}", "id"))
                continue
            found[entry.id], places[entry.id] = entry, place
        return found, places

    def region(self, folder: Path) -> tuple[Region | None, Place]:
        """The region of a folder."""
        region, place = self._one(folder / _REGION_FILE, Region)
        if region is not None and folder.name != region.code.lower():
            reason = f"mappen för {region.code} ska heta {region.code.lower()}"
            self.problems.append(place.problem(reason, "code"))
        return region, place

    def topics(self, folder: Path, region: str | None) -> Iterator[PlacedTopic]:
        """The topics of a folder."""
        for path in sorted(folder.glob("*.yml")):
            if path.name == _REGION_FILE:
                continue
            parsed, place = self._one(path, TopicFile)
            if parsed is not None:
                for number, topic in enumerate(parsed.topics):
                    self._repetitions(topic, place, number)
                    owned = topic.model_copy(update={"owner": topic.owner or parsed.owner})
                    line = located_yaml.line_of(place.raw, ("topics", number))
                    yield PlacedTopic(region, parsed.service, owned, place.file, line)

    def _repetitions(self, topic: Topic, place: Place, number: int) -> None:
        """Examples that say again what another of the topic says: they cost training time and teach nothing."""
        for later, earlier in near_duplicates(topic.examples):
            reason = f"{topic.id}: exemplet ”{topic.examples[later]}” är nästan lika med ”{topic.examples[earlier]}”"
            self.problems.append(place.problem(reason, "topics", number, "examples", later))

    def guides(self, folder: Path, region: str) -> Iterator[PlacedGuide]:
        """The guides of a region's folder; there may be none."""
        for path in sorted(folder.glob("*.yml")):
            parsed, place = self._one(path, GuideFile)
            if parsed is not None:
                for number, guide in enumerate(parsed.guides):
                    line = located_yaml.line_of(place.raw, ("guides", number))
                    yield PlacedGuide(region, parsed.service, guide, place.file, line)

    def by_name(self, placed: Iterable[_PlacedT], what: str) -> dict[str, _PlacedT]:
        """Topics or guides by their full names; `what`: the Swedish word for one of them."""
        named: dict[str, _PlacedT] = {}
        for each in placed:
            if each.name in named:
                self.problems.append(Problem(each.file, each.line, f"{what} {each.name} finns redan"))
            named[each.name] = each
        return named

    def documents(self, folder: Path, sources: dict[str, Source], places: dict[str, Place]) -> dict[str, Document]:
        """Every source's document, cut into its sections."""
        found: dict[str, Document] = {}
        for name, source in sources.items():
            try:
                text = (folder / source.file).read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                reason = f"{name}: dokumentet {source.file} kan inte läsas ({_why(error)})"
                self.problems.append(places[name].problem(reason))
                continue
            found[name], missing = cut(source, text)
            for number, section in enumerate(source.sections):
                if section.name in missing:
                    reason = f"{name}: avsnittet ”{section.name}” hittas inte i dokumentet"
                    self.problems.append(places[name].problem(reason, "sections", number))
        return found

    def _one(self, path: Path, model: type[ModelT]) -> tuple[ModelT | None, Place]:
        raw, readable = self._raw(path)
        place = Place(str(path.relative_to(self.root)), raw)
        if raw is None:
            if readable:
                self.problems.append(place.problem("filen är tom"))
            return None, place
        return self._parse(place, model), place

    def _parse(self, place: Place, model: type[ModelT]) -> ModelT | None:
        try:
            return model.model_validate(place.raw)
        except ValidationError as error:
            self.problems += [place.problem(complaint(fault), *fault["loc"]) for fault in error.errors()]
            return None

    def _raw(self, path: Path) -> tuple[Any, bool]:
        """What the file holds, and whether it could be read."""
        try:
            return located_yaml.read(path, self.root), True
        except ContentError as error:
            self.problems += error.problems
            return None, False


def _why(error: OSError | UnicodeDecodeError) -> str:
    return "inte UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror or type(error).__name__
