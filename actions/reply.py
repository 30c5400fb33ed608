"""The reply contract: a text, buttons, and the machine-readable `custom` object of every bot turn."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from actions.phrases import data, say
from knowledge.calendar.opening import OpeningStatus
from knowledge.content import PlacedTopic
from knowledge.database import KnowledgeBase
from knowledge.schema import Desk, Fact, Region


@dataclass(frozen=True)
class Button:
    """A choice: what it says and the message that it sends."""

    title: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """One bot turn."""

    outcome: str
    text: str
    buttons: tuple[Button, ...] = ()
    topic: str | None = None
    region: str | None = None
    service: str | None = None
    """The service that it is about, where no topic says so."""
    desk: str | None = None
    """The desk that it shows, if it shows one."""
    facts: tuple[Fact, ...] = ()
    notices: tuple[str, ...] = ()
    """Ids of notices."""
    times: dict[str, Any] = field(default_factory=dict)
    """`at`, `open`, `next_open`, `on_call`, `deadline`, `earliest` of the contract, JSON-ready."""
    more: dict[str, Any] = field(default_factory=dict)
    """Further keys of `custom`: `context`, `urgent`, `language_note`, `handover`, `guide`, `asks`, `ticket` ..."""
    slots: dict[str, Any] = field(default_factory=dict)
    """Slots to set with this reply."""

    puzzled: bool = False
    """Whether it says that the message was not understood, or not surely."""

    def and_then(self, *paragraphs: str) -> "Reply":
        """The reply with more paragraphs."""
        return replace(self, text="\n\n".join([self.text, *(text for text in paragraphs if text)]))

    def preceded_by(self, *paragraphs: str) -> "Reply":
        """The reply with paragraphs before its own."""
        return replace(self, text="\n\n".join([*(text for text in paragraphs if text), self.text]))

    def with_slots(self, slots: Mapping[str, Any]) -> "Reply":
        """The reply with more slots to set."""
        return replace(self, slots={**self.slots, **slots})

    def with_buttons(self, *buttons: Button) -> "Reply":
        """The reply with more buttons, those left out that do what one of its own does."""
        payloads = {button.payload for button in self.buttons}
        return replace(self, buttons=(*self.buttons, *(each for each in buttons if each.payload not in payloads)))

    def joined(self, other: "Reply") -> "Reply":
        """Both texts, with both replies' facts and notices; the rest is this reply's."""
        return replace(
            self.and_then(other.text),
            facts=(*self.facts, *other.facts),
            notices=tuple(dict.fromkeys((*self.notices, *other.notices))),
        )

    def custom(self, knowledge: KnowledgeBase | None) -> dict[str, Any]:
        """The `custom` object; without a knowledge base, documents are named by id alone."""
        version = {} if knowledge is None or self.topic is None else {"version": knowledge.version}
        return {
            "outcome": self.outcome,
            "topic": self.topic,
            "region": self.region,
            "sources": [] if knowledge is None else _sources(self.facts, knowledge),
            "notices": [] if knowledge is None else [notice.text for notice in knowledge.notices(self.notices)],
            "facts": [{"kind": fact.kind.value, "value": fact.value} for fact in _distinct(self.facts)],
            **version,
            **self.times,
            **self.more,
        }


def topic_reply(placed: PlacedTopic, text: str | None = None) -> Reply:
    """A topic as a reply, without what depends on time or region."""
    return Reply(
        outcome=placed.topic.outcome,
        text="\n\n".join([text or placed.topic.text, *inferred_remarks(placed.topic.facts)]),
        topic=placed.name,
        region=placed.region,
        service=placed.service,
        desk=placed.topic.desk,
        facts=tuple(placed.topic.facts),
        notices=tuple(placed.topic.notices),
    )


def inferred_remarks(facts: Iterable[Fact]) -> list[str]:
    """For every fact that no document says outright, how it was inferred."""
    return [say("inferred", value=fact.value, how=fact.inferred) for fact in _distinct(facts) if fact.inferred]


def side_by_side(replies: Sequence[tuple[Region, Reply]]) -> Reply:
    """Several regions' replies as one turn, each under its region's name; needs at least one."""
    whole: Reply | None = None
    for region, reply in replies:
        text = f"{say('in_region', region=region.in_sentence)}\n\n{reply.text}"
        part = replace(reply, text=text, region=None, times={}, slots={}, buttons=())
        whole = part if whole is None else whole.joined(part)
    assert whole is not None
    outcomes = [reply.outcome for _, reply in replies]
    best = next((outcome for outcome in ("answered", "referred") if outcome in outcomes), outcomes[0])
    return replace(whole, outcome=best)


def desk_facts(desk: Desk) -> tuple[Fact, ...]:
    """Everything that a desk's presentation shows."""
    return (*desk.contacts, *(fact for fact in (desk.hours_fact, desk.on_call_fact) if fact is not None))


def status_times(status: OpeningStatus) -> dict[str, Any]:
    """An opening status as the contract has it."""
    return {
        "at": _iso(status.at),
        "open": status.open,
        "next_open": _iso(status.next_open),
        "on_call": status.on_call,
    }


def region_buttons(regions: Iterable[Region]) -> tuple[Button, ...]:
    """One button per region."""
    return tuple(
        Button(region.in_sentence, "/inform_region" + json.dumps({"region": region.code})) for region in regions
    )


def topic_buttons(topics: Sequence[PlacedTopic]) -> tuple[Button, ...]:
    """One button per topic."""
    return tuple(
        Button(placed.topic.title, "/ask_about_service" + json.dumps({"chosen_topic": placed.name}))
        for placed in topics
    )


def person_button() -> Button:
    """To a person, wherever the conversation is."""
    return Button(data("buttons")["person"], "/talk_to_human")


def ticket_button() -> Button:
    """To a ticket."""
    return Button(data("buttons")["ticket"], "/register_ticket")


def go_on_button(form: str) -> Button:
    """Back to a form after a digression."""
    return Button(data("go_on")[form], "/guide_continue")


def guide_button(guide: str, title: str) -> Button:
    """To the first step of a guide."""
    return Button(title, "/start_guide" + json.dumps({"guide": guide}))


def _sources(facts: Iterable[Fact], knowledge: KnowledgeBase) -> list[dict[str, str]]:
    places = dict.fromkeys((fact.source, fact.section) for fact in facts)
    listed = []
    for name, section in places:
        source = knowledge.source(name)
        listed.append({"document": source.file, "title": source.title, "section": section, "dated": source.dated})
    return listed


def _distinct(facts: Iterable[Fact]) -> list[Fact]:
    return list({(fact.kind, fact.value): fact for fact in facts}.values())


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
