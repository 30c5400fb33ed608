"""`ticket_lookup_form`: a ticket that exists, asked about, added to or closed; it ends in `action_tell_ticket`.

Who may know: the conversation that registered the ticket, and whoever has its code. The form asks for the code when the
ticket is not the conversation's own; an answer never tells whether a ticket of somebody else's exists.
"""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.capability import Capability, DeskCapability
from actions.forms.careful import REQUESTED_SLOT, CarefulForm
from actions.house import House, house
from actions.reply import Reply
from actions.tickets import followed, words
from actions.tickets.fields import ASKED, CODE, LOOKUP_FIELDS, NOTE, SURE, TEXT, WISH
from actions.tickets.followed import CLOSE, COMMENT, MINE, NONE
from actions.tickets.reading import private
from actions.turn import ASKING_SLOT, Turn
from desks.model import TicketState

WRONG = "wrong"
NUMBERS = "numbers"
_SHORT = 3
"""Words: longer ones are what is to be added, whatever they sound like."""
_TRIES = 2
"""Codes that may be wrong before the desk is named instead."""


class ValidateTicketLookupForm(CarefulForm):
    """`validate_ticket_lookup_form`: which ticket, and whether the asker may know of it."""

    ending = ASKED

    def name(self) -> str:
        """See `rasa_sdk.Action.name`."""
        return "validate_ticket_lookup_form"

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[str]:
        """See `FormValidationAction.required_slots`: what is wanted of this ticket, and not known to be needless."""
        slots = tracker.current_slot_values()
        return [name for name in LOOKUP_FIELDS if slots.get(name) != ""]

    async def get_extraction_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """See `FormValidationAction.get_extraction_events`: nothing is set before it has been checked."""
        return []

    async def get_validation_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """See `FormValidationAction.get_validation_events`."""
        a_house = self._house or house()
        turn = Turn.of(tracker, a_house.region_codes)
        requested = tracker.get_slot(REQUESTED_SLOT)
        answer = await _begun(turn, a_house) if requested is None else await _heard(requested, turn, a_house)
        if answer is None:
            return []
        goes_on = followed.missing({**turn.lookup, **answer}) is not None
        return [SlotSet(name, value) for name, value in {NOTE: None, **answer, ASKING_SLOT: goes_on}.items()]


async def _begun(turn: Turn, a_house: House) -> dict[str, Any]:
    """What the message says, with what the conversation has registered itself."""
    wish = turn.lookup.get(WISH)
    code = followed.code_in(turn.text)
    known: dict[str, Any] = {
        ASKED: followed.number_in(turn),
        CODE: None,
        TEXT: None if wish == COMMENT else "",
        SURE: None if wish == CLOSE else "",
    }
    if wish == COMMENT:
        text = followed.comment_in(turn)
        known[TEXT] = None if text is None or private(text) else text
    if known[ASKED] is None:
        known |= await _own(wish, turn, a_house)
    elif await _may_know(known[ASKED], code or "", turn, a_house):
        known[CODE] = code or ""
    return known if known[ASKED] != NONE else {**known, CODE: "", TEXT: "", SURE: ""}


async def _own(wish: str | None, turn: Turn, a_house: House) -> dict[str, Any]:
    """The conversation's only ticket; of several all for a question, and a choice for what is done to one."""
    rows = await a_house.desks.tickets.of_conversation(turn.conversation)
    numbers = [row.number or row.reference for row in rows]
    if not numbers:
        return {ASKED: NONE}
    if len(numbers) == 1:
        return {ASKED: numbers[0], CODE: ""}
    if wish not in (COMMENT, CLOSE):
        return {ASKED: MINE, CODE: ""}
    return {ASKED: None, CODE: "", NOTE: {NUMBERS: numbers[:3]}}


