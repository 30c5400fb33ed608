"""Linear classifiers: multinomial logistic regression by small batches, with steps that shrink for what was seen often.

Features come in blocks that stand side by side: dense (meaning) or sparse (letters). A step touches only the rows of
the weights that its batch has features in, so 550 classes over 30,000 character n-grams are learnt in seconds, without
first folding the n-grams into few directions, which loses what rare words tell. L-BFGS takes ten times as long over the
same and is no better.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack

from nlu.understanding.embedding import Floats

Block: TypeAlias = Floats | csr_matrix
Blocks: TypeAlias = Sequence[Block]
"""The same texts' features in each block, n x d each."""
Labels = npt.NDArray[np.int64]
Held = npt.NDArray[np.bool_]

_SEED = 7
_BATCH = 512
_FLOOR = -8.0
"""Logarithms of probabilities below this are all the same."""
_TINY = 1e-6


class Pace(NamedTuple):
    """How long and how fast to learn."""

    rounds: int
    """Times that every text is looked at."""
    step: float
    """Length of the first step of a feature."""


class Softmax:
    """Probabilities of classes that are numbered from 0; `fit` before use."""

    def fit(
        self, blocks: Blocks, labels: Labels, classes: int, pace: Pace, counts: "Floats | None" = None
    ) -> "Softmax":
        """Learn from features and their classes; `counts`: how many rows each row counts for, 1 unless told."""
        each = (np.ones(len(labels), dtype=np.float32) if counts is None else counts)[:, None]
        self._weights = [np.zeros((block.shape[1], classes), dtype=np.float32) for block in blocks]
        self._bias = np.zeros(classes, dtype=np.float32)
        steps = [_Steps(block, weights, pace.step) for block, weights in zip(blocks, self._weights, strict=True)]
        bias_slopes = _TINY
        chance = np.random.default_rng(_SEED)
        for _ in range(pace.rounds):
            order = chance.permutation(len(labels))
            for start in range(0, len(order), _BATCH):
                rows = order[start : start + _BATCH]
                scores = self._bias + sum(step.scores(rows) for step in steps)
                slopes = np.exp(_log_shares(scores))
                slopes[np.arange(len(rows)), labels[rows]] -= 1.0
                slopes *= each[rows] / len(rows)
                for step in steps:
                    step.take(slopes)
                together = slopes.sum(axis=0)
                bias_slopes += float(together @ together)
                self._bias -= pace.step / np.sqrt(bias_slopes) * together
        return self

    def logs(self, blocks: Blocks) -> Floats:
        """Logarithms of the probabilities, shape (n, classes), none below a floor."""
        floored: Floats = np.maximum(_log_shares(self._scores(blocks)), _FLOOR)
        return floored

    def probabilities(self, blocks: Blocks) -> Floats:
        """Shape (n, classes); rows sum to 1."""
        shares: Floats = np.exp(_log_shares(self._scores(blocks)))
        return shares

    def _scores(self, blocks: Blocks) -> Floats:
        scores: Floats = self._bias + sum(block @ weights for block, weights in zip(blocks, self._weights, strict=True))
        return scores


class _Steps:
    """One block's share of the scores, and its weights' steps (AdaGrad with one sum for each feature)."""

    def __init__(self, block: Block, weights: Floats, length: float) -> None:
        self._block = block
        self._weights = weights
        self._length = length
        self._slopes = np.full(len(weights), _TINY, dtype=np.float32)
        self._places = np.zeros(len(weights), dtype=np.int32)

    def scores(self, rows: Labels) -> Floats:
        """Those of a batch, which `take` is about next."""
        self._features: Block = self._block[rows]
        self._present: Labels | slice = slice(None)
        if isinstance(self._features, csr_matrix):
            present = self._present = np.unique(self._features.indices)
            self._places[present] = np.arange(len(present), dtype=np.int32)
            places = self._places[self._features.indices]
            shape = (len(rows), len(present))
            self._features = csr_matrix((self._features.data, places, self._features.indptr), shape)
        self._now = self._weights[self._present]
        scores: Floats = self._features @ self._now
        return scores

    def take(self, slopes: Floats) -> None:
        """One step against the slopes of the scores."""
        slope = self._features.T @ slopes
        self._slopes[self._present] += np.einsum("fc,fc->f", slope, slope)
        lengths = self._length / np.sqrt(self._slopes[self._present])
        self._weights[self._present] = self._now - lengths[:, None] * slope


class Task:
    """One thing to classify: features and labels, and more of both that are learnt from but never asked about.

    `held`: for each row whether an honest opinion on it is wanted; `counts`: how many rows each counts for, 1 unless
    told.
    """

    def __init__(
        self,
        blocks: Blocks,
        labels: Sequence[int],
        classes: int,
        pace: Pace,
        held: Held,
        more: "tuple[Blocks, Sequence[int]] | None" = None,
        counts: "Floats | None" = None,
    ) -> None:
        self._blocks = blocks
        self._labels: Labels = np.asarray(labels, dtype=np.int64)
        self._classes = classes
        self._pace = pace
        self._held = held
        self._counts = np.ones(len(labels), dtype=np.float32) if counts is None else counts
        self._extra, extra_labels = more or ([block[:0] for block in blocks], [])
        self._extra_labels: Labels = np.asarray(extra_labels, dtype=np.int64)

    def fitted(self) -> Softmax:
        """A classifier that knows all rows."""
        return self._fitted_on(np.ones(len(self._labels), dtype=bool))

    def opinions(self) -> Floats:
        """Log-probabilities of the rows that are held, by a classifier that did not see them."""
        return self._fitted_on(~self._held).logs([block[np.flatnonzero(self._held)] for block in self._blocks])

    def _fitted_on(self, known: Held) -> Softmax:
        rows = np.flatnonzero(known)
        blocks = [_stacked(block[rows], extra) for block, extra in zip(self._blocks, self._extra, strict=True)]
        labels = np.concatenate([self._labels[rows], self._extra_labels])
        counts = np.concatenate([self._counts[rows], np.ones(len(self._extra_labels), dtype=np.float32)])
        return Softmax().fit(blocks, labels, self._classes, self._pace, counts)


def fit_all(tasks: Sequence[Task], threads: int) -> list[tuple[Softmax, Floats]]:
    """For each task the classifier, and the opinions of one that did not see the rows that are held.

    What is built on a classifier must be trained on honest opinions, since a fitted one is too sure of its own data.
    """
    with ThreadPoolExecutor(threads) as pool:
        fitted = [pool.submit(task.fitted) for task in tasks]
        opinions = [pool.submit(task.opinions) for task in tasks]
        return [(each.result(), honest.result()) for each, honest in zip(fitted, opinions, strict=True)]


def _stacked(block: Block, extra: Block) -> Block:
    if not extra.shape[0]:
        return block
    return vstack([block, extra], format="csr") if isinstance(block, csr_matrix) else np.concatenate([block, extra])


def _log_shares(scores: Floats) -> Floats:
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs: Floats = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return logs
