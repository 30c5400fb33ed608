"""Which of several topics is nearest to a message that says little."""

from collections.abc import Iterable, Sequence

from actions.turn import Turn
from actions.wording import shares_words
from knowledge.model import PlacedTopic


def nearest_first(topics: Iterable[PlacedTopic], turn: Turn) -> list[PlacedTopic]:
    """In the order of the message's own ranking; then titles that share a word; then what every region has."""
    places = {name: place for place, name in enumerate(turn.ranking.names)}
    last = len(places)

    def place(placed: PlacedTopic) -> tuple[int, bool]:
        unlike = not shares_words(turn.text, placed.topic.title)
        return places.get(placed.name, last + unlike), placed.topic.compare is None

    return sorted(topics, key=place)


def stands_out(nearest: Sequence[PlacedTopic], turn: Turn) -> bool:
    """Whether the first of them is surely nearer to the message than the others."""
    if nearest[0].name in turn.ranking.names:
        return True
    in_titles = [shares_words(turn.text, placed.topic.title) for placed in nearest]
    return in_titles[0] and not any(in_titles[1:])
