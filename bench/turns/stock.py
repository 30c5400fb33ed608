"""Stock Rasa 3.6.21 on our data: what `rasa init` gives as pipeline and policies, trained once, kept in build/bench."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import yaml

from bench.turns.cost import run_to_the_end
from scripts import sealed
from scripts.sealed import ROOT

FOLDER = ROOT / "build" / "bench" / "stock"
MODEL = FOLDER / "models" / "stock.tar.gz"
TRAINING = FOLDER / "training.json"

_CONFIG = """\
# What `rasa init` writes: no pipeline and no policies named, so Rasa takes its default ones.
recipe: default.v1
assistant_id: stock
language: sv
pipeline:
policies:
"""


def prepare() -> None:
    """Train, if there is no model yet. Takes the better part of an hour. Raises RuntimeError."""
    if MODEL.exists() and TRAINING.exists():
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    (FOLDER / "config.yml").write_text(_CONFIG, encoding="utf-8")
    (FOLDER / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    shutil.copy(ROOT / "domain.yml", FOLDER)
    shutil.copytree(ROOT / "data", FOLDER / "data")
    print("Training stock Rasa on our data, once ...", flush=True)  # noqa: T201 - it takes long
    cost = run_to_the_end(rasa("train", "--fixed-model-name", "stock"), environment(), FOLDER, FOLDER / "log")
    TRAINING.write_text(json.dumps(cost), encoding="utf-8")


def rasa(*arguments: str) -> list[str]:
    """Rasa's own command line."""
    return sealed.command("rasa", *arguments)


def environment() -> dict[str, str]:
    """Our settings of threads and telemetry, and nothing of ours to import."""
    return {**sealed.environment(os.environ), "PYTHONPATH": "", "PYTHONWARNINGS": "ignore"}


def endpoints(actions: str, tracker: str | None, to: Path) -> None:
    """Write an endpoints file; without an address conversations are in memory, as by default."""
    named: dict[str, Any] = {"action_endpoint": {"url": actions}}
    if tracker is not None:
        named["tracker_store"] = {"type": "SQL", "url": tracker.replace("+psycopg:", "+psycopg2:")}
    to.write_text(yaml.safe_dump(named), encoding="utf-8")
