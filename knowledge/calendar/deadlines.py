"""Deadlines and lead times that the documents promise, computed. Pure functions: the numbers come from the content.

Dates are Europe/Stockholm. What a document leaves open is told in `unclear`, with the other reading where there is one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import count

from knowledge.calendar.clock import local
from knowledge.calendar.holidays import is_helgfri_vardag
from knowledge.calendar.spans import Span, at, utc


class Unclear(StrEnum):
    """What a document leaves open about a deadline."""

    calendar_or_working_days = "calendar_or_working_days"
    """It says "dagar"; `if_working_days` is the other reading."""
    hours_or_support_hours = "hours_or_support_hours"
    """It says "timmar" without saying whether nights and days off count."""
    pause_restarts = "pause_restarts"
    """Whether days before the summer pause count, or the lead time begins anew after it."""
    paper_takes_longer = "paper_takes_longer"
    """An order on paper takes more days; the document does not say how many."""
    approximate = "approximate"
    """The document gives a rough value ("ca", "någon timma")."""


@dataclass(frozen=True)
class Delivery:
    """A monthly delivery window. 001, "Leverans av fil enligt filspec.": the first three weekdays, closes 15:00."""

    asked: datetime
    open: bool
    """Whether the window is open at `asked`."""
    earliest: datetime
    """When the window that is open, or the next one, opens (midnight)."""
    deadline: datetime
    """When that window closes."""
    next_earliest: datetime
    """When the window after that opens."""
    next_deadline: datetime
    """When the window after that closes."""
    unclear: tuple[Unclear, ...] = ()


@dataclass(frozen=True)
class LeadTime:
    """When something ordered can be expected."""

    ordered: date
    starts: date
    """The day from which the lead time counts: the order's, or the first after a pause."""
    earliest: date
    """When it can be expected, in calendar days."""
    if_working_days: date
    """The same if the document means helgfria vardagar."""
    paused: bool
    """Whether a pause moves the date."""
    unclear: tuple[Unclear, ...]


@dataclass(frozen=True)
class OrderWindow:
    """When to order for a coming start. 003: at the earliest 14 days before, KIV at least a day before the order."""

    starts: date
    earliest: date
    """The first day on which it can be ordered."""
    prepare_by: date
    """The last day to prepare (KIV) for an order placed as early as it now can be; today when it is that late."""
    order_on: date
    """The first day from today on which an order makes sense: the order window is open, the preparations are in."""
    open: bool
    """Whether it can be ordered today."""
    unclear: tuple[Unclear, ...] = ()


@dataclass(frozen=True)
class Answer:
    """When an answer or an action is due."""

    asked: datetime
    deadline: datetime
    """As the document's words read: every hour or day counts."""
    if_working_days: datetime
    """The same if only helgfria vardagar count."""
    unclear: tuple[Unclear, ...]


def nth_working_day(year: int, month: int, n: int) -> date:
    """The n-th helgfri vardag of a month, n from 1. Raises ValueError for a month that has fewer."""
    found = 0
    current = date(year, month, 1)
    while current.month == month:
        found += is_helgfri_vardag(current)
        if found == n:
            return current
        current += timedelta(days=1)
    raise ValueError(f"{year}-{month:02} has no working day number {n}")


def working_days_after(day: date, days: int) -> date:
    """The day that lies so many helgfria vardagar after `day`; with 0 the day itself, or the next such day."""
    current = day
    while not is_helgfri_vardag(current) and days == 0:
        current += timedelta(days=1)
    while days > 0:
        current += timedelta(days=1)
        days -= is_helgfri_vardag(current)
    return current


def next_working_day(day: date) -> date:
    """The helgfria vardag after `day`. 000, Supportvägar: portal cases are handled "nästkommande vardag"."""
    return working_days_after(day, 1)


def delivery_window(year: int, month: int, days: int, closes: time) -> Span:
    """From midnight of the month's first helgfria vardag until `closes` on the one numbered `days`."""
    return Span(at(nth_working_day(year, month, 1), time()), at(nth_working_day(year, month, days), closes))


