"""`ticket_form`: a ticket as a Rasa form with a slot for each field, which ends in `action_submit_ticket`.

What a message says to the form is read when the form is validated and not by slot mappings: only then is it known
whether the message answers the question, and a message that does not must leave no trace in the slots.
"""

import asyncio
import logging
import secrets
from abc import abstractmethod
from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict
from sqlalchemy.exc import SQLAlchemyError

from actions.capability import Capability, DeskCapability
from actions.forms.careful import REQUESTED_SLOT, CarefulForm
from actions.house import House, house
from actions.reply import Reply
from actions.tickets import fields
from actions.tickets.asking import question
from actions.tickets.fields import Draft, missing, needed
from actions.tickets.reading import begun, heard
from actions.tickets.registered import already_sent, joined, new_ticket, refused, registered
from actions.turn import ASKING_SLOT, Turn
from desks.errors import NotStored
from desks.model import Receipt
from records.outages import Outage

logger = logging.getLogger(__name__)


class ValidateTicketForm(CarefulForm):
    """`validate_ticket_form`: what the message fills in; no slot at all makes Rasa reject the form for a digression."""

    ending = fields.APPROVED

    def name(self) -> str:
        """See `rasa_sdk.Action.name`."""
        return "validate_ticket_form"

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[str]:
        """See `FormValidationAction.required_slots`: the fields that this ticket needs."""
        return needed(_draft(tracker.current_slot_values()))

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
        if requested is None:
            found = await asyncio.to_thread(begun, turn, a_house)
        else:
            answer = await asyncio.to_thread(heard, requested, turn, a_house)
            if answer is None:
                return []
            found = answer
        slots = {**found.slots, fields.NOTE: found.note}
        draft = _draft({**turn.ticket, **slots})
        if fields.KEY not in draft:
            slots[fields.KEY] = secrets.token_hex(8)
        if fields.KNOWN_OUTAGE not in draft and fields.REGION in draft and fields.SERVICE in draft:
            slots[fields.KNOWN_OUTAGE] = await _known_outage(draft, a_house)
        slots[ASKING_SLOT] = missing(_draft({**draft, **slots})) is not None
        return [SlotSet(name, value) for name, value in slots.items()]


def _draft(slots: dict[str, Any]) -> Draft:
    return {name: slots[name] for name in fields.TICKET_SLOTS if slots.get(name) is not None}


async def _known_outage(draft: Draft, a_house: House) -> dict[str, Any] | bool:
    """The outage to tell of first; False when there is none, or it cannot be looked up."""
    try:
        outage = await a_house.desks.known_outage(draft[fields.REGION], draft[fields.SERVICE]["id"] or "")
    except SQLAlchemyError as error:
        logger.warning("known outages could not be looked up: %s", type(error).__name__)
        return False
    return False if outage is None else {"id": outage.id, "text": outage.text}


class AskTicketField(Capability):
    """The question for one field, when the message was for the form; silent after a digression, which asks again."""

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
        return question(self.field, turn, self.house)

    def turn_of(self, tracker: Tracker) -> Turn:
        """See `Capability.turn_of`; the ticket's region is the one that is talked about."""
        turn = super().turn_of(tracker)
        return replace(turn, region=turn.ticket.get(fields.REGION) or turn.region)

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """See `Capability.run`."""
        if not tracker.get_slot(ASKING_SLOT):
            return []
        said = await super().run(dispatcher, tracker, domain)
        return [*said, SlotSet(ASKING_SLOT, None), SlotSet(fields.NOTE, None)]


class AskRegion(AskTicketField):
    """`action_ask_ticket_region`."""

    field = fields.REGION


class AskService(AskTicketField):
    """`action_ask_ticket_service`."""

    field = fields.SERVICE


class AskOutage(AskTicketField):
    """`action_ask_ticket_outage`."""

    field = fields.OUTAGE


class AskWhat(AskTicketField):
    """`action_ask_ticket_what`."""

    field = fields.WHAT


class AskSince(AskTicketField):
    """`action_ask_ticket_since`."""

    field = fields.SINCE


class AskAffected(AskTicketField):
    """`action_ask_ticket_affected`."""

    field = fields.AFFECTED


class AskUrgency(AskTicketField):
    """`action_ask_ticket_urgency`."""

    field = fields.URGENCY


class AskUnit(AskTicketField):
    """`action_ask_ticket_unit`."""

    field = fields.UNIT


class AskContact(AskTicketField):
    """`action_ask_ticket_contact`."""

    field = fields.CONTACT


class AskApproved(AskTicketField):
    """`action_ask_ticket_approved`: the summary."""

    field = fields.APPROVED


class SubmitTicket(DeskCapability[Receipt | Outage | None]):
    """`action_submit_ticket`: registers what was approved, or joins the known outage."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_submit_ticket"

    async def ask_desk(self, turn: Turn) -> Receipt | Outage | None:
        """See `DeskCapability.ask_desk`. None: the ticket could not be written down, or the outage is over."""
        if turn.ticket.get(fields.OUTAGE) == fields.JOIN:
            return await self.house.desks.join_outage(turn.ticket[fields.KNOWN_OUTAGE]["id"], turn.conversation)
        if fields.APPROVED not in turn.ticket:
            return None
        try:
            return await self.house.desks.submit(new_ticket(turn))
        except NotStored as error:  # its message quotes nothing of the ticket
            logger.error("a ticket could not be registered: %s", error)
            return None

    def tell(self, turn: Turn, found: Receipt | Outage | None) -> Reply:
        """See `DeskCapability.tell`."""
        if isinstance(found, Receipt):
            return registered(found, turn, self.house)
        if turn.ticket.get(fields.OUTAGE) == fields.JOIN:
            return joined(found, turn)
        if missing(turn.ticket) is not None:
            return already_sent(turn, self.house)
        return refused(turn, self.house)
