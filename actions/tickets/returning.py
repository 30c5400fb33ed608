"""Back to the form that is being filled in, after something else was answered in between."""

from dataclasses import replace

from actions.house import House
from actions.reply import Reply, go_on_button
from actions.tickets.asking import again
from actions.tickets.fields import missing
from actions.turn import Turn

TICKET_FORM = "ticket_form"


def back_to_form(reply: Reply, turn: Turn, house: House) -> Reply:
    """The reply with the way back: the ticket's question again, or a button where the reply asks something itself."""
    field = missing(turn.ticket) if turn.form == TICKET_FORM else None
    if field is None or reply.outcome == "clarifying":
        return reply.with_buttons(go_on_button(turn.form or ""))
    asked = again(field, turn, house)
    return replace(reply.and_then(asked.text), buttons=asked.buttons, more={**reply.more, **asked.more})
