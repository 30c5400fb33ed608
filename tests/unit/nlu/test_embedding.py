"""Embeddings: the bundled model, the cache and the worker processes."""

from pathlib import Path

import numpy as np
import pytest

from nlu.understanding import embedding
from nlu.understanding.embedding import (
    DIMENSION,
    BundledE5,
    CachedEmbedder,
    EmbedderUnavailable,
    embed_in_processes,
)
from tests.unit.nlu.fakes import HashedLetters

TEXTS = ["Jag har glömt mitt lösenord", "Hur beställer jag SITHS-kort?", "vad är Sjunet", "åäö 🙂", "x"]


@pytest.fixture(scope="module")
def bundled() -> BundledE5:
    return BundledE5()


def test_the_bundled_model_gives_unit_vectors(bundled: BundledE5) -> None:
    vectors = bundled.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), DIMENSION) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)
    assert bundled.embed([]).shape == (0, DIMENSION)


def test_the_same_meaning_is_nearer_than_another(bundled: BundledE5) -> None:
    asked, same, other = bundled.embed(["Jag har glömt mitt lösenord", "minns inte passwordet", "När öppnar ni?"])
    assert asked @ same > asked @ other


def test_questions_and_passages_are_embedded_each_in_their_way(bundled: BundledE5) -> None:
    assert not np.allclose(bundled.embed(TEXTS[:1]), bundled.embed(TEXTS[:1], passage=True))


def test_worker_processes_give_the_same_vectors(bundled: BundledE5) -> None:
    for passage in (False, True):
        apart = embed_in_processes(TEXTS, passage, workers=2)
        np.testing.assert_array_equal(apart, bundled.embed(TEXTS, passage))


def test_a_failing_worker_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(EmbedderUnavailable):
        embed_in_processes([], passage=False, workers=2)


def test_the_cache_changes_no_vector(tmp_path: Path) -> None:
    plain, cached = HashedLetters(), CachedEmbedder(HashedLetters(), tmp_path / "deep" / "cache.sqlite")
    for _ in range(2):
        for passage in (False, True):
            np.testing.assert_array_equal(cached.embed(TEXTS, passage), plain.embed(TEXTS, passage))


def test_the_cache_asks_for_new_texts_only(tmp_path: Path) -> None:
    inner = HashedLetters()
    CachedEmbedder(inner, tmp_path / "cache.sqlite").embed(TEXTS[:2])
    again = CachedEmbedder(inner, tmp_path / "cache.sqlite")
    again.embed([TEXTS[2], TEXTS[0], TEXTS[1]])
    again.embed(TEXTS[:1], passage=True)
    assert inner.embedded == [
        (TEXTS[0], False),
        (TEXTS[1], False),
        (TEXTS[2], False),
        (TEXTS[0], True),
    ]


def test_the_cache_keeps_models_apart(tmp_path: Path) -> None:
    first, second = HashedLetters(), HashedLetters()
    second.name = "hashed-letters-2"
    CachedEmbedder(first, tmp_path / "cache.sqlite").embed(TEXTS)
    CachedEmbedder(second, tmp_path / "cache.sqlite").embed(TEXTS)
    assert len(second.embedded) == len(TEXTS)


@pytest.mark.parametrize(
    ("flags", "runs"), [("flags : fpu avx avx2 fma", True), ("flags : fpu avx", False), ("", True)]
)
def test_a_processor_that_cannot_run_it_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, flags: str, runs: bool
) -> None:
    information = tmp_path / "cpuinfo"
    information.write_text(flags, encoding="utf-8")
    monkeypatch.setattr(embedding, "Path", lambda _: information)
    if runs:
        embedding._require_avx2()
    else:
        with pytest.raises(EmbedderUnavailable, match="AVX2"):
            embedding._require_avx2()
