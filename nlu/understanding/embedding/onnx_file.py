"""An operator's own embedding model: an ONNX file and its tokenizer, as `optimum-cli export onnx` writes them."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nlu.understanding.embedding.interface import EmbedderUnavailable, Floats
from nlu.understanding.embedding.runtime import session

_MOST_PIECES = 512
_BATCH = 16


class OnnxFile:
    """Mean of the last layer over the text's own pieces.

    The graph takes `input_ids` and `attention_mask` (and `token_type_ids`, if it has such an input), int64 of shape
    (texts, pieces); its first output is float32 of shape (texts, pieces, dimension).
    """

    def __init__(self, model: Path, tokenizer: Path, prefixes: tuple[str, str] = ("", ""), threads: int = 1) -> None:
        """`prefixes`: what is written before a question and before a passage."""
        for path, setting in ((model, "EMBEDDING_ONNX"), (tokenizer, "EMBEDDING_TOKENIZER")):
            if not path.is_file():
                raise EmbedderUnavailable(f"{setting}: there is no file {path}")
        self._prefixes = prefixes
        self._tokenizer = _tokenizer(tokenizer)
        opened = session(model, threads)
        self._run = opened
        self._inputs = {entry.name for entry in opened.__self__.get_inputs()}  # type: ignore[attr-defined]
        unknown = self._inputs - {"input_ids", "attention_mask", "token_type_ids"}
        if unknown or "input_ids" not in self._inputs:
            raise EmbedderUnavailable(
                f"EMBEDDING_ONNX: {model} takes {sorted(self._inputs)}; input_ids, attention_mask and token_type_ids "
                "are what is given to it"
            )
        digest = hashlib.sha256(model.read_bytes() + tokenizer.read_bytes() + repr(prefixes).encode())
        self.name = f"onnx-{digest.hexdigest()[:16]}"
        self.embed(["prov"])

    def embed(self, texts: Sequence[str], passage: bool = False) -> Floats:
        """See `Embedder.embed`."""
        prefix = self._prefixes[passage]
        parts = [
            self._batch([prefix + text for text in texts[start : start + _BATCH]])
            for start in range(0, len(texts), _BATCH)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, 1), dtype=np.float32)

    def _batch(self, texts: list[str]) -> Floats:
        encoded = self._tokenizer.encode_batch(texts)
        fed = {
            "input_ids": np.array([each.ids for each in encoded], dtype=np.int64),
            "attention_mask": np.array([each.attention_mask for each in encoded], dtype=np.int64),
            "token_type_ids": np.array([each.type_ids for each in encoded], dtype=np.int64),
        }
        vectors = self._run(None, {name: value for name, value in fed.items() if name in self._inputs})[0]
        if vectors.ndim != 3:
            raise EmbedderUnavailable(
                f"EMBEDDING_ONNX: its first output has the shape {vectors.shape}; (texts, pieces, dimension) is needed"
            )
        mask = fed["attention_mask"][:, :, None].astype(np.float32)
        average = (vectors * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1.0)
        unit: Floats = (average / (np.linalg.norm(average, axis=1, keepdims=True) + 1e-12)).astype(np.float32)
        return unit


def _tokenizer(path: Path) -> Any:
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises plain Exception
        raise EmbedderUnavailable(f"EMBEDDING_TOKENIZER: {path} is no tokenizer.json: {error}") from error
    tokenizer.enable_truncation(_MOST_PIECES)
    tokenizer.enable_padding()
    return tokenizer
