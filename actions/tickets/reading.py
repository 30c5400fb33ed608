"""What a message says to the ticket form: its answer, a way back, or nothing when it is about something else."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from actions.answers.resuming import only_names_region
from actions.house import House
from actions.tickets import words
from actions.tickets.fields import (
    AFFECTED,
    APPROVED,
    CHAT,
    CONTACT,
    FIELDS,
    KNOWN_OUTAGE,
    OUTAGE,
    REGION,
    SERVICE,
    SINCE,
    UNIT,
    URGENCY,
    WHAT,
    needed,
)
from actions.turn import Turn
from actions.wording import chosen, says, words_of
from desks.contact_way import Refusal, read_contact_way
from desks.model import LONGEST_DESCRIPTION, Urgency
from knowledge.calendar.swedish_dates import find
from redaction import redact, tells_of_patient
from redaction.words import replacements

LONGEST_LINE = 150
"""Characters of an answer that is one line of the ticket."""

_SURE = 0.5
"""Probability of an intent from which it is believed against the form."""
_SHORT = 6
"""Words: a longer description of what has happened is one, whatever it sounds like."""
_TELLING = 2
"""Words beside those that ask for a ticket, from which a message describes what it is about."""
_FAULTS = frozenset({"report_fault", "login_problem", "password_help"})
_STAYS = frozenset({"register_ticket", "guide_continue"})
_BUTTONS = {CONTACT: ("chat",), APPROVED: ("send", "change")}
"""Names in words.yml of the buttons that stand beside a question, which answer it whatever their words sound like."""
_LEAVES = frozenset(
    {
        "ask_capabilities",
        "bot_challenge",
        "cancel",
        "goodbye",
        "greet",
        "start_guide",
        "start_over",
        "talk_to_human",
        "thank",
        "ticket_close",
        "ticket_comment",
        "ticket_status",
        "wait",
    }
)
_REACHING = frozenset({"ask_contact", "ask_opening_hours", "ask_who_answers"})


@dataclass(frozen=True)
class Heard:
    """What a message changes in the form."""

    slots: Mapping[str, Any]
    note: str | None = None
    """Why an answer was not taken: a key of `ticket_notes` in phrases.yml."""


def begun(turn: Turn, house: House) -> Heard:
    """The draft at the form's beginning: what the conversation, and the message itself, have told already."""
    told: dict[str, Any] = {}
    if turn.region is not None:
        told[REGION] = turn.region
    about = turn.services[0] if turn.services else turn.service
    if about is not None and about not in words.listed("no_system") and about in house.services:
        told[SERVICE] = {"id": about, "name": house.services[about]}
    told |= _what_told(turn, house)
    kept = {name: value for name, value in turn.ticket.items() if name in FIELDS and name != APPROVED}
    return Heard({**told, **kept, APPROVED: None}, "begins")


def heard(field: str, turn: Turn, house: House) -> Heard | None:
    """The answer to the question for a field; None when the message says nothing to the form."""
    if turn.chosen_topic is not None or turn.chosen_guide is not None:
        return None
    if _leaves(field, turn):
        return None
    if words.means("back", turn.text) or _believed(turn, "guide_back"):
        return _back(field, turn)
    if only_names_region(turn) and field not in (UNIT, WHAT, SERVICE):
        return Heard({REGION: turn.regions[0], KNOWN_OUTAGE: None, OUTAGE: None})
    place = chosen(turn.text, [title for title, _ in turn.choices]) if field in (SERVICE, SINCE, CONTACT) else None
    if place is not None:  # who has no buttons writes their number
        turn = replace(turn, text=turn.choices[place][0])
    own_words = field not in (OUTAGE, AFFECTED, URGENCY, APPROVED)
    if turn.intent in _STAYS and own_words and not words.telling(turn.text, "registering"):
        return Heard({})
    if turn.text.startswith("/") and field not in (REGION, OUTAGE, APPROVED):  # a button of something else
        return Heard({}) if turn.intent in _STAYS else None
    found = _READERS[field](turn, house)
    if found is not None and not (found.note and _about_something_else(field, turn)):
        return found
    return Heard({}) if turn.intent in _STAYS else None


def _leaves(field: str, turn: Turn) -> bool:
    """Whether it ends the form or asks about the bot. What answers the question does not, whatever it sounds like."""
    if turn.intent not in _LEAVES or not _believed(turn, turn.intent):
        return False
    if any(words.means(name, turn.text) for name in _BUTTONS.get(field, ())):
        return False
    if field in (OUTAGE, AFFECTED, URGENCY):
        return words.choice(field.removeprefix("ticket_"), turn.text) is None
    if field == SINCE:
        return not turn.times
    if field == CONTACT and turn.intent == "talk_to_human":
        return not says(turn.text, words.listed("reach_me"))
    return field != WHAT or len(turn.text.split()) <= _SHORT


def _about_something_else(field: str, turn: Turn) -> bool:
    """Whether an answer that could not be read is no answer: a question, or one for a desk."""
    return words.asks(turn.text) or turn.intent in _STAYS or (turn.intent in _REACHING and _believed(turn, turn.intent))


def _believed(turn: Turn, intent: str) -> bool:
    return turn.intent == intent and turn.intents.get(intent, 1.0) >= _SURE


def _back(field: str, turn: Turn) -> Heard:
    before = [name for name in needed(turn.ticket) if name in turn.ticket]
    earlier = before[: before.index(field)] if field in before else before
    return Heard({earlier[-1]: None} if earlier else {})


