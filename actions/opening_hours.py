"""Opening hours: now, at a moment, on a day, over several days, on a holiday; next opening and on-call."""

from datetime import datetime, time, timedelta

from rasa_sdk import Tracker

from actions.answer import HIGH, answer, ask_region, each_region
from actions.capability import Capability
from actions.desk import contact_line, quickest_contact, state_now, status_of, why
from actions.house import House
from actions.phrases import day_name, moment_name, say, time_of_day
from actions.referral import decline_foreign
from actions.reply import Reply, desk_facts, status_times
from actions.resuming import resumable
from actions.turn import Ranking, Turn
from knowledge.calendar.day_hours import DayHours, days
from knowledge.calendar.opening import OpeningStatus
from knowledge.calendar.swedish_dates import DateMention, find
from knowledge.database import desk_for, region_of
from knowledge.schema import Desk

_NOON = time(12)
_MAX_DAYS = 14


class TellOpeningHours(Capability):
    """`action_opening_hours`: whether a desk is open at the time asked about."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_opening_hours"

    def reply(self, turn: Turn, tracker: Tracker) -> Reply:
        """See `Capability.reply`."""
        return opening_hours(turn, self.house)


@resumable("action_opening_hours")
def opening_hours(turn: Turn, house: House) -> Reply:
    """Compute for the desk that takes the question; a topic answers what is no question about a time."""
    if turn.foreign and not turn.regions:
        return decline_foreign(turn.foreign[0], house)
    if len(turn.regions) > 1:
        return each_region(turn, house, opening_hours)
    now = house.now()
    mention = find(turn.text, now)
    if turn.region is None:
        topic_region = _only_region(turn)
        if mention is None and topic_region is not None:
            return answer(turn, house)
        return ask_region(turn, house, "action_opening_hours")
    if mention is None and turn.rankings.get(turn.region, Ranking(0.0)).confidence >= HIGH:
        return answer(turn, house)
    region = region_of(house.knowledge, turn.region)
    desk = desk_for(region, turn.services[0] if turn.services else None)
    if desk.hours is None:
        desk = desk_for(region, None)
    return _told(desk, mention, turn.region, now)


def _only_region(turn: Turn) -> str | None:
    """The region of a topic that is surely meant, when only one region's topics come close."""
    sure = [code for code, ranking in turn.rankings.items() if ranking.confidence >= HIGH]
    return sure[0] if len(sure) == 1 and turn.services else None


def _told(desk: Desk, mention: DateMention | None, region: str, now: datetime) -> Reply:
    asked = _moment(mention, now)
    found = status_of(desk, asked)
    if mention is None or mention.kind.value == "now":
        sentences = [state_now(desk, found, now)]
    elif mention.kind.value == "range":
        sentences = [_day_by_day(desk, mention, now)]
    elif mention.kind.value == "moment":
        sentences = [_at_moment(desk, found, asked, now)]
    else:
        sentences = [_on_day(desk, found, now)]
    hours = say("hours_are", hours=desk.hours_fact.value) if desk.hours_fact else say("no_hours", desk=desk.name)
    on_call = ""
    if desk.on_call is not None and found.on_call is not False:
        on_call = desk.on_call.how if found.on_call else desk.on_call.hole or ""
    contact = contact_line(quickest_contact(desk))
    text = "\n\n".join(part for part in (*sentences, on_call, hours, contact) if part)
    return Reply(
        outcome="answered",
        text=text,
        region=region,
        facts=desk_facts(desk),
        notices=tuple(desk.notices),
        times=status_times(found),
    )


def _moment(mention: DateMention | None, now: datetime) -> datetime:
    """The moment to compute for: a day without a time of day is asked about at noon, today at this moment."""
    if mention is None or mention.kind.value == "now":
        return now
    if mention.has_time:
        return mention.start
    if mention.start.date() == now.date():
        return now
    return datetime.combine(mention.start.date(), _NOON, mention.start.tzinfo)


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
        return say("open_then", desk=desk.name, when=when, times=_times(found.day))
    return _closed("closed_then", desk, found, when, now)


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
        return say("state_open", times=_times(day))
    return say("state_closed_holiday", holiday=day.holiday) if day.holiday else say("state_closed")


def _times(day: DayHours) -> str:
    return ", ".join(f"{time_of_day(span.start)}–{time_of_day(span.end)}" for span in day.openings)
