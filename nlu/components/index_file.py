"""The knowledge index inside a trained model."""

import json
from pathlib import Path
from typing import Any

from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

_NAME = "knowledge.json"


def read(path: str) -> dict[str, Any]:
    """The index that `python -m knowledge export` wrote. Raises FileNotFoundError with the way out."""
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"{path} is missing: run `make train`, or `python -m knowledge export` first")
    index: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return index


def pack(path: str, storage: ModelStorage, resource: Resource) -> None:
    """Copy the index into the model."""
    index = read(path)
    with storage.write_to(resource) as folder:
        (folder / _NAME).write_text(json.dumps(index, ensure_ascii=False), encoding="utf-8")


def unpack(storage: ModelStorage, resource: Resource) -> dict[str, Any]:
    """The index of a model."""
    with storage.read_from(resource) as folder:
        return read(str(folder / _NAME))
