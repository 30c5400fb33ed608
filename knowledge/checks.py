"""What must hold between the parts of the content, and between the content and the documents."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from knowledge.documents import Document, normalise
from knowledge.errors import Problem
from knowledge.located_yaml import Place
from knowledge.model import Content, PlacedGuide, PlacedTopic
from knowledge.schema import Desk, Fact, Notice, Step

_MAILBOX = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"(?:https?://|(?<![\w.@/-])www\.)[^\s)»”]+[^\s)»”.,;:]")
_PHONE = re.compile(r"(?<![\d/.+-])(?:\+46[ -]?\(?0?\)?|0)\d{1,3}[ -]{0,3}\d{2,8}(?:[ -]{1,3}\d{2,4}){0,3}(?!\d)")
_DIGITS_OF_A_PHONE = range(7, 14)


@dataclass(frozen=True)
class Places:
    """Where the entries stand that do not know it themselves, by id."""

    sources: Mapping[str, Place]
    notices: Mapping[str, Place]
    regions: Mapping[str, Place]
    complete: bool
    """Whether every file could be read; if not, nothing is said of what seems to be missing for that reason alone."""


class _At(NamedTuple):
    """A topic or a desk, for complaints."""

    file: str
    line: int
    name: str

    def problem(self, reason: str) -> Problem:
        return Problem(self.file, self.line, f"{self.name}: {reason}")


class _Use(NamedTuple):
    """A fact as a topic or a desk tells it."""

    region: str | None
    fact: Fact
    notices: list[str]
    at: _At


def check(content: Content, documents: Mapping[str, Document], places: Places) -> Iterator[Problem]:
    """Everything that is wrong though each file by itself is right."""
    uses: list[_Use] = []
    for placed in content.topics.values():
        at = _At(placed.file, placed.line, placed.name)
        yield from _check_topic(placed, content, documents, at)
        uses += [_Use(placed.region, fact, placed.topic.notices, at) for fact in placed.topic.facts]
    for guide in content.guides.values():
        at = _At(guide.file, guide.line, guide.name)
        yield from _check_guide(guide, content, documents, at)
        uses += [_Use(guide.region, fact, step.notices, at) for step in guide.guide.steps for fact in _facts_of(step)]
    for code, region in content.regions.items():
        place = places.regions[code]
        if region.default_desk not in {desk.id for desk in region.desks}:
            yield place.problem(f"disken {region.default_desk} finns inte", "default_desk")
        for number in _repeated([desk.id for desk in region.desks]):
            yield place.problem(f"disken {region.desks[number].id} finns redan", "desks", number)
        known = [fact for desk in region.desks for fact in desk.facts]
        for number, desk in enumerate(region.desks):
            at = _At(*_file_and_line(place, "desks", number), desk.id)
            yield from _check_desk(desk, content, documents, at)
            on_call = (desk.on_call.how, desk.on_call.hole) if desk.on_call else ()
            texts = [text for text in (desk.name, desk.handles, desk.how, *on_call) if text]
            yield from _check_unsourced(texts, known, at)
            uses += [_Use(code, fact, desk.notices, at) for fact in desk.facts]
    yield from _check_contradictions(uses)
    yield from _check_notices(content, documents, places)
    yield from _check_sections(content, places)
    if places.complete:
        yield from _check_nothing_missing(content, {(use.fact.source, use.fact.section) for use in uses}, places)


def _check_topic(
    placed: PlacedTopic, content: Content, documents: Mapping[str, Document], at: _At
) -> Iterator[Problem]:
    topic = placed.topic
    if placed.service not in content.services:
        yield at.problem(f"tjänsten {placed.service} finns inte i services.yml")
    yield from _check_facts(topic.facts, content, documents, at)
    shown = normalise(topic.text)
    for fact in topic.facts:
        if normalise(fact.value) not in shown:
            yield at.problem(f"uppgiften ”{fact.value}” står inte i svarets text")
    yield from _check_unsourced([topic.title, topic.text], topic.facts, at)
    if topic.outcome == "answered" and not topic.facts:
        yield at.problem("ett svar utan belagda uppgifter")
    if topic.desk is not None:
        region = content.regions.get(placed.region or "")
        if placed.region is None:
            yield at.problem("ett ämne för alla regioner kan inte ha en egen disk")
        elif region and topic.desk not in {known.id for known in region.desks}:
            yield at.problem(f"disken {topic.desk} finns inte i regionen")
    yield from _check_notices_exist(topic.notices, content, at)


def _check_guide(
    placed: PlacedGuide, content: Content, documents: Mapping[str, Document], at: _At
) -> Iterator[Problem]:
    if placed.service not in content.services:
        yield at.problem(f"tjänsten {placed.service} finns inte i services.yml")
    yield from _check_unsourced([placed.guide.title, placed.guide.done], [], at)
    for number, step in enumerate(placed.guide.steps, 1):
        within = at._replace(name=f"{at.name}, steg {number}")
        told = [step.text] if step.mail is None else [step.text, step.mail.text, step.mail.to]
        yield from _check_told(told, step.facts, content, documents, within)
        if step.if_no is not None:
            yield from _check_told([step.if_no.text], step.if_no.facts, content, documents, within)
        yield from _check_unsourced([step.title, step.question or ""], [], within)
        yield from _check_notices_exist(step.notices, content, within)


def _check_told(
    texts: list[str], facts: list[Fact], content: Content, documents: Mapping[str, Document], at: _At
) -> Iterator[Problem]:
    """Texts and the facts that they stand on."""
    yield from _check_facts(facts, content, documents, at)
    shown = normalise("\n".join(texts))
    for fact in facts:
        if normalise(fact.value) not in shown:
            yield at.problem(f"uppgiften ”{fact.value}” står inte i texten")
    yield from _check_unsourced(texts, facts, at)
    if not facts:
        yield at.problem("en text utan belagda uppgifter")


def _facts_of(step: Step) -> list[Fact]:
    return [*step.facts, *(step.if_no.facts if step.if_no is not None else [])]


def _check_desk(desk: Desk, content: Content, documents: Mapping[str, Document], at: _At) -> Iterator[Problem]:
    yield from _check_facts(desk.facts, content, documents, at)
    if (desk.hours is None) != (desk.hours_fact is None):
        yield at.problem("hours och hours_fact ska finnas båda eller ingen")
    if (desk.on_call is None) != (desk.on_call_fact is None):
        yield at.problem("on_call och on_call_fact ska finnas båda eller ingen")
    for service in desk.services:
        if service not in content.services:
            yield at.problem(f"tjänsten {service} finns inte i services.yml")
    yield from _check_notices_exist(desk.notices, content, at)


def _check_facts(
    facts: Iterable[Fact], content: Content, documents: Mapping[str, Document], at: _At
) -> Iterator[Problem]:
    for fact in facts:
        source = content.sources.get(fact.source)
        if source is None:
            yield at.problem(f"källan {fact.source} finns inte i sources.yml")
            continue
        if fact.section not in {section.name for section in source.sections}:
            yield at.problem(f"avsnittet ”{fact.section}” finns inte i {fact.source} (se sources.yml)")
            continue
        document = documents.get(fact.source)
        value = normalise(fact.value)
        if document is None or fact.inferred or value in document.sections.get(fact.section, ""):
            continue
        elsewhere = [name for name, text in document.sections.items() if value in text]
        hint = f" (men i ”{elsewhere[0]}”)" if elsewhere else ""
        yield at.problem(f"”{fact.value}” står inte ordagrant i {fact.source}, ”{fact.section}”{hint}")


def _check_unsourced(texts: Iterable[str], facts: Iterable[Fact], at: _At) -> Iterator[Problem]:
    known = " ".join(fact.value for fact in facts)
    for what, found in contacts_in("\n".join(texts)):
        if found not in known:
            yield at.problem(f"{what} {found} står i texten men inte bland uppgifterna (facts eller contacts)")


def contacts_in(text: str) -> Iterator[tuple[str, str]]:
    """Mailboxes, links and telephone numbers in a text, each with its Swedish word."""
    for found in _MAILBOX.findall(text):
        yield "adressen", found
    for found in _URL.findall(text):
        yield "länken", found
    for found in _PHONE.findall(text):
        if sum(letter.isdigit() for letter in found) in _DIGITS_OF_A_PHONE:
            yield "numret", found


def _check_notices_exist(notices: Iterable[str], content: Content, at: _At) -> Iterator[Problem]:
    for notice in notices:
        if notice not in content.notices:
            yield at.problem(f"upplysningen {notice} finns inte i notices.yml")


def _check_contradictions(uses: Iterable[_Use]) -> Iterator[Problem]:
    keyed: dict[tuple[str | None, str], list[_Use]] = defaultdict(list)
    for use in uses:
        if use.fact.key:
            keyed[use.region, use.fact.key].append(use)
    for (_, key), same_key in keyed.items():
        values = {use.fact.value for use in same_key}
        for use in same_key:
            if len(values) > 1 and not use.notices:
                others = ", ".join(f"”{value}”" for value in sorted(values - {use.fact.value}))
                yield use.at.problem(
                    f"”{use.fact.value}” motsägs av {others} (key: {key}); en upplysning (notices) behövs"
                )


def _check_nothing_missing(content: Content, told: set[tuple[str, str]], places: Places) -> Iterator[Problem]:
    for placed in content.topics.values():
        following = placed.topic.next_step
        if following is not None and following not in content.topics:
            yield Problem(placed.file, placed.line, f"{placed.name}: nästa steg {following} finns inte")
    for guide in content.guides.values():
        for topic in (*guide.guide.offered_with, *(name for step in guide.guide.steps for name in step.about)):
            if topic not in content.topics:
                yield Problem(guide.file, guide.line, f"{guide.name}: ämnet {topic} finns inte")
    used = {name for placed in content.topics.values() for name in placed.topic.notices}
    used |= {name for region in content.regions.values() for desk in region.desks for name in desk.notices}
    for notice in content.notices.values():
        if notice.text is not None and notice.id not in used:
            reason = f"{notice.id}: motsägelsen visas inte i något ämne och inte vid någon disk"
            yield places.notices[notice.id].problem(reason)
    for source in content.sources.values():
        for number, section in enumerate(source.sections):
            if section.left_out is None and (source.id, section.name) not in told:
                reason = f"{source.id}: inget ämne bygger på avsnittet ”{section.name}”"
                yield places.sources[source.id].problem(reason, "sections", number)


def _check_notices(content: Content, documents: Mapping[str, Document], places: Places) -> Iterator[Problem]:
    for notice in content.notices.values():
        place = places.notices[notice.id]
        if (notice.text is None) == (notice.silent is None):
            yield place.problem(f"{notice.id}: ska ha antingen text eller silent")
        for found in _in_no_document(notice, documents):
            yield place.problem(f"{notice.id}: {found} står inte i något dokument")


def _in_no_document(notice: Notice, documents: Mapping[str, Document]) -> Iterator[str]:
    for _, found in contacts_in(notice.text or ""):
        if not any(found in document.text for document in documents.values()):
            yield found


def _check_sections(content: Content, places: Places) -> Iterator[Problem]:
    for source in content.sources.values():
        for number in _repeated([section.name for section in source.sections]):
            reason = f"{source.id}: avsnittet ”{source.sections[number].name}” finns redan"
            yield places.sources[source.id].problem(reason, "sections", number)


def _repeated(names: list[str]) -> Iterator[int]:
    """Where names stand that stood before."""
    seen: Counter[str] = Counter()
    for number, name in enumerate(names):
        if seen[name]:
            yield number
        seen[name] += 1


def _file_and_line(place: Place, *path: str | int) -> tuple[str, int]:
    problem = place.problem("", *path)
    return problem.file, problem.line
