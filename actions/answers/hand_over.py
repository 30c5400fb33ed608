"""To a person: live where the region's desk takes over conversations and is open, else by its number."""

from actions.answers.desk import desk_named, status_of
from actions.answers.referral import at_the_desk
from actions.house import House
from actions.phrases import data, say
from actions.reply import Button, Reply, ticket_button
from actions.tickets.asking import shown
from actions.tickets.fields import CONTACT, SINCE, UNIT, WHAT
from actions.tickets.followed import goes_on
from actions.turn import OFFER_SLOT, Turn
from knowledge.database import desk_for, region_of
from knowledge.model import default_desk
from knowledge.schema import Desk

SHARE = "transcript"
"""Value of the slot `offer` while the user is asked whether the person may read the conversation."""


def human(turn: Turn, house: House) -> Reply:
    """Ask what the person may read, when one can take over now; else how to reach one, and a ticket instead."""
    desk = _live(turn, house)
    if desk is None:
        return at_the_desk(say("human"), turn, house).with_buttons(*(goes_on(turn) or (ticket_button(),)))
    yes, no = data("buttons")["share"], data("buttons")["share_not"]
    return Reply(
        outcome="clarifying",
        text=say("share", desk=desk.name),
        buttons=(Button(yes, "/affirm"), Button(no, "/deny")),
        region=turn.region,
        desk=desk.id,
        slots={OFFER_SLOT: SHARE},
    )


def hand_over(turn: Turn, house: House) -> Reply:
    """Hand over, with the transcript when the user has just agreed to it; the desk may have closed meanwhile."""
    desk = _live(turn, house)
    if desk is None or turn.region is None:
        return human(turn, house)
    return Reply(
        outcome="handed_over",
        text=say("handing_over", desk=desk.name),
        region=turn.region,
        desk=desk.id,
        more={
            "handover": {
                "region": turn.region,
                "desk": desk.id,
                "summary": _summary(turn, house),
                "facts": _facts(turn, house),
                "contact": (turn.ticket.get(CONTACT) or {}).get("value"),
                "transcript": turn.intent == "affirm",
            }
        },
    )


def _live(turn: Turn, house: House) -> Desk | None:
    """The staffed desk that takes over conversations, if its region has one and it is certainly open now."""
    if turn.region is None or turn.region not in house.handover_regions:
        return None
    region = region_of(house.knowledge, turn.region)
    at_hand = desk_named(region, turn.desk or "") or desk_for(region, turn.service)
    desk = at_hand if at_hand.hours is not None else default_desk(region)
    return desk if status_of(desk, house.now()).open else None


def _summary(turn: Turn, house: House) -> str:
    """What the person needs to know at a glance: the question, and what the bot answered."""
    answered = None if turn.topic is None else house.knowledge.topic(turn.topic)
    asked = "" if turn.question is None else say("summary_question", question=turn.question["text"])
    told = "" if answered is None else say("summary_answer", title=answered.topic.title)
    return " ".join(part for part in (asked, told) if part) or say("summary_nothing")


def _facts(turn: Turn, house: House) -> list[dict[str, str]]:
    """What the conversation has found out, in words for the person."""
    topic = None if turn.topic is None else house.knowledge.topic(turn.topic)
    guide = None if turn.guide is None else house.knowledge.guide(str(turn.guide["name"]))
    known = {
        "region": None if turn.region is None else region_of(house.knowledge, turn.region).in_sentence,
        "service": None if turn.service is None else house.services.get(turn.service),
        "role": turn.role,
        "topic": None if topic is None else topic.topic.title,
        "guide": None if guide is None else guide.guide.title,
    }
    told = {field: shown(field, turn.ticket, house) for field in (WHAT, SINCE, UNIT) if field in turn.ticket}
    labels = data("fact_labels")
    return [{"kind": name, "label": labels[name], "value": value} for name, value in {**known, **told}.items() if value]
