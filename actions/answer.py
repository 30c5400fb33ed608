"""Answering a question: the right topic, in the right region, or an honest way on."""

from rasa_sdk import Tracker

from actions.capability import Capability
from actions.desk import state_now, status_of
from actions.house import House
from actions.phrases import data, say
from actions.referral import decline, decline_foreign, refer, unclear
from actions.reply import Button, Reply, region_buttons, status_times, topic_buttons, topic_reply
from actions.turn import PENDING_SLOT, Ranking, Turn
from knowledge.content import PlacedTopic
from knowledge.database import region_of
from knowledge.schema import Aspect

HIGH = 0.5
"""From this confidence the first topic is given as the answer."""
LOW = 0.2
"""Below this confidence no topic is suggested."""
RIVAL_MARGIN = 2.5
"""A topic of another region whose score is at most this much lower makes the answer depend on the region."""
SIBLING_MARGIN = 1.0
"""A topic of the same service whose score is at most this much lower is told in the same answer."""
SIBLING_CHARACTERS = 900
MAX_CHOICES = 3

_INSTRUCTIONS = frozenset(
    {
        Aspect.order,
        Aspect.change,
        Aspect.end,
        Aspect.password,
        Aspect.login,
        Aspect.fault,
        Aspect.escalation,
        Aspect.contact,
        Aspect.opening_hours,
        Aspect.block_journal,
        Aspect.log_extract,
    }
)
"""Aspects where only one's own region helps: the bot asks. Of other aspects the regions' answers are compared."""


class AnswerQuestion(Capability):
    """`action_answer`: any question that the knowledge base may hold the answer to."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_answer"

    def reply(self, turn: Turn, tracker: Tracker) -> Reply:
        """See `Capability.reply`."""
        return answer(turn, self.house)


class ChooseTopic(Capability):
    """`action_choose_topic`: a button of "Menade du ...?" was pressed."""

    def name(self) -> str:
        """See `Capability.name`."""
        return "action_choose_topic"

    def reply(self, turn: Turn, tracker: Tracker) -> Reply:
        """See `Capability.reply`."""
        chosen = next((str(e["value"]) for e in turn.entities if e.get("entity") == "chosen_topic"), "")
        placed = self.house.knowledge.topic(chosen)
        return unclear(turn, self.house) if placed is None else give(placed, turn, self.house)


def answer(turn: Turn, house: House) -> Reply:
    """The reply to a question, whatever its kind."""
    if turn.foreign and not turn.regions:
        return decline_foreign(turn.foreign[0])
    if len(turn.regions) > 1:
        return _compare_named(turn, house)
    if turn.region is not None:
        return _answer_in(turn, house, turn.region)
    return _answer_anywhere(turn, house)


def give(placed: PlacedTopic, turn: Turn, house: House, also: tuple[PlacedTopic, ...] = ()) -> Reply:
    """A topic as the answer, with the state of its desk, or of the region's desk when it only refers."""
    if placed.topic.outcome == "declined":
        return topic_reply(placed)
    if placed.topic.outcome == "referred":
        return refer(turn, house, placed)
    reply = topic_reply(placed)
    if placed.region is not None and turn.region is None:
        intro = say("in_region", region=region_of(house.knowledge, placed.region).in_sentence)
        reply = topic_reply(placed, f"{intro}\n\n{placed.topic.text}")
    for sibling in also:
        extra = topic_reply(sibling)
        reply = _joined(reply.and_then(extra.text), extra)
    if placed.topic.desk is not None and placed.region is not None:
        reply = _with_desk_state(reply, placed, house)
    return reply


def _answer_in(turn: Turn, house: House, region: str) -> Reply:
    ranking = turn.rankings.get(region, Ranking(0.0))
    topics = house.knowledge.topics(ranking.names)
    best = topics.get(ranking.names[0]) if ranking.names else None
    if best is None or ranking.confidence < LOW:
        return _without_topic(turn, house)
    if ranking.confidence >= HIGH:
        return give(best, turn, house, _siblings(ranking, topics))
    return _did_you_mean([topics[name] for name in ranking.names if name in topics])


def _answer_anywhere(turn: Turn, house: House) -> Reply:
    ranked = sorted(turn.rankings.items(), key=lambda item: -(item[1].scores[0] if item[1].scores else -99.0))
    if not ranked or not ranked[0][1].names:
        return _without_topic(turn, house)
    confidence = max(ranking.confidence for _, ranking in ranked)
    best_region, best_ranking = ranked[0]
    topics = house.knowledge.topics(name for _, ranking in ranked for name in ranking.names)
    best = topics.get(best_ranking.names[0])
    if best is None or confidence < LOW:
        return _without_topic(turn, house)
    if best.region is None:
        if confidence >= HIGH:
            return give(best, turn, house)
        return _did_you_mean([topics[name] for name in best_ranking.names if name in topics])
    rivals = _rivals(best, best_ranking.scores[0], ranked, topics)
    if rivals and best.topic.aspect not in _INSTRUCTIONS and confidence >= HIGH:
        return _side_by_side([best, *rivals], house)
    if rivals or best.topic.aspect in _INSTRUCTIONS and _elsewhere(best, house):
        return ask_region(turn, house, "action_answer")
    if confidence >= HIGH:
        return give(best, turn, house, _siblings(turn.rankings[best_region], topics))
    return _did_you_mean([topics[name] for name in best_ranking.names if name in topics])


