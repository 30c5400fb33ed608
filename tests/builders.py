"""Messages, trackers and conversations, shaped as Rasa 3.6 hands them to an action server."""

import asyncio
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.house import House
from actions.turn import MEMORY, Turn
from knowledge.calendar.spelling import fold
from knowledge.content import Content
from knowledge.schema import Fact, FactKind

STOCKHOLM = ZoneInfo("Europe/Stockholm")
REGIONS = ("Dalarna", "Uppsala", "VGR")
SURE, UNSURE = 0.97, 0.35
TOPIC_GAP = 5.0
"""Between the scores of one ranking: far enough apart that the second is never told beside the first."""


def moment(iso: str) -> datetime:
    """A local time in Stockholm."""
    return datetime.fromisoformat(iso).replace(tzinfo=STOCKHOLM)


def entity(kind: str, value: str, text: str = "") -> dict[str, Any]:
    """An entity as our component reports it, at the word of the text that begins as its value does."""
    start = max(0, fold(text).find(fold(value)[:5]))
    end = start + len(text[start:].split(maxsplit=1)[0].rstrip("?!.,")) if text.strip() else len(value)
    return {"entity": kind, "value": value, "start": start, "end": end, "extractor": "SwedishUnderstanding"}


def ranking(*names: str, confidence: float = SURE, best: float = 6.0) -> dict[str, Any]:
    """One region's topics, best first, as `nlu/components/understanding.py` writes them."""
    scores = [best - TOPIC_GAP * place for place in range(len(names))]
    listed = [{"name": name, "score": score} for name, score in zip(names, scores, strict=True)]
    return {"confidence": confidence, "ranking": listed}


def message(
    text: str,
    intent: str = "ask_about_service",
    *,
    regions: Iterable[str] = (),
    foreign: Iterable[str] = (),
    services: Iterable[str] = (),
    chosen: str | None = None,
    topics: Mapping[str, Mapping[str, Any]] | None = None,
    metadata: Mapping[str, Any] | None = None,
    others: Mapping[str, str] | None = None,
    english: bool = False,
    urgent: bool = False,
    frustrated: bool = False,
) -> dict[str, Any]:
    """Parse data of one user message, with our component's `topics`; `others`: entities of other kinds."""
    entities = [
        *(entity("region", code, text) for code in regions),
        *(entity("foreign_region", name, text) for name in foreign),
        *(entity("service", name, text) for name in services),
        *([entity("chosen_topic", chosen)] if chosen else []),
        *(entity(kind, value, text) for kind, value in (others or {}).items()),
    ]
    return {
        "text": text,
        "intent": {"name": intent, "confidence": 0.9},
        "intent_ranking": [{"name": intent, "confidence": 0.9}, {"name": "unclear", "confidence": 0.1}],
        "entities": entities,
        "topics": dict(topics or {}),
        "thresholds": {"high": 0.4, "low": 0.2},
        "language": "en" if english else "sv",
        "cues": {"urgent": urgent, "frustrated": frustrated, "excluded": []},
        "message_id": "0a1b2c",
        "metadata": dict(metadata or {}),
    }


def tracker(latest: Mapping[str, Any], slots: Mapping[str, Any] | None = None) -> Tracker:
    """A tracker after a message. An entity has filled the region slot, as its mapping in domain.yml does."""
    filled = {**dict.fromkeys(MEMORY), **(slots or {})}
    for found in latest.get("entities") or ():
        if found["entity"] == "region":
            filled["region"] = found["value"]
    state = {
        "sender_id": "test",
        "slots": filled,
        "latest_message": dict(latest),
        "events": [],
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": "action_listen",
    }
    return Tracker.from_dict(json.loads(json.dumps(state)))


def turn(latest: Mapping[str, Any], slots: Mapping[str, Any] | None = None) -> Turn:
    """What our actions understand of a message."""
    return Turn.of(tracker(latest, slots), frozenset(REGIONS))


