"""Whole days and weeks, and every day of ten years against the library."""

from datetime import date, datetime, time, timedelta

import holidays as library
import pytest

from knowledge.calendar.clock import STOCKHOLM
from knowledge.calendar.day_hours import Uncertain, day_hours, days, week
from knowledge.calendar.opening import status
from tests.unit.knowledge.calendar.sample_desks import IT_INKOP, VGR, VGR_ON_CALL, closure, moment

EVES = {"Midsommarafton", "Julafton", "Nyårsafton"}


@pytest.mark.parametrize("year", range(2026, 2036))
def test_vgr_is_right_on_every_day_at_its_boundaries(year: int) -> None:
    public = library.country_holidays("SE", years=year, language="sv")
    eves = library.country_holidays("SE", years=year, language="sv", categories=("de_facto",))
    day = date(year, 1, 1)
    while day.year == year:
        weekday, holiday, eve = day.weekday() < 5, day in public, day in eves
        for at, within in ((time(7, 29), False), (time(7, 30), True), (time(15, 59), True), (time(16), False)):
            found = status(VGR, VGR_ON_CALL, [], datetime.combine(day, at, STOCKHOLM))
            is_open = (None if eve else True) if within and weekday and not holiday else False
            on_call = True if not within or not weekday else None if holiday else False
            assert (found.open, found.on_call) == (is_open, on_call), (day, at)
            assert found.next_open is not None
            assert found.next_open.time() == time(7, 30)
            opened = found.next_open.date()
            assert opened.weekday() < 5 and opened not in public and opened not in eves
        day += timedelta(days=1)


def test_the_next_opening_is_the_first_certain_day() -> None:
    public = library.country_holidays("SE", years=range(2026, 2037), categories=("public", "de_facto"))
    for step in range(3650):
        day = date(2026, 1, 1) + timedelta(days=step)
        expected = day + timedelta(days=1)
        while expected.weekday() > 4 or expected in public:
            expected += timedelta(days=1)
        found = status(VGR, None, [], datetime.combine(day, time(18), STOCKHOLM)).next_open
        assert found == datetime.combine(expected, time(7, 30), STOCKHOLM)


def test_a_whole_day_with_lunch() -> None:
    found = day_hours(IT_INKOP, None, [], date(2026, 6, 10))
    assert [(span.start.hour, span.end.hour) for span in found.openings] == [(8, 12), (13, 15)]
    assert (found.open, found.uncertain, found.holiday, found.on_call) == (True, None, None, ())


def test_midsommarafton_as_a_whole() -> None:
    found = day_hours(VGR, VGR_ON_CALL, [], date(2026, 6, 19))
    assert (found.open, found.uncertain, found.holiday) == (None, Uncertain.eve, "Midsommarafton")
    assert (found.openings, found.possible[0].start) == ((), moment("2026-06-19T07:30"))
    assert [span.start.hour for span in found.on_call] == [0, 16]


def test_ascension_day_as_a_whole() -> None:
    found = day_hours(VGR, VGR_ON_CALL, [], date(2026, 5, 14))
    assert (found.open, found.uncertain, found.holiday) == (False, None, "Kristi himmelsfärdsdag")
    (hole,) = found.on_call_possible
    assert (hole.start, hole.end) == (moment("2026-05-14T07:30"), moment("2026-05-14T16:00"))


def test_christmas_week() -> None:
    found = week(VGR, VGR_ON_CALL, [], date(2026, 12, 24))
    assert [day.day.day for day in found] == [21, 22, 23, 24, 25, 26, 27]
    assert [day.open for day in found] == [True, True, True, None, False, False, False]


def test_between_christmas_and_new_year() -> None:
    found = days(VGR, None, [closure("2026-12-29", "2026-12-29")], date(2026, 12, 27), date(2026, 12, 30))
    assert [day.open for day in found] == [False, True, False, True]
    assert [bool(day.closures) for day in found] == [False, False, True, False]
