"""Whom to call: the desk for a service in a region, and whether it is open."""

from rasa_sdk import Tracker

from actions.answer import HIGH, LOW, answer, ask_region, each_region
from actions.capability import Capability
from actions.desk import present, state_now, status_of
from actions.house import House
from actions.referral import decline_foreign
from actions.reply import Reply, desk_facts, status_times
from actions.resuming import resumable
from actions.turn import Ranking, Turn
from knowledge.database import desk_for, region_of
from knowledge.schema import Aspect

_ABOUT_REACHING = frozenset({Aspect.contact, Aspect.opening_hours, Aspect.escalation, Aspect.fault, Aspect.password})
"""A question for a contact that names no service is answered by topics of these aspects, else by the desk itself."""


class GiveContact(Capability):
    """`action_contact`: the number, mailbox or portal to turn to."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_contact"

    def reply(self, turn: Turn, tracker: Tracker) -> Reply:
        """See `Capability.reply`."""
        return contact(turn, self.house)


@resumable("action_contact")
def contact(turn: Turn, house: House) -> Reply:
    """A topic when the question names what it is about, else the desk itself."""
    if turn.foreign and not turn.regions:
        return decline_foreign(turn.foreign[0], house)
    if len(turn.regions) > 1:
        return each_region(turn, house, contact)
    if turn.region is None:
        sure = max((ranking.confidence for ranking in turn.rankings.values()), default=0.0) >= HIGH
        return answer(turn, house) if sure and turn.services else ask_region(turn, house, "action_contact")
    ranking = turn.rankings.get(turn.region, Ranking(0.0))
    if ranking.confidence >= (LOW if turn.services else HIGH):
        best = house.knowledge.topic(ranking.names[0])
        if turn.services or (best is not None and best.topic.aspect in _ABOUT_REACHING):
            return answer(turn, house)
    desk = desk_for(region_of(house.knowledge, turn.region), turn.services[0] if turn.services else None)
    now = house.now()
    found = status_of(desk, now)
    return Reply(
        outcome="answered",
        text=present(desk),
        region=turn.region,
        facts=desk_facts(desk),
        notices=tuple(desk.notices),
        times=status_times(found) if desk.hours is not None else {},
    ).and_then(state_now(desk, found, now))
