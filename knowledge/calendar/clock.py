"""The clock of the helpdesk: the system's, or one that `HELPDESK_NOW` has stopped. Europe/Stockholm."""

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from knowledge.calendar.errors import InvalidNow, NaiveTime

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SETTING = "HELPDESK_NOW"

Clock = Callable[[], datetime]
"""Returns the current time, with an offset."""


def system_clock() -> datetime:
    """The real time, Europe/Stockholm."""
    return datetime.now(STOCKHOLM)


def clock_from(environ: Mapping[str, str]) -> Clock:
    """The clock that the settings ask for. Raises InvalidNow, so call it at start to refuse a wrong value there."""
    value = environ.get(SETTING, "").strip()
    if not value:
        return system_clock
    moment = parse_now(value)
    return lambda: moment


def now(clock: Clock | None = None) -> datetime:
    """The current time in Europe/Stockholm, by the clock given or by the one in the environment.

    Raises InvalidNow for a wrong `HELPDESK_NOW` and NaiveTime for a clock that tells no offset.
    """
    return local((clock or clock_from(os.environ))())


def parse_now(value: str) -> datetime:
    """A point in time as `HELPDESK_NOW` writes it; without an offset it is local time. Raises InvalidNow."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise InvalidNow(value, str(error)) from error
    if moment.tzinfo is not None:
        return moment.astimezone(STOCKHOLM)
    moment = moment.replace(tzinfo=STOCKHOLM)
    if moment.astimezone(UTC).astimezone(STOCKHOLM).replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise InvalidNow(value, "the clocks are put forward past that time")
    return moment


def local(moment: datetime) -> datetime:
    """The same moment in Europe/Stockholm. Raises NaiveTime."""
    if moment.utcoffset() is None:
        raise NaiveTime
    return moment.astimezone(STOCKHOLM)
