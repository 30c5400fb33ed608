"""The region in force: asked for once, remembered, changed when the user says so."""

from dataclasses import replace

from rasa_sdk import Tracker

from actions.answer import HIGH, answer, give
from actions.capability import Capability
from actions.house import House
from actions.phrases import say
from actions.referral import decline_foreign, refer, region_names
from actions.reply import Reply, region_buttons
from actions.resuming import resume
from actions.turn import PENDING_SLOT, Ranking, Turn
from knowledge.database import region_of


class SetRegion(Capability):
    """`action_set_region`: the user says which region it is about; what waited for that is answered."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_set_region"

    def reply(self, turn: Turn, tracker: Tracker) -> Reply:
        """See `Capability.reply`."""
        return set_region(turn, self.house)


def set_region(turn: Turn, house: House) -> Reply:
    """Answer what waited; else the last question again for the new region; else a question in the same breath."""
    if turn.foreign and not turn.regions:
        return decline_foreign(turn.foreign[0], house)
    if turn.region is None or not turn.regions:
        buttons = region_buttons(house.knowledge.regions())
        return Reply(
            outcome="clarifying",
            text=say("region_unknown", regions=region_names(house)),
            buttons=buttons,
            region=turn.region,
            slots={PENDING_SLOT: turn.pending},
        )
    resumed = resume(turn, house)
    if resumed is not None:
        return resumed
    if turn.rankings.get(turn.region, Ranking(0.0)).confidence >= HIGH:
        return answer(turn, house)
    if turn.topic is not None:
        return _same_question(turn, house, turn.region, turn.topic)
    return Reply(
        outcome="clarifying",
        text=say("region_noted", region=region_of(house.knowledge, turn.region).in_sentence),
        region=turn.region,
    )


def _same_question(turn: Turn, house: House, region: str, topic: str) -> Reply:
    last = house.knowledge.topic(topic)
    if last is None:
        return refer(turn, house)
    if last.region in (region, None):
        return give(last, turn, house)
    same = house.knowledge.same_question(last, region)
    if same is not None:
        return give(same, turn, house)
    missing = say("no_such_answer", region=region_of(house.knowledge, region).in_sentence)
    referred = refer(turn, house)
    return replace(referred, text=f"{missing}\n\n{referred.text}")
