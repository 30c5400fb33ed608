"""What training costs: stock's as it was trained for the benchmark, ours measured on demand and kept beside it."""

import json
import os
from pathlib import Path
from typing import Any

from bench.turns import stock
from bench.turns.cost import run_to_the_end
from scripts import sealed
from scripts.sealed import ROOT

FOLDER = ROOT / "build" / "bench" / "ours"
KNOWN = FOLDER / "training.json"
_CONFIG = ROOT / "config.yml"


def measure() -> None:
    """Train twice, nothing of which is used: with no embeddings kept, and again with those. Raises RuntimeError."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    cache = FOLDER / "embeddings.sqlite"
    cache.unlink(missing_ok=True)
    config = FOLDER / "config.yml"
    text = _CONFIG.read_text(encoding="utf-8")
    component = "  - name: nlu.components.understanding.SwedishUnderstanding\n"
    config.write_text(text.replace(component, f"{component}    cache: {cache}\n"), encoding="utf-8")
    found = {what: _train(config) for what in ("no embeddings kept", "embeddings kept")}
    KNOWN.write_text(json.dumps(found), encoding="utf-8")


def known() -> list[dict[str, Any]]:
    """What was measured last."""
    rows = [{"what": "stock Rasa", **_read(stock.TRAINING)}]
    if KNOWN.exists():
        rows += [{"what": f"Supportlotsen, {what}", **row} for what, row in _read(KNOWN).items()]
    return rows


def _train(config: Path) -> dict[str, float]:
    print("Training ours ...", flush=True)  # noqa: T201
    files = ["--config", str(config), "--domain", "domain.yml", "--data", "data", "--force"]
    command = sealed.command("scripts.rasa", "train", *files, "--out", str(FOLDER), "--fixed-model-name", "ours")
    return run_to_the_end(command, sealed.environment(os.environ), ROOT, FOLDER / "log")


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
