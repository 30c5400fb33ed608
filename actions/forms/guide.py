"""`guide_form`: a guide as a Rasa form whose one slot, `guide_move`, says what the user wants of the step at hand.

The slot is emptied after every move, so the form goes on asking until the guide has ended. Where the guide has come to
stands in the slot `guide`, which outlives the form: a guide that was broken off goes on where it was.
"""

import asyncio
import logging
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answers.guide import START, State, at_its_end, at_its_step, begun, chosen_guide, moved
from actions.capability import Capability, correlation
from actions.forms.careful import REQUESTED_SLOT
from actions.house import House, house
from actions.reply import Reply
from actions.turn import ASKING_SLOT, GUIDE_MOVE_SLOT, GUIDE_SLOT, Turn

logger = logging.getLogger(__name__)


class ValidateGuideForm(Action):
    """`validate_guide_form`: begins a guide, or moves it; a message that says nothing to it is a digression."""

    def __init__(self, a_house: House | None = None) -> None:
        self._house = a_house

    def name(self) -> str:
        """See `rasa_sdk.Action.name`."""
        return "validate_guide_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """The guide's new state. No event at all makes Rasa reject the form, so that another rule answers."""
        beginning = tracker.get_slot(REQUESTED_SLOT) is None
        try:
            a_house = self._house or house()
            turn = Turn.of(tracker, a_house.region_codes)
            state = await asyncio.to_thread(_after, turn, tracker.get_slot(GUIDE_MOVE_SLOT), beginning, a_house)
        except Exception:
            # The form ends, and the action that follows gives the number to call.
            logger.exception("a guide could not go on (correlation %s)", correlation(tracker))
            return [SlotSet(GUIDE_MOVE_SLOT, None), SlotSet(REQUESTED_SLOT, None)]
        if state is None and not beginning:
            return []
        goes_on = state is not None and not state.get("ended")
        return [
            SlotSet(GUIDE_SLOT, state),
            SlotSet(GUIDE_MOVE_SLOT, None),
            SlotSet(ASKING_SLOT, goes_on),
            SlotSet(REQUESTED_SLOT, GUIDE_MOVE_SLOT if goes_on else None),
        ]


def _after(turn: Turn, move: str | None, beginning: bool, a_house: House) -> State | None:
    if move == START:
        placed = chosen_guide(turn, a_house)
        return None if placed is None else begun(placed)
    if turn.guide is None or turn.guide.get("ended"):
        return None
    return turn.guide if beginning else moved(turn.guide, move, turn, a_house)


class AskGuideMove(Capability):
    """`action_ask_guide_form_guide_move`: the step at hand, when the message was for the guide.

    After a digression Rasa runs the form once more so that it goes on; by then the digression has been answered, and
    there is nothing to say.
    """

    in_context = False
    returns_to_form = False

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_ask_guide_form_guide_move"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        return at_its_step(turn, self.house)

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """See `Capability.run`."""
        if not tracker.get_slot(ASKING_SLOT):
            return []
        return [*await super().run(dispatcher, tracker, domain), SlotSet(ASKING_SLOT, None)]


class EndGuide(Capability):
    """`action_end_guide`: after the last step, or when there is no guide to go on with."""

    in_context = False
    returns_to_form = False

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_end_guide"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        return at_its_end(turn, self.house)
