"""What pydantic complains of, in Swedish: editors read it."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from knowledge.schema import IDENTIFIER, NOTICE_ID, REGION_CODE, TIME_RANGE

_PATTERNS = {
    IDENTIFIER: "ska skrivas med små bokstäver a–z, siffror och bindestreck",
    TIME_RANGE: "ska vara ett klockslag till ett annat, till exempel 08:00-16:00 (högst 24:00)",
    REGION_CODE: "ska börja med stor bokstav och bara innehålla bokstäver och mellanslag",
    NOTICE_ID: "ska vara stora bokstäver följda av en siffra, till exempel C30",
}

_REASONS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "fältet saknas",
    "extra_forbidden": lambda _: "det fältet finns inte; kontrollera stavningen",
    "string_pattern_mismatch": lambda about: _PATTERNS.get(about["pattern"], "är inte skrivet som det ska"),
    "string_too_short": lambda _: "får inte vara tomt",
    "string_type": lambda _: "ska vara text; sätt citattecken om det är ett tal eller true/false",
    "too_short": lambda about: f"ska ha minst {about['min_length']} (har {about['actual_length']})",
    "list_type": lambda _: "ska vara en lista",
    "enum": lambda about: f"ska vara något av {_alternatives(about)}",
    "literal_error": lambda about: f"ska vara något av {_alternatives(about)}",
    "model_type": lambda _: "ska ha fält (namn: värde)",
    "date_type": lambda _: "ska vara ett datum, till exempel 2026-11-22",
    "date_parsing": lambda _: "ska vara ett datum, till exempel 2026-11-22",
    "date_from_datetime_parsing": lambda _: "ska vara ett datum, till exempel 2026-11-22",
    "date_from_datetime_inexact": lambda _: "ska vara ett datum, till exempel 2026-11-22",
    "value_error": lambda about: str(about["error"]),
}
_OTHERWISE = "godtas inte"


def complaint(fault: ErrorDetails) -> str:
    """The field and what is wrong with it: "topics.0.aspect: ska vara något av ..."."""
    where = ".".join(str(part) for part in fault["loc"])
    told = _REASONS.get(fault["type"])
    reason = told(fault.get("ctx", {})) if told else _OTHERWISE
    found = fault["input"]
    shown = f" (står: {found})" if isinstance(found, str | int) and found != "" and fault["type"] != "missing" else ""
    return f"{where}: {reason}{shown}" if where else f"{reason}{shown}"


def _alternatives(about: Mapping[str, Any]) -> str:
    return str(about["expected"]).replace("'", "").replace(" or ", " eller ")
