"""What Rasa understood of a message, in types, and what the conversation remembers."""

import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from rasa_sdk import Tracker

from actions.tickets.fields import LOOKUP_SLOTS, TICKET_SLOTS

REGION_SLOT = "region"
ROLE_SLOT = "role"
SERVICE_SLOT = "service"
TOPIC_SLOT = "topic"
DESK_SLOT = "desk"
QUESTION_SLOT = "question"
PENDING_SLOT = "pending"
CHOICES_SLOT = "choices"
FAILURES_SLOT = "failures"
GUIDE_SLOT = "guide"
GUIDE_MOVE_SLOT = "guide_move"
OFFER_SLOT = "offer"
ASKING_SLOT = "asking"
MEMORY = (
    *TICKET_SLOTS,
    *LOOKUP_SLOTS,
    REGION_SLOT,
    ROLE_SLOT,
    SERVICE_SLOT,
    TOPIC_SLOT,
    DESK_SLOT,
    QUESTION_SLOT,
    PENDING_SLOT,
    CHOICES_SLOT,
    FAILURES_SLOT,
    GUIDE_SLOT,
    GUIDE_MOVE_SLOT,
    OFFER_SLOT,
    ASKING_SLOT,
)
"""Slots of what a conversation remembers, all of them empty at its start."""

ABOUT_REACHING = frozenset({"ask_contact", "ask_opening_hours", "ask_who_answers"})
"""Intents of questions whose times are a desk's; the date in "hon börjar 1 februari" is another."""

_FROM = re.compile(r"(?:från|fran|from)\s+(?:region\s+)?$", re.IGNORECASE)
_NAMES = frozenset({"region", "foreign_region", "service"})


class Name(NamedTuple):
    """A name of the knowledge base in a message."""

    kind: str
    """`region`, `foreign_region` or `service`."""
    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Ranking:
    """The topics of one region that may answer the message, best first."""

    confidence: float
    """Probability that the first topic is the right one."""
    names: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()

    def led_by(self, name: str) -> "Ranking":
        """The ranking with one of its topics moved to the first place."""
        others = [(each, score) for each, score in zip(self.names, self.scores, strict=True) if each != name]
        names, scores = zip((name, self.scores[0]), *others, strict=True)
        return Ranking(self.confidence, names, scores)

    def share_of(self, names: Collection[str]) -> float:
        """The odds' share (0 to 1) that some of its topics have together."""
        odds = [math.exp(score - self.scores[0]) for score in self.scores]
        return sum(each for name, each in zip(self.names, odds, strict=True) if name in names) / sum(odds)


