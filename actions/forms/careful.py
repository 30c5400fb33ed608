"""A form that ends when something breaks, instead of holding the user in a question that nothing can answer."""

import logging
from abc import abstractmethod
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.capability import correlation
from actions.house import House

REQUESTED_SLOT = "requested_slot"

logger = logging.getLogger(__name__)


class CarefulForm(FormValidationAction):
    """The validation of one form, whose `ending` slot is left empty when it ends before its time."""

    def __init__(self, a_house: House | None = None) -> None:
        self._house = a_house

    @property
    @abstractmethod
    def ending(self) -> str:
        """The slot that a whole form would have filled last."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """See `FormValidationAction.run`."""
        try:
            events: list[dict[str, Any]] = await super().run(dispatcher, tracker, domain)
        except Exception:
            # The form ends, and the action that follows gives the number to call.
            logger.exception("%s could not go on (correlation %s)", self.name(), correlation(tracker))
            return [SlotSet(self.ending, None), SlotSet(REQUESTED_SLOT, None)]
        return events
