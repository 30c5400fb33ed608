"""Messages that make sense only after what was said before: "telefonnumret?", "och på lördag?", "vad kostar det?"."""

from collections.abc import Sequence
from dataclasses import replace

from actions.answers.answer import MAX_CHOICES, ask_region, give
from actions.answers.asked_time import at_the_asked_time
from actions.answers.contact import presented
from actions.answers.deadline import with_dates
from actions.answers.desk import contact_line, desk_named
from actions.answers.meant import names_meant, services_meant
from actions.answers.nearest import nearest_first, stands_out
from actions.answers.opening_hours import hours_of
from actions.answers.referral import refer
from actions.answers.region import another_region
from actions.answers.repair import denied
from actions.answers.resuming import resumable
from actions.house import House
from actions.phrases import data, say
from actions.reply import Reply, desk_facts, topic_buttons
from actions.turn import Turn
from actions.wording import Wording, read
from knowledge.calendar.swedish_dates import DateMention, find
from knowledge.database import desk_for, region_of
from knowledge.export import INTENTS
from knowledge.model import PlacedTopic, default_desk
from knowledge.schema import Aspect, Desk, Fact, FactKind

ACTION = "action_follow_up"
"""The name by which a follow-up is remembered; no action of Rasa's."""


_OUTBURST = 5
"""Words: an angry message as short as this, which names nothing, asks nothing; after an answer: it was no help."""
_ABOUT_TIME = frozenset({Aspect.lead_time, Aspect.deadline})


def follow_up(turn: Turn, house: House) -> Reply | None:
    """The answer in the light of what was said before; None for a message that says by itself what it asks."""
    if turn.chosen_topic is not None or turn.foreign or len(turn.regions) > 1 or turn.questions:
        return None
    mention = find(turn.text, house.now())
    known = [(name.start, name.end) for name in names_meant(turn)]
    wording = read(turn.text, known if mention is None else [*known, mention.span])
    services = services_meant(turn)
    outburst = turn.frustrated and not services and len(turn.text.split()) <= _OUTBURST
    if outburst and turn.intent in ("out_of_scope", "unclear"):
        return denied(turn, house)
    if not (turn.topic or turn.service or turn.desk or turn.question):
        alone = wording.bare and wording.goes_on and not services and not wording.aspects
        wanted = [kind for kind in wording.kinds if kind is not FactKind.hours]
        return _facts(wanted, replace(turn, services=()), house) if alone and wanted else None
    if outburst:
        return denied(turn, house)
    if services:
        return _another_service(services[0], turn, house) if wording.bare and not wording.asks else None
    if wording.bare:
        return _elliptic(replace(turn, services=()), wording, mention, house)
    return _pointed_at(turn, wording, house) if wording.points else None


@resumable(ACTION)
def follow_up_again(turn: Turn, house: House) -> Reply:
    """A follow-up that waited for the region, or is put again for another one."""
    return follow_up(turn, house) or refer(turn, house)


def _elliptic(turn: Turn, wording: Wording, mention: DateMention | None, house: House) -> Reply | None:
    """Nothing is said but what is asked for: a fact, a side of the service, a time or a region."""
    if turn.intent == "ask_who_answers":
        return None
    if FactKind.hours in wording.kinds or (mention is not None and not wording.asks):
        return _at_another_time(turn, house)
    if wording.kinds:
        return _facts(wording.kinds, turn, house)
    if wording.aspects:
        return _side(wording.aspects, turn, house)
    if turn.regions and turn.region is not None:
        return another_region(turn, house, turn.region)
    return None


def _at_another_time(turn: Turn, house: House) -> Reply:
    """The last answer's desk at the time named now, or its deadline when it told of one."""
    last = _last_topic(turn, house)
    if last is not None and turn.question is not None and turn.question["action"] == "action_deadline":
        return with_dates(give(last, turn, house), turn, house)
    region = _region(turn, last)
    if region is None:
        return ask_region(turn, house, ACTION)
    desk = _desk(turn, last, region, house)
    if desk.hours is None:
        desk = default_desk(region_of(house.knowledge, region))
    return hours_of(desk, region, turn, house)


