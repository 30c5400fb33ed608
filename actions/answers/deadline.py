"""Deadlines and lead times, computed from the rules in the documents."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from actions.answers.answer import answer
from actions.answers.resuming import resumable
from actions.house import House
from actions.phrases import day_name, moment_name, say
from actions.reply import Reply
from actions.turn import Turn
from knowledge.calendar.deadlines import (
    answer_within_hours,
    delivery,
    done_within_days,
    lead_time,
    months_after,
    order_window,
)
from knowledge.calendar.swedish_dates import Kind, find

_FILE_DAYS, _FILE_CLOSES = 3, time(15)
"""Document vgr-it-stod, "Leverans av fil enligt filspec": the first three weekdays, the third closes at 15:00."""
_ORDER_DAYS_BEFORE, _KIV_DAYS_BEFORE = 14, 1
"""Document vgr-anvandartjanst, "Generell tågordning" 2 and 4."""
_DELIVERY_DAYS, _DELIVERY_PAUSE = 14, (6, 7)
"""Document vgr-it-stod, "Leveranstid"."""
_FEEDBACK_HOURS, _ADMINISTRATION_DAYS = 24, 5
"""Document uppsala-tjanster, "4 Servicenivå"."""
_ESTABLISHMENT_MONTHS = 3
"""Document dalarna-it-bilaga, 1.1."""


@resumable("action_deadline")
def deadline(turn: Turn, house: House) -> Reply:
    """The topic's answer, and under it the date for this user's case."""
    return with_dates(answer(turn, house), turn, house)


def with_dates(reply: Reply, turn: Turn, house: House) -> Reply:
    """An answer with the date that its rule gives for the day named in the message, or for today."""
    if reply.topic is None or reply.outcome != "answered":
        return reply
    now = house.now()
    if reply.topic.startswith("vgr/filleverans/"):
        return _file_delivery(reply, turn, now)
    if reply.topic == "vgr/anvandartjanst/attest-tid":
        return _attest(reply, now)
    if reply.topic.startswith("vgr/anvandartjanst/"):
        return _order(reply, turn, now)
    if reply.topic.startswith("vgr/systematkomst/"):
        return _delivery(reply, turn, now)
    computed = _BY_TOPIC.get(reply.topic)
    return reply if computed is None else computed(reply, turn, now)


def _file_delivery(reply: Reply, turn: Turn, now: datetime) -> Reply:
    """Whether the file can be left at the moment asked about, or when in the month that is asked about."""
    mention = find(turn.text, now)
    asked = now if mention is None or mention.start <= now else mention.start
    window = delivery(asked, _FILE_DAYS, _FILE_CLOSES)
    opens, closes = day_name(window.earliest.date(), now.date()), moment_name(window.deadline, now)
    if mention is not None and mention.kind is Kind.range and not mention.has_time:
        sentence = say("deadline_month", first=opens, deadline=closes)
    elif asked is not now:
        phrase = "deadline_open_then" if window.open else "deadline_closed_then"
        sentence = say(phrase, when=day_name(asked.date(), now.date()), opens=opens, deadline=closes)
    else:
        sentence = say("deadline_open" if window.open else "deadline_closed", opens=opens, deadline=closes)
    times = {
        "at": asked.isoformat(),
        "open": window.open,
        "deadline": window.deadline.isoformat(),
        "earliest": window.earliest.isoformat(),
    }
    return replace(reply.and_then(sentence), times=times)


def _order(reply: Reply, turn: Turn, now: datetime) -> Reply:
    mention = find(turn.text, now)
    if mention is None or mention.start.date() <= now.date():
        return reply
    window = order_window(mention.start.date(), now.date(), _ORDER_DAYS_BEFORE, _KIV_DAYS_BEFORE)
    sentence = say(
        "earliest_order",
        start=day_name(window.starts, now.date()),
        earliest=day_name(window.earliest, now.date()),
    )
    return replace(reply.and_then(sentence), times={**reply.times, "earliest": window.earliest.isoformat()})


def _delivery(reply: Reply, turn: Turn, now: datetime) -> Reply:
    ordered = _ordered(turn, now)
    expected = lead_time(ordered, _DELIVERY_DAYS, _DELIVERY_PAUSE)
    sentence = say("delivery", ordered=day_name(ordered, now.date()), expected=day_name(expected.earliest, now.date()))
    summer = say("delivery_summer") if expected.paused else ""
    return replace(reply.and_then(sentence, summer), times={**reply.times, "earliest": expected.earliest.isoformat()})


def _attest(reply: Reply, now: datetime) -> Reply:
    due = answer_within_hours(now, 1, rough=True)
    sentence = say("attest", deadline=moment_name(due.deadline, now))
    return replace(reply.and_then(sentence), times={**reply.times, "deadline": due.deadline.isoformat()})


def _feedback(reply: Reply, turn: Turn, now: datetime) -> Reply:
    due = answer_within_hours(now, _FEEDBACK_HOURS)
    sentence = say("feedback", deadline=moment_name(due.deadline, now), working=moment_name(due.if_working_days, now))
    return replace(reply.and_then(sentence), times={**reply.times, "deadline": due.deadline.isoformat()})


def _user_administration(reply: Reply, turn: Turn, now: datetime) -> Reply:
    reported = _ordered(turn, now)
    due = done_within_days(datetime.combine(reported, time(12), now.tzinfo), _ADMINISTRATION_DAYS)
    last, working = due.deadline - timedelta(minutes=1), due.if_working_days - timedelta(minutes=1)
    sentence = say(
        "user_administration",
        ordered=day_name(reported, now.date()),
        expected=day_name(last.date(), now.date()),
        working=day_name(working.date(), now.date()),
    )
    return replace(reply.and_then(sentence), times={**reply.times, "deadline": last.date().isoformat()})


def _establishment(reply: Reply, turn: Turn, now: datetime) -> Reply:
    ordered = _ordered(turn, now)
    expected = months_after(ordered, _ESTABLISHMENT_MONTHS)
    sentence = say(
        "establishment", ordered=day_name(ordered, now.date()), expected=day_name(expected.earliest, now.date())
    )
    return replace(reply.and_then(sentence), times={**reply.times, "earliest": expected.earliest.isoformat()})


def _ordered(turn: Turn, now: datetime) -> date:
    """The day that the user names, else today."""
    mention = find(turn.text, now)
    return now.date() if mention is None else mention.start.date()


_BY_TOPIC: dict[str, Callable[[Reply, Turn, datetime], Reply]] = {
    "uppsala/servicenivaer/aterkoppling": _feedback,
    "uppsala/anvandarkonto/ledtid": _user_administration,
    "dalarna/etablering/ledtid": _establishment,
}
