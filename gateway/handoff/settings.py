"""The hand-off's settings, from the environment."""

from collections.abc import Mapping
from datetime import timedelta

from gateway.handoff.handovers import Patience
from gateway.settings import number

LEAST, MOST = 0.5, 120


def read_patience(environment: Mapping[str, str]) -> Patience:
    """HANDOFF_ACCEPT_MINUTES and HANDOFF_SILENT_MINUTES. Raises SettingsError."""
    given = {name: value.strip() for name, value in environment.items() if value.strip()}
    default = Patience()
    return Patience(
        accept=_minutes(given, "HANDOFF_ACCEPT_MINUTES", default.accept),
        silent=_minutes(given, "HANDOFF_SILENT_MINUTES", default.silent),
    )


def _minutes(given: Mapping[str, str], name: str, default: timedelta) -> timedelta:
    minutes = number(given, name, default.total_seconds() / 60, LEAST, MOST, "minutes")
    return timedelta(minutes=minutes)
