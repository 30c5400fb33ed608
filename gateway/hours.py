"""When the regions' desks are open in the coming days, by the content."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from gateway.errors import SettingsError
from knowledge.calendar.clock import Clock, clock_from
from knowledge.calendar.day_hours import day_hours
from knowledge.content import Content, default_desk, read_content
from knowledge.errors import KnowledgeError

Openings = Callable[[str], Sequence[tuple[datetime, datetime]]]
"""Region code -> the certain openings of its first desk that have not ended, in order, with offset; none if unknown."""
DAYS = 7
"""How many days are looked at."""


def read_openings(environment: Mapping[str, str]) -> tuple[Openings, Sequence[str]]:
    """The openings by the content and the clock of the environment, and the regions' codes. Raises SettingsError."""
    try:
        content = read_content()
        return openings_of(content, clock_from(environment)), list(content.regions)
    except KnowledgeError as error:
        raise SettingsError(str(error)) from error


def openings_of(content: Content, clock: Clock) -> Openings:
    """The openings from when the clock is read."""

    def openings(region: str) -> Sequence[tuple[datetime, datetime]]:
        known = content.regions.get(region)
        if known is None:
            return []
        desk, now = default_desk(known), clock()
        days = (now.date() + timedelta(days=ahead) for ahead in range(DAYS))
        spans = (span for day in days for span in day_hours(desk.hours, None, desk.closures, day).openings)
        return [(span.start, span.end) for span in spans if span.end > now]

    return openings
