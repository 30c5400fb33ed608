"""Which embedding model is used: the bundled one, or the ONNX file that the operator names."""

from collections.abc import Mapping
from pathlib import Path

from nlu.understanding.embedding.bundled import BundledE5
from nlu.understanding.embedding.interface import Embedder, EmbedderUnavailable
from nlu.understanding.embedding.onnx_file import OnnxFile

SETTINGS = ("EMBEDDING_ONNX", "EMBEDDING_TOKENIZER", "EMBEDDING_PREFIXES")
_PREFIXES = {"e5": ("query: ", "passage: "), "none": ("", "")}


def chosen_embedder(environment: Mapping[str, str], threads: int = 1) -> Embedder:
    """The embedder that the settings name; never another. Raises EmbedderUnavailable, naming the setting."""
    model = environment.get("EMBEDDING_ONNX", "").strip()
    if not model:
        return BundledE5(threads)
    path = Path(model)
    tokenizer = Path(environment.get("EMBEDDING_TOKENIZER", "").strip() or path.with_name("tokenizer.json"))
    style = environment.get("EMBEDDING_PREFIXES", "").strip() or "e5"
    if style not in _PREFIXES:
        raise EmbedderUnavailable(f"EMBEDDING_PREFIXES is {style!r}; it must be one of {', '.join(_PREFIXES)}")
    return OnnxFile(path, tokenizer, _PREFIXES[style], threads)
