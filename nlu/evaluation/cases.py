"""The held-out cases of `tests/nlu/cases`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path("tests/nlu/cases")


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
class Cases:
    """All that is held out."""

    facts: tuple[Fact, ...]
    questions: tuple[Question, ...]
    noisy: tuple[Noisy, ...]

    def texts(self) -> dict[str, str]:
        """Every held-out sentence and the id of its case."""
        found = {text: fact.id for fact in self.facts for text in (fact.question, *fact.hasty)}
        found.update((question.text, question.id) for question in self.questions)
        found.update((noisy.text, noisy.id) for noisy in self.noisy)
        return found


def read_cases(folder: Path = FOLDER) -> Cases:
    """Read `facts-*.yml`, `questions.yml` and `noise.yml`."""
    facts = [_fact(entry) for path in sorted(folder.glob("facts-*.yml")) for entry in _entries(path)]
    questions = [
        Question(e["id"], e["text"], e["topic"], e.get("region"), frozenset(_several(e["expected"])))
        for e in _entries(folder / "questions.yml")
    ]
    noisy = [Noisy(e["id"], e["text"], e["kind"], _several(e["same_as"])) for e in _entries(folder / "noise.yml")]
    return Cases(tuple(facts), tuple(questions), tuple(noisy))


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


def _entries(path: Path) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return entries


def _several(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list) else (str(value),)
