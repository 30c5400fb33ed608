"""Sessions of onnxruntime."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from nlu.understanding.embedding.interface import EmbedderUnavailable

_ERRORS_ONLY = 3


def session(model: bytes | Path, threads: int = 1) -> Callable[..., Any]:
    """The `run` of a session on the CPU. Raises EmbedderUnavailable when the model cannot be run here."""
    try:
        import onnxruntime
    except ImportError as error:
        raise EmbedderUnavailable(f"onnxruntime, which computes the embeddings, cannot be loaded: {error}") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    source = str(model) if isinstance(model, Path) else model
    try:
        opened = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors share no base class of their own
        raise EmbedderUnavailable(f"the embedding model cannot be run: {error}") from error
    run: Callable[..., Any] = opened.run
    return run