async def _heard(requested: str, turn: Turn, a_house: House) -> dict[str, Any] | None:
    """The answer to a question of the form; None for a digression."""
    if turn.chosen_topic is not None or turn.chosen_guide is not None:
        return None
    if turn.intent == "guide_continue":
        return {}
    if requested == ASKED:
        number = followed.number_in(turn) or turn.text.strip()
        if await _may_know(number, "", turn, a_house):
            return {ASKED: number}
        return None
    if requested == CODE:
        return await _code(turn, a_house)
    if requested == TEXT:
        leaves = turn.intent in ("cancel", "talk_to_human", "start_over") and len(turn.text.split()) <= _SHORT
        if leaves or words.asks(turn.text):
            return None
        return {TEXT: None, NOTE: WRONG} if private(turn.text) else {TEXT: turn.text.strip()}
    if turn.intent in ("affirm", "deny"):
        return {SURE: turn.intent == "affirm"}
    return None


async def _code(turn: Turn, a_house: House) -> dict[str, Any] | None:
    code = followed.code_in(turn.text)
    if code is None:
        return None
    if await _may_know(turn.lookup[ASKED], code, turn, a_house):
        return {CODE: code}
    tries = int(turn.ticket.get(NOTE) or 0) + 1
    return {CODE: None, NOTE: tries} if tries < _TRIES else dict.fromkeys(LOOKUP_FIELDS[1:], "")


async def _may_know(number: str, code: str, turn: Turn, a_house: House) -> bool:
    return await a_house.desks.tickets.permitted(number, turn.conversation, code) is not None


class AskTicketLookup(Capability):
    """A question of the form; silent after a digression."""

    in_context = False
    returns_to_form = False

    @property
    @abstractmethod
    def field(self) -> str:
        """The slot that is asked for."""

    def name(self) -> str:
        """See `Capability.name`."""
        return f"action_ask_{self.field}"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        note = turn.ticket.get(NOTE)
        numbers: Sequence[str] = note[NUMBERS] if isinstance(note, dict) else ()
        return followed.question(self.field, turn, numbers, wrong=note is not None and not numbers)

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """See `Capability.run`."""
        if not tracker.get_slot(ASKING_SLOT):
            return []
        return [*await super().run(dispatcher, tracker, domain), SlotSet(ASKING_SLOT, None)]


class AskWhichTicket(AskTicketLookup):
    """`action_ask_ticket_asked`."""

    field = ASKED


class AskTicketCode(AskTicketLookup):
    """`action_ask_ticket_code`."""

    field = CODE


class AskTicketText(AskTicketLookup):
    """`action_ask_ticket_text`."""

    field = TEXT


class AskTicketSure(AskTicketLookup):
    """`action_ask_ticket_sure`."""

    field = SURE


class TellTicket(DeskCapability[list[TicketState] | bool]):
    """`action_tell_ticket`: how the ticket stands, or that what was said of it is on its way."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_tell_ticket"

    async def ask_desk(self, turn: Turn) -> list[TicketState] | bool:
        """See `DeskCapability.ask_desk`. False and no states: there is no ticket that the asker may know of."""
        desks, lookup = self.house.desks, turn.lookup
        asked, code = str(lookup[ASKED]), str(lookup.get(CODE) or "")
        mine = turn.conversation
        if lookup.get(WISH) == COMMENT:
            return bool(lookup[TEXT]) and await desks.comment(asked, lookup[TEXT], conversation=mine, code=code)
        if lookup.get(WISH) == CLOSE:
            return lookup[SURE] is True and await desks.close(asked, "", conversation=mine, code=code)
        if asked == MINE:
            return await desks.tickets_of(mine)
        state = await desks.status(asked, conversation=mine, code=code)
        return [] if state is None else [state]

    def tell(self, turn: Turn, found: list[TicketState] | bool) -> Reply:
        """See `DeskCapability.tell`."""
        if isinstance(found, list):
            reply = followed.told(found, turn, self.house)
        elif turn.lookup.get(WISH) == COMMENT:
            reply = followed.added(found, turn, self.house)
        else:
            reply = followed.closed(found, turn, self.house)
        return reply.with_slots(dict.fromkeys((*LOOKUP_FIELDS, WISH, NOTE)))
