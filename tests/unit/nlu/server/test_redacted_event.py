"""What an event may hold when it is written down."""

import json
import re
from typing import Any

import pytest
from rasa.shared.core.events import Event

import redaction
from nlu.server.conversations import redacted_event
from nlu.server.conversations.redacted_event import plain, redacted, sender_key

NUMBER = "19121212-1212"
USER = {
    "event": "user",
    "timestamp": 1763786423.5,
    "text": f"mitt nummer är {NUMBER}",
    "parse_data": {
        "intent": {"name": "greet", "confidence": 0.9},
        "entities": [{"entity": "person", "value": NUMBER, "start": 15, "end": 28}],
        "text": f"mitt nummer är {NUMBER}",
        "message_id": "c0ffee12121212121212",
        "topics": {"VGR": {"confidence": 0.5, "ranking": [{"name": "vgr/kiv", "score": 1.25}]}},
    },
    "input_channel": "rest",
    "message_id": "c0ffee12121212121212",
    "metadata": {"region": "VGR", "model_id": "19121212121219121212121219121212"},
}
SLOT = {
    "event": "slot",
    "timestamp": 2.0,
    "name": "pending",
    "value": {"text": f"hej {NUMBER}", "number": 191212121212},
}
BOT = {"event": "bot", "timestamp": 3.0, "text": f"Du skrev {NUMBER}", "data": {"custom": {"summary": [NUMBER]}}}
ACTION = {"event": "action", "timestamp": 4.0, "name": "action_answer", "policy": "RulePolicy", "confidence": 1.0}


@pytest.mark.parametrize("event", [USER, SLOT, BOT])
def test_no_personnummer_is_left_anywhere(event: dict[str, Any]) -> None:
    written = json.dumps({key: value for key, value in redacted(event).items() if key != "metadata"})
    assert not re.search(r"1212-?1212(?!\d)", written.replace("c0ffee12121212121212", ""))


@pytest.mark.parametrize("event", [USER, SLOT, BOT, ACTION])
def test_what_is_no_such_number_stays(event: dict[str, Any]) -> None:
    kept = redacted(event)
    assert (kept["event"], kept["timestamp"]) == (event["event"], event["timestamp"])
    assert kept.get("metadata") == event.get("metadata")
    if event is ACTION:
        assert kept == ACTION
    if event is USER:
        assert kept["parse_data"]["topics"] == USER["parse_data"]["topics"]  # type: ignore[index]
        assert kept["text"].startswith("mitt nummer är ")


def test_phone_numbers_and_case_numbers_survive() -> None:
    text = "ring 023-44 000 om ärende 12345"
    assert redacted({**USER, "text": text})["text"] == text


@pytest.mark.parametrize("event", [USER, SLOT, BOT, ACTION])
def test_an_event_that_cannot_be_looked_through_is_kept_without_its_texts(
    event: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    def broken(text: str) -> str:
        raise RuntimeError(text)

    kept = redacted(event, broken)
    assert "1212" not in json.dumps(kept) and "nummer" not in json.dumps(kept)
    again = Event.from_parameters(json.loads(json.dumps(kept)))
    assert again is not None and again.timestamp == event["timestamp"]
    assert "RuntimeError" in caplog.text and "1212" not in caplog.text


def test_a_conversation_has_a_name_that_may_be_written() -> None:
    assert sender_key("3f2a-anna") == "3f2a-anna"
    for sender in (NUMBER, "x" * 300, "a\u0000b", "\ud83d"):
        key = sender_key(sender)
        assert re.fullmatch("[0-9a-f]{64}", key) and key == sender_key(sender)


def test_names_and_sentences_alike() -> None:
    assert plain("191212121212") != "191212121212"
    assert plain("vgr/anvandarkonto/bestalla") == "vgr/anvandarkonto/bestalla"


def test_what_comes_again_is_not_looked_through_again_and_stays_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def noted(text: str) -> Any:
        looked.append(text)
        return redaction.redact(text)

    monkeypatch.setattr(redacted_event, "redact", noted)
    harmless, telling = "ring 010-473 71 00 så hjälper vi dig", "mitt nummer är 19121212-1212, hjälp"
    assert [plain(harmless) for _ in range(3)] == [harmless] * 3
    assert len({plain(telling) for _ in range(3)} - {telling}) == 1
    assert looked == [harmless, telling, telling, telling]


def test_as_much_as_there_is_room_for_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redacted_event, "_REMEMBERED", 10)
    for number in range(100):
        assert plain(f"det här är mening {number}") == f"det här är mening {number}"
        assert len(redacted_event._blameless) <= 10
