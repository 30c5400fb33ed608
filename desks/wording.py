"""The Swedish that a desk's staff sees, put together from texts.yml."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from desks.model import LONGEST_DESCRIPTION, LONGEST_SUMMARY, NewTicket

_FILE = Path(__file__).with_name("texts.yml")


def title(new: NewTicket) -> str:
    """The ticket's heading: the service and the summary, on one line."""
    summary = " ".join(new.summary.split())
    parts = [part for part in (new.service.strip(), summary) if part]
    return _cut(": ".join(parts) or _texts()["untitled"], LONGEST_SUMMARY)


def body(new: NewTicket, reference: str) -> str:
    """Everything that was collected, a line each, then what the user wrote."""
    labels = _texts()["labels"]
    rows = {
        labels["service"]: new.service,
        labels["unit"]: new.unit,
        labels["since"]: new.since,
        labels["impact"]: _texts()["impact"][new.impact],
        labels["urgency"]: _texts()["urgency"][new.urgency],
        labels["contact"]: new.contact.shown if new.contact is not None else _texts()["chat_only"],
        **new.facts,
        labels["reference"]: reference,
    }
    lines = [f"{label}: {' '.join(value.split())}" for label, value in rows.items() if value.strip()]
    told = _cut(new.description.strip(), LONGEST_DESCRIPTION)
    return "\n".join([*lines, "", f"{labels['description']}:", told, "", _texts()["registered_by"]])


def closed_by_user(reason: str) -> str:
    """The note under which a ticket is closed."""
    if not reason.strip():
        return str(_texts()["closed_without_reason"])
    return str(_texts()["closed_by_user"]).format(reason=_cut(reason.strip(), LONGEST_DESCRIPTION))


def joined_outage(affected: int) -> str:
    """The comment on an outage's ticket when one more user is hit."""
    return str(_texts()["joined_outage"]).format(affected=affected)


@cache
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return texts


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
