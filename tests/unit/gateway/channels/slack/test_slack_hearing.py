"""Which of Slack's events are a person's message for us."""

from typing import Any

import pytest

from gateway.channels.slack.hearing import Heard, heard, key_of
from gateway.channels.slack.place import Place
from gateway.core.redacting import make_safe

OWN = "U0BOT"


def hear(**event: Any) -> Heard | None:
    told = {
        "type": "message",
        "channel": "D1",
        "channel_type": "im",
        "user": "U1",
        "ts": "17.1",
        "text": "hej",
        **event,
    }
    bot = {"user_id": OWN, "is_bot": True}
    return heard({"team_id": "T1", "event": told, "authorizations": [bot]}, "@kollega")


def channel(**event: Any) -> Heard | None:
    return hear(**{"channel": "C1", "channel_type": "channel", **event})


def mention(**event: Any) -> Heard | None:
    return hear(**{"type": "app_mention", "channel": "C1", "channel_type": None, "text": f"<@{OWN}> hej", **event})


def the(said: Heard | None) -> Heard:
    assert said is not None
    return said


def test_a_direct_message_is_one_conversation_and_each_thread_in_it_another() -> None:
    assert the(hear(ts="17.1")).place == the(hear(ts="17.2")).place == Place("D1")
    assert the(hear(thread_ts="17.1", ts="17.3")).place == Place("D1", "17.1")
    assert the(hear(thread_ts="17.1", ts="17.1")).place == Place("D1")


def test_a_mention_begins_a_thread_or_goes_on_in_one() -> None:
    assert the(mention(ts="17.1")).place == Place("C1", "17.1")
    assert the(mention(ts="17.4", thread_ts="17.1")).place == Place("C1", "17.1")
    assert the(mention()).invited


def test_the_bots_own_name_is_no_part_of_the_question() -> None:
    assert the(mention(text=f"<@{OWN}> Hur gör jag? <@{OWN}|bot>")).text == "Hur gör jag?"
    assert the(mention(text=f"Hej <@{OWN}> och <@U2>")).text == "Hej och @kollega"


def test_the_bots_name_is_known_without_slack_telling_who_it_is() -> None:
    event = {"type": "app_mention", "channel": "C1", "user": "U1", "ts": "1.1", "text": "<@U0X> hej <@U2>"}
    assert the(heard({"event": event}, "@kollega")).text == "hej @kollega"


def test_in_a_channel_only_threads_may_be_for_us_and_not_what_begins_with_a_colleague() -> None:
    assert channel() is None
    assert channel(thread_ts="17.1", ts="17.1") is None
    assert channel(thread_ts="17.1", ts="17.2", text="<@U2> vad tror du?") is None
    follow_up = the(channel(thread_ts="17.1", ts="17.2", text="och i Dalarna?"))
    assert follow_up.place == Place("C1", "17.1") and not follow_up.invited


@pytest.mark.parametrize(
    "event",
    [
        {"bot_id": "B1"},
        {"subtype": "bot_message", "bot_id": "B1"},
        {"user": OWN},
        {"user": "USLACKBOT"},
        {"subtype": "message_changed", "message": {"text": "ändrat"}},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"subtype": "message_replied"},
        {"user": None},
        {"ts": None},
        {"channel": None},
    ],
)
def test_edits_bots_and_comings_and_goings_are_no_questions(event: dict[str, Any]) -> None:
    assert hear(**event) is None


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast", "me_message"])
def test_people_write_in_other_ways_too(subtype: str) -> None:
    assert the(hear(subtype=subtype)).text == "hej"


def test_a_message_and_its_mention_have_one_key() -> None:
    assert the(mention(ts="17.4", thread_ts="17.1")).key == the(channel(ts="17.4", thread_ts="17.1")).key
    assert the(hear(ts="17.1")).key != the(hear(ts="17.2")).key


def test_no_key_looks_like_something_of_a_person() -> None:
    keys = [key_of("D012ABCDEF", f"17950{number:05}.{number:06}") for number in range(300)]
    assert all(len(key) <= 64 and key.isalpha() for key in keys)
    assert [key for key in keys if make_safe(key).found] == []
