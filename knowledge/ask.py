"""Asking the knowledge base at the terminal, also as it was on a past date. Swedish: editors read it."""

from collections.abc import Iterator
from datetime import datetime, time

from knowledge.calendar.clock import STOCKHOLM
from knowledge.database import KnowledgeBase
from knowledge.errors import UnknownRegion, UnreadableDate
from knowledge.model import PlacedTopic
from knowledge.schema import Fact
from knowledge.search import best


def ask(knowledge: KnowledgeBase, question: str, region: str | None = None) -> str | None:
    """The topic of that name in full, else a list of the topics nearest to the question; None when there is none."""
    code = None if region is None else _code(knowledge, region)
    placed = knowledge.topic(question.strip())
    if placed is not None:
        return "\n".join(_told(placed, knowledge))
    topics = [one for one in knowledge.every_topic() if code is None or one.region in (code, None)]
    found = best(question, topics)
    if not found:
        return None
    width = max(len(one.name) for one in found)
    lines = [f"  {one.name:{width}}  {one.topic.title}" for one in found]
    return "\n".join(["Närmast ligger:", *lines, "Fråga med ett av namnen för att se hela svaret."])


def end_of(written: str) -> datetime:
    """A date as the last moment of that day, a moment as itself; Europe/Stockholm. Raises UnreadableDate."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise UnreadableDate(
            f"{written} är inget datum; skriv till exempel 2026-11-22 eller 2026-11-22T15:00"
        ) from error
    if len(written) <= len("2026-11-22"):
        moment = datetime.combine(moment, time.max)
    return moment if moment.tzinfo else moment.replace(tzinfo=STOCKHOLM)


def _code(knowledge: KnowledgeBase, written: str) -> str:
    codes = {region.code.casefold(): region.code for region in knowledge.regions()}
    if written.casefold() not in codes:
        raise UnknownRegion(f"regionen {written} finns inte; välj bland {', '.join(sorted(codes.values()))}")
    return codes[written.casefold()]


def _told(placed: PlacedTopic, knowledge: KnowledgeBase) -> Iterator[str]:
    topic = placed.topic
    yield f"{topic.title}  [{placed.name}]"
    yield f"Så som det var {knowledge.today()}, efter inläsningen {knowledge.loaded_at():%Y-%m-%d %H:%M}."
    yield ""
    yield topic.text.rstrip()
    yield ""
    if topic.facts:
        yield "Uppgifter:"
        for fact in topic.facts:
            yield from _fact(fact, knowledge)
    for notice in knowledge.notices(topic.notices):
        yield f"Upplysning {notice.id}: {notice.text}"
    yield from (f"{label}: {value}" for label, value in _details(placed) if value)


def _fact(fact: Fact, knowledge: KnowledgeBase) -> Iterator[str]:
    source = knowledge.source(fact.source)
    yield f"- {fact.value} ({fact.kind})"
    yield f"  {source.title}, avsnittet ”{fact.section}”, {source.dated}"
    if fact.inferred:
        yield f"  Uttolkat: {fact.inferred}"


def _details(placed: PlacedTopic) -> list[tuple[str, object]]:
    topic = placed.topic
    return [
        ("Disk", topic.desk),
        ("Nästa steg", topic.next_step),
        ("Ägare", topic.owner),
        ("Gäller från och med", topic.valid_from),
        ("Gäller till och med", topic.valid_to),
        ("Kontrollerat", topic.checked),
    ]
