"""What editors have written down in `tests/redaction`, and what users and documents say about nobody."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from redaction import redact, tells_of_patient
from tests.unit.redaction.cases import cases

ROOT = Path(__file__).parents[3]
ABOUT_NOBODY = (
    "tests/nlu/cases/*.yml",
    "knowledge/content/**/*.yml",
    "data/**/*.yml",
    "actions/*.yml",
    "gateway/*.yml",
)


@pytest.mark.parametrize("case", cases("found"), ids=lambda case: str(case["text"]))
def test_what_must_not_be_written_is_replaced(case: dict[str, Any]) -> None:
    redacted = redact(case["text"])
    assert redacted.text == case["left"]
    assert [finding.kind for finding in redacted.found] == case["kinds"]


@pytest.mark.parametrize("text", cases("kept"))
def test_what_names_nobody_stays(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize("text", cases("patients"))
def test_a_story_about_a_patient_is_recognised(text: str) -> None:
    assert tells_of_patient(text)


@pytest.mark.parametrize("text", cases("patients"))
def test_the_story_is_recognised_after_redaction_too(text: str) -> None:
    assert tells_of_patient(redact(text).text)


@pytest.mark.parametrize("text", cases("no_patients"))
def test_a_question_that_mentions_a_patient_is_none(text: str) -> None:
    assert not tells_of_patient(text)


def test_nothing_is_found_in_questions_and_knowledge() -> None:
    texts = [text for pattern in ABOUT_NOBODY for path in sorted(ROOT.glob(pattern)) for text in strings_of(path)]
    assert len(texts) > 5000
    assert [text for text in texts if redact(text).text != text] == []
    assert [text for text in texts if tells_of_patient(text)] == []


def test_nothing_is_found_in_the_documents() -> None:
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "knowledge/documents").glob("*.txt"))]
    assert texts
    assert [text for text in texts if redact(text).found] == []


def strings_of(path: Path) -> Iterator[str]:
    yield from strings(yaml.safe_load(path.read_text(encoding="utf-8")))


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from strings(each)
