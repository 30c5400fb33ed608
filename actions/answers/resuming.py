"""Questions that wait for a region, or are put again for another one, and who answers them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from actions.house import House
from actions.reply import Reply
from actions.turn import QUESTION_SLOT, Turn
from actions.wording import questions, read

Answerer = Callable[[Turn, House], Reply]

_WORDS_OF_A_REGION_ANSWER = 7
""" "Vi är en mottagning i Falun, Dalarna": longer messages that name a region ask something too."""

_MAY_INFORM = 0.1
_LIKELY_TOPIC = 0.6
"""Keywords beside a region against callers who say where they work; chosen among 33 of the one and 25 of the other."""

_answerers: dict[str, Answerer] = {}


def resumable(action: str) -> Callable[[Answerer], Answerer]:
    """Mark the function that answers for an action when a question of its kind has waited for the region."""

    def mark(answerer: Answerer) -> Answerer:
        _answerers[action] = answerer
        return answerer

    return mark


def is_resumable(action: str) -> bool:
    """Whether an action answers questions, so that its turns can be remembered."""
    return action in _answerers


def replay(memory: dict[str, Any], turn: Turn, house: House) -> Reply:
    """The answer to a question that was kept, with what is known now."""
    resumed = turn.resumed(memory)
    reply = _answerers[memory["action"]](resumed, house)
    return replace(reply, service=reply.service or next(iter(resumed.services), None))


def resume(turn: Turn, house: House) -> Reply | None:
    """The answer to what waited; None when nothing waited or its region is still unknown."""
    if turn.pending is None or turn.region is None:
        return None
    reply = replay(turn.pending, turn, house)
    if reply.outcome not in ("answered", "referred"):
        return reply
    return replace(reply, slots={**reply.slots, QUESTION_SLOT: {**turn.pending, "topic": reply.topic}})


def only_names_region(turn: Turn) -> bool:
    """Whether a message does no more than answer which region it is about, whatever its intent was taken for."""
    short = len(turn.text.split()) <= _WORDS_OF_A_REGION_ANSWER
    if len(turn.regions) != 1 or turn.services or turn.chosen_topic is not None or not short:
        return False
    wording = read(turn.text, ((name.start, name.end) for name in turn.names))
    asks = wording.asks or (wording.rest and (questions(turn.text) or _names_a_topic(turn)))
    return not asks


def _names_a_topic(turn: Turn) -> bool:
    """Whether the other words are keywords ("g-katalog Dalarna"), and not who is asking ("rehabklinik i Dalarna")."""
    if turn.pending is not None or turn.intents.get("inform_region", 0.0) >= _MAY_INFORM:
        return False
    return turn.ranking.confidence >= _LIKELY_TOPIC
