"""Whatever breaks, the user gets a Swedish sentence, the number to call and its hours."""

import asyncio
import importlib
import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.utils import all_subclasses

from actions.answers.failure import failed
from actions.canned import replies
from actions.capability import Capability
from actions.forms.guide import ValidateGuideForm
from actions.forms.ticket import ValidateTicketForm
from actions.forms.ticket_lookup import ValidateTicketLookupForm
from actions.house import House
from actions.phrases import data
from actions.questions import AnswerQuestion
from actions.reply import Reply
from actions.talk import Forget
from actions.turn import Turn
from knowledge.content import Content, default_desk
from knowledge.errors import DatabaseUnavailable
from tests.builders import REGIONS, Conversation, Said, foreign_values, message, ranking
from tests.families import FAMILIES, PHONES

ROOT = Path(__file__).parents[3]
DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


class Broken(Capability):
    """An action that raises what it is told to."""

    def __init__(self, house: House, error: Exception) -> None:
        super().__init__(house)
        self._error = error

    def name(self) -> str:
        return "action_broken"

    def reply(self, turn: Turn) -> Reply:
        raise self._error


def capabilities() -> dict[str, type[Capability]]:
    """Every action of the package but those of the tests, by its name in the domain."""
    for path in (*(ROOT / "actions").glob("*.py"), *(ROOT / "actions").glob("forms/*.py")):
        importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    found = [kind for kind in all_subclasses(Capability) if kind.__module__.startswith("actions.")]
    return {kind().name(): kind for kind in found if not inspect.isabstract(kind)}


def assert_failed_well(said: Said, content: Content, region: str | None) -> None:
    assert (said.custom["outcome"], said.custom["region"], said.custom["topic"]) == ("failed", region, None)
    for code in [region] if region else REGIONS:
        desk = default_desk(content.regions[code])
        assert desk.hours_fact is not None
        for value in (PHONES[code], desk.hours_fact.value):
            assert value in said.text
            assert value in said.values
    for word in ("Traceback", "Error", "sqlalchemy", "sqlite", "secret"):
        assert word.lower() not in said.text.lower()


@pytest.mark.parametrize("region", [None, *REGIONS])
@pytest.mark.parametrize(
    "error",
    [RuntimeError("secret"), KeyError("secret"), DatabaseUnavailable("secret"), AssertionError(), TimeoutError()],
    ids=lambda error: type(error).__name__,
)
def test_an_action_that_raises(
    house: House, content: Content, conversation: Conversation, error: Exception, region: str | None
) -> None:
    conversation.slots["region"] = region
    said = conversation.send(Broken(house, error), message("hej"))
    assert_failed_well(said, content, region)
    if region:
        assert [value for value in foreign_values(content, region) if value in said.whole] == []


@pytest.mark.parametrize("region", [None, *REGIONS])
@pytest.mark.parametrize("name", capabilities())
def test_a_dead_database(
    dead_house: House, content: Content, conversation: Conversation, name: str, region: str | None
) -> None:
    guide = {"name": "vgr/sjunet/sjunet-och-system", "step": 0}
    conversation.slots.update(region=region, topic="vgr/sjunet/vad-ar", guide=guide, asking=True)
    latest = FAMILIES["forgotten password"].message(chosen="vgr/sjunet/vad-ar")
    said = conversation.send(capabilities()[name](dead_house), latest)
    if said.custom["outcome"] != "declined":
        assert_failed_well(said, content, region)


def test_the_region_is_kept_when_something_breaks(house: House, conversation: Conversation) -> None:
    conversation.send(Broken(house, RuntimeError()), message("hej", regions=["Dalarna"]))
    assert conversation.slots["region"] == "Dalarna"


BROKEN_MESSAGES: dict[str, dict[str, Any]] = {
    "no message": {},
    "nothing but text": {"text": "hej"},
    "nulls": {"text": None, "intent": None, "entities": None, "intent_ranking": None, "topics": None, "metadata": None},
}
HALF_TOPICS: dict[str, dict[str, Any]] = {
    "half a ranking": {"text": "hej", "topics": {"VGR": {"confidence": 0.9}}},
    "half an intent": {"text": "hej", "intent_ranking": [{"name": "greet"}]},
    "metadata that is a text": {"text": "hej", "metadata": "VGR"},
}


@pytest.mark.parametrize("latest", BROKEN_MESSAGES.values(), ids=BROKEN_MESSAGES)
def test_a_message_with_little_in_it(house: House, conversation: Conversation, latest: dict[str, Any]) -> None:
    assert conversation.send(AnswerQuestion(house), latest).custom["outcome"] in ("clarifying", "referred")