# ---- the fields


def _region(turn: Turn, house: House) -> Heard | None:
    if turn.regions:
        return Heard({REGION: turn.regions[0]})
    return None if turn.foreign else Heard({}, "region")


def _service(turn: Turn, house: House) -> Heard | None:
    for name in turn.services:
        if name in house.services and not words.asks(turn.text):
            return Heard({SERVICE: {"id": name, "name": house.services[name]}})
    if words.means("unknown", turn.text):
        return Heard({SERVICE: {"id": None, "name": words.listed("unknown_title")}})
    return _line(turn, lambda text: {SERVICE: {"id": None, "name": text}})


def _outage(turn: Turn, house: House) -> Heard | None:
    found = words.choice("outage", turn.text) or {"affirm": "join", "deny": "own"}.get(turn.intent)
    return Heard({}, "choose") if found is None else Heard({OUTAGE: found})


def _what(turn: Turn, house: House) -> Heard | None:
    if words.asks(turn.text) and turn.intent not in _FAULTS and len(turn.text.split("\n")) == 1:
        return None
    if private(turn.text):
        return Heard({}, "redacted")
    if len(words.without(turn.text, "registering")) < _TELLING:
        return Heard({}, "short")
    return Heard(_described(turn.text, turn, house))


def _since(turn: Turn, house: House) -> Heard | None:
    return _line(turn, lambda text: {SINCE: text})


def _affected(turn: Turn, house: House) -> Heard | None:
    return _chosen("affected", AFFECTED, turn)


def _urgency(turn: Turn, house: House) -> Heard | None:
    found = _chosen("urgency", URGENCY, turn)
    waits = found.slots.get(URGENCY) == Urgency.patient_waits and not turn.urgent
    return Heard(found.slots, "urgent") if waits else found


def _unit(turn: Turn, house: House) -> Heard | None:
    return _line(turn, lambda text: {UNIT: text})


def _contact(turn: Turn, house: House) -> Heard | None:
    if words.means("chat", turn.text):
        return Heard({CONTACT: {"kind": CHAT, "value": "", "shown": words.listed("chat")["title"]}})
    if private(turn.text):
        return Heard({}, "redacted")
    way = read_contact_way(turn.text)
    if isinstance(way, Refusal):
        return Heard({}, way.value)
    return Heard({CONTACT: {"kind": way.kind.value, "value": way.value, "shown": way.shown}})


def _approved(turn: Turn, house: House) -> Heard | None:
    if words.means("send", turn.text) or _believed(turn, "affirm"):
        return Heard({APPROVED: True})
    if words.means("change", turn.text) or _believed(turn, "deny"):
        return Heard({}, "which_line")
    line = None if words.asks(turn.text) else words.line_named(turn.text, lines(turn.ticket))
    if line is not None:
        outage = {KNOWN_OUTAGE: None, OUTAGE: None} if line in (REGION, SERVICE) else {}
        return Heard({line: None, **outage})
    return Heard({}, "send_or_change")


_READERS = {
    REGION: _region,
    SERVICE: _service,
    OUTAGE: _outage,
    WHAT: _what,
    SINCE: _since,
    AFFECTED: _affected,
    URGENCY: _urgency,
    UNIT: _unit,
    CONTACT: _contact,
    APPROVED: _approved,
}


def lines(draft: Mapping[str, Any]) -> list[str]:
    """The fields that the summary shows, in its order."""
    return [field for field in needed(draft) if field not in (OUTAGE, APPROVED)]


def _chosen(name: str, field: str, turn: Turn) -> Heard:
    found = words.choice(name, turn.text)
    return Heard({}, "choose") if found is None else Heard({field: found})


def _line(turn: Turn, slots: Any) -> Heard | None:
    """An answer in the user's own words, on one line."""
    if words.asks(turn.text):
        return None
    if private(turn.text):
        return Heard({}, "redacted")
    text = " ".join(turn.text.split())
    if not words_of(text):
        return Heard({}, "choose")
    return Heard(slots(text[:LONGEST_LINE]))


def _what_told(turn: Turn, house: House) -> dict[str, Any]:
    """What has happened: in the message that asks for the ticket, else in the question before it."""
    named = [word for name in turn.names for word in words_of(turn.text[name.start : name.end])]
    telling = [word for word in words.telling(turn.text, "registering") if word not in named]
    if turn.intent == "register_ticket" and len(telling) >= _TELLING:
        told = words.told_after(turn.text, "registering")
        return {} if turn.text.startswith("/") or private(turn.text) else _described(told, turn, house)
    asked = turn.question
    if asked is None or asked["intent"] not in _FAULTS or len(asked["text"].split()) <= _TELLING:
        return {}
    return {WHAT: asked["text"]}


def _described(text: str, turn: Turn, house: House) -> dict[str, Any]:
    """What has happened, and since when if it says so."""
    mention = find(text, house.now())
    past = mention is None or mention.first_day <= house.now().date()
    since = {SINCE: turn.times[0]} if turn.times and past else {}
    return {WHAT: text.strip()[:LONGEST_DESCRIPTION], **since}


def private(text: str) -> bool:
    """Whether a text tells of a patient or of somebody's number, or did so before the gateway took it out."""
    gone = " ".join(words_of(text))
    if any(" ".join(words_of(each)) in gone for each in replacements()):
        return True
    return bool(redact(text).found) or tells_of_patient(text)
