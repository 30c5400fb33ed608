"""The bot's sentences that are no facts, read from `phrases.yml`, and Swedish dates and times."""

from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).parent / "phrases.yml"


@cache
def _phrases() -> dict[str, Any]:
    phrases: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return phrases


def say(key: str, **values: object) -> str:
    """The sentence named `key`, filled in. Raises KeyError for an unknown sentence or a missing value."""
    return str(_phrases()[key]).format(**values)


def data(key: str) -> Any:
    """A list or mapping in the phrases file."""
    return _phrases()[key]


def time_of_day(moment: datetime) -> str:
    """ "07.30", as Swedish writes the time of day."""
    return moment.strftime("%H.%M")


def day_name(day: date, today: date) -> str:
    """ "måndag 23 november", with the year when it is not this year's."""
    key = "day" if day.year == today.year else "day_with_year"
    return say(key, **_parts(day), year=day.year)


def moment_name(moment: datetime, now: datetime) -> str:
    """ "i dag kl. 16.00", "i morgon kl. 07.30" or "måndag 23 november kl. 07.30"."""
    if moment.date() == now.date():
        return say("moment_today", time=time_of_day(moment))
    if moment.date() == now.date() + timedelta(days=1):
        return say("moment_tomorrow", time=time_of_day(moment))
    return say("moment", **_parts(moment), time=time_of_day(moment))


def _parts(day: date) -> dict[str, object]:
    return {
        "weekday": data("weekdays")[day.weekday()],
        "day": day.day,
        "month": data("months")[day.month - 1],
    }
