"""Plain comparisons against the validator that they stand for."""

import random
from typing import Any

import pytest
from jsonschema import Draft7Validator
from rasa.core.actions.action import RemoteAction

from nlu.server.plain_schema import check

TRIES = 3000
SCHEMAS: list[dict[str, Any]] = [
    *RemoteAction.action_response_format_spec()["properties"]["events"]["items"]["oneOf"],
    {"type": ["number", "null"]},
    {"type": "number"},
    {"type": "boolean"},
    {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}},
    {"type": "integer"},
    {"required": ["event", "value"]},
    {},
]
"""Of every kind of event, and others; some can be told in comparisons and some cannot."""


def made(chance: random.Random, depth: int = 3) -> Any:
    """A value that JSON can hold, made of the names that the schemas look at."""
    if depth and chance.random() < 0.7:
        if chance.random() < 0.3:
            return [made(chance, depth - 1) for _ in range(chance.randrange(3))]
        names = ("event", "name", "value", "policy", "confidence", "hide_rule_turn", "parse_data", "intent", "entities")
        return {name: made(chance, depth - 1) for name in names if chance.random() < 0.5}
    return chance.choice([None, True, False, 0, 1, 1.5, 2.0, "", "slot", "action", "user", "entities"])


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_same_values_are_valid(schema: dict[str, Any]) -> None:
    chance = random.Random(7)
    plain, validator = check(schema, Draft7Validator), Draft7Validator(schema)
    event = schema.get("properties", {}).get("event", {}).get("const")
    found = set()
    for _ in range(TRIES):
        value = made(chance)
        if isinstance(value, dict) and event is not None and chance.random() < 0.7:
            value["event"] = event
        found.add(plain(value))
        assert plain(value) == validator.is_valid(value), value
    assert found == ({True} if schema == {} else {True, False})
