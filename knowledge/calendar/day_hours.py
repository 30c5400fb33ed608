"""One day of a desk: when it is staffed, when its on-call answers, and what the documents leave open about that day.

The documents say "helgfri vardag" (000, Supportvägar: måndag-fredag 07:30-16:00 varje helgfri vardag; beredskap lördag
och söndag samt måndag till fredag 16.00-07.30). Eves are no public holidays by law (1989:253): a desk's policy decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from knowledge.calendar import holidays
from knowledge.calendar.spans import Span, spans, utc, whole_day, without
from knowledge.schema import Closure, Hours, OnCall, Weekday

_DAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Uncertain(StrEnum):
    """What the documents leave open."""

    eve = "eve"
    """Whether an eve that is no public holiday by law counts as helgfri vardag."""
    holiday_unclear = "holiday_unclear"
    """Whether the desk keeps its hours on a public holiday."""
    on_call_hole = "on_call_hole"
    """A public holiday on Monday to Friday, in hours that neither opening hours nor on-call speak of."""
    no_hours = "no_hours"
    """No document gives hours for the desk."""


@dataclass(frozen=True)
class DayHours:
    """What holds on one day. All times Europe/Stockholm."""

    day: date
    openings: tuple[Span, ...]
    """When the desk is certainly staffed, in order."""
    possible: tuple[Span, ...]
    """When it would be staffed on an ordinary day of this weekday, but the documents leave it open."""
    on_call: tuple[Span, ...]
    """When the on-call certainly answers."""
    on_call_possible: tuple[Span, ...]
    """When the documents leave open whether it does."""
    uncertain: Uncertain | None
    """Why the day's hours are uncertain; None when they are certain, also if the on-call is not."""
    holiday: str | None
    """Swedish name of the public holiday or eve."""
    closures: tuple[Closure, ...]
    """Temporary closures that touch the day."""

    @property
    def open(self) -> bool | None:
        """Whether the desk is staffed at any time of the day; None when the documents leave it open."""
        if self.openings:
            return True
        return None if self.uncertain else False

    @property
    def opens_at(self) -> datetime | None:
        """When it first opens; None when it does not for certain."""
        return self.openings[0].start if self.openings else None

    @property
    def closes_at(self) -> datetime | None:
        """When it closes for the day; None when it does not open for certain."""
        return self.openings[-1].end if self.openings else None

    def in_break(self, at: datetime) -> bool:
        """Whether the moment lies between two openings of the day (lunch), with no temporary closure there."""
        closed = [gap for closure in self.closures for gap in closure_spans(closure, self.day)]
        if any(at in part for part in (*self.openings, *self.possible, *closed)):
            return False
        hours = self.openings or self.possible
        return bool(hours) and utc(hours[0].start) < utc(at) < utc(hours[-1].end)


def day_hours(hours: Hours | None, on_call: OnCall | None, closures: Sequence[Closure], day: date) -> DayHours:
    """What holds for a desk on one day. Raises BackwardsRange."""
    touching = tuple(closure for closure in closures if closure.first <= day <= closure.last)
    gaps = [gap for closure in touching for gap in closure_spans(closure, day)]
    usual = spans(day, hours.times) if hours and _DAYS[day.weekday()] in hours.days else ()
    policy, reason = _policy(hours, day) if usual or hours is None else ("open", None)
    open_then = without(usual, gaps) if policy == "open" else ()
    possible = without(usual, gaps) if policy == "unclear" else ()
    if reason is Uncertain.no_hours:
        reason = Uncertain.no_hours if without([whole_day(day)], gaps) else None
    elif not possible:
        reason = None
    answering, maybe = _on_call(on_call, day)
    return DayHours(day, open_then, possible, answering, maybe, reason, holidays.name_of(day), touching)


def days(
    hours: Hours | None, on_call: OnCall | None, closures: Sequence[Closure], first: date, last: date
) -> tuple[DayHours, ...]:
    """What holds on every day from `first` to `last`, both included. Raises BackwardsRange."""
    count = (last - first).days + 1
    return tuple(day_hours(hours, on_call, closures, first + timedelta(days=step)) for step in range(count))


def week(hours: Hours | None, on_call: OnCall | None, closures: Sequence[Closure], of: date) -> tuple[DayHours, ...]:
    """Monday to Sunday of the week that `of` lies in. Raises BackwardsRange."""
    monday = of - timedelta(days=of.weekday())
    return days(hours, on_call, closures, monday, monday + timedelta(days=6))


def closure_spans(closure: Closure, day: date) -> tuple[Span, ...]:
    """When the closure closes the desk on a day that it touches."""
    return spans(day, closure.times) if closure.times else (whole_day(day),)


def _policy(hours: Hours | None, day: date) -> tuple[str, Uncertain | None]:
    if hours is None:
        return "unclear", Uncertain.no_hours
    if holidays.public_holiday(day):
        return hours.holidays, Uncertain.holiday_unclear
    if holidays.eve(day):
        return hours.eves, Uncertain.eve
    return "open", None


def _on_call(on_call: OnCall | None, day: date) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The spans in which the on-call answers, and those that the documents leave open."""
    if on_call is None:
        return (), ()
    if day.weekday() >= 5:
        return spans(day, on_call.weekend), ()
    written = spans(day, on_call.weekdays)
    if not holidays.public_holiday(day):
        return written, ()
    hole = without([whole_day(day)], written)
    if on_call.holidays == "covered":
        return (whole_day(day),), ()
    return written, hole if on_call.holidays == "unclear" else ()
