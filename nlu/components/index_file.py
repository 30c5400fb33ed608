"""The knowledge index that the content is exported to."""

import json
from pathlib import Path
from typing import Any


def read(path: str) -> dict[str, Any]:
    """The index that `python -m knowledge export` wrote. Raises FileNotFoundError with the way out."""
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"{path} is missing: run `make train`, or `python -m knowledge export` first")
    index: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return index
