"""A desk at the time that a question names: a moment, a part of a day, a day, several days, or before a limit."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from actions.answers.desk import state_now, status_of, why
from actions.phrases import day_name, moment_name, say, time_of_day
from actions.reply import status_times
from actions.wording import in_a_hurry
from knowledge.calendar.day_hours import DayHours, days
from knowledge.calendar.opening import OpeningStatus
from knowledge.calendar.spans import Span, at, utc
from knowledge.calendar.swedish_dates import DateMention, Kind, find
from knowledge.schema import Desk

_NOON = time(12)
_MAX_DAYS = 14
_DAY = timedelta(days=1)

Told = tuple[str, OpeningStatus, dict[str, object]]
"""The sentence, the desk's status at the moment it is about, and that moment as the reply contract has it."""


def at_the_asked_time(desk: Desk, text: str, now: datetime) -> Told:
    """What the text asks about the desk's hours, answered; about now when it names no time."""
    mention = find(text, now)
    if in_a_hurry(text) and desk.hours is not None:
        return _in_time(desk, mention, now)
    if mention is None or mention.kind is Kind.now:
        found = status_of(desk, now)
        return state_now(desk, found, now), found, status_times(found)
    if mention.kind is Kind.moment:
        found = status_of(desk, mention.start)
        sentence = _at_moment(desk, found, mention.start, now)
    elif mention.kind is Kind.day:
        found = status_of(desk, _within(mention, now))
        sentence = _on_day(desk, found, now)
    elif mention.has_time:
        found, sentence = _part_of_day(desk, mention, now)
    else:
        found = status_of(desk, _within(mention, now))
        sentence = _day_by_day(desk, mention, now)
    return sentence, found, status_times(found)


def _within(mention: DateMention, now: datetime) -> datetime:
    """A day without a time of day is asked about at noon, today at this moment."""
    if mention.start.date() == now.date():
        return now
    return at(mention.start.date(), _NOON)


def _at_moment(desk: Desk, found: OpeningStatus, asked: datetime, now: datetime) -> str:
    when = moment_name(asked, now)
    if found.open is None:
        return _unclear(desk, found, when, now)
    if found.open and found.closes_next is not None:
        return say("open_at", desk=desk.name, when=when, closes=time_of_day(found.closes_next))
    return _closed("closed_at", desk, found, when, now)


def _on_day(desk: Desk, found: OpeningStatus, now: datetime) -> str:
    when = day_name(found.day.day, now.date())
    if found.day.open is None:
        return _unclear(desk, found, when, now)
    if found.day.open:
        return say("open_then", desk=desk.name, when=when, times=_times(found.day.openings))
    return _closed("closed_then", desk, found, when, now)


def _part_of_day(desk: Desk, mention: DateMention, now: datetime) -> tuple[OpeningStatus, str]:
    """In the evening, before lunch: the stretch of it when the desk is open."""
    asked = now if now in Span(mention.start, mention.end) else mention.start
    stretches = _openings(desk, Span(asked, mention.end))
    if stretches:
        found = status_of(desk, stretches[0].start)
        when = day_name(asked.date(), now.date())
        return found, say("open_then", desk=desk.name, when=when, times=_times(stretches))
    found = status_of(desk, asked)
    if found.open is None:
        return found, _unclear(desk, found, moment_name(asked, now), now)
    return found, _closed("closed_at", desk, found, moment_name(asked, now), now)


def _in_time(desk: Desk, mention: DateMention | None, now: datetime) -> Told:
    """Whether the desk can be reached between now and a limit: "hinner jag före lunch?"."""
    limit = _limit(mention, now)
    found = status_of(desk, now)
    begins = now if limit.date() == now.date() or mention is None else at(mention.start.date(), time())
    stretches = _openings(desk, Span(begins, limit))
    if stretches:
        first, last = stretches[0].start, stretches[0].end
        phrase = "in_time_now" if first <= now else "in_time_later"
        sentence = say(phrase, desk=desk.name, opens=moment_name(first, now), closes=moment_name(last, now))
        return sentence, found, {**status_times(found), "deadline": last.isoformat()}
    if found.open is None or found.day.open is None:
        return _unclear(desk, found, moment_name(now, now), now), found, status_times(found)
    opens = moment_name(found.next_open, now) if found.next_open else ""
    phrase = "too_late" if limit <= now else "not_in_time"
    return say(phrase, desk=desk.name, limit=moment_name(limit, now), next_open=opens), found, status_times(found)


def _limit(mention: DateMention | None, now: datetime) -> datetime:
    """Before when it must happen; the end of today when nothing is said, or just "nu"."""
    if mention is None or mention.kind is Kind.now:
        return at(now.date() + _DAY, time())
    return mention.start if mention.kind is Kind.moment else mention.end


def _openings(desk: Desk, within: Span) -> list[Span]:
    """When the desk is certainly open within a stretch of time."""
    if utc(within.start) >= utc(within.end):
        return []
    last = (within.end - timedelta(minutes=1)).date()
    cut = [
        Span(max(opening.start, within.start, key=utc), min(opening.end, within.end, key=utc))
        for day in days(desk.hours, desk.on_call, desk.closures, within.start.date(), last)
        for opening in day.openings
    ]
    return [stretch for stretch in cut if utc(stretch.start) < utc(stretch.end)]


def _closed(phrase: str, desk: Desk, found: OpeningStatus, when: str, now: datetime) -> str:
    because = say("because_holiday", holiday=found.holiday) if found.holiday else ""
    opens = moment_name(found.next_open, now) if found.next_open else ""
    return say(phrase, desk=desk.name, when=when, because=because, next_open=opens)


def _unclear(desk: Desk, found: OpeningStatus, when: str, now: datetime) -> str:
    opens = moment_name(found.next_open, now) if found.next_open else ""
    return say("unclear_then", desk=desk.name, when=when, why=why(found), next_open=opens)


def _day_by_day(desk: Desk, mention: DateMention, now: datetime) -> str:
    first = max(mention.start.date(), now.date())
    # The end of a mention is exclusive at midnight; a minute before it lies on the last day.
    last = min((mention.end - timedelta(minutes=1)).date(), first + timedelta(days=_MAX_DAYS))
    lines = [
        say("range_line", day=day_name(each.day, now.date()), state=_state(each))
        for each in days(desk.hours, desk.on_call, desk.closures, first, last)
    ]
    return "\n".join([say("range_intro", desk=desk.name), *lines])


def _state(day: DayHours) -> str:
    if day.open is None:
        return say("state_unclear", holiday=day.holiday)
    if day.open:
        return say("state_open", times=_times(day.openings))
    return say("state_closed_holiday", holiday=day.holiday) if day.holiday else say("state_closed")


def _times(openings: Sequence[Span]) -> str:
    return ", ".join(f"{time_of_day(span.start)}–{time_of_day(span.end)}" for span in openings)
