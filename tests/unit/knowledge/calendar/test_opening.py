"""Open or closed, and when next: at the minutes, days and nights where a wrong answer would be noticed."""

from datetime import UTC, datetime, timedelta

import pytest

from knowledge.calendar.day_hours import Uncertain
from knowledge.calendar.errors import BackwardsRange, NaiveTime
from knowledge.calendar.opening import status
from knowledge.schema import Hours, OnCall
from tests.unit.knowledge.calendar.sample_desks import IT_INKOP, PORTAL, VGR, VGR_ON_CALL, closure, moment, vgr


@pytest.mark.parametrize(
    ("at", "is_open", "on_call"),
    [
        ("2026-06-10T07:29", False, True),
        ("2026-06-10T07:29:59", False, True),
        ("2026-06-10T07:30", True, False),
        ("2026-06-10T15:59", True, False),
        ("2026-06-10T16:00", False, True),
        ("2026-06-10T00:00", False, True),
        ("2026-06-10T23:59:59", False, True),
        ("2026-06-13T12:00", False, True),
        ("2026-06-14T23:59", False, True),
        ("2026-06-15T00:00", False, True),
    ],
)
def test_the_boundary_minutes(at: str, is_open: bool, on_call: bool) -> None:
    found = vgr(at)
    assert (found.open, found.on_call, found.uncertain) == (is_open, on_call, None)


def test_a_day_tells_when_it_opens_and_closes() -> None:
    found = vgr("2026-06-10T10:00")
    assert (found.opens_at, found.closes_at) == (moment("2026-06-10T07:30"), moment("2026-06-10T16:00"))
    assert found.closes_next == found.closes_at
    assert found.next_open == moment("2026-06-11T07:30")
    assert vgr("2026-06-10T06:00").next_open == moment("2026-06-10T07:30")
    assert vgr("2026-06-12T16:00").next_open == moment("2026-06-15T07:30")
    assert vgr("2026-06-13T10:00").opens_at is None


@pytest.mark.parametrize(
    ("at", "is_open", "in_break", "next_open"),
    [
        ("2026-06-10T07:59", False, False, "2026-06-10T08:00"),
        ("2026-06-10T11:59", True, False, "2026-06-10T13:00"),
        ("2026-06-10T12:00", False, True, "2026-06-10T13:00"),
        ("2026-06-10T12:59", False, True, "2026-06-10T13:00"),
        ("2026-06-10T13:00", True, False, "2026-06-11T08:00"),
        ("2026-06-10T15:00", False, False, "2026-06-11T08:00"),
    ],
)
def test_lunch(at: str, is_open: bool, in_break: bool, next_open: str) -> None:
    found = status(IT_INKOP, None, [], moment(at))
    assert (found.open, found.in_break, found.next_open) == (is_open, in_break, moment(next_open))
    assert found.on_call is False


def test_before_lunch_it_closes_for_lunch_and_then_for_the_day() -> None:
    found = status(IT_INKOP, None, [], moment("2026-06-10T09:00"))
    assert (found.closes_next, found.closes_at) == (moment("2026-06-10T12:00"), moment("2026-06-10T15:00"))


@pytest.mark.parametrize("day", ["2026-01-01", "2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14"])
def test_a_public_holiday_on_a_weekday_is_a_hole_in_vgrs_on_call(day: str) -> None:
    for time in ("07:30", "10:00", "15:59"):
        found = vgr(f"{day}T{time}")
        assert (found.open, found.on_call, found.uncertain) == (False, None, Uncertain.on_call_hole)
        assert found.holiday
    for time in ("00:00", "07:29", "16:00", "23:59"):
        found = vgr(f"{day}T{time}")
        assert (found.open, found.on_call, found.uncertain) == (False, True, None)


