"""`python -m nlu.peers FOLDER`: train our classifier and its peers on MASSIVE sv-SE and compare them on `dev`."""

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.metrics import accuracy_score, f1_score

from nlu.evaluation.figures import share
from nlu.peers.classifiers import Peer, all_peers, keep_rasa_quiet
from nlu.peers.massive import Part, read_part
from nlu.peers.stock_rasa import STOCK_EPOCHS
from nlu.understanding.embedding import CachedEmbedder
from nlu.understanding.embedding.bundled import BundledE5

KEPT = Path("build/massive")
REPORT = Path("reports/massive.json")
EPOCHS = 20
"""What DIET learns in a quarter of an hour on two cores; Rasa's default takes more than an hour."""


def main() -> int:
    """Print a table as it grows, and write it as JSON for the report."""
    parser = argparse.ArgumentParser(prog="python -m nlu.peers", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder that holds train.jsonl and dev.jsonl of MASSIVE sv-SE")
    parser.add_argument(
        "--epochs",
        type=int,
        default=EPOCHS,
        help=f"of DIET; 0 leaves it out ({EPOCHS}; Rasa's default is {STOCK_EPOCHS})",
    )
    arguments = parser.parse_args()
    try:
        train, dev = read_part(arguments.folder, "train"), read_part(arguments.folder, "dev")
    except (OSError, KeyError, ValueError) as error:
        sys.stderr.write(f"MASSIVE sv-SE cannot be read: {error}\n")
        return 1
    keep_rasa_quiet()
    KEPT.mkdir(parents=True, exist_ok=True)
    live = BundledE5()
    cached = CachedEmbedder(live, KEPT / "embeddings.sqlite")
    sys.stdout.write(f"Trained on {len(train.texts)} sentences, measured on {len(dev.texts)}.\n\n")
    sys.stdout.write(
        "| classifier | accuracy [95 %] | macro-F1 | training, s of CPU | a message p50 / p95, ms of CPU |\n"
    )
    sys.stdout.write("|---|---:|---:|---:|---:|\n")
    rows = []
    for peer in all_peers(cached, live, arguments.epochs, KEPT):
        rows.append(_measured(peer, train, dev))
        sys.stdout.write(_line(rows[-1]))
        sys.stdout.flush()
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0


def _measured(peer: Peer, train: Part, dev: Part) -> dict[str, float | str]:
    before = time.process_time()
    classify = peer.fit(train)
    training = peer.training_s or time.process_time() - before
    classify(dev.texts[0])
    found, costs = [], []
    for text in dev.texts:
        started = time.process_time()
        found.append(classify(text))
        costs.append(1000 * (time.process_time() - started))
    right = share(intent == guess for intent, guess in zip(dev.intents, found, strict=True))
    return {
        "name": peer.name,
        "accuracy": float(accuracy_score(dev.intents, found)),
        "low": right.low,
        "high": right.high,
        "macro_f1": float(f1_score(dev.intents, found, average="macro")),
        "training_s": training,
        "p50_ms": float(np.percentile(costs, 50)),
        "p95_ms": float(np.percentile(costs, 95)),
    }


def _line(row: dict[str, float | str]) -> str:
    return (
        f"| {row['name']} | {100 * float(row['accuracy']):.1f} % "
        f"[{100 * float(row['low']):.1f}–{100 * float(row['high']):.1f}] | {100 * float(row['macro_f1']):.1f} % "
        f"| {float(row['training_s']):.0f} | {float(row['p50_ms']):.1f} / {float(row['p95_ms']):.1f} |\n"
    )


if __name__ == "__main__":
    sys.exit(main())
