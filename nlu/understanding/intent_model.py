"""What kind of request a message is: a linear classifier over its meaning and its letters."""

from collections.abc import Sequence

import numpy as np

from nlu.understanding.embedding import Floats
from nlu.understanding.softmax import Block, Pace, Softmax, Task
from nlu.understanding.views import Letters, Meaning, joined

_SEED = 7
PACE = Pace(rounds=8, step=1.0)
"""With twice the step a point is lost. With half as many rounds as many are right, but the probabilities are less sure,
and the thresholds of intents rest on those."""


class IntentModel:
    """Intents of normalised texts, with views of its own; `Understanding` learns the same over the topics' views."""

    def fit(self, texts: Sequence[str], vectors: Floats, intents: Sequence[str]) -> "IntentModel":
        """Learn from normalised texts, their sentence vectors (n x dimension) and their intents."""
        self.classes = sorted(set(intents))
        numbers = [self.classes.index(intent) for intent in intents]
        self._meaning = Meaning().fit(vectors, numbers, vectors)
        self._letters = Letters().fit(texts)
        self._softmax = Softmax().fit(self._blocks(texts, vectors), np.asarray(numbers), len(self.classes), PACE)
        return self

    def probabilities(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """Probabilities of shape (len(texts), len(classes)); rows sum to 1."""
        return self._softmax.probabilities(self._blocks(texts, vectors))

    def _blocks(self, texts: Sequence[str], vectors: Floats) -> list[Block]:
        return joined(self._meaning.of(vectors), self._letters.of(texts))


def out_of_fold(texts: Sequence[str], vectors: Floats, intents: Sequence[str]) -> Floats:
    """Probabilities of each text by a classifier that knows the other half; columns in sorted order of the intents."""
    classes = sorted(set(intents))
    numbers = [classes.index(intent) for intent in intents]
    blocks = joined(Meaning().fit(vectors, numbers, vectors).of(vectors), Letters().fit(texts).of(texts))
    half = np.random.default_rng(_SEED).random(len(texts)) < 0.5
    shares: Floats = np.zeros((len(texts), len(classes)), dtype=np.float32)
    for held in (half, ~half):
        shares[held] = np.exp(Task(blocks, numbers, len(classes), PACE, held).opinions())
    shares /= shares.sum(axis=1, keepdims=True)
    return shares
