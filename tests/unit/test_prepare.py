"""When a model must be trained anew."""

from pathlib import Path

import pytest

from scripts.prepare import fingerprint


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for name in ("config.yml", "data/nlu/greet.yml", "build/knowledge.json", "nlu/components/names.py", "nlu/uv.lock"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "name", ["config.yml", "data/nlu/greet.yml", "build/knowledge.json", "nlu/components/names.py"]
)
def test_a_changed_input_changes_the_fingerprint(house: Path, name: str) -> None:
    before = fingerprint(house, {})
    (house / name).write_text("b", encoding="utf-8")
    assert fingerprint(house, {}) != before


def test_a_moved_example_changes_the_fingerprint(house: Path) -> None:
    before = fingerprint(house, {})
    (house / "data/nlu/greet.yml").rename(house / "data/nlu/hello.yml")
    assert fingerprint(house, {}) != before


def test_what_training_does_not_read_changes_nothing(house: Path) -> None:
    before = fingerprint(house, {})
    (house / "nlu/evaluate.py").write_text("b", encoding="utf-8")
    (house / "README.md").write_text("b", encoding="utf-8")
    assert fingerprint(house, {}) == before


def test_another_embedding_model_changes_the_fingerprint(house: Path) -> None:
    settings = {"EMBEDDING_ONNX": str(house / "model.onnx"), "RASA_PORT": "5005"}
    bundled, missing = fingerprint(house, {}), fingerprint(house, settings)
    (house / "model.onnx").write_bytes(b"a")
    first = fingerprint(house, settings)
    (house / "model.onnx").write_bytes(b"b")
    assert len({bundled, missing, first, fingerprint(house, settings)}) == 4
    assert fingerprint(house, {"RASA_PORT": "5006", "EMBEDDING_ONNX": ""}) == bundled
