"""`python -m nlu.evaluate`: measure the trained model on held-out sentences; 1 when a gate is broken."""

import argparse
import os
import sys
import time
from pathlib import Path

from nlu.evaluation import page, report, trained
from nlu.evaluation.cases import FOLDER, read_cases
from nlu.evaluation.confusion import cross_validated
from nlu.evaluation.figures import Gates
from nlu.evaluation.measure import Examination
from nlu.evaluation.outcome import Limits
from nlu.evaluation.training import Trained, read_training
from nlu.understanding.embedding import CachedEmbedder, EmbedderUnavailable, chosen_embedder

GATES = Path("tests/nlu/gates.yml")
REPORTS = Path("reports")
EMBEDDINGS = Path("build/embeddings.sqlite")


def main() -> int:
    """Measure, write the reports, print the short table and what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m nlu.evaluate", description=__doc__)
    parser.add_argument("--gates", type=Path, default=GATES, help=f"limits of the figures ({GATES})")
    parser.add_argument("--model", type=Path, default=trained.MODEL, help=f"the model ({trained.MODEL})")
    parser.add_argument("--cases", type=Path, default=FOLDER, help=f"folder of the held-out sentences ({FOLDER})")
    parser.add_argument("--reports", type=Path, default=REPORTS, help=f"folder for the reports ({REPORTS})")
    arguments = parser.parse_args()
    started = time.monotonic()
    try:
        model, embedder = trained.load(arguments.model), chosen_embedder(os.environ)
        model.require(embedder)
    except (trained.NoModel, EmbedderUnavailable) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    measured = Examination(model, embedder, Limits.of(model.thresholds)).of(
        read_cases(arguments.cases), Trained(read_training())
    )
    found = report.figures(measured)
    report.write(arguments.reports, found, measured)
    cache = CachedEmbedder(embedder, EMBEDDINGS)
    written = page.write(arguments.reports, found, measured, cross_validated(model, cache))
    sys.stdout.write(report.brief(found))
    sys.stdout.write(f"\n{len(measured.left_out)} sentences are left out: they stand in the training data too.\n")
    sys.stdout.write(f"{written} is written ({time.monotonic() - started:.0f} s).\n")
    broken = Gates.read(arguments.gates).broken(found)
    for sentence in broken:
        sys.stderr.write(f"{arguments.gates}: {sentence}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
