"""Saying no honestly: to the right desk, out of the assignment, or a question back."""

from dataclasses import replace

from actions.answers.desk import contact_summary, present, state_now, status_of
from actions.house import House
from actions.phrases import data, say
from actions.reply import (
    Button,
    Reply,
    desk_facts,
    region_buttons,
    status_times,
    ticket_button,
    topic_buttons,
    topic_reply,
)
from actions.turn import Turn
from knowledge.content import PlacedTopic
from knowledge.database import desk_for, region_of
from knowledge.schema import Desk, Fact, Region

MAX_SUGGESTIONS = 3


def decline(turn: Turn, house: House) -> Reply:
    """Not this bot's business: say what is."""
    return Reply(outcome="declined", text=say("declined", regions=region_names(house)), region=turn.region)


def region_names(house: House) -> str:
    """All regions in a sentence: "Västra Götaland, Uppsala och Dalarna"."""
    *names, last = [region.in_sentence for region in house.knowledge.regions()]
    return f"{', '.join(names)} {say('and')} {last}" if names else last


def decline_foreign(region: str, house: House) -> Reply:
    """Another region's business."""
    return Reply(outcome="declined", text=say("foreign", region=region, regions=region_names(house)))


def unclear(turn: Turn, house: House) -> Reply:
    """Ask for what is missing; the number to call stands beside it when the region is known."""
    if not turn.text.strip():
        return Reply(outcome="clarifying", text=say("empty"), region=turn.region)
    if turn.region is None:
        text = say("unclear_again" if turn.failures else "unclear")
        return Reply(outcome="clarifying", text=text, buttons=region_buttons(house.knowledge.regions()), puzzled=True)
    desk = desk_for(region_of(house.knowledge, turn.region), None)
    phrase = "unclear_again_with_region" if turn.failures else "unclear_with_region"
    return Reply(
        outcome="clarifying",
        text=say(phrase, desk=desk.name, contact=contact_summary(desk)),
        buttons=_suggestions(turn, house),
        region=turn.region,
        facts=tuple(desk.contacts),
        puzzled=True,
    )


def _suggestions(turn: Turn, house: House) -> tuple[Button, ...]:
    """What may be meant: other sides of the service at hand, else what most people ask."""
    if turn.service is not None:
        about = house.knowledge.about(turn.service, turn.region)
        untold = [placed for placed in about if placed.topic.outcome == "answered" and placed.name != turn.topic]
        if untold:
            return topic_buttons(untold[:MAX_SUGGESTIONS])
    return tuple(Button(entry["title"], entry["text"]) for entry in data("unclear_suggestions"))


def no_next_step(turn: Turn, house: House) -> Reply:
    """The support path ends here: the desk itself is left."""
    if turn.region is None:
        return refer(turn, house)
    desk = _desk(region_of(house.knowledge, turn.region), turn, None)
    return at_the_desk(say("no_next_step", desk=desk.name), turn, house).with_buttons(ticket_button())


def refer(turn: Turn, house: House, placed: PlacedTopic | None = None) -> Reply:
    """In the field, but not in the documents: the desk to turn to, and whether it is open now.

    Without a region the desks of all regions are given, each under its region's name.
    """
    if placed is None:
        key = "referred_all" if turn.region is None else "referred"
        desk = "" if turn.region is None else _desk(region_of(house.knowledge, turn.region), turn, None).name
        return at_the_desk(say(key, desk=desk), turn, house)
    reply = at_the_desk(placed.topic.text, turn, house, placed)
    told = topic_reply(placed)
    return replace(
        reply,
        topic=told.topic,
        facts=(*told.facts, *reply.facts),
        notices=tuple(dict.fromkeys((*told.notices, *reply.notices))),
    )


def at_the_desk(text: str, turn: Turn, house: House, placed: PlacedTopic | None = None) -> Reply:
    """`text`, and under it the desk of the region with its state now, or every region's while none is known."""
    code = turn.region or (placed.region if placed is not None else None)
    now = house.now()
    if code is not None:
        desk = _desk(region_of(house.knowledge, code), turn, placed)
        found = status_of(desk, now)
        return Reply(
            outcome="referred",
            text=text,
            region=code,
            desk=desk.id,
            facts=desk_facts(desk),
            notices=tuple(desk.notices),
            times=status_times(found) if desk.hours is not None else {},
        ).and_then(present(desk), state_now(desk, found, now))
    parts = []
    facts: list[Fact] = []
    for region in house.knowledge.regions():
        desk = _desk(region, turn, placed)
        parts.append(f"{region.in_sentence}. {present(desk)}\n- {state_now(desk, status_of(desk, now), now)}")
        facts += desk_facts(desk)
    return Reply(outcome="referred", text=text, facts=tuple(facts)).and_then(*parts)


def _desk(region: Region, turn: Turn, placed: PlacedTopic | None) -> Desk:
    if placed is not None and placed.topic.desk is not None and placed.region == region.code:
        return next(desk for desk in region.desks if desk.id == placed.topic.desk)
    service = placed.service if placed is not None else (turn.services[0] if turn.services else None)
    return desk_for(region, service)
