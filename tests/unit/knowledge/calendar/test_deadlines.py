"""Deadlines as a user would check them against a calendar on the wall."""

from datetime import date, datetime, time, timedelta

import holidays as library
import pytest

from knowledge.calendar.clock import STOCKHOLM
from knowledge.calendar.deadlines import (
    Unclear,
    answer_within_hours,
    delivery,
    done_within_days,
    lead_time,
    months_after,
    next_working_day,
    nth_working_day,
    order_window,
    working_days_after,
)
from knowledge.calendar.errors import NaiveTime

CLOSES = time(15)
SUMMER = (6, 7)


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=STOCKHOLM)


@pytest.mark.parametrize(
    ("asked", "open_", "earliest", "deadline", "next_deadline"),
    [
        ("2026-06-02T10:00", True, "2026-06-01T00:00", "2026-06-03T15:00", "2026-07-03T15:00"),
        ("2026-06-03T14:59", True, "2026-06-01T00:00", "2026-06-03T15:00", "2026-07-03T15:00"),
        ("2026-06-03T15:00", False, "2026-07-01T00:00", "2026-07-03T15:00", "2026-08-05T15:00"),
        ("2026-06-10T10:00", False, "2026-07-01T00:00", "2026-07-03T15:00", "2026-08-05T15:00"),
        ("2026-04-03T10:00", True, "2026-04-01T00:00", "2026-04-07T15:00", "2026-05-06T15:00"),
        ("2026-12-31T12:00", False, "2027-01-04T00:00", "2027-01-07T15:00", "2027-02-03T15:00"),
        ("2026-12-02T12:00", True, "2026-12-01T00:00", "2026-12-03T15:00", "2027-01-07T15:00"),
        ("2026-08-02T12:00", False, "2026-08-03T00:00", "2026-08-05T15:00", "2026-09-03T15:00"),
    ],
)
def test_a_file_is_delivered_on_the_first_three_weekdays(
    asked: str, open_: bool, earliest: str, deadline: str, next_deadline: str
) -> None:
    found = delivery(moment(asked), 3, CLOSES)
    assert (found.open, found.earliest, found.deadline) == (open_, moment(earliest), moment(deadline))
    assert found.next_deadline == moment(next_deadline)


def test_the_third_weekday_agrees_with_the_library_in_every_month_of_ten_years() -> None:
    public = library.country_holidays("SE", years=range(2026, 2036))
    for year in range(2026, 2036):
        for month in range(1, 13):
            first = date(year, month, 1)
            free = [first + timedelta(days=step) for step in range(14)]
            weekdays = [day for day in free if day.weekday() < 5 and day not in public]
            for number in (1, 2, 3):
                assert nth_working_day(year, month, number) == weekdays[number - 1]


def test_a_month_has_no_thirtieth_working_day() -> None:
    with pytest.raises(ValueError, match="2026-06"):
        nth_working_day(2026, 6, 30)
    with pytest.raises(ValueError, match="2026-02"):
        nth_working_day(2026, 2, 30)


@pytest.mark.parametrize(
    ("ordered", "earliest", "if_working_days"),
    [
        ("2026-11-23", "2026-12-07", "2026-12-11"),
        ("2026-12-18", "2027-01-01", "2027-01-12"),
        ("2026-08-03", "2026-08-17", "2026-08-21"),
    ],
)
def test_vgr_it_delivers_in_fourteen_days(ordered: str, earliest: str, if_working_days: str) -> None:
    found = lead_time(date.fromisoformat(ordered), 14, SUMMER)
    assert (str(found.earliest), str(found.if_working_days), found.paused) == (earliest, if_working_days, False)
    assert found.unclear == (Unclear.calendar_or_working_days,)


@pytest.mark.parametrize("ordered", ["2026-06-01", "2026-06-10", "2026-07-15", "2026-07-31"])
def test_an_order_in_june_or_july_counts_from_august(ordered: str) -> None:
    found = lead_time(date.fromisoformat(ordered), 14, SUMMER)
    assert (found.starts, found.earliest, found.paused) == (date(2026, 8, 1), date(2026, 8, 15), True)
    assert Unclear.pause_restarts not in found.unclear


def test_an_order_whose_time_runs_into_june_goes_on_in_august() -> None:
    found = lead_time(date(2026, 5, 25), 14, SUMMER)
    assert (found.starts, found.earliest, found.paused) == (date(2026, 5, 25), date(2026, 8, 8), True)
    assert Unclear.pause_restarts in found.unclear
    assert lead_time(date(2026, 5, 17), 14, SUMMER).earliest == date(2026, 5, 31)


