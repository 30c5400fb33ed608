"""Reading activities."""

from typing import Any

import pytest

from gateway.channels.teams.incoming import Activity
from redaction import redact

OURS, ANNA = {"id": "28:bot", "name": "Lotsen"}, {"id": "29:anna", "name": "Anna Ek"}


def said(text: Any, *mentioned: tuple[dict[str, str], str]) -> Activity:
    entities = [{"type": "mention", "mentioned": who, "text": written} for who, written in mentioned]
    return Activity({"type": "message", "text": text, "recipient": OURS, "entities": entities})


@pytest.mark.parametrize(
    ("activity", "expected"),
    [
        (said("<at>Lotsen</at> hej", (OURS, "<at>Lotsen</at>")), "hej"),
        (said('<at id="0">Lotsen</at>&nbsp;hej', (OURS, '<at id="0">Lotsen</at>')), "hej"),
        (said("hej <at>Anna Ek</at>, går det?", (ANNA, "<at>Anna Ek</at>")), "hej Anna Ek, går det?"),
        (said("<at>Okänd</at> hej"), "Okänd hej"),  # no entity tells who it is
        (said("jag skrev Lotsen i fältet", (OURS, "<at>Lotsen</at>")), "jag skrev Lotsen i fältet"),
        (said("A &amp; B &lt; C"), "A & B < C"),
        (said(None), ""),
    ],
)
def test_mentions_and_markup_are_taken_out_of_the_text(activity: Activity, expected: str) -> None:
    assert activity.text == expected


def test_a_key_is_the_same_for_the_same_id_and_never_looks_like_a_number() -> None:
    keys = [Activity({"id": f"19710304736{number}"}).key for number in range(2000)]
    assert len(set(keys)) == 2000
    assert keys[0] == Activity({"id": "197103047360", "type": "other"}).key
    assert all(key.isalpha() and len(key) <= 64 and not redact(key).found for key in keys)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"conversation": {"tenantId": "T1"}}, "t1"),
        ({"channelData": {"tenant": {"id": "T1"}}}, "t1"),
        ({"conversation": {"tenantId": "T1"}, "channelData": {"tenant": {"id": "T2"}}}, None),
        ({}, None),
    ],
)
def test_a_tenant_that_is_told_in_two_ways_is_none(told: dict[str, Any], expected: str | None) -> None:
    assert Activity(told).tenant == expected


@pytest.mark.parametrize(
    "value",
    [
        {"judge": {"event": 1, "helpful": True}},
        {"judge": {"event": "a-1", "helpful": "yes"}},
        {"judge": {"event": "a-1", "helpful": True, "reason": 1}},
        {"judge": {"event": "a-1", "helpful": True, "solved": "x"}},
        {"judge": []},
        {"action": {"data": None}},
        "[" * 100_000,
        "7",
        None,
    ],
)
def test_a_judgement_that_is_none_is_not_taken_for_one(value: Any) -> None:
    assert Activity({"value": value}).judged is None
    assert Activity({"value": value}).button is None
