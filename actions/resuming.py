"""Questions that wait for a region, and who answers them when it is named."""

from collections.abc import Callable

from actions.house import House
from actions.reply import Reply
from actions.turn import Turn

Answerer = Callable[[Turn, House], Reply]

_WORDS_OF_A_REGION_ANSWER = 7
""" "Vi är en mottagning i Falun, Dalarna": longer messages that name a region ask something too."""

_answerers: dict[str, Answerer] = {}


def resumable(action: str) -> Callable[[Answerer], Answerer]:
    """Mark the function that answers for an action when a question of its kind has waited for the region."""

    def mark(answerer: Answerer) -> Answerer:
        _answerers[action] = answerer
        return answerer

    return mark


def resume(turn: Turn, house: House) -> Reply | None:
    """The answer to what waited; None when nothing waited or its region is still unknown."""
    if turn.pending is None or turn.region is None:
        return None
    return _answerers[turn.pending["action"]](turn.resumed(turn.pending), house)


def only_names_region(turn: Turn) -> bool:
    """Whether a message does no more than answer which region it is about, whatever its intent was taken for."""
    short = len(turn.text.split()) <= _WORDS_OF_A_REGION_ANSWER
    return len(turn.regions) == 1 and not turn.services and turn.chosen_topic is None and short
