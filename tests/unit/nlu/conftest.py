"""Fixtures for the tests of the sealed runtime.

The libraries are imported here first: they warn of each other, and in the tests a warning is an error. TensorFlow is
left out, as it is where the model is trained and served.
"""

import json
import warnings
from pathlib import Path
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from nlu.server import left_out

    left_out.leave_out_tensorflow()
    import rasa.core.channels.rest
    import rasa.core.policies.rule_policy
    import rasa.engine.graph
    import rasa.shared.nlu.training_data.message  # noqa: F401

    from nlu.understanding.model import Understanding
    from nlu.understanding.names import NameMatcher

import pytest

from tests.unit.nlu.fakes import HashedLetters
from tests.unit.nlu.tiny_index import OTHER_MESSAGES, tiny_index

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def real_index() -> dict[str, Any]:
    """The index that `make train` exported."""
    index: dict[str, Any] = json.loads((ROOT / "build/knowledge.json").read_text(encoding="utf-8"))
    return index


@pytest.fixture(scope="session")
def real_names(real_index: dict[str, Any]) -> NameMatcher:
    """A matcher over the real content's names."""
    return NameMatcher(real_index)


@pytest.fixture(scope="session")
def tiny_names() -> NameMatcher:
    """A matcher over the made-up index."""
    return NameMatcher(tiny_index())


@pytest.fixture(scope="session")
def tiny_model() -> Understanding:
    """Understanding of the made-up index."""
    texts, intents = zip(*OTHER_MESSAGES, strict=True)
    return Understanding(tiny_index()).train(list(texts), list(intents), HashedLetters())
