"""What every action shares: understanding in, reply out, and never silence."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answers.failure import failed
from actions.conversation import converse
from actions.house import House, content_on_file, house
from actions.reply import Reply
from actions.tickets.returning import back_to_form
from actions.turn import Turn

logger = logging.getLogger(__name__)


class Capability(Action, ABC):
    """An action that answers one turn; subclasses write `name` and `answer`."""

    in_context: ClassVar[bool] = True
    """Whether a short message is read in the light of what was said before, whatever it was taken for."""
    returns_to_form: ClassVar[bool] = True
    """Whether a form that is being filled in goes on after this turn."""

    def __init__(self, a_house: House | None = None) -> None:
        self._house = a_house

    @property
    def house(self) -> House:
        """What the capability works with."""
        if self._house is None:
            self._house = house()
        return self._house

    @abstractmethod
    def name(self) -> str:
        """The action's name in the domain."""

    @abstractmethod
    def reply(self, turn: Turn) -> Reply:
        """The answer to a turn. May raise: the user then gets the number to call."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Reply off the event loop; on any error give the number and the hours instead of an answer."""
        turn: Turn | None = None
        try:
            turn = self.turn_of(tracker)
            reply, custom = await self._said(turn)
        except Exception:
            logger.exception("%s could not answer (correlation %s)", self.name(), correlation(tracker))
            reply = failed(content_on_file().regions, None if turn is None else turn.region)
            custom = reply.custom(None)
        dispatcher.utter_message(
            text=reply.text,
            buttons=[{"title": button.title, "payload": button.payload} for button in reply.buttons],
            json_message=custom,
        )
        return changed(tracker, reply.slots)

    def turn_of(self, tracker: Tracker) -> Turn:
        """The turn that is answered."""
        return Turn.of(tracker, self.house.region_codes)

    async def _said(self, turn: Turn) -> tuple[Reply, dict[str, Any]]:
        return await asyncio.to_thread(self._reply_and_custom, turn, self.reply)

    def _reply_and_custom(self, turn: Turn, own: Callable[[Turn], Reply]) -> tuple[Reply, dict[str, Any]]:
        reply = converse(turn, self.house, self.name(), own, self.in_context)
        if turn.form is not None and self.returns_to_form:
            reply = back_to_form(reply, turn, self.house)
        return reply, reply.custom(self.house.knowledge)


class DeskCapability[Found](Capability):
    """An action that asks a region's desk something and tells what it said; subclasses write `ask_desk` and `tell`."""

    in_context = False
    returns_to_form = False

    @abstractmethod
    async def ask_desk(self, turn: Turn) -> Found:
        """What there is to tell. May raise: the user then gets the number to call."""

    @abstractmethod
    def tell(self, turn: Turn, found: Found) -> Reply:
        """The answer."""

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`; nothing can be told before the desk has been asked."""
        raise NotImplementedError

    async def _said(self, turn: Turn) -> tuple[Reply, dict[str, Any]]:
        found = await self.ask_desk(turn)
        return await asyncio.to_thread(self._reply_and_custom, turn, lambda told: self.tell(told, found))


def changed(tracker: Tracker, slots: dict[str, Any]) -> list[dict[str, Any]]:
    """Events for the slots that get another value."""
    now = tracker.current_slot_values()
    return [SlotSet(name, value) for name, value in slots.items() if now.get(name) != value]


def correlation(tracker: Tracker) -> str:
    """The turn's name in the logs of the gateway, Rasa and the actions; empty for a message that has none."""
    metadata = (tracker.latest_message or {}).get("metadata")
    return str(metadata.get("correlation", "")) if isinstance(metadata, dict) else ""
