"""JSON schemas as plain comparisons.

The validator of jsonschema walks a schema anew for every value, a millisecond for the answer of an action. The schemas
of what actions answer say little more than types: those are turned into functions once, which find the same values
valid.
"""

from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], bool]


def check(schema: Mapping[str, Any], validator: Any) -> Check:
    """Whether a value is valid: by plain comparisons where the schema can be told in them, else by the validator."""
    try:
        return _plain(schema)
    except KeyError:
        whole = validator(schema)
        return lambda value: bool(whole.is_valid(value))


def _plain(schema: Mapping[str, Any]) -> Check:
    """A schema of types, constants, properties and items. Raises KeyError for anything else in it."""
    checks = [_KEYWORDS[keyword](told) for keyword, told in schema.items()]
    return lambda value: all(check(value) for check in checks)


def _type(told: str | list[str]) -> Check:
    types = tuple(_TYPES[name] for name in ([told] if isinstance(told, str) else told))
    if float in types:
        return lambda value: isinstance(value, (*types, int)) and not isinstance(value, bool)
    return lambda value: isinstance(value, types)


def _properties(told: Mapping[str, Any]) -> Check:
    checks = [(name, _plain(schema)) for name, schema in told.items()]
    return lambda value: (
        not isinstance(value, dict) or all(check(value[name]) for name, check in checks if name in value)
    )


def _required(told: list[str]) -> Check:
    return lambda value: not isinstance(value, dict) or all(name in value for name in told)


def _items(told: Mapping[str, Any]) -> Check:
    check = _plain(told)
    return lambda value: not isinstance(value, list) or all(check(item) for item in value)


def _const(told: str) -> Check:
    return lambda value: isinstance(value, str) and value == told


_TYPES = {"object": dict, "array": list, "string": str, "number": float, "null": type(None), "boolean": bool}
_KEYWORDS: dict[str, Callable[[Any], Check]] = {
    "type": _type,
    "properties": _properties,
    "required": _required,
    "items": _items,
    "const": _const,
}
