"""How long what is kept, by kind; the operator's settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from records.errors import SettingsError

Kind = Literal["conversation", "ticket", "feedback"]

LONGEST_DAYS = 3650


@dataclass(frozen=True)
class Periods:
    """Days after which what is kept is erased."""

    conversation: int = 30
    """RETENTION_CONVERSATION_DAYS: what was said, hand-offs, and Rasa's own events, after the last message."""
    ticket: int = 365
    """RETENTION_TICKET_DAYS: the local copies of tickets, after they were registered or last changed."""
    feedback: int = 365
    """RETENTION_FEEDBACK_DAYS: judgements of answers."""

    def of(self, kind: Kind) -> timedelta:
        """How long that kind is kept."""
        return timedelta(
            days={"conversation": self.conversation, "ticket": self.ticket, "feedback": self.feedback}[kind]
        )


def periods(environment: Mapping[str, str]) -> Periods:
    """The periods from the environment. Raises SettingsError, naming the variable."""
    defaults = Periods()
    return Periods(
        conversation=_days(environment, "RETENTION_CONVERSATION_DAYS", defaults.conversation),
        ticket=_days(environment, "RETENTION_TICKET_DAYS", defaults.ticket),
        feedback=_days(environment, "RETENTION_FEEDBACK_DAYS", defaults.feedback),
    )


def _days(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name, "").strip() or str(default)
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= LONGEST_DAYS):
        raise SettingsError(f"{name} is {value!r}; it must be a number of days from 1 to {LONGEST_DAYS}")
    return int(value)
