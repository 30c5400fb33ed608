"""Embeddings kept in a file between trainings."""

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlu.understanding.embedding.interface import Embedder, Floats


class CachedEmbedder:
    """Asks another embedder for new texts only; meant for training, not for a server."""

    def __init__(self, inner: Embedder, path: Path) -> None:
        self.name = inner.name
        self._inner = inner
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, timeout=60)
        self._database.execute("CREATE TABLE IF NOT EXISTS embedding (key TEXT PRIMARY KEY, vector BLOB NOT NULL)")

    def embed(self, texts: Sequence[str], passage: bool = False) -> Floats:
        """See `Embedder.embed`."""
        keys = [self._key(text, passage) for text in texts]
        known = self._known(keys)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        vectors = self._inner.embed(list(new.values()), passage)
        known.update(zip(new, vectors, strict=True))
        with self._database:
            self._database.executemany(
                "INSERT OR REPLACE INTO embedding VALUES (?, ?)", ((key, known[key].tobytes()) for key in new)
            )
        return np.stack([known[key] for key in keys]) if keys else vectors

    def _known(self, keys: Sequence[str]) -> dict[str, Floats]:
        found = (self._database.execute("SELECT key, vector FROM embedding WHERE key = ?", (key,)) for key in set(keys))
        return {key: np.frombuffer(vector, dtype=np.float32) for cursor in found for key, vector in cursor}

    def _key(self, text: str, passage: bool) -> str:
        return hashlib.sha256(f"{self.name}\0{passage}\0{text}".encode()).hexdigest()
