"""Answering a question: the right topic, in the right region, or an honest way on."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from actions.answers.asked_time import at_the_asked_time
from actions.answers.negation import as_wanted
from actions.answers.referral import decline, decline_foreign, refer, unclear
from actions.answers.reported import as_reported
from actions.answers.resuming import resumable
from actions.house import House
from actions.phrases import data, say
from actions.reply import (
    Button,
    Reply,
    guide_button,
    region_buttons,
    side_by_side,
    ticket_button,
    topic_buttons,
    topic_reply,
)
from actions.turn import ABOUT_REACHING, PENDING_SLOT, Ranking, Turn
from actions.wording import asks_what_it_is, refuses, says_nothing_new
from knowledge.content import PlacedTopic
from knowledge.database import region_of
from knowledge.export import intent_of
from knowledge.schema import Aspect

RIVAL_MARGIN = 2.5
"""A topic of another region whose score is at most this much lower makes the answer depend on the region."""
SIBLING_MARGIN = 1.6
"""A topic of the same service whose score is at most this much lower is told in the same answer."""
SIBLING_CHARACTERS = 900
OWN_MARGIN = {"answered": 1.5, "referred": 3.0}
"""A region's own topic goes before a referral that holds everywhere when its score is at most this much lower."""
LIKELY = 0.5
"""A likely topic that is more probably right than wrong is told, as a guess."""
TOGETHER = 0.75
"""A likely topic is the answer when it and those told with it have this share of the odds: no other is meant."""
DECLINES = 0.7
"""From this confidence a topic that claims nothing is given, and no other offered."""
VAGUE = 0.35
"""From this probability of the intent `unclear` a message that names no service is asked about."""
AGREED, AGREED_WITHOUT_SERVICE = 0.45, 0.85
"""From this confidence the first topic is given when the kind of question, and the service if one is named, agree."""
SURE_KIND = 0.9
"""Probability from which an intent counts as certain."""
MAX_CHOICES = 3

_ANY_KIND = "ask_about_service"
"""The intent of every aspect that has none of its own, which tells nothing."""
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
_REACHING = frozenset({Aspect.contact, Aspect.opening_hours})
"""Aspects of which every region that has the service has its own."""


@resumable("action_answer")
def answer(turn: Turn, house: House) -> Reply:
    """The reply to a question, whatever its kind, or to a button of "Menade du ...?"."""
    if turn.chosen_topic is not None:
        placed = house.knowledge.topic(turn.chosen_topic)
        return unclear(turn, house) if placed is None else give(placed, turn, house)
    if turn.foreign and not turn.regions:
        return elsewhere(turn, house)
    if len(turn.regions) > 1:
        return each_region(_on_the_same_question(turn, house), house, _answer_in_its_region)
    if _vague(turn, house):
        return unclear(turn, house)
    wanted = as_wanted(turn, house)
    reported = as_reported(wanted, house)
    region = turn.region
    reply = _answer_anywhere(reported, house) if region is None else _answer_in(reported, house, region)
    return reply if reported is wanted else replace(reply, service=turn.services[-1])


def elsewhere(turn: Turn, house: House) -> Reply:
    """Another region's business; the question is kept, since the region may be a slip."""
    return decline_foreign(turn.foreign[0], house).with_slots({PENDING_SLOT: turn.memory("action_answer")})


def each_region(turn: Turn, house: House, one: Callable[[Turn, House], Reply]) -> Reply:
    """Several regions are named: what `one` answers for each of them, side by side."""
    replies = []
    for code in turn.regions:
        region = region_of(house.knowledge, code)
        reply = one(replace(turn, region=code, regions=(code,)), house)
        if reply.outcome in ("clarifying", "declined"):
            reply = Reply(outcome=reply.outcome, text=say("no_such_answer", region=region.in_sentence))
        replies.append((region, reply))
    return side_by_side(replies)