@dataclass(frozen=True)
class Said:
    """What the bot said in one turn."""

    text: str
    buttons: list[dict[str, str]]
    custom: dict[str, Any]

    @property
    def payloads(self) -> list[str]:
        """What the buttons send."""
        return [button["payload"] for button in self.buttons]

    @property
    def values(self) -> set[str]:
        """The facts shown."""
        return {fact["value"] for fact in self.custom["facts"]}

    @property
    def documents(self) -> set[str]:
        """The files of the documents named as sources."""
        return {source["document"] for source in self.custom["sources"]}

    @property
    def whole(self) -> str:
        """Everything that the user can read."""
        titles = [button["title"] for button in self.buttons]
        return "\n".join([self.text, *titles, *self.custom["notices"], *self.values])


@dataclass
class Conversation:
    """Runs actions one after the other and keeps the slots between them, through JSON as on the wire."""

    slots: dict[str, Any] = field(default_factory=dict)

    def send(self, action: Action, latest: Mapping[str, Any]) -> Said:
        """One turn: the action's one reply."""
        dispatcher = CollectingDispatcher()
        before = tracker(latest, self.slots)
        events = asyncio.run(_run(action, dispatcher, before))
        self.slots = dict(before.current_slot_values())
        for event in json.loads(json.dumps(events)):
            assert event["event"] == "slot"
            self.slots[event["name"]] = event["value"]
        (said,) = json.loads(json.dumps(dispatcher.messages))
        assert said["text"].strip()
        reply = Said(said["text"], said["buttons"], said["custom"])
        assert_contract(reply.custom)
        return reply


async def _run(action: Action, dispatcher: CollectingDispatcher, before: Tracker) -> list[dict[str, Any]]:
    return list(await action.run(dispatcher, before, {}))


OUTCOMES = {
    "answered",
    "clarifying",
    "referred",
    "declined",
    "ticketed",
    "handed_over",
    "smalltalk",
    "failed",
}
_TIMES = {"at", "next_open", "deadline", "earliest"}
_OPTIONAL = {
    *_TIMES,
    "open",
    "on_call",
    "context",
    "urgent",
    "language_note",
    "handover",
    "guide",
    "asks",
    "ticket",
    "version",
}
_ALWAYS = {"outcome", "topic", "region", "sources", "notices", "facts"}


def assert_contract(custom: dict[str, Any]) -> None:
    """The reply contract of architecture.md, for whatever is in the reply."""
    assert custom.keys() >= _ALWAYS
    assert custom.keys() - _ALWAYS <= _OPTIONAL
    assert custom["outcome"] in OUTCOMES
    assert custom["region"] in (None, *REGIONS)
    for source in custom["sources"]:
        assert source.keys() == {"document", "title", "section", "dated"}
        assert all(isinstance(value, str) and value for value in source.values())
    assert all(isinstance(notice, str) and notice for notice in custom["notices"])
    for fact in custom["facts"]:
        assert fact.keys() == {"kind", "value"}
        assert fact["kind"] in set(FactKind)
    for key in _TIMES & custom.keys():
        if custom[key] is not None and "T" in custom[key]:
            assert datetime.fromisoformat(custom[key]).utcoffset() is not None, key
    if "context" in custom:
        assert custom["context"].keys() == {"region", "service", "role"}
    for key in ("open", "on_call"):
        assert custom.get(key) in (True, False, None)


def house_at(house: House, iso: str, **changed: Any) -> House:
    """The same house at another time, and with other settings."""
    now = moment(iso)
    return replace(house, now=lambda: now, **changed)


def own_values(content: Content, region: str) -> set[str]:
    """Every number, mailbox and link that content of one region, or of all regions, shows."""
    desks = [fact for desk in content.regions[region].desks for fact in desk.contacts]
    topics = [
        fact for placed in content.topics.values() if placed.region in (region, None) for fact in placed.topic.facts
    ]
    return {fact.value for fact in [*desks, *topics] if _is_contact(fact)}


def foreign_values(content: Content, region: str) -> set[str]:
    """Numbers, mailboxes and links of the other regions; short ones left out, they stand inside other words."""
    others = {value for code in content.regions if code != region for value in own_values(content, code)}
    own = " ".join(own_values(content, region))
    return {value for value in others if value not in own and len(value) > 5}


def _is_contact(fact: Fact) -> bool:
    return fact.kind in (FactKind.phone, FactKind.mailbox, FactKind.url)
