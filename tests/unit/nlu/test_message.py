"""What a message says beside its topic: language, cues, details, several questions."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from nlu.understanding.cues import cues_of
from nlu.understanding.details import TICKET_NUMBER, TIME, VGR_ID, details
from nlu.understanding.language import language_of
from nlu.understanding.names import NameMatcher
from nlu.understanding.questions import questions_in

CASES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("message_cases.yml").read_text(encoding="utf-8")
)
ORDINARY = {"april", "covid", "steg"}


def texts(heading: str) -> list[Any]:
    return [pytest.param(case, id=str(case["text"])[:50]) for case in CASES[heading]]


@pytest.mark.parametrize("case", texts("language"))
def test_language(case: dict[str, Any]) -> None:
    assert language_of(case["text"]) == case["is"]


@pytest.mark.parametrize("case", texts("cues"))
def test_cues(case: dict[str, Any], real_names: NameMatcher) -> None:
    found = cues_of(case["text"], real_names.find(case["text"]))
    assert (found.urgent, found.frustrated) == (case.get("urgent", False), case.get("frustrated", False))
    assert list(found.excluded) == case.get("excluded", [])


@pytest.mark.parametrize("case", texts("details"))
def test_details(case: dict[str, Any]) -> None:
    found = details(case["text"], ORDINARY.__contains__)
    for kind in (TIME, TICKET_NUMBER, VGR_ID):
        assert [match.value for match in found if match.kind == kind] == case.get(kind, []), kind
    for match in found:
        written = case["text"][match.start : match.end]
        assert written.lower().lstrip("#").split() == match.value.lower().split()


@pytest.mark.parametrize("case", texts("questions"))
def test_questions(case: dict[str, Any]) -> None:
    found = questions_in(case["text"])
    assert [part.text for part in found] == case["are"]
    assert all(case["text"][part.start : part.end] == part.text for part in found)


def test_what_is_stated_before_a_question_belongs_to_it() -> None:
    """ "vart mejlar man det" alone says nothing."""
    text = "vi ska flytta till nya lokaler, vart mejlar man det och vilken kabel behövs"
    assert [part.said for part in questions_in(text)] == [
        "vi ska flytta till nya lokaler, vart mejlar man det",
        "vilken kabel behövs",
    ]


@pytest.mark.parametrize("text", ["", " ", "?!", "och och och", "x" * 10_000, "hur " * 500, "\n\n\n", "😀" * 50])
def test_any_text_is_taken(text: str, real_names: NameMatcher) -> None:
    assert language_of(text) == "sv"
    assert not cues_of(text, real_names.find(text[:2000])).urgent
    assert details(text, ORDINARY.__contains__) == []
    assert len(questions_in(text)) <= 1
