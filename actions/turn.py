"""What Rasa understood of a message, in types."""

from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Tracker

REGION_SLOT = "region"
PENDING_SLOT = "pending"
TOPIC_SLOT = "topic"


@dataclass(frozen=True)
class Ranking:
    """The topics of one region that may answer the message, best first."""

    confidence: float
    """Probability that the first topic is the right one."""
    names: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()


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
    rankings: dict[str, Ranking] = field(default_factory=dict)
    region: str | None = None
    """The region in force: named in the message, else remembered, else set by the portal."""
    topic: str | None = None
    """The topic of the last answer."""
    pending: dict[str, Any] | None = None
    """The message that waits for a region, as `memory` wrote it."""
    chosen_topic: str | None = None
    """The topic of the button that was pressed."""

    @classmethod
    def of(cls, tracker: Tracker, known_regions: frozenset[str]) -> "Turn":
        """Read a tracker. A region in the message's metadata counts when nothing else sets one."""
        message = tracker.latest_message or {}
        entities = tuple(message.get("entities") or ())
        named = _values(entities, "region", known_regions)
        slots = tracker.current_slot_values()
        portal = (message.get("metadata") or {}).get("region")
        candidates = (named[-1] if named else None, slots.get(REGION_SLOT), portal)
        return cls(
            text=str(message.get("text") or ""),
            intent=str((message.get("intent") or {}).get("name") or ""),
            intents={entry["name"]: float(entry["confidence"]) for entry in message.get("intent_ranking") or ()},
            regions=named,
            foreign=_values(entities, "foreign_region", None),
            services=_values(entities, "service", None),
            rankings=_rankings(message.get("topics") or {}),
            region=next((code for code in candidates if code in known_regions), None),
            topic=slots.get(TOPIC_SLOT),
            pending=slots.get(PENDING_SLOT),
            chosen_topic=next(iter(_values(entities, "chosen_topic", None)), None),
        )

    def memory(self, action: str) -> dict[str, Any]:
        """This turn as a slot value, to be answered by `action` once the region is known."""
        return {
            "action": action,
            "text": self.text,
            "intent": self.intent,
            "intents": self.intents,
            "services": list(self.services),
            "rankings": {
                region: [found.confidence, list(found.names), list(found.scores)]
                for region, found in self.rankings.items()
            },
        }

    def resumed(self, memory: dict[str, Any]) -> "Turn":
        """The turn that was kept, now with this turn's region."""
        return Turn(
            text=memory["text"],
            intent=memory["intent"],
            intents=memory["intents"],
            services=tuple(memory["services"]),
            rankings={
                region: Ranking(confidence, tuple(names), tuple(scores))
                for region, (confidence, names, scores) in memory["rankings"].items()
            },
            region=self.region,
            topic=self.topic,
        )


def _values(entities: tuple[dict[str, Any], ...], kind: str, known: frozenset[str] | None) -> tuple[str, ...]:
    found = [str(entity["value"]) for entity in entities if entity.get("entity") == kind]
    return tuple(dict.fromkeys(value for value in found if known is None or value in known))


def _rankings(topics: dict[str, Any]) -> dict[str, Ranking]:
    return {
        region: Ranking(
            float(found["confidence"]),
            tuple(entry["name"] for entry in found["ranking"]),
            tuple(float(entry["score"]) for entry in found["ranking"]),
        )
        for region, found in topics.items()
    }
