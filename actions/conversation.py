"""What every turn goes through: read in the light of what was said, answered, put in the right tone, remembered."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from actions.answers.answer import answer
from actions.answers.follow_up import ACTION as FOLLOW_UP
from actions.answers.follow_up import follow_up
from actions.answers.referral import unclear
from actions.answers.region import set_region
from actions.answers.repair import helped
from actions.answers.resuming import is_resumable, only_names_region, resume
from actions.answers.tone import in_the_right_tone
from actions.answers.two_questions import ACTION as BOTH
from actions.answers.two_questions import both
from actions.house import House
from actions.reply import Reply
from actions.turn import (
    CHOICES_SLOT,
    DESK_SLOT,
    FAILURES_SLOT,
    OFFER_SLOT,
    PENDING_SLOT,
    QUESTION_SLOT,
    REGION_SLOT,
    SERVICE_SLOT,
    TOPIC_SLOT,
    Turn,
)
from actions.wording import chosen, is_code

Own = Callable[[Turn], Reply]


def converse(turn: Turn, house: House, action: str, own: Own, in_context: bool = True) -> Reply:
    """The reply to a turn that an action would answer by `own`, with all that is to be remembered in its slots.

    `in_context`: whether what was said before may give the message another meaning.
    """
    if in_context:
        turn = _with_choice(turn)
        reply, question = _said(turn, house, action, own)
    else:
        reply, question = own(turn), None
    reply = in_the_right_tone(helped(reply, turn, house), turn, house)
    service = _service(turn, reply)
    context = {"region": reply.region or turn.region, "service": service, "role": turn.role}
    return replace(
        reply,
        more={"context": context, **reply.more},
        slots=_remembered(turn, reply, service, question),
    )


def _said(turn: Turn, house: House, action: str, own: Own) -> tuple[Reply, dict[str, Any] | None]:
    """The reply, and the question that it answers as it is remembered."""
    if turn.chosen_topic is not None:
        return answer(turn, house), None
    if is_code(turn.text):
        return unclear(turn, house), None
    if only_names_region(turn):
        resumed = resume(turn, house)
        return (set_region(turn, house) if resumed is None else resumed), None
    if len(turn.questions) > 1 and is_resumable(action):
        told = both(turn, house)
        return told, turn.memory(BOTH, told.topic)
    followed = follow_up(turn, house)
    if followed is not None:
        # What looks like a service here is a word for a fact: "telefonnumret", "mejlen".
        return replace(followed, service=followed.service or turn.service), turn.memory(FOLLOW_UP, followed.topic)
    told = own(turn)
    return told, turn.memory(action, told.topic) if is_resumable(action) else None


def _with_choice(turn: Turn) -> Turn:
    """A button of the last turn named in words ("den andra") is as good as pressed."""
    place = chosen(turn.text, [title for title, _ in turn.choices])
    if place is None or turn.chosen_topic is not None:
        return turn
    _, _, entities = turn.choices[place][1].partition("{")
    named: dict[str, str] = json.loads("{" + entities) if entities else {}
    if "chosen_topic" in named:
        return replace(turn, chosen_topic=named["chosen_topic"])
    if "region" in named:
        return replace(turn, region=named["region"], regions=(named["region"],), services=(), questions=())
    return turn


def _service(turn: Turn, reply: Reply) -> str | None:
    """What the conversation is about after this turn."""
    if reply.service is not None:
        return reply.service
    return turn.services[0] if turn.services else turn.service


def _remembered(turn: Turn, reply: Reply, service: str | None, question: dict[str, Any] | None) -> dict[str, Any]:
    slots: dict[str, Any] = {
        REGION_SLOT: turn.region,
        PENDING_SLOT: None,
        OFFER_SLOT: None,
        CHOICES_SLOT: [[button.title, button.payload] for button in reply.buttons] or None,
        FAILURES_SLOT: turn.failures + 1 if reply.puzzled else None,
    }
    if reply.outcome in ("answered", "referred") or (reply.outcome == "clarifying" and reply.topic is not None):
        slots |= {SERVICE_SLOT: service, DESK_SLOT: reply.desk}
        if reply.topic is not None:
            slots[TOPIC_SLOT] = reply.topic
        if question is not None:
            slots[QUESTION_SLOT] = question
    elif reply.outcome == "clarifying" and PENDING_SLOT not in reply.slots and turn.services and question is not None:
        # Not understood, yet what it was about is known: a ticket or a person should not have to ask again.
        slots |= {SERVICE_SLOT: service, QUESTION_SLOT: question}
    return {**slots, **reply.slots}
