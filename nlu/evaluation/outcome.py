"""What the actions will reply to what was understood: an estimate.

It follows `actions/answers/answer.py` without its database: where that asks for the region or compares the regions'
answers depending on the content, both outcomes are returned. The true outcomes are tested against the running system.
"""

import ast
import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from nlu.understanding.gate import Thresholds
from nlu.understanding.model import Understood
from nlu.understanding.names import FOREIGN_REGION, REGION, SERVICE, NameMatch
from nlu.understanding.topic_model import Ranking

_ACTIONS = Path("actions/answers/answer.py")
_CONVERSATION = {
    "affirm": {"smalltalk"},
    "ask_capabilities": {"smalltalk"},
    "bot_challenge": {"smalltalk"},
    "cancel": {"smalltalk"},
    "deny": {"clarifying"},
    "goodbye": {"smalltalk"},
    "greet": {"smalltalk"},
    "guide_back": {"clarifying"},
    "guide_continue": {"clarifying"},
    "guide_next": {"smalltalk"},
    "guide_skip": {"clarifying"},
    "inform_region": {"clarifying"},
    "next_step": {"clarifying"},
    "none_of_these": {"clarifying"},
    "out_of_scope": {"declined"},
    "register_ticket": {"clarifying"},
    "start_guide": {"answered", "clarifying"},
    "start_over": {"smalltalk"},
    "talk_to_human": {"referred", "handed_over", "ticketed"},
    "thank": {"smalltalk"},
    "ticket_close": {"referred", "clarifying", "ticketed"},
    "ticket_comment": {"referred", "clarifying", "ticketed"},
    "ticket_status": {"referred", "clarifying", "ticketed"},
    "unclear": {"clarifying"},
    "wait": {"smalltalk"},
}
_FEW_WORDS = 4
_ANY_KIND = "ask_about_service"
"""The intent of every aspect that has none of its own, which tells nothing."""
_CONSTANTS = (
    "OWN_MARGIN",
    "VAGUE",
    "SIBLING_MARGIN",
    "SIBLING_CHARACTERS",
    "MAX_CHOICES",
    "AGREED",
    "AGREED_WITHOUT_SERVICE",
    "SURE_KIND",
    "LIKELY",
    "DECLINES",
    "TOGETHER",
)
"""In the order of the fields of `Limits`, behind those of the model."""
_COMPUTED = frozenset({"ask_contact", "ask_opening_hours"})
"""Answered from the desk itself when no topic is sure."""


@dataclass(frozen=True)
class Limits:
    """The model's thresholds, and the constants of `actions/answers/answer.py`, which this runtime cannot import."""

    high: float
    low: float
    own_margin: dict[str, float]
    """By the outcome of the region's own topic."""
    vague: float
    sibling_margin: float
    sibling_characters: float
    choices: int
    """How many topics "Menade du ...?" offers."""
    agreed: float
    agreed_without_service: float
    sure_kind: float
    likely: float
    declines: float
    together: float

    @classmethod
    def of(cls, model: Thresholds, path: Path = _ACTIONS) -> "Limits":
        """Take the constants from the source. Raises KeyError when one has gone."""
        constants = dict(_constants(path))
        return cls(model.high, model.low, *(constants[name] for name in _CONSTANTS))


def _constants(path: Path) -> Iterator[tuple[str, Any]]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign):
            with contextlib.suppress(ValueError):  # not a literal
                value = ast.literal_eval(node.value)
                if isinstance(node.targets[0], ast.Name):
                    yield node.targets[0].id, value
                elif isinstance(node.targets[0], ast.Tuple):
                    yield from (
                        (ast.unparse(name), each) for name, each in zip(node.targets[0].elts, value, strict=True)
                    )


class Reply(NamedTuple):
    """What a message is replied with."""

    outcomes: frozenset[str]
    """Those that the reply may have."""
    told: tuple[str, ...] = ()
    """Topics that are given as the answer. None when a desk is, or when the reply is no answer."""
    offered: tuple[str, ...] = ()
    """Topics that are offered as buttons of "Menade du ...?", and those that are told as a guess above them."""


