"""Whom to call: the desk for a service in a region, and whether it is open."""

from dataclasses import replace

from actions.answers.answer import answer, ask_region, each_region
from actions.answers.asked_time import at_the_asked_time
from actions.answers.desk import present
from actions.answers.meant import services_meant
from actions.answers.referral import decline_foreign
from actions.answers.resuming import resumable
from actions.house import House
from actions.reply import Reply, desk_facts
from actions.turn import Turn
from knowledge.database import desk_for, region_of
from knowledge.schema import Aspect, Desk

_ABOUT_REACHING = frozenset({Aspect.contact, Aspect.opening_hours, Aspect.escalation, Aspect.fault, Aspect.password})
"""A question for a contact that names no service is answered by topics of these aspects, else by the desk itself."""


@resumable("action_contact")
def contact(turn: Turn, house: House) -> Reply:
    """A topic when the question names what it is about, else the desk itself."""
    if turn.foreign and not turn.regions:
        return decline_foreign(turn.foreign[0], house)
    if len(turn.regions) > 1:
        return each_region(turn, house, contact)
    turn = replace(turn, services=services_meant(turn))
    if turn.region is None:
        sure = max((ranking.confidence for ranking in turn.rankings.values()), default=0.0) >= turn.high
        return answer(turn, house) if sure and turn.services else ask_region(turn, house, "action_contact")
    ranking = turn.ranking
    if ranking.confidence >= (turn.low if turn.services else turn.high):
        best = house.knowledge.topic(ranking.names[0])
        if turn.services or (best is not None and best.topic.aspect in _ABOUT_REACHING):
            return answer(turn, house)
    desk = desk_for(region_of(house.knowledge, turn.region), turn.services[0] if turn.services else None)
    return presented(desk, turn.region, turn, house)


def presented(desk: Desk, region: str, turn: Turn, house: House) -> Reply:
    """A desk with its contacts, and whether it is open: now, or at the time that the message names."""
    sentence, _, times = at_the_asked_time(desk, turn.text, house.now())
    return Reply(
        outcome="answered",
        text=present(desk),
        region=region,
        desk=desk.id,
        facts=desk_facts(desk),
        notices=tuple(desk.notices),
        times=times if desk.hours is not None else {},
    ).and_then(sentence)
