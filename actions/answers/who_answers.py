"""Who can be reached, now or at the time asked about: every desk of the region, the open ones first."""

from datetime import datetime

from actions.answers.answer import ask_region, each_region
from actions.answers.asked_time import at_the_asked_time
from actions.answers.desk import contact_summary, status_of
from actions.answers.referral import decline_foreign
from actions.answers.resuming import resumable
from actions.house import House
from actions.phrases import say
from actions.reply import Reply, desk_facts
from actions.turn import Turn
from knowledge.calendar.opening import OpeningStatus
from knowledge.calendar.swedish_dates import Kind, find
from knowledge.database import region_of


@resumable("action_who_answers")
def who_answers(turn: Turn, house: House) -> Reply:
    """Staffed desks with their state, open ones first; then portals and mailboxes, which take messages at any time."""
    if turn.foreign and not turn.regions:
        return decline_foreign(turn.foreign[0], house)
    if len(turn.regions) > 1:
        return each_region(turn, house, who_answers)
    if turn.region is None:
        return ask_region(turn, house, "action_who_answers")
    now = house.now()
    mention = find(turn.text, now)
    later = mention is not None and mention.kind is not Kind.now
    desks = region_of(house.knowledge, turn.region).desks
    # Without hours, or open round the clock: a portal or a mailbox.
    staffed = [desk for desk in desks if desk.hours is not None and status_of(desk, now).next_open is not None]
    told = sorted(
        ((desk, at_the_asked_time(desk, turn.text, now)) for desk in staffed), key=lambda pair: not pair[1][1].open
    )
    lines = [say("staffed_line", contact=contact_summary(desk), state=sentence) for desk, (sentence, _, _) in told]
    lines += [
        say("takes_messages_line", desk=desk.name, contact=contact_summary(desk))
        for desk in desks
        if desk not in staffed
    ]
    states = [found for _, (_, found, _) in told]
    opened = any(found.open for found in states)
    phrase = ("reachable_then" if opened else "nobody_then") if later else "reachable_now" if opened else "nobody_now"
    return Reply(
        outcome="answered",
        text=say(phrase) + "\n\n" + "\n".join(lines),
        region=turn.region,
        facts=tuple(fact for desk in desks for fact in desk_facts(desk)),
        notices=tuple(dict.fromkeys(notice for desk in desks for notice in desk.notices)),
        times=_times(now, states),
    )


def _times(now: datetime, states: list[OpeningStatus]) -> dict[str, object]:
    """Over all desks: open when one is certainly open, unknown when one may be."""
    coming = min((found.next_open for found in states if found.next_open is not None), default=None)
    return {
        "at": min((found.at for found in states), default=now).isoformat(),
        "open": _any([found.open for found in states]),
        "next_open": None if coming is None else coming.isoformat(),
        "on_call": _any([found.on_call for found in states]),
    }


def _any(values: list[bool | None]) -> bool | None:
    return True if True in values else None if None in values else False
