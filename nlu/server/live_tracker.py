"""A tracker that is carried from turn to turn instead of being rebuilt from its events several times a turn.

Stock copies a tracker by replaying every event of the conversation, works out from the start which events still
count, and makes a state of every action ever taken, though a rule looks back a few. So the cost of a turn grows with
the conversation. Here

* `copy` copies what the events have led to, and a slot only when it is set: stock makes every slot of the domain anew
  for each copy, of which a turn needs several and changes few slots;
* `applied_events` goes on from where it was: stock's own loop over the events, one step for each new one;
* `past_states` makes the last states only, from a checkpoint a little before them, and once for each event. It is told
  how many are enough (`states_needed`): for rules that is the length of the longest, and a policy that learns from
  whole histories gets them all.
"""

import copy
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    Event,
    FollowupAction,
    Restarted,
    SessionStarted,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

_CHECKPOINT_EVERY = 64
"""Events. A checkpoint lies at least half as many events before the first state needed, so that what is undone
(a form runs again, an utterance is reverted) seldom reaches back behind it."""


class LiveTracker(DialogueStateTracker):
    """Equal to the `DialogueStateTracker` of the same events in all that Rasa asks of it."""

    states_needed: int | None = None
    """How many of the last states decide what comes next; None: all."""

    def __init__(self, sender_id: str, slots: Iterable[Slot] | None, *args: Any, **kwargs: Any) -> None:
        """See `DialogueStateTracker`; the slots given must not be changed by anyone else."""
        self._own_slots: set[str] = set()
        """The slots that are this tracker's alone, which may be changed in place."""
        super().__init__(sender_id, None if slots is None else (), *args, **kwargs)
        if slots is not None:
            self.slots = {slot.name: slot for slot in slots}
            self._reset_slots()
        self._applied: list[Event] = []
        self._folded = 0
        """How many events `_applied` takes into account."""
        self._loops: frozenset[str] = frozenset()
        self._checkpoint: tuple[int, LiveTracker] | None = None
        """A tracker that has seen so many of the applied events; never changed once it is here."""
        self._made: tuple[int, bool, Domain, list[State]] | None = None
        """For how many events and what else `past_states` was last asked, and what it made."""

    def _set_slot(self, key: str, value: Any) -> None:
        """See `DialogueStateTracker._set_slot`."""
        if key in self.slots:
            self._own(key).value = value
        else:
            super()._set_slot(key, value)  # tells that there is none

    def _reset_slots(self) -> None:
        """See `DialogueStateTracker._reset_slots`."""
        for name, slot in self.slots.items():
            if slot.has_been_set or slot.value != slot.initial_value:
                self._own(name).reset()

    def _own(self, name: str) -> Slot:
        """A slot that may be changed."""
        slot = self.slots[name]
        if name not in self._own_slots:
            shared, slot = slot, object.__new__(type(slot))  # as copy.copy, which takes four times as long
            slot.__dict__.update(shared.__dict__)
            self.slots[name] = slot
            self._own_slots.add(name)
        return slot

    def copy(self) -> "LiveTracker":
        """See `DialogueStateTracker.copy`: the same events and what they have led to, to be changed apart."""
        self._fold_new()
        twin: LiveTracker = _twin(self)
        twin.events = self.events.copy()
        twin._applied = self._applied.copy()
        # Stock's copy is made of events alone, so it has none of these, and the follow-up that the events imply.
        twin.sender_source = twin.model_id = twin.assistant_id = None
        twin.followup_action = self._followup_of_events()
        return twin

    def applied_events(self) -> list[Event]:
        """See `DialogueStateTracker.applied_events`."""
        self._fold_new()
        return self._applied.copy()

    def past_states(
        self,
        domain: Domain,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        """See `DialogueStateTracker.past_states`; the last `states_needed` of them, or all."""
        if self.states_needed is None or ignore_rule_only_turns:
            whole: list[State] = super().past_states(domain, omit_unset_slots, ignore_rule_only_turns, rule_only_data)
            return whole
        made = self._made
        if made is None or made[:2] != (len(self.events), omit_unset_slots) or made[2] is not domain:
            self._fold_new()
            states = self._last_states(self.states_needed, domain, omit_unset_slots)
            self._made = made = (len(self.events), omit_unset_slots, domain, states)
        # Policies take away what they do not look at, so each gets dictionaries of its own.
        return [{part: dict(values) for part, values in state.items()} for state in made[3]]

    def _last_states(self, count: int, domain: Domain, omit_unset_slots: bool) -> list[State]:
        start = self._start_of_last(count)
        tracker = self._as_of(start)
        states = []
        for event in self._applied[start:]:
            if isinstance(event, ActionExecuted):
                states.append(domain.get_active_state(tracker, omit_unset_slots))
            event.apply_to(tracker)
        states.append(domain.get_active_state(tracker, omit_unset_slots))
        return states

    def _fold_new(self) -> None:
        """Take the events into account that have come since; `replay_events` asks in the middle of an update."""
        while self._folded < len(self.events):
            event = self.events[self._folded]
            if isinstance(event, ActiveLoop) and event.name and event.name not in self._loops:
                # Earlier executions of an action of that name count as the loop's from now on: stock looks at all
                # loops of the conversation before it begins.
                self._loops |= {event.name}
                self._applied, self._folded, self._checkpoint = [], 0, None
                continue
            self._fold(event)
            self._folded += 1

    def _fold(self, event: Event) -> None:
        """One step of the loop in `DialogueStateTracker.applied_events`."""
        applied = self._applied
        if isinstance(event, (Restarted, SessionStarted)):
            self._applied, self._checkpoint = [], None
        elif isinstance(event, ActionReverted):
            self._undo_till_previous(ActionExecuted, applied)
            self._changed_from(len(applied))
        elif isinstance(event, UserUtteranceReverted):
            self._undo_till_previous(UserUttered, applied)
            self._undo_till_previous(ActionExecuted, applied)
            self._changed_from(len(applied))
        elif (
            isinstance(event, ActionExecuted)
            and event.action_name in self._loops
            and not self._first_loop_execution_or_unhappy_path(event.action_name, applied)
        ):
            self._changed_from(_last_execution(event.action_name, applied) + 1)
            self._undo_till_previous_loop_execution(event.action_name, applied)
        else:
            applied.append(event)

    def _changed_from(self, index: int) -> None:
        """Forget a checkpoint that has seen what no longer counts."""
        if self._checkpoint is not None and self._checkpoint[0] > index:
            self._checkpoint = None

    def _start_of_last(self, states: int) -> int:
        """From which applied event on the replay makes so many states, the present one among them."""
        missing = states - 1
        for index in range(len(self._applied) - 1, -1, -1):
            if missing <= 0:
                return index + 1
            if isinstance(self._applied[index], ActionExecuted):
                missing -= 1
                if missing == 0:
                    return index
        return 0

    def _as_of(self, seen: int) -> "LiveTracker":
        """A tracker that has seen so many applied events, for the caller to go on with."""
        done, base = self._checkpoint or (0, None)
        if base is None or done > seen:
            done, base = 0, LiveTracker(self.sender_id, self.slots.values(), self._max_event_history)
            self._own_slots = set()
        if seen - done > _CHECKPOINT_EVERY:
            ahead = seen - _CHECKPOINT_EVERY // 2
            base = _advanced(base, self._applied[done:ahead])
            done = ahead
            self._checkpoint = (done, base)
        return _advanced(base, self._applied[done:seen])

    def _followup_of_events(self) -> str | None:
        for event in reversed(self.events):
            if isinstance(event, (ActionReverted, UserUtteranceReverted)):
                return self._followup_of_applied()
            if isinstance(event, Restarted):
                return str(ACTION_SESSION_START_NAME)
            if isinstance(event, SessionStarted):
                break
            if isinstance(event, (UserUttered, ActionExecuted)):
                return None
            if isinstance(event, FollowupAction):
                return str(event.action_name)
        return str(ACTION_LISTEN_NAME)

    def _followup_of_applied(self) -> str | None:
        for event in reversed(self._applied):
            if isinstance(event, (UserUttered, ActionExecuted)):
                return None
            if isinstance(event, FollowupAction):
                return str(event.action_name)
        return str(ACTION_LISTEN_NAME)


def _last_execution(action: str, applied: list[Event]) -> int:
    for index in range(len(applied) - 1, -1, -1):
        event = applied[index]
        if isinstance(event, ActionExecuted) and event.action_name == action:
            return index
    return -1


def _advanced(tracker: LiveTracker, events: list[Event]) -> LiveTracker:
    """A copy that has seen these events too; it keeps no list of them."""
    ahead: LiveTracker = _twin(tracker)
    for event in events:
        event.apply_to(ahead)
    return ahead


def _twin(tracker: LiveTracker) -> Any:
    """A copy whose slots and loop can be changed apart from the original's."""
    twin = object.__new__(type(tracker))
    twin.__dict__.update(tracker.__dict__)
    twin.slots = copy.copy(tracker.slots)
    tracker._own_slots, twin._own_slots = set(), set()
    twin.active_loop = replace(tracker.active_loop) if tracker.active_loop is not None else None
    return twin
