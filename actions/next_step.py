"""Support paths: what to do when the last answer did not help."""

from dataclasses import replace

from rasa_sdk import Tracker

from actions.answer import HIGH, answer, give
from actions.capability import Capability
from actions.phrases import say
from actions.referral import no_next_step
from actions.reply import Reply, region_buttons
from actions.turn import Ranking, Turn


class NextStep(Capability):
    """`action_next_step`: the step after the last answer's, as its document has it."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_next_step"

    def reply(self, turn: Turn, tracker: Tracker) -> Reply:
        """See `Capability.reply`."""
        last = None if turn.topic is None else self.house.knowledge.topic(turn.topic)
        if last is None:
            best = max((ranking.confidence for ranking in turn.rankings.values()), default=0.0)
            region_best = turn.rankings.get(turn.region or "", Ranking(best)).confidence
            if turn.services and region_best >= HIGH:
                return answer(turn, self.house)
            buttons = () if turn.region else region_buttons(self.house.knowledge.regions())
            return Reply(outcome="clarifying", text=say("next_step_of_what"), buttons=buttons, region=turn.region)
        following = None if last.topic.next_step is None else self.house.knowledge.topic(last.topic.next_step)
        if following is None:
            return no_next_step(turn, self.house)
        told = give(following, turn, self.house)
        return replace(told, text=f"{say('next_step')}\n\n{told.text}")