def _on_the_same_question(turn: Turn, house: House) -> Turn:
    """The turn with the topics first that answer one question in all regions named, when they are near the best."""
    rankings = {code: turn.rankings[code] for code in turn.regions if code in turn.rankings}
    topics = house.knowledge.topics(name for ranking in rankings.values() for name in ranking.names)
    behind: dict[str, dict[str, tuple[float, str]]] = {}
    for code, ranking in rankings.items():
        for name, score in zip(ranking.names, ranking.scores, strict=True):
            compare = topics[name].topic.compare if name in topics and topics[name].region == code else None
            if compare is not None and ranking.scores[0] - score <= RIVAL_MARGIN:
                behind.setdefault(compare, {}).setdefault(code, (ranking.scores[0] - score, name))
    common = [found for found in behind.values() if len(found) == len(turn.regions)]
    if not common:
        return turn
    nearest = min(common, key=lambda found: sum(gap for gap, _ in found.values()))
    return replace(
        turn, rankings={**turn.rankings, **{code: rankings[code].led_by(name) for code, (_, name) in nearest.items()}}
    )


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
    for sibling in () if turn.frustrated else also:
        reply = reply.joined(topic_reply(sibling))
    if placed.topic.desk is not None and placed.region is not None:
        reply = _with_desk_state(reply, placed, turn, house)
    if placed.topic.aspect is Aspect.fault and turn.form is None:
        reply = reply.with_buttons(ticket_button())
    guide = house.knowledge.guide_offered_with(placed.name)
    if guide is None or turn.form is not None:
        return reply
    return reply.with_buttons(guide_button(guide.name, say("step_by_step")))


def _vague(turn: Turn, house: House) -> bool:
    """Whether the message makes sense in its context only: it names no service, and does not say what it is about."""
    if turn.services:
        return False
    if turn.service is None and refuses(turn.text):
        return True
    return turn.intents.get("unclear", 0.0) >= VAGUE and not surely_declined(turn, house)


def surely_declined(turn: Turn, house: House) -> bool:
    """Whether it is surely about something outside the assignment: "vad blir det för väder?"."""
    sure = [ranking.names[0] for ranking in turn.rankings.values() if ranking.confidence >= turn.high]
    return any(placed.topic.outcome == "declined" for placed in house.knowledge.topics(sure).values())


def _answer_in_its_region(turn: Turn, house: House) -> Reply:
    return _answer_in(turn, house, turn.region or "")


def _answer_in(turn: Turn, house: House, region: str) -> Reply:
    ranking = turn.rankings.get(region, Ranking(0.0))
    topics = house.knowledge.topics(ranking.names)
    best = _best(ranking, topics)
    if best is None or ranking.confidence < turn.low:
        return _without_topic(turn, house)
    if ranking.confidence >= turn.high:
        return give(best, turn, house, _siblings(best, ranking, topics))
    return _middling(best, ranking, topics, turn, house)


def _answer_anywhere(turn: Turn, house: House) -> Reply:
    ranked = sorted(turn.rankings.items(), key=lambda item: -(item[1].scores[0] if item[1].scores else -99.0))
    topics = house.knowledge.topics(name for _, ranking in ranked for name in ranking.names)
    ranking = ranked[0][1] if ranked else Ranking(0.0)
    best = _best(ranking, topics)
    confidence = max((each.confidence for _, each in ranked), default=0.0)
    if best is None or confidence < turn.low:
        return _without_topic(turn, house)
    if best.region is not None and confidence >= turn.high:
        only_here = _only_here(best, turn, house)
        rivals = [] if only_here else _rivals(best, ranking.scores[0], ranked, topics)
        instructs, claims = best.topic.aspect in _INSTRUCTIONS, best.topic.outcome == "answered"
        if rivals and not instructs and claims:
            return side_by_side(
                [(region_of(house.knowledge, placed.region or ""), topic_reply(placed)) for placed in (best, *rivals)]
            )
        if rivals and all(placed.topic.outcome == "referred" for placed in (best, *rivals)):
            return _refer_everywhere((best, *rivals), turn, house)
        if rivals or (instructs and not only_here and (claims or _elsewhere(best, turn, house))):
            return ask_region(turn, house, "action_answer")
    if confidence >= turn.high:
        return give(best, turn, house, _siblings(best, ranking, topics))
    if best.region is not None and (best.topic.aspect in _INSTRUCTIONS and _elsewhere(best, turn, house)):
        return ask_region(turn, house, "action_answer")
    return _middling(best, ranking, topics, turn, house)


