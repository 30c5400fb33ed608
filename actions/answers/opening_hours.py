"""Opening hours: of a desk at the time asked about, now or then; next opening and on-call."""

from actions.answers.answer import answer, ask_region, each_region
from actions.answers.asked_time import at_the_asked_time
from actions.answers.desk import contact_line, quickest_contact
from actions.answers.referral import decline_foreign
from actions.answers.resuming import resumable
from actions.house import House
from actions.phrases import say
from actions.reply import Reply, desk_facts
from actions.turn import Turn
from knowledge.calendar.swedish_dates import find
from knowledge.database import desk_for, region_of
from knowledge.schema import Desk


@resumable("action_opening_hours")
def opening_hours(turn: Turn, house: House) -> Reply:
    """Compute for the desk that takes the question; a topic answers what is no question about a time."""
    if turn.foreign and not turn.regions:
        return decline_foreign(turn.foreign[0], house)
    if len(turn.regions) > 1:
        return each_region(turn, house, opening_hours)
    mention = find(turn.text, house.now())
    if turn.region is None:
        topic_region = _only_region(turn)
        if mention is None and topic_region is not None:
            return answer(turn, house)
        return ask_region(turn, house, "action_opening_hours")
    if mention is None and turn.ranking.confidence >= turn.high:
        return answer(turn, house)
    region = region_of(house.knowledge, turn.region)
    desk = desk_for(region, turn.services[0] if turn.services else None)
    if desk.hours is None:
        desk = desk_for(region, None)
    return hours_of(desk, turn.region, turn, house)


def hours_of(desk: Desk, region: str, turn: Turn, house: House) -> Reply:
    """A desk's hours, at the time that the message names."""
    sentence, found, times = at_the_asked_time(desk, turn.text, house.now())
    hours = say("hours_are", hours=desk.hours_fact.value) if desk.hours_fact else say("no_hours", desk=desk.name)
    on_call = ""
    if desk.on_call is not None and found.on_call is not False:
        on_call = desk.on_call.how if found.on_call else desk.on_call.hole or ""
    contact = contact_line(quickest_contact(desk))
    return Reply(
        outcome="answered",
        text="\n\n".join(part for part in (sentence, on_call, hours, contact) if part),
        region=region,
        desk=desk.id,
        facts=desk_facts(desk),
        notices=tuple(desk.notices),
        times=times,
    )


def _only_region(turn: Turn) -> str | None:
    """The region of a topic that is surely meant, when only one region's topics come close."""
    sure = [code for code, ranking in turn.rankings.items() if ranking.confidence >= turn.high]
    return sure[0] if len(sure) == 1 and turn.services else None
