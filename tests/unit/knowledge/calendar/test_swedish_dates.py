"""The cases of tests/nlu/dates.yml, and what must hold for any text."""

import random
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from knowledge.calendar.clock import STOCKHOLM, parse_now
from knowledge.calendar.errors import NaiveTime
from knowledge.calendar.swedish_dates import DateMention, Kind, find
from knowledge.located_yaml import read

NLU = Path(__file__).parents[3] / "nlu"
MINUTES = "%Y-%m-%dT%H:%M"
NOW = datetime(2026, 6, 10, 10, 15, tzinfo=STOCKHOLM)


def cases() -> list[tuple[datetime, dict[str, Any]]]:
    return [(parse_now(group["now"]), case) for group in read(NLU / "dates.yml", NLU) for case in group["cases"]]


def told(mention: DateMention | None) -> str:
    """A mention in the notation of dates.yml."""
    if mention is None:
        return "none"
    if mention.kind is Kind.now:
        return "now"
    if mention.kind is Kind.moment:
        return f"{mention.start:{MINUTES}}"
    if mention.kind is Kind.day:
        return str(mention.first_day)
    if mention.has_time:
        return f"{mention.start:{MINUTES}}..{mention.end:{MINUTES}}"
    return f"{mention.first_day}..{mention.last_day}"


@pytest.mark.parametrize(("now", "case"), cases(), ids=lambda value: value["text"] if isinstance(value, dict) else "")
def test_a_phrase_means_what_its_case_says(now: datetime, case: dict[str, Any]) -> None:
    mention = find(case["text"], now)
    expected = case["expect"]
    if "+" in expected:
        assert mention is not None
        assert mention.start.isoformat(timespec="minutes") == expected
    else:
        assert told(mention) == expected
    if "matched" in case:
        assert mention is not None
        assert mention.text == case["matched"]
    if "holiday" in case:
        assert mention is not None
        assert mention.holiday == case["holiday"]


def test_there_are_cases_enough() -> None:
    phrases = [case["text"] for _, case in cases()]
    assert len(phrases) >= 120
    assert sum(case["expect"] == "none" for _, case in cases()) >= 40


@pytest.mark.parametrize("text", ["PÅ LÖRDAG", "på lördag", "Pa Lordag", unicodedata.normalize("NFD", "på lördag")])
def test_case_dots_and_composition_make_no_difference(text: str) -> None:
    mention = find(text, NOW)
    assert mention is not None
    assert mention.first_day == date(2026, 6, 13)
    assert mention.span == (0, 9)


def test_the_span_is_where_the_text_says_it() -> None:
    text = "Hej! Är ni  öppna i   morrn  bitti, tack?"
    mention = find(text, NOW)
    assert mention is not None
    assert text[slice(*mention.span)] == mention.text == "i   morrn  bitti"


def test_a_moment_keeps_the_offset_of_its_day() -> None:
    mention = find("24 december kl 8", NOW)
    assert mention is not None
    assert mention.start.isoformat() == "2026-12-24T08:00:00+01:00"


def test_a_day_has_23_or_25_hours_when_the_clocks_change() -> None:
    for day, hours in (("2026-03-29", 23), ("2026-10-25", 25)):
        mention = find(day, NOW)
        assert mention is not None
        assert mention.end.timestamp() - mention.start.timestamp() == hours * 3600


def test_a_time_that_the_clocks_skip_is_the_hour_after() -> None:
    mention = find("2026-03-29 kl 02.30", NOW)
    assert mention is not None
    assert mention.start.isoformat() == "2026-03-29T03:30:00+02:00"


def test_now_needs_an_offset() -> None:
    with pytest.raises(NaiveTime):
        find("idag", datetime(2026, 6, 10))


def test_every_weekday_is_found_from_every_day() -> None:
    names = ["måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"]
    for day in range(1, 8):
        now = datetime(2026, 6, day, 12, tzinfo=STOCKHOLM)
        for weekday, name in enumerate(names):
            mention = find(f"på {name}", now)
            assert mention is not None
            assert mention.first_day.weekday() == weekday
            assert 1 <= (mention.first_day - now.date()).days <= 7


def test_every_date_of_a_year_is_found_in_three_spellings() -> None:
    months = ["jan", "feb", "mars", "april", "maj", "juni", "juli", "augusti", "sep", "oktober", "nov", "december"]
    now = datetime(2026, 1, 1, 12, tzinfo=STOCKHOLM)
    for number in range(365):
        day = date.fromordinal(date(2026, 1, 1).toordinal() + number)
        for text in (day.isoformat(), f"den {day.day}/{day.month}", f"{day.day} {months[day.month - 1]}"):
            mention = find(f"har ni öppet {text}?", now)
            assert mention is not None, text
            assert (mention.kind, mention.first_day) == (Kind.day, day), text


def test_any_text_gives_a_sound_mention_or_none() -> None:
    chance = random.Random(4)
    words = [word for _, case in cases() for word in case["text"].split()]
    for _ in range(3000):
        letters = list(" ".join(chance.choices(words, k=chance.randint(1, 8))))
        for _ in range(chance.randint(0, 3)):
            letters.insert(chance.randrange(len(letters) + 1), chance.choice("0123456789.:-/ åÅ\u0301İß\u2013~#"))
        text = unicodedata.normalize("NFC", "".join(letters))
        mention = find(text, datetime.fromtimestamp(chance.randrange(1_735_689_600, 2_050_000_000), STOCKHOLM))
        if mention:
            assert mention.text and mention.text == text[slice(*mention.span)]
            assert mention.start.tzinfo is STOCKHOLM
            assert (mention.start == mention.end) is (mention.kind in (Kind.moment, Kind.now))
            assert mention.start.timestamp() <= mention.end.timestamp()


def test_threads_agree() -> None:
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: told(find("imorgon kl 8", NOW)), range(400))) == {"2026-06-11T08:00"}


def test_reading_is_fast_however_long_the_text() -> None:
    find("idag", NOW)
    for text in ("är ni öppna på lördag kl 8?", "1 " * 5000, "mellan 8 och " * 1000, "den " * 3000, "jul " * 3000):
        best = min(_seconds(text) for _ in range(5))
        assert best < 0.05, text[:20]


def _seconds(text: str) -> float:
    begun = time.perf_counter()
    find(text, NOW)
    return time.perf_counter() - begun
