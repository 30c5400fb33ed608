"""What an embedding model is to the rest of the understanding."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
"""Vectors, matrices, probabilities."""


class Embedder(Protocol):
    """Turns texts into unit vectors; questions and passages are embedded each in their own way."""

    name: str
    """Names model and version: embeddings of different names must not be compared."""

    def embed(self, texts: Sequence[str], passage: bool = False) -> Floats:
        """Vectors of shape (len(texts), dimension), float32, length 1."""


class EmbedderUnavailable(Exception):
    """The embedding model is not there or cannot run on this machine; the message says why and what to do."""
