"""Linear classifiers: multinomial logistic regression by L-BFGS, stopped early.

scikit-learn's takes ten times as long on 500 classes and copies what it is given. Of the penalties and step counts
tried (10 to 80 steps) none was a point better than another. With few classes more steps make the probabilities surer,
on which the thresholds of intents rest; with 550 topics they cost time and the right one is no oftener among the first.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from nlu.understanding.embedding import Floats

STEPS, FEW_STEPS = 20, 14
_FOLDS = 3
_SEED = 7
_FLOOR = -8.0
"""Logarithms of probabilities below this are all the same."""

Labels = npt.NDArray[np.int64]


class Softmax:
    """Probabilities of classes that are numbered from 0; `fit` before use."""

    def fit(self, features: Floats, labels: Labels, classes: int, penalty: float, steps: int = STEPS) -> "Softmax":
        """Learn from features (n x d, float32) and their classes."""
        inputs = _with_one(features)
        rows = np.arange(len(labels))
        shape = (inputs.shape[1], classes)

        def loss(flat: Floats) -> tuple[float, Floats]:
            weights = flat.reshape(shape).astype(np.float32)
            logs = _log_shares(inputs @ weights)
            value = -float(logs[rows, labels].mean()) + penalty / len(rows) * float((weights * weights).sum())
            shares = np.exp(logs)
            shares[rows, labels] -= 1.0
            slope = (inputs.T @ shares + 2 * penalty * weights) / len(rows)
            return value, slope.ravel().astype(np.float64)

        found = minimize(loss, np.zeros(shape).ravel(), jac=True, method="L-BFGS-B", options={"maxiter": steps})
        self._weights: Floats = found.x.reshape(shape).astype(np.float32)
        return self

    def logs(self, features: Floats) -> Floats:
        """Logarithms of the probabilities, shape (n, classes), none below a floor."""
        floored: Floats = np.maximum(_log_shares(_with_one(features) @ self._weights), _FLOOR)
        return floored

    def probabilities(self, features: Floats) -> Floats:
        """Shape (n, classes); rows sum to 1."""
        shares: Floats = np.exp(_log_shares(_with_one(features) @ self._weights))
        return shares


class Task:
    """One thing to classify: features and labels, and more of both that are learnt from but never asked about."""

    def __init__(
        self,
        features: Floats,
        labels: Sequence[int],
        classes: int,
        penalty: float,
        more: "tuple[Floats, Sequence[int]] | None" = None,
        steps: int = STEPS,
    ) -> None:
        self.features = features
        self.labels: Labels = np.asarray(labels, dtype=np.int64)
        self.classes = classes
        self.folds = np.random.default_rng(_SEED).permutation(len(self.labels)) % _FOLDS
        self._penalty = penalty
        self._steps = steps
        self._extra, extra_labels = more or (features[:0], [])
        self._extra_labels: Labels = np.asarray(extra_labels, dtype=np.int64)

    def fitted_without(self, fold: int) -> Softmax:
        """A classifier that knows all rows but a fold's; there is no fold `EVERY`."""
        rows = self.folds != fold
        features = np.concatenate([self.features[rows], self._extra])
        labels = np.concatenate([self.labels[rows], self._extra_labels])
        return Softmax().fit(features, labels, self.classes, self._penalty, self._steps)


EVERY = -1


def fit_all(tasks: Sequence[Task], threads: int) -> list[tuple[Softmax, Floats]]:
    """For each task the classifier, and each row's log-probabilities by one that did not see its fold.

    What is built on a classifier must be trained on honest opinions, since a fitted one is too sure of its own data.
    """
    jobs = [(task, fold) for task in tasks for fold in (EVERY, *range(_FOLDS))]
    with ThreadPoolExecutor(threads) as pool:
        fitted = dict(zip(jobs, pool.map(lambda job: job[0].fitted_without(job[1]), jobs), strict=True))
    return [(fitted[task, EVERY], _honest(task, [fitted[task, fold] for fold in range(_FOLDS)])) for task in tasks]


def _honest(task: Task, models: Sequence[Softmax]) -> Floats:
    logs = np.zeros((len(task.labels), task.classes), dtype=np.float32)
    for fold, model in enumerate(models):
        logs[task.folds == fold] = model.logs(task.features[task.folds == fold])
    return logs


def _with_one(features: Floats) -> Floats:
    return np.concatenate([features, np.ones((len(features), 1), dtype=np.float32)], axis=1)


def _log_shares(scores: Floats) -> Floats:
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs: Floats = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return logs
