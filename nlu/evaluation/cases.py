"""The held-out cases of `tests/nlu/cases`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path("tests/nlu/cases")
PLAIN, TWO_IN_ONE, FOLLOW_UP, MOVE = "plain", "two_in_one", "follow_up", "move"
OUT_OF_SCOPE, NAMES = "out_of_scope", "names"
WORDINGS = (PLAIN, "synonym", "compound", "no_diacritics", "typo", "story", "keyword", "english")
"""Kinds of language that each question of `kinds/wordings*.yml` is put in."""
_NAME = re.compile(r"\[([^\]]+)\]\((\w+):([^)]+)\)")
"""A name in a sentence: `[Tjänstekort](service:etjanstekort)`."""


@dataclass(frozen=True)
class Fact:
    """A fact of a document and the questions that ask for it."""

    id: str
    region: str
    service: str
    document: str
    """Number of the document, such as "002"."""
    question: str
    """Plain and formal."""
    hasty: tuple[str, ...]
    """The same as users in a hurry type it."""
    strings: tuple[str, ...]
    """All of these stand in a right answer."""


@dataclass(frozen=True)
class Question:
    """A question and the outcomes that are acceptable."""

    id: str
    text: str
    topic: str
    region: str | None
    expected: frozenset[str]


@dataclass(frozen=True)
class Noisy:
    """Another wording of one fact or question, or of two at once."""

    id: str
    text: str
    kind: str
    same_as: tuple[str, ...]


@dataclass(frozen=True)
class Blind:
    """A sentence of `kinds/`: written from the documents by writers who saw no training data."""

    id: str
    """The question's; with the kind behind it when the question is put in several."""
    kind: str
    text: str
    region: str | None
    names: frozenset[tuple[str, str]]
    """Kind and value of each name in it."""
    intents: frozenset[str] = frozenset()
    """Any of these is right; empty when the kind of request is not measured."""
    answers: tuple[tuple[str, ...], ...] = ()
    """For each question in it, strings that all stand in a right answer."""

    @property
    def question(self) -> str:
        """The same for all wordings of one question."""
        return self.id.split(".")[0]


@dataclass(frozen=True)
class Cases:
    """All that is held out."""

    facts: tuple[Fact, ...]
    questions: tuple[Question, ...]
    noisy: tuple[Noisy, ...]
    blind: tuple[Blind, ...] = ()

    def texts(self) -> dict[str, str]:
        """Every held-out sentence and the id of its case."""
        found = {text: fact.id for fact in self.facts for text in (fact.question, *fact.hasty)}
        found.update((question.text, question.id) for question in self.questions)
        found.update((noisy.text, noisy.id) for noisy in self.noisy)
        found.update((blind.text, blind.id) for blind in self.blind)
        return found


def read_cases(folder: Path = FOLDER) -> Cases:
    """Read `facts-*.yml`, `questions.yml`, `noise.yml` and the files of `kinds/`."""
    facts = [_fact(entry) for path in sorted(folder.glob("facts-*.yml")) for entry in _entries(path)]
    questions = [
        Question(e["id"], e["text"], e["topic"], e.get("region"), frozenset(_several(e["expected"])))
        for e in _entries(folder / "questions.yml")
    ]
    noisy = [Noisy(e["id"], e["text"], e["kind"], _several(e["same_as"])) for e in _entries(folder / "noise.yml")]
    return Cases(tuple(facts), tuple(questions), tuple(noisy), tuple(_blind(folder / "kinds")))


def _fact(entry: dict[str, Any]) -> Fact:
    return Fact(
        id=entry["id"],
        region=entry["region"],
        service=entry["service"],
        document=entry["source_file"].split("_")[0],
        question=entry["question"],
        hasty=tuple(entry.get("also") or ()),
        strings=tuple(entry["answer_must_contain"]),
    )


def _blind(folder: Path) -> Iterator[Blind]:
    for path in sorted(folder.glob("wordings*.yml")):
        for entry in _entries(path):
            for kind in WORDINGS:
                asked = {**entry, "text": entry[kind], "both": [entry["answer"]]}
                yield _sentence(f"{entry['id']}.{kind}", kind, asked)
    for kind in (TWO_IN_ONE, FOLLOW_UP, MOVE, OUT_OF_SCOPE, NAMES):
        for path in sorted(folder.glob(f"{kind}*.yml")):
            for entry in _entries(path):
                yield _sentence(entry["id"], kind, entry)


def _sentence(id: str, kind: str, entry: dict[str, Any]) -> Blind:
    marked: str = entry["text"]
    return Blind(
        id=id,
        kind=kind,
        text=_NAME.sub(r"\1", marked),
        region=entry.get("region"),
        names=frozenset((name, value) for _, name, value in _NAME.findall(marked)),
        intents=frozenset(entry.get("intent") or ()),
        answers=tuple(tuple(map(str, strings)) for strings in entry.get("both") or ()),
    )


def _entries(path: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return entries


def _several(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (str(value),)
