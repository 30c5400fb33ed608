"""No model is measured on what it was trained on, and no training sentence has two meanings.

Runs in either runtime: it needs neither model nor index.
"""

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from nlu.evaluation.cases import Cases, read_cases
from nlu.evaluation.training import even, intent_examples, read_training

ROOT = Path(__file__).parents[2]
COINCIDENCES = Path(__file__).with_name("coincidences.yml")


@pytest.fixture(scope="module")
def cases() -> Cases:
    return read_cases(ROOT / "tests/nlu/cases")


@pytest.fixture(scope="module")
def trained_on() -> dict[str, set[str]]:
    return read_training(ROOT / "data/nlu", ROOT / "knowledge/content")


@pytest.fixture(scope="module")
def allowed() -> list[str]:
    return [even(str(text)) for group in _groups() for text in group["sentences"]]


def _groups() -> list[dict[str, list[str]]]:
    groups: list[dict[str, list[str]]] = yaml.safe_load(COINCIDENCES.read_text(encoding="utf-8"))
    return groups


def test_no_held_out_sentence_is_trained_on(cases: Cases, trained_on: dict[str, set[str]], allowed: list[str]) -> None:
    both = [
        f"{case}: {text!r} is an example of {', '.join(sorted(trained_on[even(text)]))}"
        for text, case in cases.texts().items()
        if even(text) in trained_on and even(text) not in allowed
    ]
    assert not both, "take these out of the training data or the held-out cases:\n" + "\n".join(both)


def test_the_listed_coincidences_are_all_there_is(
    cases: Cases, trained_on: dict[str, set[str]], allowed: list[str]
) -> None:
    held_out = {even(text) for text in cases.texts()}
    gone = [sentence for sentence in allowed if sentence not in held_out or sentence not in trained_on]
    assert not gone, f"these are no coincidences any longer; take them out of {COINCIDENCES.name}: {gone}"


def test_each_group_of_coincidences_has_a_reason() -> None:
    assert all(str(group["reason"]).strip() and group["sentences"] for group in _groups())


def test_no_training_sentence_has_two_intents() -> None:
    index = json.loads((ROOT / "build/knowledge.json").read_text(encoding="utf-8"))
    intents: dict[str, set[str]] = {}
    for intent, text in intent_examples(ROOT / "data/nlu"):
        intents.setdefault(even(text), set()).add(intent)
    for topic in index["topics"]:
        for example in topic["examples"]:
            intents.setdefault(even(example), set()).add(topic["intent"])
    double = {sentence: sorted(found) for sentence, found in intents.items() if len(found) > 1}
    assert not double, f"one intent for each sentence: {double}"


def test_case_ids_are_unique_and_refer_to_each_other(cases: Cases) -> None:
    ids = Counter(fact.id for fact in cases.facts)
    ids.update(question.id for question in cases.questions)
    ids.update(noisy.id for noisy in cases.noisy)
    assert [id for id, count in ids.items() if count > 1] == []
    assert [case.id for case in cases.noisy if not set(case.same_as) <= set(ids)] == []
