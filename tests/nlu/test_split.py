"""No model is measured on what it was trained on, and no training sentence has two meanings.

Runs in either runtime: it needs neither model nor index.
"""

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml

from knowledge.likeness import Sentences, near_duplicates
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
def like(trained_on: dict[str, set[str]]) -> Sentences:
    """The training sentences, in the order of `trained_on`."""
    return Sentences(list(trained_on))


@pytest.fixture(scope="module")
def allowed() -> list[str]:
    return [even(str(text)) for group in _groups() for text in group["sentences"]]


def _groups() -> list[dict[str, list[str]]]:
    groups: list[dict[str, list[str]]] = yaml.safe_load(COINCIDENCES.read_text(encoding="utf-8"))
    return groups


def test_no_held_out_sentence_is_trained_on(
    cases: Cases, trained_on: dict[str, set[str]], like: Sentences, allowed: list[str]
) -> None:
    trained = list(trained_on)
    near = ((case, text, like.like(text)) for text, case in cases.texts().items() if even(text) not in allowed)
    both = [
        f"{case}: {text!r} is nearly {trained[number]!r} of {', '.join(sorted(trained_on[trained[number]]))}"
        for case, text, number in near
        if number is not None
    ]
    assert not both, "take these out of the training data or the held-out cases:\n" + "\n".join(both)


def test_the_listed_coincidences_are_all_there_is(cases: Cases, like: Sentences, allowed: list[str]) -> None:
    held_out = {even(text) for text in cases.texts()}
    gone = [sentence for sentence in allowed if sentence not in held_out or like.like(sentence) is None]
    assert not gone, f"these are no coincidences any longer; take them out of {COINCIDENCES.name}: {gone}"


def test_no_intent_has_the_same_sentence_nearly_twice() -> None:
    """As `knowledge check` does for a topic's examples."""
    examples: dict[str, list[str]] = defaultdict(list)
    for intent, text in intent_examples(ROOT / "data/nlu"):
        examples[intent].append(text)
    twice = [
        f"{_place(texts[later])}: {texts[later]!r} is nearly {texts[earlier]!r}, both {intent}"
        for intent, texts in examples.items()
        for later, earlier in near_duplicates(texts)
    ]
    assert not twice, "take one of each two out:\n" + "\n".join(twice)


def _place(text: str) -> str:
    """File and line of the last example with these words."""
    places = [
        f"data/nlu/{path.name}:{number}"
        for path in sorted((ROOT / "data/nlu").glob("*.yml"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line.strip() == f"- {text}"
    ]
    return places[-1]


def test_every_name_that_is_marked_is_a_name_of_the_content(cases: Cases) -> None:
    index = json.loads((ROOT / "build/knowledge.json").read_text(encoding="utf-8"))
    known = {("region", region["code"]) for region in index["regions"]}
    known |= {("foreign_region", region["name"]) for region in index["foreign_regions"]}
    known |= {("service", service["id"]) for service in index["services"]}
    known |= {("role", role["id"]) for role in index["roles"]}
    kinds = {kind for kind, _ in known}
    assert [
        (case.id, name) for case in cases.blind for name in case.names if name[0] in kinds and name not in known
    ] == []


def test_enough_of_each_kind_is_measured(cases: Cases, like: Sentences) -> None:
    kinds = Counter(case.kind for case in cases.blind if like.like(even(case.text)) is None)
    assert min(kinds.values()) >= 20, kinds


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
    ids.update(blind.id for blind in cases.blind)
    assert [id for id, count in ids.items() if count > 1] == []
    assert [case.id for case in cases.noisy if not set(case.same_as) <= set(ids)] == []
