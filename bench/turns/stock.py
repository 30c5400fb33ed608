"""Stock Rasa 3.6.21 on our data: what `rasa init` gives as pipeline and policies, trained once, kept in build/bench."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import yaml

from bench.turns.cost import run_to_the_end
from nlu.peers.stock_rasa import DIET_PIPELINE, training_data
from scripts import sealed
from scripts.sealed import ROOT

FOLDER = ROOT / "build" / "bench" / "stock"
MODEL = FOLDER / "models" / "stock.tar.gz"
TRAINING = FOLDER / "training.json"

EPOCHS = 5
"""Of the default's 100: with our data one takes a minute on two cores. What a turn costs does not depend on it, and the
training that is compared is this short one."""
_CONFIG = f"""\
# The pipeline and policies that Rasa takes when `rasa init` has named none (rasa/engine/recipes/config_files), with
# fewer epochs.
recipe: default.v1
assistant_id: stock
{DIET_PIPELINE}\
- name: ResponseSelector
  epochs: {{epochs}}
  constrain_similarities: true
- name: FallbackClassifier
  threshold: 0.3
  ambiguity_threshold: 0.1
policies:
- name: MemoizationPolicy
- name: RulePolicy
- name: UnexpecTEDIntentPolicy
  max_history: 5
  epochs: {{epochs}}
- name: TEDPolicy
  max_history: 5
  epochs: {{epochs}}
  constrain_similarities: true
"""


def prepare() -> None:
    """Train, if there is no model yet; takes some ten minutes. Raises RuntimeError."""
    if MODEL.exists() and TRAINING.exists():
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    (FOLDER / "config.yml").write_text(_CONFIG.format(epochs=EPOCHS), encoding="utf-8")
    (FOLDER / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    shutil.copy(ROOT / "domain.yml", FOLDER)
    shutil.copytree(ROOT / "data", FOLDER / "data")
    (FOLDER / "data" / "topics.yml").write_text(_topics(), encoding="utf-8")
    print("Training stock Rasa on our data, once ...", flush=True)  # noqa: T201 - it takes long
    cost = run_to_the_end(rasa("train", "--fixed-model-name", "stock"), environment(), FOLDER, FOLDER / "log")
    TRAINING.write_text(json.dumps(cost), encoding="utf-8")


def _topics() -> str:
    """The topics' example questions as Rasa's training data; our component takes them from the index."""
    examples: dict[str, list[str]] = {}
    for topic in json.loads((ROOT / "build" / "knowledge.json").read_text(encoding="utf-8"))["topics"]:
        examples.setdefault(topic["intent"], []).extend(topic["examples"])
    return training_data(examples)


def rasa(*arguments: str) -> list[str]:
    """Rasa's own command line."""
    return sealed.command("rasa", *arguments)


def environment() -> dict[str, str]:
    """As many threads as Rasa takes by itself, no telemetry, and nothing of ours to import."""
    given = {name: value for name, value in sealed.environment(os.environ).items() if not name.endswith("_THREADS")}
    return {**given, "PYTHONPATH": "", "PYTHONWARNINGS": "ignore"}


def endpoints(actions: str, tracker: str | None, to: Path) -> None:
    """Write an endpoints file; without an address conversations are in memory, as by default."""
    named: dict[str, Any] = {"action_endpoint": {"url": actions}}
    if tracker is not None:
        named["tracker_store"] = {"type": "SQL", "url": tracker.replace("+psycopg:", "+psycopg2:")}
    to.write_text(yaml.safe_dump(named), encoding="utf-8")
