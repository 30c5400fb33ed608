"""Deadlines and lead times, computed from the rules in the documents."""

from dataclasses import replace
from datetime import datetime, time

from rasa_sdk import Tracker

from actions.answer import answer
from actions.capability import Capability
from actions.house import House
from actions.phrases import day_name, moment_name, say
from actions.reply import Reply
from actions.resuming import resumable
from actions.turn import Turn
from knowledge.calendar.deadlines import delivery, lead_time, order_window
from knowledge.calendar.swedish_dates import find

_FILE_DAYS, _FILE_CLOSES = 3, time(15)
"""Document vgr-it-stod, "Leverans av fil enligt filspec": the first three weekdays, the third closes at 15:00."""
_ORDER_DAYS_BEFORE, _KIV_DAYS_BEFORE = 14, 1
"""Document vgr-anvandartjanst, "Generell tågordning" 2 and 4."""
_DELIVERY_DAYS, _DELIVERY_PAUSE = 14, (6, 7)
"""Document vgr-it-stod, "Leveranstid"."""


class TellDeadline(Capability):
    """`action_deadline`: the date that a rule of the documents gives."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_deadline"

    def reply(self, turn: Turn, tracker: Tracker) -> Reply:
        """See `Capability.reply`."""
        return deadline(turn, self.house)


@resumable("action_deadline")
def deadline(turn: Turn, house: House) -> Reply:
    """The topic's answer, and under it the date for this user's case."""
    reply = answer(turn, house)
    if reply.topic is None or reply.outcome != "answered":
        return reply
    now = house.now()
    if reply.topic.startswith("vgr/filleverans/"):
        return _file_delivery(reply, now)
    if reply.topic.startswith("vgr/anvandartjanst/"):
        return _order(reply, turn, now)
    if reply.topic.startswith(("vgr/systematkomst/", "vgr/sjunet/")):
        return _delivery(reply, turn, now)
    return reply


def _file_delivery(reply: Reply, now: datetime) -> Reply:
    window = delivery(now, _FILE_DAYS, _FILE_CLOSES)
    closes = moment_name(window.deadline, now)
    if window.open:
        sentence = say("deadline_open", deadline=closes)
    else:
        sentence = say("deadline_closed", opens=day_name(window.earliest.date(), now.date()), deadline=closes)
    times = {
        "at": now.isoformat(),
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
    mention = find(turn.text, now)
    ordered = now.date() if mention is None else mention.start.date()
    expected = lead_time(ordered, _DELIVERY_DAYS, _DELIVERY_PAUSE)
    sentence = say("delivery", ordered=day_name(ordered, now.date()), expected=day_name(expected.earliest, now.date()))
    summer = say("delivery_summer") if expected.paused else ""
    return replace(reply.and_then(sentence, summer), times={**reply.times, "earliest": expected.earliest.isoformat()})
