"""Sentence embeddings behind a small interface: the bundled model, an operator's ONNX file, and a cache."""

from nlu.understanding.embedding.cache import CachedEmbedder
from nlu.understanding.embedding.chosen import chosen_embedder
from nlu.understanding.embedding.interface import Embedder, EmbedderUnavailable, Floats

__all__ = ["CachedEmbedder", "Embedder", "EmbedderUnavailable", "Floats", "chosen_embedder"]
