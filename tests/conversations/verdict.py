"""Compares a bot turn with what a conversation expects, and with what holds of every turn."""

from collections.abc import Iterator, Sequence
from typing import Any

from knowledge.content import Content
from tests.builders import REGIONS, Said, assert_contract, own_values
from tests.conversations.cases import Expectation
from tests.families import NAMES

_NEVER = ("Traceback", "Exception", "Error", "None", "{", "utter_", "action_", "sqlalchemy", "sqlite", "http://127.")
"""Traces of the machinery, which no user may see."""


def problems(said: Said, expected: Expectation) -> Iterator[str]:
    """A sentence for each expectation that does not hold."""
    custom = said.custom
    if expected.outcome and custom["outcome"] not in expected.outcome:
        yield f"outcome is {custom['outcome']}, expected {' or '.join(expected.outcome)}"
    yield from _compared(said, expected)
    yield from (f"the text lacks {words!r}" for words in expected.contains if words not in said.whole)
    yield from (f"the reply has {words!r}" for words in expected.not_contains if words in said.whole)
    if not said.text.startswith(expected.begins):
        yield f"the text does not begin with {expected.begins!r}"
    yield from _in_context(custom, expected)
    yield from (f"the facts lack {value!r}" for value in expected.facts if value not in said.values)
    yield from (f"the sources lack {file}" for file in expected.sources if file not in said.documents)
    notices = "\n".join(custom["notices"])
    yield from (f"the notices lack {words!r}" for words in expected.notices if words not in notices)
    titles = [button["title"] for button in said.buttons]
    if "buttons" in expected.model_fields_set and sorted(titles) != sorted(expected.buttons):
        yield f"the buttons are {titles}"


def _compared(said: Said, expected: Expectation) -> Iterator[str]:
    custom = said.custom
    if "topic" in expected.model_fields_set:
        given = custom["topic"]
        if given != expected.topic and not (expected.topic and (given or "").startswith(expected.topic)):
            yield f"topic is {given}, expected {expected.topic}"
    for name in {"region", "open", "on_call"} & expected.model_fields_set:
        if custom.get(name) is not getattr(expected, name) and custom.get(name) != getattr(expected, name):
            yield f"{name} is {custom.get(name)}, expected {getattr(expected, name)}"
    for name in {"at", "next_open", "deadline", "earliest"} & expected.model_fields_set:
        wanted, got = getattr(expected, name), custom.get(name)
        if got != wanted and not (wanted and (got or "").startswith(wanted)):
            yield f"{name} is {got}, expected {wanted}"
    for code in expected.regions:
        if NAMES[code] not in said.text:
            yield f"the text does not name {NAMES[code]}"
    if expected.regions and custom["region"] is not None:
        yield f"region is {custom['region']} though several are compared"


def _in_context(custom: dict[str, Any], expected: Expectation) -> Iterator[str]:
    """What steers the answer, and the guide that is under way."""
    given = expected.model_fields_set
    context = custom.get("context") or {}
    for name in {"service", "role"} & given:
        if context.get(name) != getattr(expected, name):
            yield f"{name} is {context.get(name)}, expected {getattr(expected, name)}"
    guide = custom.get("guide") or {}
    if "guide" in given and not (guide.get("name") or "").endswith(expected.guide or "?"):
        yield f"guide is {guide.get('name')}, expected {expected.guide}"
    step = None if guide.get("ended") else guide.get("step")
    if "step" in given and step != expected.step:
        yield f"step is {step}, expected {expected.step}"
    if "asks" in given and custom.get("asks") != expected.asks:
        yield f"it asks for {custom.get('asks')}, expected {expected.asks}"
    if "ticket" in given and bool((custom.get("ticket") or {}).get("number")) is not bool(expected.ticket):
        yield f"the ticket is {custom.get('ticket')}"
    for name in {"urgent", "language_note"} & given:
        if custom.get(name, False) is not getattr(expected, name):
            yield f"{name} is {custom.get(name, False)}"
    if "transcript" in given and (custom.get("handover") or {}).get("transcript") != expected.transcript:
        yield f"the hand-over is {custom.get('handover')}"


class Everywhere:
    """What holds of every turn of every conversation."""

    def __init__(self, content: Content) -> None:
        own = {code: own_values(content, code) for code in REGIONS}
        self._own = own

    def problems(self, said: Said, regions: Sequence[str]) -> Iterator[str]:
        """A sentence for each rule that is broken, in a conversation about these regions; none: not known yet."""
        try:
            assert_contract(said.custom)
        except (AssertionError, KeyError) as error:
            yield f"the reply contract is broken ({error!r}): {said.custom}"
        if not said.text.strip():
            yield "the text is empty"
        yield from (f"the reply shows {words!r}" for words in _NEVER if words in said.whole)
        if regions:
            leaked = [value for value in self._foreign(regions) if value in said.whole]
            yield from (f"{value!r} belongs to another region than {' and '.join(regions)}" for value in leaked)
        if said.custom.get("outcome") == "answered" and not said.documents:
            yield "an answer without a source"
        if said.custom.get("topic") and not said.custom.get("version"):
            yield "a topic without the version of the content"

    def _foreign(self, regions: Sequence[str]) -> set[str]:
        ours = " ".join(value for code in regions for value in self._own[code])
        others = {value for code in self._own if code not in regions for value in self._own[code]}
        return {value for value in others if value not in ours and len(value) > 5}
