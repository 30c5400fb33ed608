"""A ticket that exists: which one is meant, who may know of it, and what the desk says of it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from actions.answers.referral import at_the_desk
from actions.house import House
from actions.phrases import data, moment_name, say
from actions.reply import Button, Reply, ticket_button
from actions.tickets import words
from actions.tickets.fields import ASKED, KEY, LOOKUP_FIELDS, SURE
from actions.turn import Turn
from desks.model import Status, TicketState
from knowledge.calendar.clock import STOCKHOLM

STATUS, COMMENT, CLOSE = "status", "comment", "close"

MINE, NONE = "mine", "none"
"""Instead of a number: all tickets of the conversation; there is none."""

_REFERENCE = re.compile(r"\bSL-?([0-9A-Z]{8})\b", re.IGNORECASE)
_CODE = re.compile(r"\b(?!SL-)([0-9A-Z]{4}-[0-9A-Z]{4})\b", re.IGNORECASE)
_FEWEST_WORDS = 1


def number_in(turn: Turn) -> str | None:
    """The number or reference that a message names."""
    found = _REFERENCE.search(turn.text)
    if found is not None:
        return f"SL-{found[1].upper()}"
    return turn.ticket_numbers[0] if turn.ticket_numbers else words.number_after(turn.text, "ticket_words")


def code_in(text: str) -> str | None:
    """The code of a ticket in a text."""
    found = _CODE.search(text)
    return None if found is None else found[1].upper()


def comment_in(turn: Turn) -> str | None:
    """What a message wants added: what stands after "lägg till i ärendet att ..."; None when it says nothing more."""
    number = str(number_in(turn) or "").upper()
    tokens = _CODE.sub(" ", _REFERENCE.sub(" ", turn.text)).split()
    while tokens and (not words.without(tokens[0], "commenting") or tokens[0].strip(":,.#").upper() == number):
        tokens.pop(0)
    rest = " ".join(tokens).strip(" :,.-")
    return rest if len(words.without(rest, "commenting")) > _FEWEST_WORDS else None


def missing(lookup: Mapping[str, Any]) -> str | None:
    """The next thing to ask for."""
    return next((name for name in LOOKUP_FIELDS if lookup.get(name) is None), None)


def question(field: str, turn: Turn, numbers: Sequence[str], wrong: bool) -> Reply:
    """Which ticket, its code, what is to be added, or whether it is really to be closed."""
    asked = turn.lookup.get(ASKED)
    text = say(f"{field}_wrong" if wrong else f"{field}_question", asked=asked)
    buttons: tuple[Button, ...] = ()
    if field == ASKED:
        buttons = tuple(Button(number, number) for number in numbers)
    if field == SURE:
        yes, no = data("ticket_buttons")["close"], data("ticket_buttons")["keep"]
        buttons = (Button(yes, "/affirm"), Button(no, "/deny"))
    return Reply(
        outcome="clarifying",
        text=text,
        buttons=buttons,
        region=turn.region,
        more={"asks": field.removeprefix("ticket_")},
    )


def told(states: Sequence[TicketState], turn: Turn, house: House) -> Reply:
    """How the tickets stand: as the desk says now, or as it said last when it does not answer."""
    if not states:
        return unknown(turn, house)
    lines = [_line(state, house) for state in states]
    return _done("\n\n".join(lines), states[0], turn)


def added(done: bool, turn: Turn, house: House) -> Reply:
    """That it has been passed on."""
    return _changed("ticket_added", done, turn, house)


def closed(done: bool, turn: Turn, house: House) -> Reply:
    """That the ticket is closed."""
    if turn.lookup.get(SURE) is False:
        return Reply(outcome="smalltalk", text=say("ticket_kept_open"), region=turn.region)
    return _changed("ticket_closed", done, turn, house)


def unknown(turn: Turn, house: House) -> Reply:
    """No ticket that the asker may know of: how to ask the desk, and a new ticket instead."""
    asked = turn.lookup.get(ASKED)
    text = say("ticket_none" if asked in (NONE, MINE, None) else "ticket_unknown", asked=asked)
    return at_the_desk(text, turn, house).with_buttons(ticket_button())


def goes_on(turn: Turn) -> tuple[Button, ...]:
    """Back to a ticket that was being filled in."""
    if KEY not in turn.ticket:
        return ()
    return (Button(data("go_on")["ticket_form"], "/register_ticket"),)


def _changed(phrase: str, done: bool, turn: Turn, house: House) -> Reply:
    if not done:
        return unknown(turn, house)
    return Reply(outcome="ticketed", text=say(phrase, asked=turn.lookup[ASKED]), region=turn.region)


def _done(text: str, state: TicketState, turn: Turn) -> Reply:
    return Reply(
        outcome="ticketed",
        text=text,
        region=state.region,
        buttons=goes_on(turn),
        more={"ticket": state.custom()},
    )


def _line(state: TicketState, house: House) -> str:
    if state.number is None:
        phrase = "ticket_undelivered" if state.status is Status.undelivered else "ticket_not_there_yet"
        return say(phrase, reference=state.reference)
    words_for = data("ticket_states")[state.status.value]
    if state.live:
        return say("ticket_state", number=state.number, state=words_for)
    at = moment_name(state.at.astimezone(STOCKHOLM), house.now())
    return say("ticket_state_then", number=state.number, state=words_for, at=at)
