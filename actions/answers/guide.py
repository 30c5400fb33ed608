"""Guides: a document's steps one at a time; each can be asked about, skipped, gone back to or left for later."""

from dataclasses import replace
from datetime import date
from typing import Any

from actions.answers.next_step import next_step
from actions.house import House
from actions.phrases import data, day_name, say
from actions.reply import Button, Reply, guide_button, inferred_remarks, topic_buttons
from actions.turn import ABOUT_REACHING, GUIDE_SLOT, QUESTION_SLOT, SERVICE_SLOT, TOPIC_SLOT, Turn
from actions.wording import wants_next
from knowledge.calendar.deadlines import order_window
from knowledge.calendar.swedish_dates import Kind, find
from knowledge.model import PlacedGuide
from knowledge.schema import Step

State = dict[str, Any]
"""`name` of the guide, `step` (index), and what was told: `no`, `skipped`, `start` (ISO date), `vgr_id`, `ended`."""

START, STAY, BACK, SKIP, NEXT, YES, NO = "start", "stay", "back", "skip", "next", "yes", "no"
"""What a user can want of a guide: values of the slot `guide_move`."""

_OFFERED = 3


def chosen_guide(turn: Turn, house: House) -> PlacedGuide | None:
    """The guide that a message asks for: by its button, else the one that fits best what it, or the talk, is about."""
    if turn.chosen_guide is not None:
        return house.knowledge.guide(turn.chosen_guide)
    fitting = offered_guides(turn, house)
    if len(fitting) == 1:
        return fitting[0]
    if not turn.services:
        return None
    for topic in turn.ranking.names:
        for guide in fitting:
            if topic in guide.guide.offered_with:
                return guide
    return None


def offered_guides(turn: Turn, house: House) -> list[PlacedGuide]:
    """The guides that may be meant: of the services named, of the last answer, of the service at hand, else all."""
    guides = house.knowledge.guides(turn.region)
    likely = turn.ranking.names[:1] if turn.ranking.confidence >= turn.high else ()
    for about in (
        [guide for guide in guides if guide.service in turn.services],
        [guide for guide in guides if turn.topic in guide.guide.offered_with],
        [guide for guide in guides if set(likely) & set(guide.guide.offered_with)],
        [guide for guide in guides if guide.service == turn.service],
    ):
        if about:
            return about
    return [] if turn.services or turn.service else guides


def begun(placed: PlacedGuide) -> State:
    """A guide at its first step."""
    return {"name": placed.name, "step": 0}


def moved(state: State, move: str | None, turn: Turn, house: House) -> State | None:
    """The guide after a message; None when the message says nothing to it."""
    placed = house.knowledge.guide(state["name"])
    if placed is None:
        return {**state, "ended": True}
    state = {key: value for key, value in state.items() if key not in ("no", "told")}
    step = placed.guide.steps[state["step"]]
    given = _given(step, turn, house)
    if given:
        return _onward({**state, **given}, placed)
    if move is None and wants_next(turn.text):
        move = NEXT
    if move is None:
        return None
    if move == NO and step.if_no is not None:
        return {**state, "no": True, "ended": step.if_no.ends}
    if move == BACK:
        return {**state, "step": max(0, state["step"] - 1)}
    if move == SKIP:
        return _onward({**state, "skipped": [*state.get("skipped", []), state["step"]]}, placed)
    return _onward(state, placed) if move in (NEXT, YES) else state


def _onward(state: State, placed: PlacedGuide) -> State:
    following = state["step"] + 1
    if following == len(placed.guide.steps):
        return {**state, "ended": True}
    return {**state, "step": following}


def _given(step: Step, turn: Turn, house: House) -> State:
    """What the step asks for, when the message holds it."""
    if step.asks == "vgr_id" and turn.vgr_id is not None:
        return {"vgr_id": turn.vgr_id}
    if step.asks == "start_date" and turn.intent not in ABOUT_REACHING:
        mention = find(turn.text, house.now())
        if mention is not None and mention.kind is not Kind.now:
            return {"start": mention.first_day.isoformat(), "told": True}
    return {}


def at_its_step(turn: Turn, house: House) -> Reply:
    """The step that the guide has come to."""
    state = turn.guide or {}
    placed = house.knowledge.guide(state.get("name", ""))
    if placed is None:
        return which_guide(turn, house)
    step = placed.guide.steps[state["step"]]
    reply = _refused(step) if state.get("no") else _told(step, state)
    title = say(
        "guide_step",
        guide=placed.guide.title,
        number=state["step"] + 1,
        count=len(placed.guide.steps),
        title=step.title,
    )
    computed = _computed(placed, state, house) if state.get("told") else Reply(outcome="answered", text="")
    return replace(
        reply.preceded_by(computed.text, title),
        region=placed.region,
        service=placed.service,
        times=computed.times,
        buttons=_buttons(step, state, placed, house),
        more={"guide": _progress(placed, state)},
        slots={TOPIC_SLOT: next(iter(step.about), None), SERVICE_SLOT: placed.service, QUESTION_SLOT: None},
    )


