"""Putting every held-out case to the model."""

import time
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from nlu.evaluation.cases import Blind, Cases, Fact, Noisy, Question
from nlu.evaluation.outcome import Limits, Replies, Reply
from nlu.evaluation.training import even
from nlu.understanding.embedding import Embedder
from nlu.understanding.model import Understanding, Understood
from nlu.understanding.names import FOREIGN_REGION, REGION, NameMatch
from nlu.understanding.normaliser import fold

_REGION_WORDS = {"VGR": ("vgr", "vastra gotaland"), "Dalarna": ("dalarna",), "Uppsala": ("uppsala",)}
"""What shows that a sentence names its region, found here without the matcher that is measured."""
ANSWERABLE = frozenset({"answered", "clarifying"})


@dataclass(frozen=True)
class Sentence:
    """One sentence that was understood."""

    id: str
    kind: str
    """`plain` or `hasty` for facts, `question`, or the kind of noise or of a blind sentence."""
    text: str
    region: str | None
    intent: str
    first: str
    """The first topic, in the case's region, or of all regions when there is none."""
    confidence: float
    right: bool
    """Facts: the first topic's text holds the answer. Questions: the estimated outcome is an expected one."""
    in_three: bool
    """Facts: one of the first three topics' texts holds the answer. Questions: as `right`."""
    outcomes: frozenset[str]
    told: bool
    """Facts: the reply holds the answer."""
    offered: bool
    """Facts: the reply asks which topic is meant, and one of those offered holds the answer."""
    misled: bool
    """Facts: the reply is an answer, and not the right one."""
    names: frozenset[tuple[str, str]]
    """Kind and value of every name found."""
    names_region: bool
    regions_found: frozenset[str]
    foreign_found: frozenset[str]
    milliseconds: float
    cpu_milliseconds: float
    """Of this thread alone: what it costs when nobody else wants the processor."""


@dataclass(frozen=True)
class Measured:
    """All cases as the model understood them."""

    limits: Limits
    facts: list[tuple[Fact, Sentence]]
    questions: list[tuple[Question, Sentence]]
    noisy: list[tuple[Noisy, list[Sentence]]]
    """For two questions in one, the same sentence judged against each."""
    blind: list[tuple[Blind, list[Sentence]]]
    """One sentence for each answer that is asked for, else one."""
    nowhere: list[str]
    """Ids of facts whose answer stands in no topic of their region: a hole in the content."""
    in_parts: list[str]
    """Ids of facts whose answer stands in several topics together, but in none alone."""
    left_out: list[str]
    """Sentences that stand in the training data too: none of the above holds them."""


