"""What `HELPDESK_NOW` may say, and what the clock tells then."""

from datetime import UTC, datetime

import pytest

from knowledge.calendar.clock import STOCKHOLM, clock_from, now
from knowledge.calendar.errors import InvalidNow, NaiveTime
from knowledge.errors import KnowledgeError


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-06-19T07:30", "2026-06-19T07:30:00+02:00"),
        ("2026-12-24T07:30:15", "2026-12-24T07:30:15+01:00"),
        ("2026-06-19T05:30:00Z", "2026-06-19T07:30:00+02:00"),
        ("2026-06-19T05:30:00+00:00", "2026-06-19T07:30:00+02:00"),
        (" 2026-06-19 07:30 ", "2026-06-19T07:30:00+02:00"),
    ],
)
def test_the_setting_stops_the_clock(value: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_NOW", value)
    assert now().isoformat() == now().isoformat() == expected


@pytest.mark.parametrize("value", ["imorgon", "2026-13-01", "19/6 2026", "1781850600", "2026-06-19T25:00"])
def test_a_wrong_value_is_a_clear_error(value: str) -> None:
    with pytest.raises(InvalidNow, match=r"HELPDESK_NOW=.*ISO 8601") as caught:
        clock_from({"HELPDESK_NOW": value})
    assert value in str(caught.value)
    assert isinstance(caught.value, KnowledgeError)


def test_a_local_time_that_the_clocks_skip_is_wrong() -> None:
    with pytest.raises(InvalidNow, match="put forward"):
        clock_from({"HELPDESK_NOW": "2026-03-29T02:30"})


def test_without_the_setting_time_is_real_and_local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_NOW", "")
    before = datetime.now(UTC)
    assert before <= now() <= datetime.now(UTC)
    assert now().tzinfo is STOCKHOLM


def test_an_injected_clock_goes_before_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_NOW", "2026-06-19T07:30")
    assert now(lambda: datetime(2027, 1, 1, 0, 0, tzinfo=UTC)).isoformat() == "2027-01-01T01:00:00+01:00"


def test_a_clock_without_an_offset_is_refused() -> None:
    with pytest.raises(NaiveTime):
        now(lambda: datetime(2027, 1, 1))
