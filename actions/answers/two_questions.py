"""Two questions in one message: both answered, or the second kept behind a button."""

from dataclasses import replace

from actions.answers.answer import answer, ask_region
from actions.answers.contact import contact
from actions.answers.deadline import deadline
from actions.answers.opening_hours import opening_hours
from actions.answers.resuming import Answerer, resumable
from actions.answers.who_answers import who_answers
from actions.house import House
from actions.phrases import say
from actions.reply import Button, Reply
from actions.turn import Turn

ACTION = "action_both"
"""The name by which such a message is remembered; no action of Rasa's."""

_LONGEST = 1800
"""Characters of both answers together; beyond that the second waits behind a button."""
_LONGEST_TITLE = 60

_BY_INTENT: dict[str, Answerer] = {
    "ask_contact": contact,
    "ask_deadline": deadline,
    "ask_lead_time": deadline,
    "ask_opening_hours": opening_hours,
    "ask_who_answers": who_answers,
}
"""As `data/rules/knowledge.yml` has it; every other kind of question is `answer`'s."""


@resumable(ACTION)
def both(turn: Turn, house: House) -> Reply:
    """The questions' answers under each other; the region is asked for once for all of them."""
    parts = [turn.part(question, house.region_codes) for question in turn.questions]
    replies = [_BY_INTENT.get(part.intent, answer)(part, house) for part in parts]
    if turn.region is None and any(reply.outcome == "clarifying" for reply in replies):
        return ask_region(turn, house, ACTION)
    whole = replies[0]
    for part, reply in zip(parts[1:], replies[1:], strict=True):
        if reply.outcome in ("answered", "referred") and len(whole.text) + len(reply.text) <= _LONGEST:
            whole = replace(whole.and_then(say("next_question", question=part.text)).joined(reply), desk=reply.desk)
        else:
            title = part.text if len(part.text) <= _LONGEST_TITLE else part.text[: _LONGEST_TITLE - 1] + "…"
            whole = whole.with_buttons(Button(title, part.text))
    return whole
