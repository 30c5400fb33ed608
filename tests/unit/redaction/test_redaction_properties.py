"""What holds for every text."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from redaction import redact, tells_of_patient
from tests.unit.redaction.look_alikes import look_alikes
from tests.unit.redaction.people import person, positives

LONGEST = 4000
SLOWEST = 0.25
"""Seconds of processor time; some milliseconds on a quiet machine, so that only a slow algorithm comes near."""

PIECES = st.sampled_from(
    [
        *("850101", "1234", "0", "1", "2", "12", "19", "20", "99", "070", "08", "+46", "4111", "1111", "K123", "AB12"),
        *(
            " ",
            "-",
            "+",
            "/",
            ".",
            ",",
            ":",
            "(",
            ")",
            "\n",
            "\u200b",
            "\uff18",
            "\u2460",
            "\x00",
            "\ud800",
            "\u0130",
            "ß",
        ),
        *("jan", "mars", "sista fyra", "född", "personnummer", "tel", "ärende", "och", "åtta", "noll", "ett"),
        *("[personnummer borttaget]", "patienten", "Anna", "Svensson", "cancer"),
    ]
)
TEXTS = st.one_of(
    st.text(),
    st.text(alphabet="0123456789 -+./,\n"),
    st.lists(PIECES, max_size=40).map(" ".join),
    st.lists(PIECES, max_size=40).map("".join),
)


@settings(max_examples=1500, deadline=None)
@given(TEXTS)
def test_redaction_never_fails_and_does_nothing_the_second_time(text: str) -> None:
    once = redact(text)
    assert redact(once.text).text == once.text
    assert bool(once.found) == (once.text != text)
    tells_of_patient(text)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 10**9), TEXTS, TEXTS)
def test_the_usual_form_is_gone_whatever_stands_around(seed: int, before: str, after: str) -> None:
    chance = random.Random(seed)
    number = f"{person(chance).eight}-{person(chance).last_four}"
    assert number not in redact(f"{before}\n{number}\n{after}").text


def test_what_was_found_is_not_in_what_is_left() -> None:
    for messages in positives(7, 20).values():
        for message in messages:
            redacted = redact(message)
            assert redacted.found
            assert message not in redacted.text
            assert not any(
                len(part) >= 4 and part in redacted.text and part not in "2026-12-01" for part in digits(message)
            )


def digits(message: str) -> list[str]:
    return "".join(character if character.isdigit() else " " for character in message).split()


LONG_TEXTS = {
    "one digit": "1" * LONGEST,
    "any digits": "".join(random.Random(1).choices("0123456789", k=LONGEST)),
    "spaced digits": "1 " * (LONGEST // 2),
    "dotted digits": "1." * (LONGEST // 2),
    "pairs": "85 01 " * (LONGEST // 6),
    "personnummer": "850101-1234 " * (LONGEST // 12),
    "dates": "850101, " * (LONGEST // 8),
    "dates and words": "850101 och sen " * (LONGEST // 15),
    "last four": "sista fyra 1234 850101 " * (LONGEST // 23),
    "months": "12 mars " * (LONGEST // 8),
    "number words": "ett två tre fyra " * (LONGEST // 17),
    "cards": "4111 " * (LONGEST // 5),
    "dashes": "-" * LONGEST,
    "dashes between digits": ("1" + "-" * 6) * (LONGEST // 7),
    "names": "Anna Svensson " * (LONGEST // 14),
    "patients": "patienten som heter " * (LONGEST // 20),
    "half names": "patienten är min Anna har fått en svår " * (LONGEST // 39),
}


@pytest.mark.parametrize("text", LONG_TEXTS.values(), ids=LONG_TEXTS.keys())
def test_no_text_takes_long(text: str) -> None:
    redact(text)
    began = time.process_time()
    redact(text)
    tells_of_patient(text)
    assert time.process_time() - began < SLOWEST


@pytest.mark.parametrize("text", LONG_TEXTS.values(), ids=LONG_TEXTS.keys())
def test_four_times_the_text_takes_about_four_times_as_long(text: str) -> None:
    """Quadratic work would take sixteen times as long."""
    assert fastest(text * 4) < 9 * fastest(text) + 0.02


def fastest(text: str) -> float:
    def once() -> float:
        began = time.process_time()
        redact(text)
        return time.process_time() - began

    return min(once() for _ in range(3))


def test_look_alikes_are_no_patients() -> None:
    assert not any(tells_of_patient(message) for each in look_alikes(3, 10).values() for message in each)
