"""The region in force: asked for once, remembered, changed when the user says so."""

from dataclasses import replace

from actions.answers.answer import answer, give
from actions.answers.referral import decline_foreign, refer, region_names
from actions.answers.resuming import replay, resume
from actions.house import House
from actions.phrases import say
from actions.reply import Reply, region_buttons
from actions.turn import PENDING_SLOT, QUESTION_SLOT, Turn
from actions.wording import read
from knowledge.database import region_of
from knowledge.model import PlacedTopic


def set_region(turn: Turn, house: House) -> Reply:
    """Answer what waited; else a question in the same breath; else the last question again for the new region."""
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
    wording = read(turn.text, ((name.start, name.end) for name in turn.names))
    if turn.ranking.confidence >= turn.high and not wording.bare:
        return answer(turn, house)
    if turn.topic is not None or turn.question is not None:
        return another_region(turn, house, turn.region)
    return Reply(
        outcome="clarifying",
        text=say("region_noted", region=region_of(house.knowledge, turn.region).in_sentence),
        region=turn.region,
    )


def another_region(turn: Turn, house: House, region: str) -> Reply:
    """The last question, answered for the region that is named now."""
    last = house.knowledge.topic(_last_topic(turn) or "")
    if last is not None and last.region in (region, None):
        return _again(give(last, turn, house), turn)
    if last is not None and last.topic.compare is not None:
        there = [same for same in house.knowledge.compared(last.topic.compare) if same.region == region]
        if there:
            return _again(give(there[0], turn, house), turn)
    if turn.question is not None and _can_be_put_again(turn, region):
        return _again(replay(turn.question, turn, house), turn)
    same = None if last is None else house.knowledge.same_question(last, region)
    if same is not None:
        return _again(give(same, turn, house), turn)
    missing = say("no_such_answer", region=region_of(house.knowledge, region).in_sentence)
    referred = refer(_about(turn, last), house)
    return _again(replace(referred, text=f"{missing}\n\n{referred.text}"), turn)


def _last_topic(turn: Turn) -> str | None:
    return turn.topic if turn.question is None else turn.question["topic"]


def _can_be_put_again(turn: Turn, region: str) -> bool:
    """Whether the same words surely have an answer in the region: a desk's number and hours always have one."""
    assert turn.question is not None
    if turn.question["topic"] is None:
        return True
    confidence, *_ = turn.question["rankings"].get(region, [0.0])
    return bool(confidence >= turn.high) or turn.question["action"] == "action_follow_up"


def _again(reply: Reply, turn: Turn) -> Reply:
    """The question stays the last one, so that yet another region can be asked about."""
    return replace(reply, slots={**reply.slots, QUESTION_SLOT: turn.question})


def _about(turn: Turn, last: PlacedTopic | None) -> Turn:
    return turn if last is None or turn.services else replace(turn, services=(last.service,))