class Examination:
    """One model, one embedder, and the topics' texts as the model knows them."""

    def __init__(self, model: Understanding, embedder: Embedder, limits: Limits) -> None:
        self._model = model
        self._embedder = embedder
        self._limits = limits
        self._topics: dict[str, dict[str, Any]] = {topic["name"]: topic for topic in model.index["topics"]}
        self._texts = {name: _one_line(topic["text"]) for name, topic in self._topics.items()}
        self._replies = Replies(self._topics, limits)

    def of(self, cases: Cases, trained_on: Container[str] = ()) -> Measured:
        """Ask everything, one sentence after the other, but what is in `trained_on` (see `training.even`)."""
        self._ask("x", "", "Uppvärmning", None)
        facts = {fact.id: fact for fact in cases.facts}
        questions = {question.id: question for question in cases.questions}
        return Measured(
            limits=self._limits,
            facts=[(fact, asked) for fact in cases.facts for asked in self._about(fact, trained_on)],
            questions=[(case, self._question(case)) for case in cases.questions if even(case.text) not in trained_on],
            noisy=[
                (case, [self._same_as(case, facts[id] if id in facts else questions[id]) for id in case.same_as])
                for case in cases.noisy
                if even(case.text) not in trained_on
            ],
            blind=[(case, self._blind(case)) for case in cases.blind if even(case.text) not in trained_on],
            nowhere=[fact.id for fact in cases.facts if not self._stands_together(fact)],
            in_parts=[fact.id for fact in cases.facts if self._stands_together(fact) and not self._stands_in_one(fact)],
            left_out=[text for text in cases.texts() if even(text) in trained_on],
        )

    def _about(self, fact: Fact, trained_on: Container[str]) -> Iterator[Sentence]:
        for kind, text in (("plain", fact.question), *(("hasty", text) for text in fact.hasty)):
            if even(text) not in trained_on:
                yield self._ask(fact.id, kind, text, fact.region, strings=fact.strings)

    def _question(self, question: Question) -> Sentence:
        return self._ask(question.id, "question", question.text, question.region, expected=question.expected)

    def _same_as(self, case: Noisy, target: Fact | Question) -> Sentence:
        if isinstance(target, Fact):
            return self._ask(case.id, case.kind, case.text, target.region, strings=target.strings)
        return self._ask(case.id, case.kind, case.text, target.region, expected=target.expected)

    def _blind(self, case: Blind) -> list[Sentence]:
        return [
            self._ask(case.id, case.kind, case.text, case.region, strings=strings) for strings in case.answers or ((),)
        ]

    def _ask(
        self,
        id: str,
        kind: str,
        text: str,
        region: str | None,
        strings: Sequence[str] = (),
        expected: frozenset[str] = frozenset(),
    ) -> Sentence:
        wall, cpu = time.perf_counter(), time.thread_time()
        understood = self._model.understand(text, self._embedder)
        wall, cpu = time.perf_counter() - wall, time.thread_time() - cpu
        names = understood.entities
        replies = self._replies_to(text, understood, names, region)
        outcomes = replies[0].outcomes
        first, confidence = _first(understood, region)
        told = offered = False
        if strings and region is not None:
            asked = understood.questions or (understood,)
            rankings = [question.topics[region].topics for question in asked]
            right = any(self._holds(ranking[0].name, strings) for ranking in rankings)
            in_three = any(self._holds(topic.name, strings) for ranking in rankings for topic in ranking[:3])
            told = any(self._hold_together(reply.told, strings) for reply in replies)
            offered = any(self._holds(name, strings) for reply in replies for name in reply.offered)
        else:
            right = in_three = bool(outcomes & expected)
        return Sentence(
            id=id,
            kind=kind,
            text=text,
            region=region,
            intent=understood.intent,
            first=first,
            confidence=confidence,
            right=right,
            in_three=in_three,
            outcomes=outcomes,
            told=told,
            offered=offered and not told,
            misled=not told and any(reply.told and "answered" in reply.outcomes for reply in replies),
            names=frozenset((name.kind, name.value) for name in names),
            names_region=any(word in fold(text) for word in _REGION_WORDS.get(region or "", ())),
            regions_found=frozenset(name.value for name in names if name.kind == REGION),
            foreign_found=frozenset(name.value for name in names if name.kind == FOREIGN_REGION),
            milliseconds=1000 * wall,
            cpu_milliseconds=1000 * cpu,
        )

    def _replies_to(
        self, text: str, understood: Understood, names: Sequence[NameMatch], region: str | None
    ) -> list[Reply]:
        """One for each question of the message."""
        if not understood.questions:
            return [self._replies.of(text, understood, names, region)]
        parts = [understood._replace(intent=q.intent, intents=q.intents, topics=q.topics) for q in understood.questions]
        return [
            self._replies.of(question.text, part, question.entities, region)
            for question, part in zip(understood.questions, parts, strict=True)
        ]

    def _holds(self, name: str, strings: Sequence[str]) -> bool:
        return all(_one_line(string) in self._texts[name] for string in strings)

    def _hold_together(self, names: Sequence[str], strings: Sequence[str]) -> bool:
        return all(any(_one_line(string) in self._texts[name] for name in names) for string in strings)

    def _in_region(self, fact: Fact) -> Iterator[str]:
        return (name for name, topic in self._topics.items() if topic["region"] in (fact.region, None))

    def _stands_in_one(self, fact: Fact) -> bool:
        return any(self._holds(name, fact.strings) for name in self._in_region(fact))

    def _stands_together(self, fact: Fact) -> bool:
        return self._hold_together(list(self._in_region(fact)), fact.strings)


def _first(understood: Understood, region: str | None) -> tuple[str, float]:
    if region is not None:
        ranking = understood.topics[region]
        return ranking.topics[0].name, ranking.confidence
    ranking = max(understood.topics.values(), key=lambda each: each.topics[0].score)
    return ranking.topics[0].name, max(each.confidence for each in understood.topics.values())


def _one_line(text: str) -> str:
    """The same wherever lines break, and whether a sentence begins with the words or not."""
    return " ".join(text.split()).casefold()
