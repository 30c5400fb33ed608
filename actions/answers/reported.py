"""What is broken: who says that a system fails is not told how it is ordered."""

from dataclasses import replace

from actions.answers.nearest import nearest_first
from actions.house import House
from actions.turn import Ranking, Turn
from knowledge.schema import Aspect

_ROUTES = {"report_fault": ("felanmalan", Aspect.fault), "login_problem": ("inloggning", Aspect.login)}
"""By intent, the service and the aspect of a region's topics about whatever fails."""
_SILENT_ON_FAULTS = frozenset(
    {
        Aspect.definition,
        Aspect.order,
        Aspect.change,
        Aspect.end,
        Aspect.cost,
        Aspect.lead_time,
        Aspect.deadline,
        Aspect.prerequisites,
        Aspect.responsibility,
        Aspect.scope,
        Aspect.training,
        Aspect.link,
    }
)
_A_LITTLE = 0.001
"""Below the threshold of what is told as certain."""


def as_reported(turn: Turn, house: House) -> Turn:
    """The turn with the region's way to report a fault first, when all that is known of the named system is another.

    It is a guess then: what was first can still be chosen, since access that is missing looks like a fault.
    """
    if turn.intent not in _ROUTES or not turn.services:
        return turn
    in_force = turn.rankings.keys() if turn.region is None else turn.rankings.keys() & {turn.region}
    rankings = {**turn.rankings, **{code: _led(turn.rankings[code], code, turn, house) for code in in_force}}
    return turn if rankings == turn.rankings else replace(turn, rankings=rankings)


def _led(ranking: Ranking, region: str, turn: Turn, house: House) -> Ranking:
    first = house.knowledge.topics(ranking.names[:1]).get(ranking.names[0]) if ranking.names else None
    if first is None or first.service not in turn.services or first.topic.outcome != "answered":
        return ranking
    if first.topic.aspect not in _SILENT_ON_FAULTS:
        return ranking
    service, aspect = _ROUTES[turn.intent]
    own = [
        placed
        for placed in house.knowledge.about(service, region)
        if placed.region == region and placed.topic.aspect is aspect
    ]
    main = [placed for placed in own if placed.topic.compare is not None] or own
    if not main:
        return ranking
    led = ranking.led_by(nearest_first(main, replace(turn, region=region))[0].name)
    return replace(led, confidence=min(led.confidence, turn.high - _A_LITTLE))