@pytest.mark.parametrize("latest", HALF_TOPICS.values(), ids=HALF_TOPICS)
def test_a_message_that_cannot_be_read(
    house: House, content: Content, conversation: Conversation, latest: dict[str, Any]
) -> None:
    assert_failed_well(conversation.send(AnswerQuestion(house), latest), content, None)


def test_a_topic_that_the_database_does_not_hold_any_more(house: House, conversation: Conversation) -> None:
    topics = {code: ranking("vgr/finns/inte") for code in REGIONS}
    for region in (None, *REGIONS):
        conversation.slots = {"region": region}
        said = conversation.send(AnswerQuestion(house), message("Hur gör jag med det här nya?", topics=topics))
        assert said.custom["outcome"] in ("clarifying", "referred")


class TestCanned:
    def test_there_is_one_for_every_case(self, content: Content) -> None:
        by_region = {f"{name} {code}" for name in ("failed", "busy") for code in REGIONS}
        assert set(replies(content.regions)) == {"empty", "too_long", "failed", "busy", *by_region}

    @pytest.mark.parametrize("name", ["failed", "busy"])
    @pytest.mark.parametrize("region", REGIONS)
    def test_a_failure_and_a_rush_name_the_regions_desk_alone(self, content: Content, region: str, name: str) -> None:
        reply = replies(content.regions)[f"{name} {region}"]
        assert ("hög belastning" in reply.text) == (name == "busy")
        assert (reply.outcome, reply.region) == ("failed", region)
        assert {PHONES[region]} == {number for number in PHONES.values() if number in reply.text}

    @pytest.mark.parametrize("region", [None, "Skåne"])
    def test_without_a_region_of_ours_every_desk_is_named(self, content: Content, region: str | None) -> None:
        reply = failed(content.regions, region)
        assert all(number in reply.text for number in PHONES.values())

    def test_the_file(self, tmp_path: Path, content: Content) -> None:
        path = tmp_path / "new" / "canned.json"
        subprocess.run([sys.executable, "-m", "actions.canned", str(path)], cwd=ROOT, check=True, timeout=60)
        written = json.loads(path.read_text(encoding="utf-8"))
        assert set(written) == set(replies(content.regions))
        for entry in written.values():
            assert entry["text"]
            assert entry["custom"]["outcome"] in ("failed", "clarifying")


def test_the_sentences_can_be_read() -> None:
    """Every action needs them, the failure reply too."""
    assert len(data("weekdays")) == 7


class TestDomain:
    def test_it_lists_every_action_and_no_other(self) -> None:
        others = (Forget(), ValidateGuideForm(), ValidateTicketForm(), ValidateTicketLookupForm())
        assert set(DOMAIN["actions"]) == {*capabilities(), *(each.name() for each in others)}

    def test_its_responses_say_what_they_are(self) -> None:
        for name, variants in DOMAIN["responses"].items():
            for variant in variants:
                assert variant["text"].strip(), name
                assert variant["custom"]["outcome"] in ("smalltalk", "clarifying", "declined"), name

    def test_every_rule_uses_what_it_declares(self) -> None:
        intents = {intent if isinstance(intent, str) else next(iter(intent)) for intent in DOMAIN["intents"]}
        known = {*DOMAIN["actions"], *DOMAIN["responses"], *DOMAIN["forms"], "action_deactivate_loop"}
        for path in (ROOT / "data" / "rules").glob("*.yml"):
            for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
                for step in rule["steps"]:
                    assert step.get("intent") in {*intents, None}, rule["rule"]
                    assert step.get("action") in {*known, None}, rule["rule"]

    def test_no_intent_is_left_without_an_answer(self) -> None:
        answered = {
            step["intent"]
            for path in (ROOT / "data" / "rules").glob("*.yml")
            for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]
            for step in rule["steps"]
            if "intent" in step
        }
        assert {i if isinstance(i, str) else next(iter(i)) for i in DOMAIN["intents"]} <= answered


def test_forgetting_empties_every_slot() -> None:
    action: Action = Forget()
    full = dict.fromkeys(DOMAIN["slots"], "something")
    events = asyncio.run(action.run(CollectingDispatcher(), Tracker("test", full, {}, [], False, None, {}, None), {}))
    assert {event["name"]: event["value"] for event in events} == dict.fromkeys(DOMAIN["slots"])
