"""Putting every held-out case to the model."""

import time
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any

from nlu.evaluation.cases import Cases, Fact, Noisy, Question
from nlu.evaluation.outcome import Limits, Outcomes
from nlu.evaluation.training import even
from nlu.understanding.embedding import Embedder
from nlu.understanding.model import Understanding, Understood
from nlu.understanding.names import FOREIGN_REGION, REGION
from nlu.understanding.normaliser import fold

_REGION_WORDS = {"VGR": ("vgr", "vastra gotaland"), "Dalarna": ("dalarna",), "Uppsala": ("uppsala",)}
"""What shows that a sentence names its region, found here without the matcher that is measured."""
ANSWERABLE = frozenset({"answered", "clarifying"})


@dataclass(frozen=True)
class Sentence:
    """One sentence that was understood."""

    id: str
    kind: str
    """`plain` or `hasty` for facts, `question`, or the kind of noise."""
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
        self._outcomes = Outcomes(self._topics, limits)

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
            nowhere=[fact.id for fact in cases.facts if not self._stands_together(fact)],
            in_parts=[fact.id for fact in cases.facts if self._stands_together(fact) and not self._stands_in_one(fact)],
            left_out=[text for text in cases.texts() if even(text) in trained_on],
        )

    def _about(self, fact: Fact, trained_on: Container[str]) -> Iterator[Sentence]:
        for kind, text in (("plain", fact.question), *(("hasty", text) for text in fact.hasty)):
            if even(text) not in trained_on:
                yield self._ask(fact.id, kind, text, fact.region, fact=fact)

    def _question(self, question: Question) -> Sentence:
        return self._ask(question.id, "question", question.text, question.region, expected=question.expected)

    def _same_as(self, case: Noisy, target: Fact | Question) -> Sentence:
        if isinstance(target, Fact):
            return self._ask(case.id, case.kind, case.text, target.region, fact=target)
        return self._ask(case.id, case.kind, case.text, target.region, expected=target.expected)

    def _ask(
        self,
        id: str,
        kind: str,
        text: str,
        region: str | None,
        fact: Fact | None = None,
        expected: frozenset[str] = frozenset(),
    ) -> Sentence:
        wall, cpu = time.perf_counter(), time.thread_time()
        understood = self._model.understand(text, self._embedder)
        wall, cpu = time.perf_counter() - wall, time.thread_time() - cpu
        names = understood.entities
        outcomes = self._outcomes.of(text, understood, names, region)
        first, confidence = _first(understood, region)
        if fact is not None:
            holds = [self._holds(topic.name, fact) for topic in understood.topics[fact.region].topics[:3]]
            right, in_three = holds[0], any(holds)
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
            names_region=any(word in fold(text) for word in _REGION_WORDS.get(region or "", ())),
            regions_found=frozenset(name.value for name in names if name.kind == REGION),
            foreign_found=frozenset(name.value for name in names if name.kind == FOREIGN_REGION),
            milliseconds=1000 * wall,
            cpu_milliseconds=1000 * cpu,
        )

    def _holds(self, name: str, fact: Fact) -> bool:
        return all(_one_line(string) in self._texts[name] for string in fact.strings)

    def _in_region(self, fact: Fact) -> Iterator[str]:
        return (name for name, topic in self._topics.items() if topic["region"] in (fact.region, None))

    def _stands_in_one(self, fact: Fact) -> bool:
        return any(self._holds(name, fact) for name in self._in_region(fact))

    def _stands_together(self, fact: Fact) -> bool:
        texts = [self._texts[name] for name in self._in_region(fact)]
        return all(any(_one_line(string) in text for text in texts) for string in fact.strings)


def _first(understood: Understood, region: str | None) -> tuple[str, float]:
    if region is not None:
        ranking = understood.topics[region]
        return ranking.topics[0].name, ranking.confidence
    ranking = max(understood.topics.values(), key=lambda each: each.topics[0].score)
    return ranking.topics[0].name, max(each.confidence for each in understood.topics.values())


def _one_line(text: str) -> str:
    return " ".join(text.split())