def _refer_everywhere(topics: Sequence[PlacedTopic], turn: Turn, house: House) -> Reply:
    """No region's documents answer it: which desk to turn to, whatever the region is."""
    known = {placed.region: placed for placed in topics}
    return side_by_side(
        [
            (region, refer(replace(turn, region=region.code), house, known.get(region.code)))
            for region in house.knowledge.regions()
        ]
    )


def _best(ranking: Ranking, topics: dict[str, PlacedTopic]) -> PlacedTopic | None:
    """The first topic; but a region's own answer or referral goes before one that holds everywhere, if it is near."""
    known = [(topics[name], score) for name, score in zip(ranking.names, ranking.scores, strict=True) if name in topics]
    if not known:
        return None
    first, score = known[0]
    if first.region is None and first.topic.outcome == "referred":
        for other, its_score in known[1:]:
            own = other.region is not None and other.topic.outcome != "declined"
            if own and its_score >= score - OWN_MARGIN[other.topic.outcome]:
                return other
    return first


def _middling(best: PlacedTopic, ranking: Ranking, topics: dict[str, PlacedTopic], turn: Turn, house: House) -> Reply:
    """Neither sure nor unlikely: a referral claims nothing and can be given; else ask which of the likely topics."""
    if best.topic.outcome == "referred":
        # What it says of its subject would be beside the point if it is not the one meant.
        return give(best, turn, house) if _service_named(best, turn, house) else refer(turn, house)
    if best.topic.outcome == "declined" and (turn.intent == "out_of_scope" or ranking.confidence >= DECLINES):
        return give(best, turn, house)
    near = [
        topics[name]
        for name, score in zip(ranking.names, ranking.scores, strict=True)
        if name in topics and ranking.scores[0] - score <= SIBLING_MARGIN
    ]
    defining = bool(turn.services) and asks_what_it_is(turn.text, ((name.start, name.end) for name in turn.names))
    agreed = next((placed for placed in near if _agreed(placed, ranking, topics, turn, house, defining)), None)
    if agreed is not None:
        return give(agreed, turn, house)
    if _alone(ranking, turn):
        return give(best, turn, house)
    known = [topics[name] for name in ranking.names if name in topics]
    if best.topic.outcome == "answered" and ranking.confidence >= LIKELY:
        also = _siblings(best, ranking, topics)
        if also and ranking.share_of([best.name, *(placed.name for placed in also)]) >= TOGETHER:
            return give(best, turn, house, also)
        return _perhaps(best, also, known, turn, house)
    return _did_you_mean(known)


def _service_named(placed: PlacedTopic, turn: Turn, house: House) -> bool:
    """Whether a topic's service is named, by a name of its own or of the same thing in another region."""
    alike = [] if placed.topic.compare is None else house.knowledge.compared(placed.topic.compare)
    return any(each.service in turn.services for each in (placed, *alike))


def _agreed(
    placed: PlacedTopic,
    ranking: Ranking,
    topics: dict[str, PlacedTopic],
    turn: Turn,
    house: House,
    defining: bool,
) -> bool:
    """Whether the kind of question, and the service that is named, point at a topic and at no other.

    `defining`: the message asks what the service is and says nothing else.
    """
    kind = intent_of(Aspect.definition) if defining else turn.intent
    if kind == _ANY_KIND or intent_of(placed.topic.aspect) != kind:
        return False
    if not turn.services:
        return ranking.confidence >= AGREED_WITHOUT_SERVICE and turn.intents.get(turn.intent, 0.0) >= SURE_KIND
    if ranking.confidence < AGREED and not defining:
        return False
    if placed.topic.compare is not None:  # the service's main topic
        return _service_named(placed, turn, house)
    meant = [
        each.name for each in topics.values() if each.service in turn.services and intent_of(each.topic.aspect) == kind
    ]
    return meant == [placed.name]