def test_the_hole_is_closed_when_the_content_says_so() -> None:
    for policy, expected in (("covered", True), ("not_covered", False)):
        on_call = OnCall.model_validate(VGR_ON_CALL.model_dump() | {"holidays": policy})
        found = status(VGR, on_call, [], moment("2026-05-14T10:00"))
        assert (found.open, found.on_call, found.uncertain) == (False, expected, None)


def test_a_public_holiday_on_a_saturday_is_a_weekend_for_the_on_call() -> None:
    found = vgr("2026-06-06T10:00")
    assert (found.open, found.on_call, found.holiday) == (False, True, "Nationaldagen")


@pytest.mark.parametrize("day", ["2026-06-19", "2026-12-24", "2026-12-31"])
def test_an_eve_is_left_open(day: str) -> None:
    found = vgr(f"{day}T10:00")
    assert (found.open, found.on_call, found.uncertain) == (None, False, Uncertain.eve)
    assert found.opens_at is None
    assert found.day.possible[0].start == moment(f"{day}T07:30")
    night = vgr(f"{day}T20:00")
    assert (night.open, night.on_call, night.uncertain) == (False, True, None)
    assert night.day.uncertain is Uncertain.eve


@pytest.mark.parametrize(("policy", "expected"), [("open", True), ("closed", False)])
def test_a_desk_may_have_a_policy_for_eves(policy: str, expected: bool) -> None:
    hours = Hours.model_validate(VGR.model_dump() | {"eves": policy})
    found = status(hours, None, [], moment("2026-12-24T10:00"))
    assert (found.open, found.uncertain, found.holiday) == (expected, None, "Julafton")


def test_holidays_that_a_document_does_not_mention_are_left_open() -> None:
    found = status(IT_INKOP, None, [], moment("2026-05-14T09:00"))
    assert (found.open, found.uncertain) == (None, Uncertain.holiday_unclear)
    lunch = status(IT_INKOP, None, [], moment("2026-05-14T12:30"))
    assert (lunch.open, lunch.in_break) == (False, True)
    assert lunch.next_open == moment("2026-05-15T08:00")


def test_an_eve_on_a_weekend_is_just_a_weekend() -> None:
    found = vgr("2026-04-04T10:00")
    assert (found.open, found.on_call, found.uncertain, found.holiday) == (False, True, None, "Påskafton")


@pytest.mark.parametrize(
    ("at", "next_open"),
    [
        ("2026-12-23T16:00", "2026-12-28T07:30"),
        ("2026-12-24T10:00", "2026-12-28T07:30"),
        ("2026-12-30T17:00", "2027-01-04T07:30"),
        ("2026-12-31T10:00", "2027-01-04T07:30"),
        ("2027-01-05T17:00", "2027-01-07T07:30"),
        ("2026-04-02T17:00", "2026-04-07T07:30"),
        ("2026-06-18T17:00", "2026-06-22T07:30"),
    ],
)
def test_the_next_opening_skips_holidays_and_what_is_uncertain(at: str, next_open: str) -> None:
    assert vgr(at).next_open == moment(next_open)


def test_a_portal_that_never_closes() -> None:
    found = status(PORTAL, None, [], moment("2026-12-24T03:00"))
    assert (found.open, found.closes_next, found.next_open) == (True, None, None)


def test_hours_across_midnight_are_one_opening() -> None:
    night = Hours.model_validate(
        {"days": ["fri", "sat"], "times": ["00:00-06:00", "22:00-24:00"], "holidays": "open", "eves": "open"}
    )
    found = status(night, None, [], moment("2026-06-12T23:00"))
    assert found.closes_next == moment("2026-06-13T06:00")
    assert found.next_open == moment("2026-06-13T22:00")
    assert status(night, None, [], moment("2026-06-13T01:00")).closes_next == moment("2026-06-13T06:00")


def test_a_desk_without_hours_is_unknown() -> None:
    found = status(None, None, [], moment("2026-06-10T10:00"))
    assert (found.open, found.on_call, found.uncertain, found.next_open) == (None, False, Uncertain.no_hours, None)


