"""Which days are free by law, compared to the library on every day, and what people call them."""

from datetime import date, timedelta

import holidays as library
import pytest

from knowledge.calendar import holidays
from knowledge.calendar.errors import CalendarError
from knowledge.calendar.spelling import fold

DAYS = [date(2026, 1, 1) + timedelta(days=step) for step in range(3652)]
PUBLIC = library.country_holidays("SE", years=range(2026, 2036), language="sv")
EVES = library.country_holidays("SE", years=range(2026, 2036), language="sv", categories=("de_facto",))


def test_the_days_are_ten_years() -> None:
    assert DAYS[-1] == date(2035, 12, 31)


@pytest.mark.parametrize("year", range(2026, 2036))
def test_helgfri_vardag_agrees_with_the_library_on_every_day(year: int) -> None:
    for day in DAYS:
        if day.year == year:
            named = PUBLIC.get(day)
            assert holidays.public_holiday(day) == named
            assert holidays.is_helgfri_vardag(day) is (day.weekday() < 5 and named is None), day


def test_eves_are_the_librarys_and_the_saturday_before_easter() -> None:
    easter_saturdays = {day - timedelta(days=1): "Påskafton" for day, name in PUBLIC.items() if name == "Påskdagen"}
    assert len(easter_saturdays) == 10
    assert {day: name for day in DAYS if (name := holidays.eve(day))} == dict(EVES) | easter_saturdays


def test_an_eve_and_a_klamdag_are_ordinary_weekdays_by_law() -> None:
    for day in (date(2026, 6, 19), date(2026, 12, 24), date(2026, 12, 31), date(2026, 5, 15), date(2026, 1, 5)):
        assert holidays.is_helgfri_vardag(day)


def test_a_plain_sunday_is_no_named_holiday_but_no_vardag_either() -> None:
    assert holidays.name_of(date(2026, 6, 14)) is None
    assert not holidays.is_helgfri_vardag(date(2026, 6, 14))


@pytest.mark.parametrize(
    ("name", "today", "first", "last"),
    [
        ("julafton", "2026-06-10", "2026-12-24", "2026-12-24"),
        ("jul afton", "2026-12-24", "2026-12-24", "2026-12-24"),
        ("Julafton", "2026-12-25", "2027-12-24", "2027-12-24"),
        ("annandag påsk", "2026-04-06", "2026-04-06", "2026-04-06"),
        ("annandag påsk", "2026-04-07", "2027-03-29", "2027-03-29"),
        ("nyårsdagen", "2026-06-10", "2027-01-01", "2027-01-01"),
        ("midsommar", "2026-06-20", "2026-06-19", "2026-06-20"),
        ("midsommar", "2026-06-21", "2027-06-25", "2027-06-26"),
        ("kristi himmelsfärd", "2026-01-01", "2026-05-14", "2026-05-14"),
        ("Kristihimmelfärds-dag", "2026-01-01", "2026-05-14", "2026-05-14"),
        ("nationaldagen", "2026-06-06", "2026-06-06", "2026-06-06"),
        ("valborg", "2026-01-01", "2026-04-30", "2026-04-30"),
        ("skärtorsdag", "2026-01-01", "2026-04-02", "2026-04-02"),
        ("påsk", "2026-01-01", "2026-04-03", "2026-04-06"),
        ("mellan jul och nyår", "2026-06-10", "2026-12-27", "2026-12-30"),
        ("mellandagarna", "2026-12-31", "2027-12-27", "2027-12-30"),
        ("nyår", "2027-01-01", "2026-12-31", "2027-01-01"),
        ("nyår", "2027-01-02", "2027-12-31", "2028-01-01"),
        ("trettondagen", "2026-12-01", "2027-01-06", "2027-01-06"),
    ],
)
def test_a_name_is_its_coming_days(name: str, today: str, first: str, last: str) -> None:
    found = holidays.lookup(name, date.fromisoformat(today))
    assert found == (date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize("name", ["", "måndag", "jullov", "lön", "kafferast", "annandag"])
def test_other_words_are_no_holidays(name: str) -> None:
    assert holidays.lookup(name, date(2026, 6, 10)) is None


def test_every_spelling_in_the_file_is_found_and_no_two_occasions_share_one() -> None:
    spellings: dict[str, str] = {}
    for entry in holidays._occasions().values():
        for name in entry.names:
            assert spellings.setdefault(fold(name), entry.name) == entry.name
            found = holidays.find_name(fold(f"är det öppet {name}?"))
            assert found is not None, name
            assert found.name == entry.name, name


def test_every_public_holiday_and_eve_can_be_asked_for_by_its_name() -> None:
    for day in DAYS:
        name = holidays.name_of(day)
        if name:
            assert holidays.lookup(name, day) == (day, day), name


def test_an_unknown_occasion_is_an_error() -> None:
    with pytest.raises(CalendarError, match="Fars dag"):
        holidays.coming("Fars dag", date(2026, 6, 10))