class Replies:
    """Estimates for one index of topics."""

    def __init__(self, topics: dict[str, dict[str, Any]], limits: Limits) -> None:
        self._topics = topics
        self._at = limits

    def of(self, text: str, understood: Understood, names: Sequence[NameMatch], region: str | None) -> Reply:
        """The reply; `region` is the conversation's, a named one goes before it."""
        reply = self._reply(understood, names, region)
        return reply or Reply(frozenset({self._without_topic(text, understood, names)}))

    def _reply(self, understood: Understood, names: Sequence[NameMatch], region: str | None) -> Reply | None:
        named = [name.value for name in names if name.kind == REGION]
        services = [name.value for name in names if name.kind == SERVICE]
        region = named[-1] if named else region
        if understood.intent == "next_step" and services:
            return _or_asks(self._question(understood, services, region))
        if any(name.kind == FOREIGN_REGION for name in names) and not named and self._asks(understood.intent):
            return Reply(frozenset({"declined"}))
        if understood.intent in _CONVERSATION:
            return Reply(frozenset(_CONVERSATION[understood.intent]))
        if understood.intent in _COMPUTED:
            return self._computed(understood, services, region)
        return self._question(understood, services, region)

    @staticmethod
    def _asks(intent: str) -> bool:
        return intent == "out_of_scope" or intent not in _CONVERSATION

    def _computed(self, understood: Understood, services: list[str], region: str | None) -> Reply | None:
        enough = self._at.low if services and understood.intent == "ask_contact" else self._at.high
        if region is not None and understood.topics[region].confidence < enough:
            return Reply(frozenset({"answered"}))
        confidence = max(ranking.confidence for ranking in understood.topics.values())
        if region is None and not (services and confidence >= self._at.high):
            return Reply(frozenset({"clarifying"}))
        return self._question(understood, services, region)

    def _question(self, understood: Understood, services: list[str], region: str | None) -> Reply | None:
        """None when no topic is likely."""
        if not services and understood.intents.get("unclear", 0.0) >= self._at.vague:
            return Reply(frozenset({"clarifying"}))
        rankings = understood.topics
        ranking = rankings[region] if region else max(rankings.values(), key=lambda each: each.topics[0].score)
        confidence = ranking.confidence if region else max(each.confidence for each in rankings.values())
        best = self._best(ranking)
        if confidence < self._at.low:
            return None
        if confidence < self._at.high:
            return self._middling(best, ranking, understood, services)
        reply = self._given(best, ranking)
        return _or_asks(reply) if region is None and self._topics[best]["region"] is not None else reply

    def _middling(self, best: str, ranking: Ranking, understood: Understood, services: list[str]) -> Reply:
        outcome = self._topics[best]["outcome"]
        if outcome == "referred" or (outcome == "declined" and self._declines(ranking, understood)):
            return self._given(best, ranking)
        first = ranking.topics[0].score
        near = [name for name, score in ranking.topics if first - score <= self._at.sibling_margin]
        agreed = next((name for name in near if self._agreed(name, ranking, understood, services)), None)
        if agreed is not None:
            return Reply(frozenset({self._topics[agreed]["outcome"]}), (agreed,))
        if understood.cues.frustrated and len(ranking.topics) > 1 and len(near) == 1:
            return Reply(frozenset({outcome}), (best,))
        guess = self._given(best, ranking).told if outcome == "answered" and self._is_likely(ranking) else ()
        if len(guess) > 1 and _share_of(guess, ranking) >= self._at.together:
            return Reply(frozenset({outcome}), guess)
        others = [n for n, _ in ranking.topics if n not in guess and self._topics[n]["outcome"] != "declined"]
        shown = others[: self._at.choices - 1] if guess else others[: self._at.choices]
        return Reply(frozenset({"clarifying"}), offered=(*guess, *shown))

    def _declines(self, ranking: Ranking, understood: Understood) -> bool:
        return understood.intent == "out_of_scope" or ranking.confidence >= self._at.declines

    def _is_likely(self, ranking: Ranking) -> bool:
        """Whether the likeliest answer is told as a guess, before the others that are offered."""
        return ranking.confidence >= self._at.likely

    def _agreed(self, placed: str, ranking: Ranking, understood: Understood, services: list[str]) -> bool:
        """Whether the kind of question, and the service that is named, point at a topic and at no other.

        Which topics are a service's main ones is not known here, so a few more are taken to be asked about than are.
        """
        intent = understood.intent
        if intent == _ANY_KIND or self._topics[placed]["intent"] != intent:
            return False
        if not services:
            sure = understood.intents.get(intent, 0.0) >= self._at.sure_kind
            return sure and ranking.confidence >= self._at.agreed_without_service
        meant = [
            name
            for name, _ in ranking.topics
            if self._topics[name]["service"] in services and self._topics[name]["intent"] == intent
        ]
        return ranking.confidence >= self._at.agreed and meant == [placed]

    def _given(self, best: str, ranking: Ranking) -> Reply:
        return Reply(frozenset({self._topics[best]["outcome"]}), (best, *self._siblings(best, ranking)))

    def _best(self, ranking: Ranking) -> str:
        first = self._topics[ranking.topics[0].name]
        if first["region"] is None and first["outcome"] == "referred":
            for name, score in ranking.topics[1:]:
                other = self._topics[name]
                margin = (
                    self._at.own_margin.get(other["outcome"], -math.inf) if other["region"] is not None else -math.inf
                )
                if score >= ranking.topics[0].score - margin:
                    return name
        return ranking.topics[0].name

    def _siblings(self, best: str, ranking: Ranking) -> list[str]:
        """The topics of the same service that are told with the first one instead of asking which is meant."""
        first = self._topics[best]
        if first["outcome"] != "answered":
            return []
        room = self._at.sibling_characters - len(first["text"])
        chosen: list[str] = []
        for name, score in ranking.topics:
            other = self._topics[name]
            if name == best or any(other[key] != first[key] for key in ("service", "region", "outcome")):
                continue
            if ranking.topics[0].score - score <= self._at.sibling_margin and len(other["text"]) <= room:
                chosen.append(name)
                room -= len(other["text"])
        return chosen

    @staticmethod
    def _without_topic(text: str, understood: Understood, names: Sequence[NameMatch]) -> str:
        services = any(name.kind == SERVICE for name in names)
        if understood.intent == "out_of_scope" and not services:
            return "declined"
        return "referred" if services or len(text.split()) > _FEW_WORDS else "clarifying"


def _share_of(names: Sequence[str], ranking: Ranking) -> float:
    """The odds' share that topics have together."""
    odds = {name: math.exp(score - ranking.topics[0].score) for name, score in ranking.topics}
    return sum(odds[name] for name in names) / sum(odds.values())


def _or_asks(reply: Reply | None) -> Reply:
    """The same, if it is not asked for the region or the like first."""
    known = reply or Reply(frozenset())
    return known._replace(outcomes=known.outcomes | {"clarifying"})
