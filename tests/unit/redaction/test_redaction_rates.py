"""How much is found of what must be, and how much is left of what may stay: issue 6, point 3."""

import re
from collections.abc import Mapping, Sequence

from redaction import redact
from tests.unit.redaction.look_alikes import look_alikes
from tests.unit.redaction.people import positives

SEED = 20261122
IDENTITIES_OF_EACH_KIND = 120
LOOK_ALIKES_OF_EACH_KIND = 100
LEAST_RECALL = 0.995
LEAST_PRECISION = 0.98

DIGITS_LEFT = re.compile(r"\d")
HARMLESS_DIGITS = re.compile(r"2026-12-01|rum 12|fyra sista|sista fyra|sista 4|visa=1")
"""Those that stand in the sentences around."""


def is_gone(message: str) -> bool:
    """Nothing of the identity is left, neither digits nor number words."""
    text = redact(message).text
    rest = HARMLESS_DIGITS.sub("", text)
    said = re.search(r"\b(noll|två|tre|fyra|fem|sex|sju|åtta|nio)\b", rest)
    return "borttaget" in text and not DIGITS_LEFT.search(rest) and not said


def told(results: Mapping[str, Sequence[str]], count: int) -> str:
    return f"{count}: " + "; ".join(f"{kind}: {wrong[:3]!r}" for kind, wrong in results.items() if wrong)


def test_identities_are_found_and_look_alikes_stay() -> None:
    people = positives(SEED, IDENTITIES_OF_EACH_KIND)
    others = look_alikes(SEED, LOOK_ALIKES_OF_EACH_KIND)
    missed = {kind: [message for message in messages if not is_gone(message)] for kind, messages in people.items()}
    wrong = {kind: [message for message in messages if redact(message).found] for kind, messages in others.items()}
    people_count, others_count = (sum(map(len, each.values())) for each in (people, others))
    missed_count, wrong_count = (sum(map(len, each.values())) for each in (missed, wrong))
    recall = 1 - missed_count / people_count
    precision = (people_count - missed_count) / (people_count - missed_count + wrong_count)
    print(f"recall {recall:.2%} of {people_count}, precision {precision:.2%} with {others_count} look-alikes")
    assert people_count >= 2000 and others_count >= 2000
    assert recall >= LEAST_RECALL, told(missed, missed_count)
    assert precision >= LEAST_PRECISION, told(wrong, wrong_count)
    assert wrong_count <= 0.02 * others_count, told(wrong, wrong_count)


def test_each_kind_is_found() -> None:
    """No kind hides behind the others."""
    for kind, messages in positives(SEED + 1, IDENTITIES_OF_EACH_KIND).items():
        missed = [message for message in messages if not is_gone(message)]
        assert len(missed) <= 0.03 * len(messages), f"{kind}: {missed[:5]!r}"


def test_each_kind_of_look_alike_stays() -> None:
    for kind, messages in look_alikes(SEED + 1, LOOK_ALIKES_OF_EACH_KIND).items():
        wrong = [message for message in messages if redact(message).found]
        assert len(wrong) <= 0.15 * len(messages), f"{kind}: {wrong[:5]!r}"