def _facts(kinds: Sequence[FactKind], turn: Turn, house: House) -> Reply:
    """Facts of some kinds: the last topic's own, else its desk's, else another topic's of the same service."""
    last = _last_topic(turn, house)
    region = _region(turn, last)
    if region is None:
        return ask_region(turn, house, ACTION)
    if last is not None and last.region not in (region, None):
        last = house.knowledge.same_question(last, region)
    turn = replace(turn, region=region)
    desk = _desk(turn, last, region, house)
    asked_desk = last is None or (turn.question is not None and turn.question["topic"] is None)
    own = [] if last is None or asked_desk else [fact for fact in last.topic.facts if fact.kind in kinds]
    if own and last is not None:
        return _listed(last.topic.title, own, kinds, desk, turn, house, last)
    if any(contact.kind in kinds for contact in desk.contacts):
        return _listed(desk.name, [fact for fact in desk.contacts if fact.kind in kinds], kinds, desk, turn, house)
    telling = _telling(kinds, turn, house)
    if telling is not None:
        return give(telling, turn, house)
    general = default_desk(region_of(house.knowledge, region))
    if any(contact.kind in kinds for contact in general.contacts):
        told = presented(general, region, turn, house)
        return replace(told, text=f"{say('no_such_fact', kind=_name_of(kinds[0]))}\n\n{told.text}")
    return refer(replace(turn, services=() if turn.service is None else (turn.service,)), house)


def _listed(
    title: str,
    facts: Sequence[Fact],
    kinds: Sequence[FactKind],
    desk: Desk,
    turn: Turn,
    house: House,
    placed: PlacedTopic | None = None,
) -> Reply:
    """The facts as lines under a title, and whether the desk is open when a number is among them."""
    lines = dict.fromkeys(contact_line(fact) for fact in facts)
    reply = Reply(
        outcome="answered",
        text="\n".join([say("facts_of", title=title), *lines]),
        topic=None if placed is None else placed.name,
        region=turn.region,
        service=None if placed is None else placed.service,
        desk=desk.id,
        facts=tuple(facts),
        notices=tuple(desk.notices if placed is None else placed.topic.notices),
    )
    shown = {fact.value for fact in desk_facts(desk)} & {fact.value for fact in facts}
    if FactKind.phone not in kinds or not shown or desk.hours is None:
        return reply
    sentence, _, times = at_the_asked_time(desk, "", house.now())
    return replace(reply.and_then(sentence), times=times)


def _telling(kinds: Sequence[FactKind], turn: Turn, house: House) -> PlacedTopic | None:
    """A topic that has facts of these kinds: of the same service, else the likeliest one for the message."""
    about = [] if turn.service is None else house.knowledge.about(turn.service, turn.region)
    likely = house.knowledge.topics(turn.ranking.names).values() if FactKind.form in kinds else ()
    for topics in (nearest_first(about, turn), likely):
        for placed in topics:
            if any(fact.kind in kinds for fact in placed.topic.facts):
                return placed
    return None


def _side(aspects: Sequence[Aspect], turn: Turn, house: House) -> Reply | None:
    """A side of the service that the conversation is about; what the documents do not tell is referred."""
    service = turn.service
    if service is None:
        return None
    last = _last_topic(turn, house)
    region = _region(turn, last)
    found = [placed for placed in house.knowledge.about(service, region) if placed.topic.outcome != "declined"]
    if region is None and len({placed.region for placed in found} - {None}) > 1:
        return ask_region(turn, house, ACTION)
    turn = replace(turn, region=region)
    for aspect in aspects:
        fitting = nearest_first([placed for placed in found if placed.topic.aspect is aspect and placed != last], turn)
        if len(fitting) > 1 and not stands_out(fitting, turn):
            return _which(fitting[:MAX_CHOICES], turn)
        if fitting:
            return _told(fitting[0], turn, house).with_buttons(*topic_buttons(fitting[1:MAX_CHOICES]))
    if last is not None and last.topic.aspect in aspects:
        return _told(last, turn, house)
    return refer(replace(turn, services=(service,)), house)


