"""Which intents are taken for which: every training sentence classified by a model that did not see it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlu.evaluation.training import intent_examples
from nlu.understanding.embedding import Embedder, Floats
from nlu.understanding.intent_model import out_of_fold
from nlu.understanding.model import Understanding


@dataclass(frozen=True)
class Mixup:
    """Sentences of one intent that were taken for another."""

    meant: str
    understood: str
    texts: list[str]


@dataclass(frozen=True)
class Confusion:
    """Counts, rows meant and columns understood, in the order of `names`."""

    matrix: Floats
    names: list[str]
    mixups: list[Mixup]
    """Most frequent first."""

    @property
    def accuracy(self) -> float:
        """Share on the diagonal."""
        return float(np.trace(self.matrix) / self.matrix.sum())

    @property
    def macro_f1(self) -> float:
        """F1 of each intent, averaged."""
        right = np.diag(self.matrix)
        f1 = 2 * right / np.maximum(self.matrix.sum(axis=0) + self.matrix.sum(axis=1), 1)
        return float(f1.mean())


def cross_validated(model: Understanding, embedder: Embedder) -> Confusion:
    """Two halves of the sentences that the model learnt its intents from, each judged by what the other taught."""
    pairs = list(dict.fromkeys(intent_examples()))
    known = {text for _, text in pairs}
    pairs += [
        (topic["intent"], example)
        for topic in model.index["topics"]
        for example in topic["examples"]
        if example not in known
    ]
    texts, intents = [text for _, text in pairs], [intent for intent, _ in pairs]
    normal = [model.normal(text) for text in texts]
    shares = out_of_fold(normal, embedder.embed(normal), intents)
    return count(texts, intents, shares)


def count(texts: Sequence[str], intents: Sequence[str], shares: Floats) -> Confusion:
    """Of texts, what each meant, and probabilities whose columns are the sorted intents."""
    names = sorted(set(intents))
    rows = np.array([names.index(intent) for intent in intents])
    columns = np.argmax(shares, axis=1)
    matrix = np.zeros((len(names), len(names)))
    np.add.at(matrix, (rows, columns), 1)
    found: dict[tuple[str, str], list[str]] = {}
    for text, row, column in zip(texts, rows, columns, strict=True):
        if row != column:
            found.setdefault((names[row], names[column]), []).append(text)
    mixups = [Mixup(meant, understood, which) for (meant, understood), which in found.items()]
    return Confusion(matrix, names, sorted(mixups, key=lambda mixup: -len(mixup.texts)))
