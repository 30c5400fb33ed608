"""`python -m nlu.evaluate`: measure the trained model on held-out sentences; 1 when a gate is broken."""

import argparse
import sys
import time
from pathlib import Path

from nlu.evaluation import report, trained
from nlu.evaluation.cases import FOLDER, read_cases
from nlu.evaluation.figures import Gates
from nlu.evaluation.measure import Examination
from nlu.evaluation.outcome import Thresholds
from nlu.evaluation.training import read_training
from nlu.understanding.embedding import BundledE5, EmbedderUnavailable

GATES = Path("tests/nlu/gates.yml")
REPORTS = Path("reports")


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
        model, embedder = trained.load(arguments.model), BundledE5()
    except (trained.NoModel, EmbedderUnavailable) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    measured = Examination(model, embedder, Thresholds.read()).of(read_cases(arguments.cases), read_training())
    found = report.figures(measured)
    report.write(arguments.reports, found, measured)
    sys.stdout.write(report.brief(found))
    sys.stdout.write(f"\n{len(measured.left_out)} sentences are left out: they stand in the training data too.\n")
    sys.stdout.write(f"{arguments.reports}/understanding.md is written ({time.monotonic() - started:.0f} s).\n")
    broken = Gates.read(arguments.gates).broken(found)
    for sentence in broken:
        sys.stderr.write(f"{arguments.gates}: {sentence}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
