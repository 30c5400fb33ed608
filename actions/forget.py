"""Starting over: what the conversation remembers is put aside."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.turn import PENDING_SLOT, REGION_SLOT, TOPIC_SLOT


class Forget(Action):
    """`action_forget`: empties the slots; the answer is a response of the domain."""

    def name(self) -> str:
        """See `rasa_sdk.Action.name`."""
        return "action_forget"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """See `rasa_sdk.Action.run`."""
        return [SlotSet(slot, None) for slot in (REGION_SLOT, PENDING_SLOT, TOPIC_SLOT)]
