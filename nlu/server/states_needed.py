"""How far back a model looks to decide what comes next."""

from rasa.core.policies.policy import Policy
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy

from nlu.server.graph_runner import DirectGraphRunner


def states_needed(runner: DirectGraphRunner) -> int | None:
    """The states of the longest rule; None for all, when another policy than rules has a say.

    A rule is compared with as many states as it has itself. Memoization counts from the beginning of a conversation,
    and machine-learnt policies may look anywhere.
    """
    policies = [component for component in runner.components() if isinstance(component, Policy)]
    if not policies or any(type(policy) is not RulePolicy for policy in policies):
        return None
    lengths = [
        len(policy._rule_key_to_state(key))
        for policy in policies
        for rules in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH)
        for key in policy.lookup.get(rules, {})
    ]
    return max(lengths, default=1)
