"""How likely it is that the first topic is the right one, and from where that is sure enough.

Confidence is a probability that can be believed: it is learnt from rankings of examples that the rankers did not see.
The thresholds are read off the same way, by cross-validation, and kept in the model.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from joblib import parallel_backend
from scipy.special import expit, logit
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.ensemble._gradient_boosting import predict_stages
from sklearn.model_selection import cross_val_predict

from nlu.understanding.embedding import Floats

PRECISION = 0.94
"""So many of the answers above `high` are right in cross-validation, where every message is one of the hard kind:
unlike all other examples of its topic. On messages as they come some 98 % are, and one in six is asked back about. With
0.86 it was one in twenty, and twice as many were answered wrongly."""
HOPELESS = 0.25
"""Of topics whose confidence is near `low`, so many are right; fewer below."""
_NEAR = 0.05
_FOLDS = 4


class Thresholds(NamedTuple):
    """What the confidence of a ranking is held against."""

    high: float
    """From here the first topic is given as the answer."""
    low: float
    """Below this no topic is suggested."""


class Gate:
    """Boosted trees over signs of a ranking; `fit` before use.

    In cross-validation the area under the curve is .81, with a logistic regression .80. Each split looks at few signs:
    with few examples, trees that may choose among all of them trust the one that happens to part right from wrong.
    """

    thresholds: Thresholds

    def fit(self, signs: Sequence[Sequence[float]], right: Sequence[bool], claims: Sequence[bool]) -> "Gate":
        """Learn from rankings: their signs, whether the first topic is right, whether it claims anything."""
        matrix, truth = np.asarray(signs), np.asarray(right, dtype=bool)
        self._trees = GradientBoostingClassifier(
            n_estimators=120,
            learning_rate=0.07,
            max_depth=4,
            max_features=5,
            min_samples_leaf=min(30, 1 + len(truth) // 10),
            subsample=0.6,
            random_state=7,
        )
        with parallel_backend("threading"):
            honest = cross_val_predict(self._trees, matrix, truth, cv=_FOLDS, method="predict_proba", n_jobs=-1)[:, 1]
        self.thresholds = choose_thresholds(honest, truth, np.asarray(claims, dtype=bool))
        self._trees.fit(matrix, truth)
        self._prior = float(logit(truth.mean()))
        return self

    def confidences(self, signs: Sequence[Sequence[float]]) -> list[float]:
        """For each ranking the probability that its first topic is the right one."""
        raw = np.full((len(signs), 1), self._prior)
        # As `predict_proba`, which spends three quarters of its time on looking at its input.
        predict_stages(self._trees.estimators_, np.asarray(signs, np.float32), self._trees.learning_rate, raw)
        found: list[float] = expit(raw[:, 0]).tolist()
        return found


def choose_thresholds(honest: Floats, right: Any, claims: Any) -> Thresholds:
    """The lowest `high` with which `PRECISION` of the claims are right; as `low` the highest hopeless confidence."""
    order = np.argsort(-honest[claims])
    precision = np.cumsum(right[claims][order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= PRECISION)
    high = float(honest[claims][order][enough[-1]]) if len(enough) else 1.0
    steps = np.arange(0.05, 0.5, 0.01)
    near = [right[np.abs(honest - step) <= _NEAR] for step in steps]
    hopeless = [step for step, seen in zip(steps, near, strict=True) if len(seen) and seen.mean() <= HOPELESS]
    low = min(max(hopeless, default=0.1), high / 2)
    return Thresholds(round(high, 3), round(float(low), 3))
