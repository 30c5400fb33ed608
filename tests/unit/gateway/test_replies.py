"""Rasa's items become the messages that a user sees."""

from typing import Any

import pytest

from gateway.replies import Button, Message, join
from tests.fake_rasa import bot_message

ANSWERED = {"outcome": "answered"}
CLARIFYING = {"outcome": "clarifying"}
REGION = {"title": "Dalarna", "payload": "/inform"}


def joined(items: list[dict[str, Any]]) -> list[Message]:
    return join(items, lambda title, payload: f"signed {payload}")


def test_custom_belongs_to_the_text_before_it() -> None:
    assert joined([{"text": "Svar"}, {"custom": ANSWERED}]) == [Message("Svar", [], ANSWERED)]


def test_the_paragraphs_of_one_message_are_put_together_again() -> None:
    assert joined(bot_message("Ett\n\nTvå\n\n- tre", custom=ANSWERED)) == [Message("Ett\n\nTvå\n\n- tre", [], ANSWERED)]


def test_two_messages_of_a_turn_stay_two() -> None:
    turn = bot_message("Ett\n\nTvå", custom=ANSWERED) + bot_message("Vilken region?", [REGION], CLARIFYING)

    assert joined(turn) == [
        Message("Ett\n\nTvå", [], ANSWERED),
        Message("Vilken region?", [Button("Dalarna", "signed /inform")], CLARIFYING),
    ]


def test_text_with_no_custom_object_is_shown() -> None:
    assert joined([{"text": "Hej"}]) == [Message("Hej")]


def test_buttons_end_a_message_that_has_no_custom_object() -> None:
    assert joined([{"text": "Välj", "buttons": [REGION]}, {"text": "Hej"}, {"custom": ANSWERED}]) == [
        Message("Välj", [Button("Dalarna", "signed /inform")]),
        Message("Hej", [], ANSWERED),
    ]


@pytest.mark.parametrize(
    "items",
    [
        [],
        [{"custom": ANSWERED}],
        [{"text": ""}, {"text": " \n"}],
        [{"text": None, "custom": "no object"}],
        [{"image": "https://example.org/x.png"}],
        [{"text": 7, "buttons": "x"}],
    ],
)
def test_nothing_to_show_is_no_message(items: list[dict[str, Any]]) -> None:
    assert joined(items) == []


def test_malformed_buttons_are_left_out_and_a_title_can_be_a_payload() -> None:
    buttons = [
        None,
        "x",
        {},
        {"title": ""},
        {"title": 1, "payload": "/x"},
        {"title": "Ja"},
        {"title": "Nej", "payload": 3},
    ]

    assert joined([{"text": "Välj", "buttons": buttons}])[0].buttons == [
        Button("Ja", "signed Ja"),
        Button("Nej", "signed Nej"),
    ]
