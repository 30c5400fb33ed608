"""What becomes of a ticket form that is filled in: a ticket at the region's desk, or a place in a known outage."""

from dataclasses import replace

from actions.answers.failure import not_stored
from actions.answers.guide import guide_waiting
from actions.answers.referral import at_the_desk
from actions.house import House
from actions.phrases import data, say
from actions.reply import Button, Reply, ticket_button, topic_reply
from actions.tickets.fields import (
    AFFECTED,
    CHAT,
    CONTACT,
    KEPT,
    KEY,
    KNOWN_OUTAGE,
    LAST,
    REGION,
    SERVICE,
    SINCE,
    UNIT,
    URGENCY,
    WHAT,
    emptied,
    kind_of,
)
from actions.turn import SERVICE_SLOT, Turn
from desks.contact_way import ContactKind, ContactWay
from desks.model import LONGEST_SUMMARY, Impact, NewTicket, Receipt, Urgency
from records.outages import Outage

_REPORTING = "felanmalan"
"""`compare` of the topics that tell how faults are reported, one a region."""


def new_ticket(turn: Turn) -> NewTicket:
    """The approved form as the desks take it."""
    draft = turn.ticket
    contact = draft[CONTACT]
    by_chat = contact["kind"] == CHAT
    what = str(draft[WHAT])
    return NewTicket(
        conversation=turn.conversation,
        key=str(draft[KEY]),
        region=draft[REGION],
        kind=kind_of(draft),
        summary=_first_sentence(what),
        description=what,
        impact=Impact(draft[AFFECTED]),
        urgency=Urgency(draft[URGENCY]),
        contact=None if by_chat else ContactWay(ContactKind(contact["kind"]), contact["value"], contact["shown"]),
        unit=draft[UNIT],
        service=draft[SERVICE]["name"],
        since=draft.get(SINCE) or "",
    )


def registered(receipt: Receipt, turn: Turn, house: House) -> Reply:
    """The number, or that it will come; and how else the region's documents say that faults are reported."""
    region = turn.ticket[REGION]
    if receipt.number is None:
        text = say("ticket_number_comes", reference=receipt.reference)
    else:
        text = say("ticket_registered", number=receipt.number)
    reply = Reply(
        outcome="ticketed",
        text=text,
        region=region,
        service=turn.ticket[SERVICE]["id"],
        more={"ticket": receipt.custom()},
        slots={**emptied(*KEPT), LAST: receipt.reference, SERVICE_SLOT: turn.ticket[SERVICE]["id"]},
    ).and_then(say("ticket_code", code=receipt.code, asked=receipt.number or receipt.reference))
    for placed in house.knowledge.compared(_REPORTING):
        if placed.region == region:
            told = topic_reply(placed)
            reply = replace(reply.and_then(say("ticket_documents")).joined(told), desk=placed.topic.desk)
    return reply.with_buttons(*guide_waiting(turn))


def joined(outage: Outage | None, turn: Turn) -> Reply:
    """Counted in; or the outage is over, and a ticket can be registered instead."""
    region = turn.ticket[REGION]
    if outage is None:
        again = {KNOWN_OUTAGE: False, "ticket_outage": None}
        return Reply(
            outcome="clarifying",
            text=say("ticket_outage_over"),
            region=region,
            buttons=(ticket_button(),),
            slots=again,
        )
    number = "" if outage.number is None else say("ticket_outage_number", number=outage.number)
    text = " ".join(part for part in (say("ticket_outage_joined", affected=outage.affected), number) if part)
    return Reply(outcome="ticketed", text=text, region=region, slots=emptied(*KEPT))


def refused(turn: Turn, house: House) -> Reply:
    """The ticket could not be written down: nothing is registered, the draft is kept, the telephone is given."""
    again = Button(data("ticket_buttons")["send_again"], "/register_ticket")
    return replace(not_stored(house.regions, turn.ticket.get(REGION)), buttons=(again,))


def already_sent(turn: Turn, house: House) -> Reply:
    """There is nothing filled in to send."""
    return at_the_desk(say("ticket_nothing_to_send"), turn, house).with_buttons(ticket_button())


def _first_sentence(text: str) -> str:
    line = text.strip().splitlines()[0]
    first = line.split(". ")[0].rstrip(".")
    return first if len(first) <= LONGEST_SUMMARY else first[: LONGEST_SUMMARY - 1] + "…"
