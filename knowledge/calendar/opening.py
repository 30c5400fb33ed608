"""Whether a desk can be reached at a moment, and when it can be next. All times Europe/Stockholm."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from knowledge.calendar.clock import local
from knowledge.calendar.day_hours import DayHours, Uncertain, closure_spans, day_hours
from knowledge.calendar.spans import Span, holding, utc
from knowledge.schema import Closure, Hours, OnCall

_HORIZON = 120
"""Days: beyond that a desk counts as never opening, or never closing."""


@dataclass(frozen=True)
class OpeningStatus:
    """A desk at one moment. Every time has an offset, Europe/Stockholm."""

    at: datetime
    open: bool | None
    """Whether the desk is staffed; None when the documents leave it open (see `uncertain`)."""
    on_call: bool | None
    """Whether its on-call answers; False when it has none; None when the documents leave it open."""
    in_break: bool
    """Closed between two openings of the same day: lunch."""
    opens_at: datetime | None
    """When the desk first opens on the day of `at`; None when it does not for certain."""
    closes_at: datetime | None
    """When it closes for that day; None when it does not open for certain."""
    closes_next: datetime | None
    """When the opening that `at` lies in ends for certain, at lunch too; None when not open, or open without end."""
    next_open: datetime | None
    """The next certain opening after `at`; days that the documents leave open are skipped. None when there is none."""
    holiday: str | None
    """Swedish name of the public holiday or eve on the day of `at`."""
    uncertain: Uncertain | None
    """Why `open` or `on_call` is None."""
    closure: str | None
    """Swedish: why the desk is temporarily closed at `at`."""
    day: DayHours
    """The whole day of `at`."""


def status(hours: Hours | None, on_call: OnCall | None, closures: Sequence[Closure], at: datetime) -> OpeningStatus:
    """A desk at a moment (with offset). Raises NaiveTime, and BackwardsRange for content that no check has seen."""
    at = local(at)
    today = day_hours(hours, on_call, closures, at.date())
    closed = _closure(today, at)
    open_now = _open(today, at, closed)
    answering = _certain(today.on_call, today.on_call_possible, at)
    opening, coming = _opening_and_next(hours, closures, at)
    return OpeningStatus(
        at=at,
        open=open_now,
        on_call=answering,
        in_break=today.in_break(at),
        opens_at=today.opens_at,
        closes_at=today.closes_at,
        closes_next=opening.end if opening and opening.end.date() <= _last_day(at) else None,
        next_open=coming.start if coming else None,
        holiday=today.holiday,
        uncertain=today.uncertain if open_now is None else Uncertain.on_call_hole if answering is None else None,
        closure=closed.reason if closed else None,
        day=today,
    )


def _last_day(at: datetime) -> date:
    return at.date() + timedelta(days=_HORIZON)


def _open(today: DayHours, at: datetime, closed: Closure | None) -> bool | None:
    if closed:
        return False
    if today.uncertain is Uncertain.no_hours:
        return None
    return _certain(today.openings, today.possible, at)


def _certain(surely: Sequence[Span], perhaps: Sequence[Span], at: datetime) -> bool | None:
    if holding(surely, at):
        return True
    return None if holding(perhaps, at) else False


def _closure(today: DayHours, at: datetime) -> Closure | None:
    for closure in today.closures:
        if holding(closure_spans(closure, today.day), at):
            return closure
    return None


def _opening_and_next(
    hours: Hours | None, closures: Sequence[Closure], at: datetime
) -> tuple[Span | None, Span | None]:
    """The certain opening that holds `at`, and the first that begins after it."""
    current = None
    for opening in _openings(hours, closures, at.date()):
        if at in opening:
            current = opening
        elif utc(opening.start) > utc(at):
            return current, opening
    return current, None


def _openings(hours: Hours | None, closures: Sequence[Closure], first: date) -> Iterator[Span]:
    """Certain openings from the day before `first` on, joined across midnight."""
    if hours is None:
        return
    pending: Span | None = None
    for step in range(-1, _HORIZON + 1):
        for opening in day_hours(hours, None, closures, first + timedelta(days=step)).openings:
            if pending and utc(opening.start) == utc(pending.end):
                pending = Span(pending.start, opening.end)
                continue
            if pending:
                yield pending
            pending = opening
        if pending and pending.end.date() == first + timedelta(days=step):
            yield pending
            pending = None
    if pending:
        yield pending