def test_no_lead_time_ends_in_the_pause() -> None:
    for step in range(365):
        found = lead_time(date(2026, 1, 1) + timedelta(days=step), 14, SUMMER)
        assert found.earliest.month not in SUMMER
        assert found.if_working_days.month not in SUMMER
        assert found.if_working_days >= found.earliest


def test_paper_takes_longer() -> None:
    assert Unclear.paper_takes_longer in lead_time(date(2026, 11, 23), 14, SUMMER, paper=True).unclear


def test_an_order_for_the_first_of_february() -> None:
    found = order_window(date(2027, 2, 1), date(2026, 11, 23), 14, 1)
    assert (found.earliest, found.prepare_by) == (date(2027, 1, 18), date(2027, 1, 17))
    assert (found.order_on, found.open) == (date(2027, 1, 18), False)


def test_an_order_for_tomorrow_is_prepared_today() -> None:
    found = order_window(date(2026, 11, 24), date(2026, 11, 23), 14, 1)
    assert (found.earliest, found.open) == (date(2026, 11, 10), True)
    assert (found.prepare_by, found.order_on) == (date(2026, 11, 23), date(2026, 11, 24))


def test_the_order_window_opens_on_its_first_day() -> None:
    assert not order_window(date(2027, 2, 1), date(2027, 1, 17), 14, 1).open
    assert order_window(date(2027, 2, 1), date(2027, 1, 18), 14, 1).open


@pytest.mark.parametrize(
    ("asked", "deadline", "if_working_days"),
    [
        ("2026-06-10T10:00", "2026-06-11T10:00:00+02:00", "2026-06-11T10:00:00+02:00"),
        ("2026-06-12T16:30", "2026-06-13T16:30:00+02:00", "2026-06-15T16:30:00+02:00"),
        ("2026-06-13T09:00", "2026-06-14T09:00:00+02:00", "2026-06-16T00:00:00+02:00"),
        ("2026-03-28T12:00", "2026-03-29T13:00:00+02:00", "2026-03-31T00:00:00+02:00"),
        ("2026-10-24T12:00", "2026-10-25T11:00:00+01:00", "2026-10-27T00:00:00+01:00"),
    ],
)
def test_uppsala_answers_within_24_hours(asked: str, deadline: str, if_working_days: str) -> None:
    found = answer_within_hours(moment(asked), 24)
    assert (found.deadline.isoformat(), found.if_working_days.isoformat()) == (deadline, if_working_days)
    assert found.unclear == (Unclear.hours_or_support_hours,)


def test_an_attest_within_the_hour_is_a_rough_promise() -> None:
    found = answer_within_hours(moment("2026-06-10T10:00"), 1, rough=True)
    assert found.deadline == moment("2026-06-10T11:00")
    assert Unclear.approximate in found.unclear


def test_uppsala_changes_accounts_within_five_days() -> None:
    found = done_within_days(moment("2026-12-22T10:00"), 5)
    assert (found.deadline, found.if_working_days) == (moment("2026-12-28T00:00"), moment("2026-12-31T00:00"))
    assert found.unclear == (Unclear.calendar_or_working_days,)


@pytest.mark.parametrize(
    ("ordered", "expected"),
    [
        ("2026-11-23", "2027-02-23"),
        ("2026-11-30", "2027-02-28"),
        ("2027-11-30", "2028-02-29"),
        ("2026-09-15", "2026-12-15"),
    ],
)
def test_dalarna_takes_about_three_months(ordered: str, expected: str) -> None:
    found = months_after(date.fromisoformat(ordered), 3)
    assert str(found.earliest) == expected
    assert found.unclear == (Unclear.approximate,)


def test_the_next_weekday_after_holy_thursday_is_the_tuesday() -> None:
    assert next_working_day(date(2026, 4, 2)) == date(2026, 4, 7)
    assert next_working_day(date(2026, 6, 10)) == date(2026, 6, 11)
    assert working_days_after(date(2026, 4, 4), 0) == date(2026, 4, 7)


def test_moments_need_an_offset() -> None:
    naive = datetime(2026, 6, 10)
    for compute in (lambda: delivery(naive, 3, CLOSES), lambda: answer_within_hours(naive, 24)):
        with pytest.raises(NaiveTime):
            compute()