def test_a_closure_closes_and_says_why() -> None:
    moved = closure("2026-06-10", "2026-06-11")
    found = vgr("2026-06-10T10:00", moved)
    assert (found.open, found.closure, found.next_open) == (False, "Flytt", moment("2026-06-12T07:30"))
    assert vgr("2026-06-12T10:00", moved).closure is None
    assert vgr("2026-06-09T17:00", moved).next_open == moment("2026-06-12T07:30")


def test_a_closure_for_some_hours_leaves_the_others() -> None:
    meeting = closure("2026-06-10", "2026-06-10", "10:00-11:30")
    before, during, after = (vgr(f"2026-06-10T{time}", meeting) for time in ("09:59", "10:00", "11:30"))
    assert (before.open, before.closes_next) == (True, moment("2026-06-10T10:00"))
    assert (during.open, during.closure, during.in_break) == (False, "Flytt", False)
    assert during.next_open == moment("2026-06-10T11:30")
    assert (after.open, after.closes_next) == (True, moment("2026-06-10T16:00"))


def test_a_closure_on_an_eve_makes_it_certain() -> None:
    found = vgr("2026-12-24T10:00", closure("2026-12-24", "2026-12-26"))
    assert (found.open, found.uncertain, found.day.uncertain, found.closure) == (False, None, None, "Flytt")


def test_a_closure_of_a_desk_without_hours_is_certain() -> None:
    found = status(None, None, [closure("2026-06-10", "2026-06-10")], moment("2026-06-10T10:00"))
    assert (found.open, found.closure, found.uncertain) == (False, "Flytt", None)


def test_any_offset_may_be_asked_and_none_is_refused() -> None:
    found = status(VGR, None, [], datetime(2026, 6, 10, 5, 30, tzinfo=UTC))
    assert found.open is True
    assert found.at.isoformat() == "2026-06-10T07:30:00+02:00"
    with pytest.raises(NaiveTime):
        status(VGR, None, [], datetime(2026, 6, 10))


def test_hours_that_end_before_they_begin_are_refused() -> None:
    for times in ("16:00-07:30", "08:00-08:00", "08:00-24:30"):
        hours = VGR.model_copy(update={"times": [times]})  # the content refuses them; see knowledge.schema
        with pytest.raises(BackwardsRange, match=times):
            status(hours, None, [], moment("2026-06-10T10:00"))


@pytest.mark.parametrize(
    ("before", "monday", "offset"),
    [("2026-03-27T17:00", "2026-03-30T07:30", "+02:00"), ("2026-10-23T17:00", "2026-10-26T07:30", "+01:00")],
)
def test_the_opening_after_a_change_of_the_clocks_has_the_new_offset(before: str, monday: str, offset: str) -> None:
    found = vgr(before).next_open
    assert found is not None
    assert found.isoformat() == f"{monday}:00{offset}"


def test_every_real_hour_of_both_change_days_is_judged() -> None:
    night = Hours.model_validate(
        {"days": ["sun"], "times": ["00:00-02:00", "03:00-24:00"], "holidays": "open", "eves": "open"}
    )
    for day, hours, closed in (("2026-03-29", 23, 0), ("2026-10-25", 25, 2)):
        start = moment(f"{day}T00:00").astimezone(UTC)
        states = [status(night, None, [], start + timedelta(minutes=30 + 60 * step)).open for step in range(hours)]
        assert (states.count(True), states.count(False)) == (hours - closed, closed)


def test_the_doubled_hour_in_october_is_open_to_its_end() -> None:
    early = Hours.model_validate({"days": ["sun"], "times": ["00:00-02:30"], "holidays": "open", "eves": "open"})
    first, second = (moment("2026-10-25T02:15").replace(fold=fold) for fold in (0, 1))
    assert status(early, None, [], first).open is True
    assert status(early, None, [], second).open is False
