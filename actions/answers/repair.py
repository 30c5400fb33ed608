"""When the bot does not understand: asked again twice, then a person, a ticket and the number instead."""

from dataclasses import replace

from actions.answers.referral import at_the_desk
from actions.house import House
from actions.phrases import say
from actions.reply import Reply, person_button, ticket_button
from actions.turn import Turn

_ENOUGH = 2
"""Failures in a row after which asking a third time would be rude."""


def helped(reply: Reply, turn: Turn, house: House) -> Reply:
    """The reply, or ways out when it would be the third in a row that does not understand."""
    if not reply.puzzled or turn.failures < _ENOUGH:
        return reply
    told = at_the_desk(say("stuck"), turn, house)
    return replace(told, buttons=(person_button(), ticket_button()))


def denied(turn: Turn, house: House) -> Reply:
    """None of what was offered is meant: ask for other words."""
    return Reply(
        outcome="clarifying", text=say("other_words"), buttons=(person_button(),), region=turn.region, puzzled=True
    )