def ask_region(turn: Turn, house: House, action: str) -> Reply:
    """Ask for the region, and remember the question for when it is known."""
    return Reply(
        outcome="clarifying",
        text=say("ask_region"),
        buttons=region_buttons(house.knowledge.regions()),
        slots={PENDING_SLOT: turn.memory(action)},
    )


def _rivals(
    best: PlacedTopic, score: float, ranked: list[tuple[str, Ranking]], topics: dict[str, PlacedTopic]
) -> list[PlacedTopic]:
    """For every other region, the topic that would answer there, if it is about as likely and about the same."""
    found: dict[str, PlacedTopic] = {}
    for region, ranking in ranked:
        if region == best.region:
            continue
        for name, its_score in zip(ranking.names, ranking.scores, strict=True):
            rival = topics.get(name)
            if rival is None or rival.region != region or region in found or its_score < score - RIVAL_MARGIN:
                continue
            same_question = best.topic.compare is not None and rival.topic.compare == best.topic.compare
            if same_question or (rival.service, rival.topic.aspect) == (best.service, best.topic.aspect):
                found[region] = rival
    return list(found.values())


def _elsewhere(best: PlacedTopic, house: House) -> bool:
    """Whether another region has an answer to the same question."""
    if best.topic.compare is None:
        return False
    return any(other.region != best.region for other in house.knowledge.compared(best.topic.compare))


def _siblings(ranking: Ranking, topics: dict[str, PlacedTopic]) -> tuple[PlacedTopic, ...]:
    """The runner-up, when it is about the same service, nearly as likely, and both together stay readable."""
    if len(ranking.names) < 2:
        return ()
    best, second = topics.get(ranking.names[0]), topics.get(ranking.names[1])
    if best is None or second is None or second.topic.outcome != "answered" or best.topic.outcome != "answered":
        return ()
    near = ranking.scores[0] - ranking.scores[1] <= SIBLING_MARGIN
    short = len(best.topic.text) + len(second.topic.text) <= SIBLING_CHARACTERS
    return (second,) if near and short and second.service == best.service else ()


def _compare_named(turn: Turn, house: House) -> Reply:
    """Several regions are named: each one's answer, side by side."""
    chosen = []
    for region in turn.regions:
        ranking = turn.rankings.get(region, Ranking(0.0))
        if ranking.confidence >= LOW and ranking.names:
            placed = house.knowledge.topic(ranking.names[0])
            if placed is not None:
                chosen.append(placed)
    return _side_by_side(chosen, house) if chosen else _without_topic(turn, house)


def _side_by_side(topics: list[PlacedTopic], house: House) -> Reply:
    reply: Reply | None = None
    for placed in topics:
        text = placed.topic.text
        if placed.region is not None:
            region = region_of(house.knowledge, placed.region)
            text = f"{say('in_region', region=region.in_sentence)}\n\n{text}"
        part = topic_reply(placed, text)
        reply = part if reply is None else _joined(reply.and_then(part.text), part)
    assert reply is not None
    return Reply(
        outcome="answered", text=reply.text, topic=reply.topic, facts=reply.facts, notices=reply.notices
    )


def _joined(first: Reply, second: Reply) -> Reply:
    """The first reply with the second one's facts and notices."""
    return Reply(
        outcome=first.outcome,
        text=first.text,
        buttons=first.buttons,
        topic=first.topic,
        region=first.region,
        facts=(*first.facts, *second.facts),
        notices=tuple(dict.fromkeys((*first.notices, *second.notices))),
        times=first.times,
        slots=first.slots,
    )


def _with_desk_state(reply: Reply, placed: PlacedTopic, house: House) -> Reply:
    assert placed.region is not None
    region = region_of(house.knowledge, placed.region)
    desk = next(desk for desk in region.desks if desk.id == placed.topic.desk)
    now = house.now()
    found = status_of(desk, now)
    told = reply.and_then(state_now(desk, found, now))
    return Reply(
        outcome=told.outcome,
        text=told.text,
        buttons=told.buttons,
        topic=told.topic,
        region=told.region,
        facts=told.facts,
        notices=told.notices,
        times=status_times(found) if desk.hours is not None else {},
        slots=told.slots,
    )


def _did_you_mean(topics: list[PlacedTopic]) -> Reply:
    shown = [placed for placed in topics if placed.topic.outcome != "declined"][:MAX_CHOICES]
    none = Button(data("none_of_these"), "/none_of_these")
    return Reply(outcome="clarifying", text=say("did_you_mean"), buttons=(*topic_buttons(shown), none))


def _without_topic(turn: Turn, house: House) -> Reply:
    """No topic is likely: out of the assignment, too vague, or in the field but unknown."""
    if turn.intent == "out_of_scope":
        return decline(turn)
    if turn.intent == "unclear" or not (turn.services or len(turn.text.split()) > 4):
        return unclear(turn, house)
    return refer(turn, house)
