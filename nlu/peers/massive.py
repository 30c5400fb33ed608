"""MASSIVE sv-SE (J. FitzGerald et al., 2022; CC BY 4.0): 60 intents of a voice assistant, in Swedish."""

import json
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """One part of the data set; sentences and intents belong together one by one."""

    texts: list[str]
    intents: list[str]


def read_part(folder: Path, name: str) -> Part:
    """`train` or `dev`, from `<name>.jsonl` with `utt` and `intent`. Raises OSError, KeyError, ValueError."""
    rows = [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
    return Part([row["utt"] for row in rows], [row["intent"] for row in rows])
