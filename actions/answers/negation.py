"""What is not meant: "jag vill inte beställa, jag vill avsluta"."""

from collections.abc import Sequence
from dataclasses import replace

from actions.answers.nearest import nearest_first
from actions.house import House
from actions.turn import Ranking, Turn
from actions.wording import Wording, read
from knowledge.schema import Aspect


def as_wanted(turn: Turn, house: House) -> Turn:
    """The turn without the topics about what is refused, and with those about what is wanted instead first."""
    wording = read(turn.text, ((name.start, name.end) for name in turn.names))
    if not wording.unwanted:
        return turn
    services = turn.services or ((turn.service,) if turn.service else ())
    rankings = {
        region: _ranked(ranking, region, services, wording, turn, house) for region, ranking in turn.rankings.items()
    }
    return replace(turn, rankings=rankings)


def _ranked(
    ranking: Ranking, region: str, services: Sequence[str], wording: Wording, turn: Turn, house: House
) -> Ranking:
    topics = house.knowledge.topics(ranking.names)
    refused = {name for name, placed in topics.items() if placed.topic.aspect in wording.unwanted}
    kept = [pair for pair in zip(ranking.names, ranking.scores, strict=True) if pair[0] not in refused]
    wanted = _wanted(services, wording.aspects, replace(turn, region=region), house)
    top = max(ranking.scores, default=0.0)
    ahead = [(name, top) for name in wanted]
    pairs = [*ahead, *(pair for pair in kept if pair[0] not in wanted)]
    confidence = turn.high if wanted else ranking.confidence if kept else 0.0
    return Ranking(confidence, tuple(name for name, _ in pairs), tuple(score for _, score in pairs))


def _wanted(services: Sequence[str], aspects: Sequence[Aspect], turn: Turn, house: House) -> list[str]:
    """The topic of the services that is nearest to what is asked for instead."""
    found = [
        placed
        for service in services
        for placed in house.knowledge.about(service, turn.region)
        if placed.topic.aspect in aspects[:1] and placed.topic.outcome != "declined"
    ]
    return [placed.name for placed in nearest_first(found, turn)[:1]]