def delivery(asked: datetime, days: int, closes: time) -> Delivery:
    """The window that is open at `asked` (with offset) or comes next, and the one after it. Raises NaiveTime."""
    asked = local(asked)
    windows = (
        delivery_window(asked.year + month // 12, month % 12 + 1, days, closes) for month in count(asked.month - 1)
    )
    current = next(window for window in windows if utc(asked) < utc(window.end))
    following = next(windows)
    return Delivery(asked, asked in current, current.start, current.end, following.start, following.end)


def lead_time(ordered: date, days: int, paused_months: Collection[int] = (), paper: bool = False) -> LeadTime:
    """When an order can be expected: `days` after it, where days in paused months do not count.

    001, "Leveranstid": 14 days for an electronic order, no configuration in June and July, such orders are taken care
    of in August at the earliest; longer on paper.
    """
    starts = ordered
    while starts.month in paused_months:
        starts += timedelta(days=1)
    earliest = _counted(starts, days, paused_months, working=False)
    if_working_days = _counted(starts, days, paused_months, working=True)
    paused = starts != ordered or earliest != starts + timedelta(days=days)
    unclear = [Unclear.calendar_or_working_days]
    if paused and starts == ordered:
        unclear.append(Unclear.pause_restarts)
    if paper:
        unclear.append(Unclear.paper_takes_longer)
    return LeadTime(ordered, starts, earliest, if_working_days, paused, tuple(unclear))


def order_window(starts: date, today: date, days_before: int, prepare_days: int) -> OrderWindow:
    """When to order for a person who starts on `starts`, seen from `today`; 003 says 14 days and 1 day."""
    earliest = starts - timedelta(days=days_before)
    prepare_by = max(earliest - timedelta(days=prepare_days), today)
    return OrderWindow(
        starts=starts,
        earliest=earliest,
        prepare_by=prepare_by,
        order_on=prepare_by + timedelta(days=prepare_days),
        open=today >= earliest,
    )


def answer_within_hours(asked: datetime, hours: int, rough: bool = False) -> Answer:
    """When an answer is due: real hours after `asked` (with offset). Raises NaiveTime.

    004, "Åtagandetid": feedback within 24 hours (support is staffed weekdays 08-17 only). 003: an order is attested
    "inom någon timma" (`rough`).
    """
    asked = local(asked)
    deadline = local(utc(asked) + timedelta(hours=hours))
    begins = asked if is_helgfri_vardag(asked.date()) else at(working_days_after(asked.date(), 0), time())
    working = local(utc(begins) + timedelta(hours=hours))
    if not is_helgfri_vardag(working.date()):
        working = at(working_days_after(working.date(), 0), working.time())
    unclear = (Unclear.hours_or_support_hours, *([Unclear.approximate] if rough else []))
    return Answer(asked, deadline, working, unclear)


def done_within_days(asked: datetime, days: int) -> Answer:
    """When an action is due: the end of the day so many days after. Raises NaiveTime.

    004, "Åtagandetid": user administration "inom 5 dagar" after a reported change.
    """
    asked = local(asked)
    return Answer(
        asked,
        at(asked.date() + timedelta(days=days + 1), time()),
        at(working_days_after(asked.date(), days) + timedelta(days=1), time()),
        (Unclear.calendar_or_working_days,),
    )


def months_after(ordered: date, months: int) -> LeadTime:
    """The same day so many months later, or the month's last. 002, annex 4: "ca 3 månader" from the order."""
    year, month = divmod(ordered.year * 12 + ordered.month - 1 + months, 12)
    last = (date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    expected = date(year, month + 1, min(ordered.day, last))
    return LeadTime(
        ordered, ordered, expected, working_days_after(expected, 0), paused=False, unclear=(Unclear.approximate,)
    )


def _counted(start: date, days: int, paused_months: Collection[int], *, working: bool) -> date:
    current = start
    while days > 0:
        current += timedelta(days=1)
        days -= current.month not in paused_months and (not working or is_helgfri_vardag(current))
    return current
