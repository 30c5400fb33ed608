"""Who can be reached at this very moment: every desk of the region, the open ones first."""

from datetime import datetime

from rasa_sdk import Tracker

from actions.answer import ask_region, each_region
from actions.capability import Capability
from actions.desk import contact_summary, state_now, status_of
from actions.house import House
from actions.phrases import say
from actions.referral import decline_foreign
from actions.reply import Reply, desk_facts
from actions.resuming import resumable
from actions.turn import Turn
from knowledge.calendar.opening import OpeningStatus
from knowledge.database import region_of
from knowledge.schema import Desk


class TellWhoAnswers(Capability):
    """`action_who_answers`: all desks of the region and whether they answer now."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_who_answers"

    def reply(self, turn: Turn, tracker: Tracker) -> Reply:
        """See `Capability.reply`."""
        return who_answers(turn, self.house)


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
    desks = region_of(house.knowledge, turn.region).desks
    staffed = sorted(
        ((desk, status_of(desk, now)) for desk in desks if desk.hours is not None),
        key=lambda pair: not pair[1].open,
    )
    lines = [_staffed(desk, found, now) for desk, found in staffed]
    lines += [
        say("takes_messages_line", desk=desk.name, contact=contact_summary(desk))
        for desk in desks
        if desk.hours is None
    ]
    opened = any(found.open for _, found in staffed)
    return Reply(
        outcome="answered",
        text=say("reachable_now" if opened else "nobody_now") + "\n\n" + "\n".join(lines),
        region=turn.region,
        facts=tuple(fact for desk in desks for fact in desk_facts(desk)),
        notices=tuple(dict.fromkeys(notice for desk in desks for notice in desk.notices)),
        times=_times(now, [found for _, found in staffed]),
    )


def _staffed(desk: Desk, found: OpeningStatus, now: datetime) -> str:
    state = state_now(desk, found, now)
    if not state:  # open round the clock: a portal
        return say("takes_messages_line", desk=desk.name, contact=contact_summary(desk))
    return say("staffed_line", contact=contact_summary(desk), state=state)


def _times(now: datetime, states: list[OpeningStatus]) -> dict[str, object]:
    """Over all desks: open when one is certainly open, unknown when one may be."""
    coming = min((found.next_open for found in states if found.next_open is not None), default=None)
    return {
        "at": now.isoformat(),
        "open": _any([found.open for found in states]),
        "next_open": None if coming is None else coming.isoformat(),
        "on_call": _any([found.on_call for found in states]),
    }


def _any(values: list[bool | None]) -> bool | None:
    return True if True in values else None if None in values else False
