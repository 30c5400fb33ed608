"""Rasa's actions for questions to the knowledge base."""

from actions.answers.answer import answer
from actions.answers.contact import contact
from actions.answers.deadline import deadline
from actions.answers.opening_hours import opening_hours
from actions.answers.who_answers import who_answers
from actions.capability import Capability
from actions.reply import Reply
from actions.turn import Turn


class AnswerQuestion(Capability):
    """`action_answer`: any question that the knowledge base may hold the answer to."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_answer"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        return answer(turn, self.house)


class GiveContact(Capability):
    """`action_contact`: the number, mailbox or portal to turn to."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_contact"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        return contact(turn, self.house)


class TellDeadline(Capability):
    """`action_deadline`: the date that a rule of the documents gives."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_deadline"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        return deadline(turn, self.house)


class TellOpeningHours(Capability):
    """`action_opening_hours`: whether a desk is open at the time asked about."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_opening_hours"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        return opening_hours(turn, self.house)


class TellWhoAnswers(Capability):
    """`action_who_answers`: all desks of the region and whether they answer."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_who_answers"

    def reply(self, turn: Turn) -> Reply:
        """See `Capability.reply`."""
        return who_answers(turn, self.house)
