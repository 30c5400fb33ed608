"""What the content of the five documents must hold, and what it must never show."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from knowledge.content import Content, default_desk
from knowledge.documents import normalise
from knowledge.schema import FactKind
from tests.builders import REGIONS, foreign_values

FACTS = Path(__file__).parents[4] / "shared" / "data" / "facts_dev.jsonl"
EXPLAINED = {"F121": "a named person and a private mobile number; the functional contact is shown instead"}

NEVER_SHOWN = [
    "0700 - 82 43 53",
    "0700-82 43 53",
    "0700824353",
    "82 43 53",
    "Sa-loggar-du-in/?ar=True",
    "Lägg till Vårdgivarwebben",
    "sbp.ltdalarna.se/servicearket",
]
NAMES = ["Pernilla", "Abrahamsson", "Leif", "Carlsson", "Nicklas", "Åkerman", "Kryssman"]


def rows() -> list[dict[str, Any]]:
    if not FACTS.is_file():
        return []
    return [json.loads(line) for line in FACTS.read_text(encoding="utf-8").splitlines() if line]


def shown(content: Content) -> Iterator[tuple[str, str]]:
    """Where and what: every text that a user can read."""
    for name, placed in content.topics.items():
        topic = placed.topic
        facts = [text for fact in topic.facts for text in (fact.value, fact.inferred or "")]
        yield name, "\n".join([topic.title, topic.text, *facts])
    for code, region in content.regions.items():
        for desk in region.desks:
            facts = [fact.value for fact in (*desk.contacts, desk.hours_fact, desk.on_call_fact) if fact]
            closures = [closure.reason for closure in desk.closures]
            on_call = f"{desk.on_call.how}\n{desk.on_call.hole or ''}" if desk.on_call else ""
            yield f"{code}/{desk.id}", "\n".join([desk.name, desk.handles, desk.how or "", on_call, *facts, *closures])
    for notice in content.notices.values():
        yield notice.id, notice.text or ""
    for source in content.sources.values():
        sections = "\n".join(section.name for section in source.sections)
        yield source.id, "\n".join([source.title, source.issuer, source.scope, source.version or "", sections])


@pytest.mark.parametrize("text", [*NEVER_SHOWN, *NAMES])
def test_never_shown(content: Content, text: str) -> None:
    assert [where for where, words in shown(content) if text.casefold() in words.casefold()] == []


def test_titles_fit_a_button(content: Content) -> None:
    assert {name: len(p.topic.title) for name, p in content.topics.items() if len(p.topic.title) > 60} == {}


@pytest.mark.parametrize("region", REGIONS)
def test_no_contact_of_another_region(content: Content, region: str) -> None:
    foreign = foreign_values(content, region)
    assert foreign
    own = [
        (name, topic) for name, placed in content.topics.items() if placed.region == region and (topic := placed.topic)
    ]
    used = {id for _, topic in own for id in topic.notices}
    used |= {id for desk in content.regions[region].desks for id in desk.notices}
    texts = [(name, topic.text) for name, topic in own]
    texts += [(id, content.notices[id].text or "") for id in used]
    assert [(name, value) for name, text in texts for value in foreign if value in text] == []


@pytest.mark.parametrize("region", REGIONS)
def test_the_sources_of_a_region_are_its_own(content: Content, region: str) -> None:
    topics = [placed for placed in content.topics.values() if placed.region == region]
    assert topics
    for placed in topics:
        assert {content.sources[fact.source].region for fact in placed.topic.facts} <= {region}, placed.name


def test_topics_of_all_regions_show_no_contact_of_one(content: Content) -> None:
    everything = set().union(*(foreign_values(content, region) for region in REGIONS))
    shared = [placed for placed in content.topics.values() if placed.region is None]
    assert [(p.name, value) for p in shared for value in everything if value in p.topic.text] == []


@pytest.mark.parametrize("region", REGIONS)
def test_the_default_desk_has_a_number_and_hours(content: Content, region: str) -> None:
    desk = default_desk(content.regions[region])
    assert FactKind.phone in {contact.kind for contact in desk.contacts}
    assert desk.hours is not None
    assert desk.hours_fact is not None


def test_the_documents_leave_the_eves_open(content: Content) -> None:
    for region in content.regions.values():
        hours = default_desk(region).hours
        assert hours is not None
        assert (hours.holidays, hours.eves) == ("closed", "unclear")


def test_no_topic_hands_a_question_round_in_a_circle(content: Content) -> None:
    for name in content.topics:
        seen, current = [name], content.topics[name].topic.next_step
        while current is not None:
            assert current not in seen, [*seen, current]
            seen.append(current)
            current = content.topics[current].topic.next_step


@pytest.mark.skipif(not FACTS.is_file(), reason=f"{FACTS} is not on this machine")
@pytest.mark.parametrize("row", rows(), ids=lambda row: row["id"])
def test_a_fact_of_the_documents_can_be_told(content: Content, row: dict[str, Any]) -> None:
    wanted = [normalise(text) for text in row["answer_must_contain"]]
    texts = [normalise(p.topic.text) for p in content.topics.values() if p.region in (row["region"], None)]
    told = any(all(text in answer for text in wanted) for answer in texts)
    assert told != (row["id"] in EXPLAINED)