@dataclass(frozen=True)
class Turn:
    """One user message and what the conversation remembers."""

    text: str
    intent: str
    intents: dict[str, float] = field(default_factory=dict)
    regions: tuple[str, ...] = ()
    """Region codes that the message names."""
    foreign: tuple[str, ...] = ()
    """Other regions that the message names."""
    services: tuple[str, ...] = ()
    """Services that the message names, those left out that it names as not meant."""
    names: tuple[Name, ...] = ()
    """The regions and services in the text, and where they stand."""
    vgr_id: str | None = None
    times: tuple[str, ...] = ()
    """Times in the message, as they are written there."""
    ticket_numbers: tuple[str, ...] = ()
    rankings: dict[str, Ranking] = field(default_factory=dict)
    chosen_topic: str | None = None
    """The topic of the button that was pressed."""
    chosen_guide: str | None = None
    """The guide of the button that was pressed."""
    high: float = 1.0
    """From this confidence the first topic is given as the answer; chosen when the model was trained."""
    low: float = 1.0
    """Below this confidence no topic is suggested."""
    english: bool = False
    urgent: bool = False
    frustrated: bool = False
    questions: tuple[Mapping[str, Any], ...] = ()
    """The questions of a message that holds several, as parse data; see `part`."""
    region: str | None = None
    """The region in force: named in the message, else remembered, else set by the portal."""
    role: str | None = None
    """What the user works as, or whom the questions are about, once told."""
    topic: str | None = None
    """The topic of the last answer."""
    service: str | None = None
    """The service that the conversation is about."""
    desk: str | None = None
    """The desk that the last answer showed, if it showed one."""
    question: dict[str, Any] | None = None
    """The last question that was answered, as `memory` wrote it."""
    pending: dict[str, Any] | None = None
    """The question that waits for a region, as `memory` wrote it."""
    choices: tuple[tuple[str, str], ...] = ()
    """Titles and payloads of the last turn's buttons."""
    failures: int = 0
    """Turns in a row in which the bot could not make out what was meant."""
    guide: dict[str, Any] | None = None
    """The guide that was begun, and how far it has come."""
    form: str | None = None
    """The form that is being filled in."""
    ticket: Mapping[str, Any] = field(default_factory=dict)
    """The slots of the ticket form that are filled; see `actions/tickets/fields.py`."""
    lookup: Mapping[str, Any] = field(default_factory=dict)
    """The slots of the question about a ticket that are filled."""
    conversation: str = ""
    """Its id, the same for the gateway, Rasa and the records."""

    @classmethod
    def of(cls, tracker: Tracker, known_regions: frozenset[str]) -> "Turn":
        """Read a tracker. A region in the message's metadata counts when nothing else sets one."""
        message = tracker.latest_message or {}
        asked = _request(message, known_regions)
        slots = tracker.current_slot_values()
        thresholds = message.get("thresholds") or {}
        cues = message.get("cues") or {}
        excluded = frozenset(cues.get("excluded") or ())
        portal = (message.get("metadata") or {}).get("region")
        candidates = (asked["regions"][-1] if asked["regions"] else None, slots.get(REGION_SLOT), portal)
        region = next((code for code in candidates if code in known_regions), None)
        return cls(
            **{
                **asked,
                "services": tuple(name for name in asked["services"] if name not in excluded),
                "foreign": _foreign(asked, region),
            },
            chosen_topic=next(iter(_values(message, "chosen_topic", None)), None),
            chosen_guide=next(iter(_values(message, "guide", None)), None),
            high=float(thresholds.get("high", 1.0)),
            low=float(thresholds.get("low", 1.0)),
            english=message.get("language") == "en",
            urgent=bool(cues.get("urgent")),
            frustrated=bool(cues.get("frustrated")),
            questions=tuple(message.get("questions") or ()),
            region=region,
            role=slots.get(ROLE_SLOT),
            topic=slots.get(TOPIC_SLOT),
            service=slots.get(SERVICE_SLOT),
            desk=slots.get(DESK_SLOT),
            question=slots.get(QUESTION_SLOT),
            pending=slots.get(PENDING_SLOT),
            choices=tuple((title, payload) for title, payload in slots.get(CHOICES_SLOT) or ()),
            failures=int(slots.get(FAILURES_SLOT) or 0),
            guide=slots.get(GUIDE_SLOT),
            form=(tracker.active_loop or {}).get("name"),
            ticket=_filled(slots, TICKET_SLOTS),
            lookup=_filled(slots, LOOKUP_SLOTS),
            conversation=str(tracker.sender_id),
        )

    @property
    def ranking(self) -> Ranking:
        """The topics of the region in force; none while it is unknown."""
        return self.rankings.get(self.region or "", Ranking(0.0))

    def part(self, question: Mapping[str, Any], known_regions: frozenset[str]) -> "Turn":
        """One question of a message that holds several, as a turn of its own."""
        asked = _request(question, known_regions)
        region = asked["regions"][-1] if asked["regions"] else self.region
        # Which of them are asked about is known of the whole message, in which the names' places count.
        foreign = tuple(name for name in asked["foreign"] if name in self.foreign)
        return replace(self, **{**asked, "foreign": foreign}, region=region, questions=())

    def memory(self, action: str, topic: str | None = None) -> dict[str, Any]:
        """This turn as a slot value, to be answered by `action` once the region is known, or for another region.

        `topic`: what the answer was, when there has been one.
        """
        return {
            "action": action,
            "topic": topic,
            "text": self.text,
            "intent": self.intent,
            "intents": self.intents,
            "services": list(self.services),
            "rankings": {
                region: [found.confidence, list(found.names), list(found.scores)]
                for region, found in self.rankings.items()
            },
            "questions": list(self.questions),
            "high": self.high,
            "low": self.low,
        }

    def resumed(self, memory: dict[str, Any]) -> "Turn":
        """The turn that was kept, with all that is known now."""
        return replace(
            self,
            text=memory["text"],
            intent=memory["intent"],
            intents=memory["intents"],
            regions=(),
            foreign=(),
            services=tuple(memory["services"]),
            names=(),
            rankings={
                region: Ranking(confidence, tuple(names), tuple(scores))
                for region, (confidence, names, scores) in memory["rankings"].items()
            },
            chosen_topic=None,
            questions=tuple(memory["questions"]),
            high=memory["high"],
            low=memory["low"],
        )


def _request(parsed: Mapping[str, Any], known_regions: frozenset[str]) -> dict[str, Any]:
    """The fields of a turn that the message, or one question of it, says itself."""
    return {
        "text": str(parsed.get("text") or ""),
        "intent": str((parsed.get("intent") or {}).get("name") or ""),
        "intents": {entry["name"]: float(entry["confidence"]) for entry in parsed.get("intent_ranking") or ()},
        "regions": _values(parsed, "region", known_regions),
        "foreign": _values(parsed, "foreign_region", None),
        "services": _values(parsed, "service", None),
        "names": tuple(
            Name(entity["entity"], str(entity["value"]), int(entity["start"]), int(entity["end"]))
            for entity in parsed.get("entities") or ()
            if entity.get("entity") in _NAMES and "start" in entity
        ),
        "times": _values(parsed, "time", None),
        "ticket_numbers": _values(parsed, "ticket_number", None),
        "vgr_id": next(iter(_values(parsed, "vgr_id", None)), None),
        "rankings": _rankings(parsed.get("topics") or {}),
    }


def _foreign(asked: Mapping[str, Any], region: str | None) -> tuple[str, ...]:
    """The other regions asked about: who works in ours and names another after "från" tells of somebody else."""
    if region is None:
        return tuple(asked["foreign"])
    text: str = asked["text"]
    theirs = {name.value for name in asked["names"] if _FROM.search(text[: name.start])}
    return tuple(name for name in asked["foreign"] if name not in theirs)


def _filled(slots: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: slots[name] for name in names if slots.get(name) is not None}


def _values(parsed: Mapping[str, Any], kind: str, known: frozenset[str] | None) -> tuple[str, ...]:
    found = [str(entity["value"]) for entity in parsed.get("entities") or () if entity.get("entity") == kind]
    return tuple(dict.fromkeys(value for value in found if known is None or value in known))


def _rankings(topics: Mapping[str, Any]) -> dict[str, Ranking]:
    return {
        region: Ranking(
            float(found["confidence"]),
            tuple(entry["name"] for entry in found["ranking"]),
            tuple(float(entry["score"]) for entry in found["ranking"]),
        )
        for region, found in topics.items()
    }
