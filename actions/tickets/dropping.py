"""A ticket that is broken off: nothing is sent, and nothing of it is kept."""

from actions.phrases import say
from actions.reply import Reply
from actions.tickets.fields import KEPT, emptied
from actions.turn import Turn


def drop(turn: Turn) -> Reply:
    """That nothing was sent."""
    return Reply(outcome="smalltalk", text=say("ticket_dropped"), region=turn.region, slots=emptied(*KEPT))
