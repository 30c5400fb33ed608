"""The cases that editors add to, in `tests/redaction`."""

from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "redaction"


def cases(name: str) -> list[Any]:
    """The entries of a file."""
    entries: list[Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return entries
