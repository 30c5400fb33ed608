"""Stand-ins for what is slow."""

import zlib
from collections.abc import Sequence

import numpy as np

from nlu.understanding.embedding import Embedder, Floats
from nlu.understanding.normaliser import fold


class HashedLetters(Embedder):
    """Vectors of letter trigrams: sentences that share words are near each other."""

    name = "hashed-letters"
    dimension = 256

    def __init__(self) -> None:
        self.embedded: list[tuple[str, bool]] = []
        """Every text that was embedded, in order, and whether as a passage."""

    def embed(self, texts: Sequence[str], passage: bool = False) -> Floats:
        """See `Embedder.embed`."""
        self.embedded += [(text, passage) for text in texts]
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            padded = f"  {fold(text)}  "
            for start in range(len(padded) - 2):
                vectors[row, zlib.crc32(padded[start : start + 3].encode()) % self.dimension] += 1.0
        if passage:
            vectors[:, 0] += 0.5
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-9
        return vectors
