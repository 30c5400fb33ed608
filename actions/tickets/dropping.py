"""A ticket that is broken off: nothing is sent, and nothing of it is kept."""

from actions.answers.guide import guide_waiting
from actions.phrases import say
from actions.reply import Reply
from actions.tickets.fields import KEPT, emptied
from actions.turn import Turn


def drop(turn: Turn) -> Reply:
    """That nothing was sent."""
    reply = Reply(outcome="smalltalk", text=say("ticket_dropped"), region=turn.region, slots=emptied(*KEPT))
    return reply.with_buttons(*guide_waiting(turn))
