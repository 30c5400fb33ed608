"""Rules that are looked up once for each situation.

Stock compares the last states with every rule at every prediction, twice: once with the user's words and once with
their intent. What comes out depends on the states and the active loop alone, and conversations meet the same few
hundred situations again and again. Here the first conversation in a situation asks stock, and the others get what it
found. No rule of ours holds users' words, so no situation does: they are left out of what is remembered.
"""

import json
from collections import OrderedDict
from typing import Any

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import TEXT

SITUATIONS = 4096
"""That are remembered; the one that was met longest ago is forgotten first."""

Found = tuple[str | None, str | None, bool]
"""What `RulePolicy._find_action_from_rules` gives."""


class RememberedRules:
    """Stands in the place of a loaded policy's `_find_action_from_rules` and decides the same."""

    def __init__(self, policy: RulePolicy) -> None:
        """Begin to remember."""
        self._policy = policy
        self._ask_stock = policy._find_action_from_rules
        self._found: OrderedDict[str, Found] = OrderedDict()
        self._words_count = any(
            TEXT in state.get(USER, {})
            for rules in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH)
            for key in policy.lookup.get(rules, {})
            for state in policy._rule_key_to_state(key)
        )
        policy._find_action_from_rules = self

    def __call__(self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool) -> Found:
        """See `RulePolicy._find_action_from_rules`."""
        by_words = use_text_for_last_user_input
        if by_words and (self._words_count or tracker.latest_action_name != ACTION_LISTEN_NAME):
            return self._of_stock(tracker, domain, by_words)
        states = self._policy._prediction_states(
            tracker, domain, by_words, rule_only_data=self._policy._get_rule_only_data()
        )
        situation = json.dumps([by_words, tracker.active_loop_name, _without_words(states)], sort_keys=True)
        found = self._found.get(situation)
        if found is None:
            action, rule, interrupted = self._of_stock(tracker, domain, by_words)
            # Without an action stock names the states instead of a rule, words and all, and asks no more for them.
            found = (action, rule if action or not by_words else None, interrupted)
            self._found[situation] = found
            if len(self._found) > SITUATIONS:
                self._found.popitem(last=False)
        else:
            self._found.move_to_end(situation)
        return found

    def _of_stock(self, tracker: DialogueStateTracker, domain: Domain, by_words: bool) -> Found:
        action, rule, interrupted = self._ask_stock(tracker, domain, by_words)
        return action, rule, interrupted


def _without_words(states: list[State]) -> list[dict[str, Any]]:
    def without(state: State) -> dict[str, Any]:
        user = state.get(USER)
        if user is None or TEXT not in user:
            return dict(state)
        return {**state, USER: {**user, TEXT: ""}}

    return [without(state) for state in states]
