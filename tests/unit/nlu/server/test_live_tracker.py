"""A live tracker against stock's, event by event, over conversations made at random from every kind of event."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    ConversationPaused,
    ConversationResumed,
    DefinePrevUserUtteredFeaturization,
    EntitiesAdded,
    Event,
    FollowupAction,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from nlu.server import live_tracker
from nlu.server.live_tracker import LiveTracker
from tests.unit.nlu.server.conftest import domain_of

NEEDED = 4

DOMAIN = domain_of(
    {
        "intents": ["greet", "order", "deny"],
        "entities": ["region"],
        "slots": {
            "place": {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom"}]},
            "urgent": {"type": "bool", "influence_conversation": True, "mappings": [{"type": "custom"}]},
            "unit": {"type": "text", "influence_conversation": True, "mappings": [{"type": "custom"}]},
        },
        "actions": ["action_answer", "action_order"],
        "forms": {"ticket_form": {"required_slots": ["unit"]}, "order_form": {"required_slots": ["place"]}},
        "responses": {"utter_greet": [{"text": "Hej"}]},
    }
)

MAKERS: dict[Callable[[random.Random], Event], int] = {
    lambda r: ActionExecuted("action_listen"): 10,
    lambda r: ActionExecuted(r.choice(["action_answer", "action_order", "utter_greet"]), hide_rule_turn=True): 6,
    lambda r: ActionExecuted(r.choice(["ticket_form", "order_form"])): 4,
    lambda r: UserUttered(
        r.choice(["hej", "beställ", "nej"]),
        {"name": r.choice(["greet", "order", "deny"]), "confidence": 0.9},
        [{"entity": "region", "value": "VGR"}] if r.random() < 0.5 else [],
    ): 10,
    lambda r: DefinePrevUserUtteredFeaturization(r.random() < 0.2): 5,
    lambda r: BotUttered("svar", {"custom": {"outcome": "answered"}}): 5,
    lambda r: SlotSet(r.choice(["place", "unit"]), r.choice(["VGR", "Dalarna", None])): 5,
    lambda r: SlotSet("urgent", r.choice([True, False, None])): 3,
    lambda r: EntitiesAdded([{"entity": "region", "value": "Uppsala"}]): 1,
    lambda r: ActiveLoop(r.choice(["ticket_form", "order_form", None])): 3,
    lambda r: LoopInterrupted(r.random() < 0.5): 1,
    lambda r: ActionExecutionRejected(r.choice(["ticket_form", "action_answer"])): 2,
    lambda r: FollowupAction("action_answer"): 1,
    lambda r: UserUtteranceReverted(): 1,
    lambda r: ActionReverted(): 1,
    lambda r: AllSlotsReset(): 1,
    lambda r: ConversationPaused(): 1,
    lambda r: ConversationResumed(): 1,
}
SELDOM: list[Callable[[random.Random], Event]] = [lambda r: Restarted(), lambda r: SessionStarted()]


def conversation(seed: int, length: int) -> list[Event]:
    random_ = random.Random(seed)
    makers, weights = list(MAKERS), list(MAKERS.values())
    return [
        random_.choice(SELDOM)(random_) if random_.random() < 0.004 else random_.choices(makers, weights)[0](random_)
        for _ in range(length)
    ]


def state(tracker: DialogueStateTracker) -> dict[str, Any]:
    """All that Rasa and the action server are told of a tracker."""
    return {
        **tracker.current_state(EventVerbosity.ALL),
        "slots set": {name: slot.has_been_set for name, slot in tracker.slots.items()},
        "latest bot": (tracker.latest_bot_utterance.text, tracker.latest_bot_utterance.data),
        "sender source": tracker.sender_source,
        "ids": (tracker.model_id, tracker.assistant_id),
    }


@pytest.mark.parametrize("seed", range(12))
def test_a_live_tracker_is_what_stock_replays(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_tracker, "_CHECKPOINT_EVERY", 12)  # so that much of what is undone lies behind one
    live = LiveTracker("anna", DOMAIN.slots)
    live.states_needed = NEEDED
    stock = DialogueStateTracker("anna", DOMAIN.slots)
    for tracker in (live, stock):
        tracker.model_id = "model"
    for number, event in enumerate(conversation(seed, 110)):
        live.update(event)
        stock.update(event)
        if number % 3 == 0:  # as one turn after another: a copy is changed, and becomes the next tracker
            live = live.copy()
            live.model_id, live.followup_action = "model", stock.followup_action
        assert [id(each) for each in live.applied_events()] == [id(each) for each in stock.applied_events()]
        assert live.past_states(DOMAIN) == stock.past_states(DOMAIN)[-NEEDED:], f"event {number}"
        assert (
            live.past_states(DOMAIN, omit_unset_slots=True)
            == stock.past_states(DOMAIN, omit_unset_slots=True)[-NEEDED:]
        )
        assert state(live) == state(stock)
        assert state(live.copy()) == state(stock.copy())


def test_a_long_conversation_costs_no_more_states(monkeypatch: pytest.MonkeyPatch) -> None:
    live = LiveTracker("anna", DOMAIN.slots)
    live.states_needed = NEEDED
    for event in conversation(1, 3000):
        if not isinstance(event, (Restarted, SessionStarted)):
            live.update(event)
    live.past_states(DOMAIN)
    applied: list[Event] = []
    for kind in (ActionExecuted, UserUttered, SlotSet):
        original = kind.apply_to

        def counted(event: Event, tracker: DialogueStateTracker, original: Any = original) -> None:
            applied.append(event)
            original(event, tracker)

        monkeypatch.setattr(kind, "apply_to", counted)
    live.update(ActionExecuted("action_listen"))
    applied.clear()
    assert len(live.past_states(DOMAIN)) == NEEDED
    assert 0 < len(applied) < 200
    applied.clear()
    assert len(live.past_states(DOMAIN)) == NEEDED and not applied  # once for each event


def test_what_a_policy_does_to_its_states_is_not_seen_by_the_next() -> None:
    live = LiveTracker("anna", DOMAIN.slots)
    live.states_needed = NEEDED
    for event in conversation(2, 20):
        live.update(event)
    first = live.past_states(DOMAIN)
    for state in live.past_states(DOMAIN):
        for part in state.values():
            part.clear()
    assert live.past_states(DOMAIN) == first


def test_whole_histories_for_policies_that_learn_from_them() -> None:
    live, stock = LiveTracker("anna", DOMAIN.slots), DialogueStateTracker("anna", DOMAIN.slots)
    for event in conversation(3, 60):
        live.update(event)
        stock.update(event)
    assert live.past_states(DOMAIN) == stock.past_states(DOMAIN)
    live.states_needed = NEEDED
    only_learnt: dict[str, Any] = {"ignore_rule_only_turns": True, "rule_only_data": {}}
    assert live.past_states(DOMAIN, **only_learnt) == stock.past_states(DOMAIN, **only_learnt)


def test_a_copy_is_changed_apart() -> None:
    live = LiveTracker("anna", DOMAIN.slots)
    for event in (ActiveLoop("ticket_form"), SlotSet("unit", "A"), UserUttered("hej", {"name": "greet"})):
        live.update(event)
    twin = live.copy()
    for event in (SlotSet("unit", "B"), LoopInterrupted(True), ActionExecuted("action_listen")):
        twin.update(event)
    assert live.get_slot("unit") == "A" and twin.get_slot("unit") == "B"
    assert not live.is_active_loop_interrupted and len(live.events) == 3 and len(live.applied_events()) == 3
    assert len(twin.applied_events()) == 6
