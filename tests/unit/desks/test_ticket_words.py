"""Priorities, and what a desk's staff gets to read."""

import pytest

from desks import wording
from desks.model import Impact, Urgency
from desks.priority import priority
from tests.contract.house import new_ticket


def test_the_matrix_is_itils() -> None:
    rows = [[priority(impact, urgency) for urgency in reversed(Urgency)] for impact in reversed(Impact)]
    assert rows == [[1, 2, 3], [2, 3, 4], [3, 4, 5]]


@pytest.mark.parametrize("impact", Impact)
def test_a_waiting_patient_is_never_less_urgent(impact: Impact) -> None:
    levels = [priority(impact, urgency) for urgency in (Urgency.patient_waits, Urgency.hindered, Urgency.can_work)]
    assert levels == sorted(levels)


def test_the_body_has_everything_that_was_collected() -> None:
    body = wording.body(new_ticket(facts={"Dator": "  PC 17\n"}), "SL-ABCD2345")
    for line in (
        "System eller tjänst: NPÖ",
        "Enhet: Björkö vårdcentral",
        "Sedan när: i morse",
        "Hur många som drabbas: Hela enheten",
        "Kontaktväg: 031-786 32 00",
        "Dator: PC 17",
        "Supportlotsens referens: SL-ABCD2345",
        "NPÖ visar en blank sida för alla.",
    ):
        assert line in body.splitlines()


def test_what_is_empty_takes_no_line_and_what_is_long_is_cut() -> None:
    body = wording.body(new_ticket(unit=" ", since="", service="", description="ö" * 10_000), "SL-1")
    assert "Enhet" not in body and "Sedan när" not in body
    assert len(body) < 5000 and "ö…" in body
    title = wording.title(new_ticket(summary="rad ett\nrad två " + "å" * 500))
    assert title.startswith("NPÖ: rad ett rad två å") and len(title) == 120
    assert wording.title(new_ticket(summary="", service="")) == "Ärende från Supportlotsen"
