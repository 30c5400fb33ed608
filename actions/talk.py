"""Rasa's actions for the moves of a conversation."""

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.answers.answer import answer, elsewhere, surely_declined
from actions.answers.follow_up import follow_up
from actions.answers.greeting import capabilities, greet
from actions.answers.guide import put_aside
from actions.answers.hand_over import hand_over, human
from actions.answers.next_step import next_step
from actions.answers.referral import decline, unclear
from actions.answers.region import set_region
from actions.answers.repair import denied
from actions.capability import Capability, changed
from actions.reply import Reply
from actions.tickets.dropping import drop
from actions.tickets.returning import TICKET_FORM
from actions.turn import MEMORY, Turn
from actions.wording import refuses

_FEW_WORDS = 3
"""So short a message after an answer is likelier about that ("berätta mer") than about something else."""


class SetRegion(Capability):
    """`action_set_region`: the user says which region it is about; what waited for that is answered."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_set_region"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        return set_region(turn, self.house)


class NextStep(Capability):
    """`action_next_step`: the step after the last answer's, as its document has it."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_next_step"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        return next_step(turn, self.house)


class Decline(Capability):
    """`action_decline`: outside the assignment."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_decline"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        if turn.foreign and not turn.regions:
            return elsewhere(turn, self.house)
        goes_on = turn.topic is not None and len(turn.text.split()) <= _FEW_WORDS
        if goes_on and not surely_declined(turn, self.house):
            return unclear(turn, self.house)
        return decline(turn, self.house)


class AskForMore(Capability):
    """`action_ask_for_more`: the message is too vague to answer."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_ask_for_more"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        return unclear(turn, self.house)


class Deny(Capability):
    """`action_deny`: none of what was offered is meant."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_deny"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        return denied(turn, self.house)


class Greet(Capability):
    """`action_greet`: hello, and for which regions it answers."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_greet"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        return greet(turn, self.house)


class TellCapabilities(Capability):
    """`action_capabilities`: what it can help with, and in which regions."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_capabilities"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        return capabilities(turn, self.house)


class Cancel(Capability):
    """`action_cancel`: breaks off what is under way; "jag vill inte beställa, jag vill avsluta" breaks off nothing."""

    in_context = False
    returns_to_form = False

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_cancel"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        if refuses(turn.text):
            return follow_up(turn, self.house) or answer(turn, self.house)
        if turn.form == TICKET_FORM:
            return drop(turn)
        return put_aside(turn, self.house)


class TalkToHuman(Capability):
    """`action_talk_to_human`: the way to a person, live or by telephone."""

    in_context = False
    returns_to_form = False

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_talk_to_human"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        return human(turn, self.house)


class HandOver(Capability):
    """`action_hand_over`: a person takes over, with the transcript if the user said yes."""

    in_context = False
    returns_to_form = False

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_hand_over"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        return hand_over(turn, self.house)


class Forget(Action):
    """`action_forget`: what the conversation remembers is put aside; the answer is a response of the domain."""

    def name(self) -> str:
        """See `rasa_sdk.Action.name`."""
        return "action_forget"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[dict[str, Any]]:
        """See `rasa_sdk.Action.run`."""
        return changed(tracker, dict.fromkeys(MEMORY))