def _alone(ranking: Ranking, turn: Turn) -> bool:
    """Whether no other topic is near, for a writer who has been asked enough."""
    return turn.frustrated and len(ranking.scores) > 1 and ranking.scores[0] - ranking.scores[1] > SIBLING_MARGIN


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


def _elsewhere(best: PlacedTopic, turn: Turn, house: House) -> bool:
    """Whether another region has an answer to the same question."""
    if _only_here(best, turn, house):
        return False
    if best.topic.compare is not None:
        return any(other.region != best.region for other in house.knowledge.compared(best.topic.compare))
    others = [code for code in house.region_codes if code != best.region]
    return best.topic.aspect in _REACHING and any(house.knowledge.same_question(best, code) for code in others)


def _only_here(best: PlacedTopic, turn: Turn, house: House) -> bool:
    """Whether the message names the service by a name that only this topic's region has a service for."""
    if best.service not in turn.services:
        return False
    return house.knowledge.regions_with(best.service) <= {best.region, None}


def _siblings(best: PlacedTopic, ranking: Ranking, topics: dict[str, PlacedTopic]) -> tuple[PlacedTopic, ...]:
    """Topics of the same service that are nearly as likely, as long as all together stay readable."""
    if best.topic.outcome != "answered":
        return ()
    room = SIBLING_CHARACTERS - len(best.topic.text)
    chosen: list[PlacedTopic] = []
    for name, score in zip(ranking.names, ranking.scores, strict=True):
        other = topics.get(name)
        if other is None or other.name == best.name or other.service != best.service:
            continue
        if other.region != best.region or other.topic.outcome != "answered":
            continue
        if says_nothing_new(other.topic.text, [best.topic.text, *(placed.topic.text for placed in chosen)]):
            continue
        if ranking.scores[0] - score <= SIBLING_MARGIN and len(other.topic.text) <= room:
            chosen.append(other)
            room -= len(other.topic.text)
    return tuple(chosen)


def _with_desk_state(reply: Reply, placed: PlacedTopic, turn: Turn, house: House) -> Reply:
    """The reply, and whether its desk is open: now, or at the time named in a question about reaching someone."""
    region = region_of(house.knowledge, placed.region or "")
    desk = next(desk for desk in region.desks if desk.id == placed.topic.desk)
    text = turn.text if turn.intent in ABOUT_REACHING else ""
    sentence, _, times = at_the_asked_time(desk, text, house.now())
    return replace(reply.and_then(sentence if desk.hours is not None else ""), times=times if desk.hours else {})


def _perhaps(
    best: PlacedTopic, siblings: tuple[PlacedTopic, ...], topics: list[PlacedTopic], turn: Turn, house: House
) -> Reply:
    """The likeliest answer, told as a guess, with the others to choose from: nobody has to click who was understood."""
    reply = give(best, turn, house, siblings)
    told = {best.name, *(placed.name for placed in siblings)}
    asked = _did_you_mean([placed for placed in topics if placed.name not in told])
    return replace(
        reply.preceded_by(say("perhaps")).and_then(say("perhaps_something_else")),
        outcome=asked.outcome,
        buttons=(*asked.buttons[:-1][: MAX_CHOICES - 1], asked.buttons[-1]),
    )


def _did_you_mean(topics: list[PlacedTopic]) -> Reply:
    shown = [placed for placed in topics if placed.topic.outcome != "declined"][:MAX_CHOICES]
    none = Button(data("none_of_these"), "/deny")
    return Reply(outcome="clarifying", text=say("did_you_mean"), buttons=(*topic_buttons(shown), none), puzzled=True)


def _without_topic(turn: Turn, house: House) -> Reply:
    """No topic is likely: out of the assignment, too vague, or in the field but unknown."""
    if turn.intent == "out_of_scope" and not turn.services:
        return decline(turn, house)
    if turn.intent == "unclear" or not (turn.services or len(turn.text.split()) > 4):
        return unclear(turn, house)
    return refer(turn, house)
