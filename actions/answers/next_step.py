"""Support paths: what to do when the last answer did not help."""

from dataclasses import replace

from actions.answers.answer import answer, give
from actions.answers.referral import no_next_step
from actions.house import House
from actions.phrases import say
from actions.reply import Reply, region_buttons
from actions.turn import Ranking, Turn


def next_step(turn: Turn, house: House) -> Reply:
    """The step after the last answer's, as its document has it; at the end of the path, the desk."""
    last = None if turn.topic is None else house.knowledge.topic(turn.topic)
    if last is None:
        best = max((ranking.confidence for ranking in turn.rankings.values()), default=0.0)
        region_best = turn.rankings.get(turn.region or "", Ranking(best)).confidence
        if turn.services and region_best >= turn.high:
            return answer(turn, house)
        buttons = () if turn.region else region_buttons(house.knowledge.regions())
        return Reply(outcome="clarifying", text=say("next_step_of_what"), buttons=buttons, region=turn.region)
    following = None if last.topic.next_step is None else house.knowledge.topic(last.topic.next_step)
    if following is None:
        return no_next_step(turn, house)
    told = give(following, turn, house)
    return replace(told, text=f"{say('next_step')}\n\n{told.text}")