def at_its_end(turn: Turn, house: House) -> Reply:
    """The guide is done, or a no has ended it; without a guide, which there are."""
    state = turn.guide
    placed = None if state is None else house.knowledge.guide(state["name"])
    if state is None or placed is None:
        return which_guide(turn, house) if turn.intent != "guide_next" else _nothing_to_go_on_with(turn, house)
    if state.get("no"):
        reply = _refused(placed.guide.steps[state["step"]])
    else:
        skipped = [placed.guide.steps[number].title for number in state.get("skipped", [])]
        reply = Reply(outcome="smalltalk", text=placed.guide.done)
        reply = reply.and_then(say("guide_skipped", steps=", ".join(skipped)) if skipped else "")
    return replace(
        reply,
        region=placed.region,
        service=placed.service,
        more={"guide": {**_progress(placed, state), "ended": True}},
        slots={GUIDE_SLOT: None, SERVICE_SLOT: placed.service},
    )


def _nothing_to_go_on_with(turn: Turn, house: House) -> Reply:
    """ "Klart" with no guide: the next step of the last answer's support path, if it has one."""
    last = None if turn.topic is None else house.knowledge.topic(turn.topic)
    if last is not None and last.topic.next_step is not None:
        return next_step(turn, house)
    return Reply(outcome="smalltalk", text=say("good"), region=turn.region)


def which_guide(turn: Turn, house: House) -> Reply:
    """The guides to choose among; a region without any says so."""
    guides = offered_guides(turn, house)
    text = say("which_guide") if guides else say("no_guide")
    return Reply(
        outcome="clarifying",
        text=text,
        buttons=tuple(guide_button(guide.name, guide.guide.title) for guide in guides[:_OFFERED]),
        region=turn.region,
        slots={GUIDE_SLOT: None},
    )


def guide_waiting(turn: Turn) -> tuple[Button, ...]:
    """The way back to a guide that was put aside, if one was."""
    return () if turn.guide is None else (Button(data("go_on")["guide_form"], "/guide_continue"),)


def put_aside(turn: Turn, house: House) -> Reply:
    """Break off: a guide waits where it is, a question that waited is dropped."""
    placed = None if turn.guide is None else house.knowledge.guide(turn.guide["name"])
    if placed is None:
        return Reply(outcome="smalltalk", text=say("broken_off"), region=turn.region)
    text = say("guide_put_aside", guide=placed.guide.title)
    return Reply(
        outcome="smalltalk",
        text=text,
        region=turn.region,
        buttons=guide_waiting(turn),
    )


def _told(step: Step, state: State) -> Reply:
    """The step's text, its mail with what has been filled in, and its question."""
    parts = [step.text.strip()]
    if step.mail is not None:
        filled = step.mail.text.replace(step.mail.blank, state.get("vgr_id") or step.mail.blank)
        parts.append(say("guide_mail", to=step.mail.to, text=filled))
        parts.append("" if state.get("vgr_id") else say("guide_mail_blank", blank=step.mail.blank))
    parts += [*inferred_remarks(step.facts), step.question or ""]
    return Reply(
        outcome="answered",
        text="\n\n".join(part for part in parts if part),
        facts=tuple(step.facts),
        notices=tuple(step.notices),
    )


def _refused(step: Step) -> Reply:
    """What the step says to a no."""
    assert step.if_no is not None
    return Reply(
        outcome="answered",
        text="\n\n".join([step.if_no.text.strip(), *inferred_remarks(step.if_no.facts)]),
        facts=tuple(step.if_no.facts),
        notices=tuple(step.notices),
    )


def _computed(placed: PlacedGuide, state: State, house: House) -> Reply:
    """What follows from the start date that was just told."""
    window = placed.guide.steps[state["step"] - 1].window
    if window is None:
        return Reply(outcome="answered", text="")
    today = house.now().date()
    found = order_window(date.fromisoformat(state["start"]), today, window.days_before, window.prepared_days_before)
    phrase = "earliest_order" if found.earliest > today else "order_now"
    text = say(phrase, start=day_name(found.starts, today), earliest=day_name(found.earliest, today))
    return Reply(outcome="answered", text=text, times={"earliest": found.earliest.isoformat()})


def _buttons(step: Step, state: State, placed: PlacedGuide, house: House) -> tuple[Button, ...]:
    """On, past or back, and one to ask about the step."""
    words = data("guide_buttons")
    if step.question is not None and not state.get("no"):
        ways = [Button(words["yes"], "/affirm"), Button(words["no"], "/deny")]
    elif step.asks is not None:
        ways = [Button(words["skip"], "/guide_skip")]
    else:
        ways = [Button(words["next"], "/guide_next"), Button(words["skip"], "/guide_skip")]
    explained = house.knowledge.topics(step.about[:1]).values()
    return (*ways, *topic_buttons(tuple(explained)))


def _progress(placed: PlacedGuide, state: State) -> dict[str, Any]:
    """How far a guide has come, for the reply contract."""
    return {
        "name": placed.name,
        "title": placed.guide.title,
        "step": state["step"] + 1,
        "steps": len(placed.guide.steps),
    }
