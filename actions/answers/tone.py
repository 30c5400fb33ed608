"""What goes before an answer: a number when it is urgent, a person for who is fed up, a line to English writers."""

from dataclasses import replace

from actions.answers.answer import ask_region
from actions.answers.desk import contact_summary, state_now, status_of
from actions.house import House
from actions.phrases import say
from actions.reply import Reply, desk_facts, person_button, status_times
from actions.turn import Turn
from knowledge.database import region_of
from knowledge.model import default_desk
from knowledge.schema import Desk, Fact, Region

_TELLS = frozenset({"answered", "referred", "clarifying", "ticketed"})
"""Outcomes that may be of no use to someone who cannot wait."""


def in_the_right_tone(reply: Reply, turn: Turn, house: House) -> Reply:
    """The reply with what this writer needs first."""
    if turn.frustrated and reply.outcome in _TELLS:
        reply = replace(reply, buttons=(person_button(),)).with_buttons(*reply.buttons).preceded_by(say("fed_up"))
    if turn.urgent and reply.outcome in _TELLS:
        reply = with_number_first(reply, turn, house)
    if turn.english and reply.outcome != "smalltalk":
        reply = reply.preceded_by(say("only_swedish"))
        reply = replace(reply, more={**reply.more, "language_note": True})
    return reply


def with_number_first(reply: Reply, turn: Turn, house: House) -> Reply:
    """Whom to ring and whether anyone answers now; only then the answer, or the question back."""
    if turn.region is None and (reply.region is not None or reply.puzzled):
        # One region's answer beside all regions' numbers would be taken for everyone's; the region is asked for first.
        reply = ask_region(turn, house, "action_answer")
    regions = house.knowledge.regions() if turn.region is None else [region_of(house.knowledge, turn.region)]
    desks = [(region, default_desk(region)) for region in regions]
    now = house.now()
    lines = [_line(region, desk, len(desks) > 1, house) for region, desk in desks]
    facts: tuple[Fact, ...] = tuple(fact for _, desk in desks for fact in desk_facts(desk))
    notices = tuple(notice for _, desk in desks for notice in desk.notices) if turn.region else ()
    times = reply.times
    if not times and len(desks) == 1:
        times = status_times(status_of(desks[0][1], now))
    first = reply.preceded_by(say("urgent") + "\n" + "\n".join(lines))
    return replace(
        first,
        facts=(*facts, *reply.facts),
        notices=tuple(dict.fromkeys((*notices, *reply.notices))),
        times=times,
        more={**reply.more, "urgent": True},
    )


def _line(region: Region, desk: Desk, named: bool, house: House) -> str:
    now = house.now()
    state = state_now(desk, status_of(desk, now), now)
    line = say("urgent_line", desk=desk.name, contact=contact_summary(desk), state=state).strip()
    return say("urgent_region_line", region=region.in_sentence, line=line) if named else f"- {line}"
