"""Confidence and thresholds, on rankings that are made up."""

import numpy as np
import pytest

from nlu.understanding.gate import PRECISION, Gate, choose_thresholds


@pytest.fixture(scope="module")
def gate() -> Gate:
    chance = np.random.default_rng(3)
    sign = chance.random(3000)
    right = chance.random(3000) < sign
    return Gate().fit(np.stack([sign, chance.random(3000)], axis=1).tolist(), right.tolist(), [True] * 3000)


def test_confidence_is_the_share_that_is_right(gate: Gate) -> None:
    for sign in (0.2, 0.5, 0.8):
        places = np.linspace(0.05, 0.95, 50)
        assert np.mean(gate.confidences([[sign, place] for place in places])) == pytest.approx(sign, abs=0.15)


def test_the_thresholds_keep_their_promise(gate: Gate) -> None:
    chance = np.random.default_rng(4)
    confidence = chance.random(20_000)
    right = chance.random(20_000) < confidence
    found = choose_thresholds(confidence, right, np.ones(20_000, dtype=bool))
    assert right[confidence >= found.high].mean() == pytest.approx(PRECISION, abs=0.01)
    assert 0.0 < found.low < found.high < 1.0
    assert 0.0 < gate.thresholds.low < gate.thresholds.high < 1.0


def test_what_claims_nothing_does_not_lower_the_bar() -> None:
    confidence = np.linspace(0.0, 1.0, 1000)
    right = confidence > 0.6
    claims = np.ones(1000, dtype=bool)
    claims[(confidence > 0.5) & (confidence < 0.6)] = False
    assert (
        choose_thresholds(confidence, right, claims).high < choose_thresholds(confidence, right, ~claims | claims).high
    )


def test_when_nothing_is_right_nothing_is_sure() -> None:
    nothing = np.zeros(100, dtype=bool)
    assert choose_thresholds(np.linspace(0, 0.9, 100), nothing, ~nothing).high == 1.0


def test_confidence_is_what_the_trees_say(gate: Gate) -> None:
    signs = np.random.default_rng(5).random((200, 2)).tolist()
    assert gate.confidences(signs) == pytest.approx(gate._trees.predict_proba(np.asarray(signs))[:, 1], abs=1e-9)