def _another_service(service: str, turn: Turn, house: House) -> Reply | None:
    """The last question, about another service: "och lösenordet då?"."""
    last = _last_topic(turn, house)
    region = _region(turn, last)
    if region is None:
        return None
    turn = replace(turn, region=region)
    told = [placed for placed in house.knowledge.about(service, region) if placed.topic.outcome != "declined"]
    about = nearest_first(told, turn)
    ranked = [placed for placed in about if placed.name in turn.ranking.names]
    likely = [placed for placed in ranked if placed.topic.aspect in _aspects_of_intent(turn) & INTENTS.keys()]
    same = [placed for placed in about if last is not None and placed.topic.aspect is last.topic.aspect]
    main = [placed for placed in same if placed.topic.compare is not None]
    sure = ranked if turn.ranking.confidence >= turn.high else []
    compared = [placed for placed in about if placed.topic.compare is not None]
    chief = compared if len(compared) == 1 else []
    for choice in (likely, main, same if len(same) == 1 else [], sure, chief):
        if choice:
            return _told(choice[0], turn, house)
    return _which(about[:MAX_CHOICES], turn) if about else None


def _pointed_at(turn: Turn, wording: Wording, house: House) -> Reply | None:
    """A sentence that points back, when nothing fits it better than a topic of the service at hand."""
    if turn.service is None or turn.services or turn.region is None:
        return None
    if turn.ranking.confidence >= turn.high and turn.intents.get("unclear", 0.0) < turn.high:
        return None
    about = house.knowledge.about(turn.service, turn.region)
    for aspect in wording.aspects:
        fitting = nearest_first([placed for placed in about if placed.topic.aspect is aspect], turn)
        if fitting:
            return _told(fitting[0], turn, house)
    likely = [placed for placed in nearest_first(about, turn) if placed.name in turn.ranking.names]
    fitting = [placed for placed in likely if placed.topic.aspect in _aspects_of_intent(turn)]
    return _told(fitting[0], turn, house) if fitting else None


def _told(placed: PlacedTopic, turn: Turn, house: House) -> Reply:
    """A topic, and the date that follows from it when it tells of one."""
    reply = give(placed, turn, house)
    return with_dates(reply, turn, house) if placed.topic.aspect in _ABOUT_TIME else reply


def _which(offered: Sequence[PlacedTopic], turn: Turn) -> Reply:
    return Reply(
        outcome="clarifying",
        text=say("which_side"),
        buttons=topic_buttons(offered),
        region=turn.region,
        service=offered[0].service,
    )


def _aspects_of_intent(turn: Turn) -> set[Aspect]:
    """What the likeliest kind of question asks about, if it is likely at all."""
    kinds = {intent: share for intent, share in turn.intents.items() if intent in _QUESTIONS}
    likeliest = max(kinds, key=lambda intent: kinds[intent], default=None)
    if likeliest is None or kinds[likeliest] < turn.low:
        return set()
    return {aspect for aspect in Aspect if INTENTS.get(aspect, "ask_about_service") == likeliest}


_QUESTIONS = frozenset({*INTENTS.values(), "ask_about_service"})


def _last_topic(turn: Turn, house: House) -> PlacedTopic | None:
    return None if turn.topic is None else house.knowledge.topic(turn.topic)


def _region(turn: Turn, last: PlacedTopic | None) -> str | None:
    """The region in force, else that of the last answer."""
    return turn.region or (None if last is None else last.region)


def _desk(turn: Turn, last: PlacedTopic | None, region: str, house: House) -> Desk:
    """The desk at hand: the last answer's, else that of the service."""
    here = region_of(house.knowledge, region)
    shown = None if turn.desk is None else desk_named(here, turn.desk)
    return shown or desk_for(here, turn.service or (None if last is None else last.service))


def _name_of(kind: FactKind) -> str:
    return str(data("kinds_in_sentence")[kind.value])
