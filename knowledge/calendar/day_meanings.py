"""What an expression of days means, given its match and today. Raises ValueError for a day that does not exist.

Without a year: the coming one, today included. A weekday is after today. Weeks are those of ISO 8601.
"""

import re
from datetime import date, timedelta

from knowledge.calendar.holidays import Days
from knowledge.calendar.words import words

_YEARS_BACK, _YEARS_AHEAD = 1, 10
"""A written year outside of these is a birth date or another number."""


def _one(day: date) -> Days:
    return Days(day, day)


def _month(first: date) -> Days:
    return Days(first, _months_on(first, 1) - timedelta(days=1))


def _months_on(day: date, months: int) -> date:
    """The same day so many months later, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(days=1)).day))


def _coming(day: int, month: int, today: date) -> date:
    """The next such date, today included; eight years hold a leap day. Raises ValueError when there is none."""
    for year in range(today.year, today.year + 9):
        try:
            coming = date(year, month, day)
        except ValueError:
            continue
        if coming >= today:
            return coming
    raise ValueError(f"no day {month}-{day}")


def _dated(day: int, month: int, year: str | None, today: date) -> date:
    if not year:
        return _coming(day, month, today)
    if not today.year - _YEARS_BACK <= int(year) <= today.year + _YEARS_AHEAD:
        raise ValueError(f"{year} is too far away")
    return date(int(year), month, day)


def iso(match: re.Match[str], today: date) -> Days:
    """ "2026-12-24"."""
    return _one(_dated(int(match[3]), int(match[2]), match[1], today))


def day_month_year(match: re.Match[str], today: date) -> Days:
    """ "24/12", "24.12.2026"."""
    return _one(_dated(int(match[1]), int(match[2]), match[3], today))


def named_month(match: re.Match[str], today: date) -> Days:
    """ "24 dec", "den förste februari 2027"."""
    day = int(match[1]) if match[1] else words().ordinal[match[2]]
    return _one(_dated(day, words().month_or_short[match[3]], match[4], today))


def in_month(match: re.Match[str], today: date) -> Days | None:
    """ "22-27 december"; None when it runs backwards."""
    last = _dated(int(match[2]), words().month_or_short[match[3]], match[4], today)
    first = last.replace(day=int(match[1]))
    return Days(first, last) if first <= last else None


def day_of_month(match: re.Match[str], today: date) -> Days:
    """ "den 15:e", "den 15 nästa månad"."""
    return _one(_coming_in_month(int(match[1]), today, skipped_months=1 if match[2] else 0))


def ordinal_of_month(match: re.Match[str], today: date) -> Days:
    """ "den femtonde"."""
    return _one(_coming_in_month(words().ordinal[match[1]], today))


def _coming_in_month(number: int, today: date, skipped_months: int = 0) -> date:
    for ahead in range(skipped_months, 3):
        first, last = _month(_months_on(today.replace(day=1), ahead))
        day = first + timedelta(days=number - 1)
        if number >= 1 and today <= day <= last:
            return day
    raise ValueError(f"no month has a day {number}")


def last_of_month(match: re.Match[str], today: date) -> Days:
    """ "sista april"."""
    first = _coming_month(words().month[match[1]], today)
    return _one(_month(first).last)


def this_month(_: re.Match[str], today: date) -> Days:
    """ "den här månaden"."""
    return _month(today.replace(day=1))


def next_month(_: re.Match[str], today: date) -> Days:
    """ "nästa månad"."""
    return _month(_months_on(today.replace(day=1), 1))


def whole_month(match: re.Match[str], today: date) -> Days:
    """ "i juli", "i maj 2027"."""
    month = words().month[match[1]]
    return _month(_dated(1, month, match[2], today) if match[2] else _coming_month(month, today))


def _coming_month(month: int, today: date) -> date:
    return date(today.year + (month < today.month), month, 1)


def relative(match: re.Match[str], today: date) -> Days:
    """ "imorgon", "i förrgår"."""
    return _one(today + timedelta(days=words().relative[match[1]]))


def in_some_days(match: re.Match[str], today: date) -> Days:
    """ "om två dagar", "om en månad"."""
    count = int(match[1]) if match[1].isdigit() else words().number[match[1]]
    if match[2] == "manad":
        return _one(_months_on(today, count))
    return _one(today + timedelta(days=count * (7 if match[2] == "veck" else 1)))


def past_weekday(match: re.Match[str], today: date) -> Days:
    """ "i måndags", "förra fredagen"."""
    weekday = words().past_weekday[match[1]] if match[1] else words().weekday[match[2]]
    return _one(today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1))


def coming_weekday(match: re.Match[str], today: date) -> Days:
    """ "fredag", "på lördag": after today, as whoever means today says so."""
    return _one(today + timedelta(days=(words().weekday[match[1]] - today.weekday() - 1) % 7 + 1))


def day_before_weekday(match: re.Match[str], today: date) -> Days:
    """ "natten mot lördag" begins the day before."""
    return _one(coming_weekday(match, today).first - timedelta(days=1))


def weekday_of_next_week(match: re.Match[str], today: date) -> Days:
    """ "nästa fredag": the one in the week after this."""
    return _one(next_week(match, today).first + timedelta(days=words().weekday[match[1]]))


def this_week(_: re.Match[str], today: date) -> Days:
    """ "den här veckan"."""
    monday = today - timedelta(days=today.weekday())
    return Days(monday, monday + timedelta(days=6))


def next_week(match: re.Match[str], today: date) -> Days:
    """ "nästa vecka"."""
    return this_week(match, today + timedelta(days=7))


def numbered_week(match: re.Match[str], today: date) -> Days:
    """ISO 8601 weeks; the coming one of that number. Raises ValueError for a week that neither year has."""
    monday = date.fromisocalendar(today.isocalendar().year, int(match[1]), 1)
    if monday + timedelta(days=6) < today:
        monday = date.fromisocalendar(today.isocalendar().year + 1, int(match[1]), 1)
    return Days(monday, monday + timedelta(days=6))


def weekend(match: re.Match[str], today: date) -> Days:
    """Saturday and Sunday; on those days "i helgen" is the one that has begun."""
    monday = next_week(match, today).first if match[1] else this_week(match, today).first
    return Days(monday + timedelta(days=5), monday + timedelta(days=6))
