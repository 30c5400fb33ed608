"""What every action shares: understanding in, reply out, and never silence."""

import asyncio
import logging
from abc import abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.failure import failed
from actions.house import House, house, regions_on_file
from actions.reply import Reply
from actions.resuming import only_names_region, resume
from actions.turn import PENDING_SLOT, REGION_SLOT, TOPIC_SLOT, Turn

logger = logging.getLogger(__name__)


class Capability(Action):
    """An action that answers one turn; subclasses write `reply` and `name`."""

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
    def reply(self, turn: Turn, tracker: Tracker) -> Reply:
        """The answer to a turn. May raise: the user then gets the number to call."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """Reply off the event loop; on any error give the number and the hours instead of an answer."""
        turn: Turn | None = None
        try:
            turn = Turn.of(tracker, self.house.region_codes)
            reply, custom = await asyncio.to_thread(self._reply_and_custom, turn, tracker)
        except Exception:
            logger.exception("%s could not answer", self.name())
            reply = failed(regions_on_file(), None if turn is None else turn.region)
            custom = reply.custom(None)
        dispatcher.utter_message(
            text=reply.text,
            buttons=[{"title": button.title, "payload": button.payload} for button in reply.buttons],
            json_message=custom,
        )
        return [] if turn is None else [SlotSet(name, value) for name, value in self._slots(turn, reply).items()]

    def _reply_and_custom(self, turn: Turn, tracker: Tracker) -> tuple[Reply, dict[str, Any]]:
        resumed = resume(turn, self.house) if only_names_region(turn) else None
        reply = resumed or self.reply(turn, tracker)
        return reply, reply.custom(self.house.knowledge)

    @staticmethod
    def _slots(turn: Turn, reply: Reply) -> dict[str, Any]:
        slots: dict[str, Any] = {REGION_SLOT: turn.region, PENDING_SLOT: None}
        if reply.outcome in ("answered", "referred") and reply.topic is not None:
            slots[TOPIC_SLOT] = reply.topic
        return {**slots, **reply.slots}
