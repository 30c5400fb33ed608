"""The files for the sealed runtime, and `python -m knowledge`."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from knowledge.content import Content
from knowledge.export import intent_of, write_examples, write_index
from knowledge.schema import Aspect
from tests.builders import REGIONS

ROOT = Path(__file__).parents[3]


def shuffled(content: Content) -> Content:
    """Equal content, read in another order."""
    return replace(
        content,
        topics=dict(reversed(content.topics.items())),
        services=dict(reversed(content.services.items())),
        regions=dict(reversed(content.regions.items())),
        notices=dict(reversed(content.notices.items())),
    )


@pytest.mark.parametrize("write", [write_index, write_examples])
def test_equal_content_gives_an_equal_file(
    content: Content, tmp_path: Path, write: Callable[[Content, Path], None]
) -> None:
    one, two = tmp_path / "a" / "one", tmp_path / "b" / "two"
    write(content, one)
    write(shuffled(content), two)
    assert one.read_bytes() == two.read_bytes()


def test_the_index_holds_every_topic_and_region(content: Content, tmp_path: Path) -> None:
    write_index(content, tmp_path / "index.json")
    index = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))
    assert [topic["name"] for topic in index["topics"]] == sorted(content.topics)
    assert [region["code"] for region in index["regions"]] == list(REGIONS)
    assert {service["id"] for service in index["services"]} == set(content.services)
    for topic in index["topics"]:
        assert topic["region"] in (None, *REGIONS)
        assert topic["examples"]


def test_every_intent_of_the_files_is_in_the_domain(content: Content, tmp_path: Path) -> None:
    write_index(content, tmp_path / "index.json")
    write_examples(content, tmp_path / "examples.yml")
    index = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))
    examples = yaml.safe_load((tmp_path / "examples.yml").read_text(encoding="utf-8"))
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    known = {intent if isinstance(intent, str) else next(iter(intent)) for intent in domain["intents"]}
    assert {topic["intent"] for topic in index["topics"]} <= known
    assert {block["intent"] for block in examples["nlu"]} <= known
    assert {intent_of(aspect) for aspect in Aspect} <= known


def test_every_example_is_in_the_training_data_on_one_line(content: Content, tmp_path: Path) -> None:
    write_examples(content, tmp_path / "examples.yml")
    blocks = yaml.safe_load((tmp_path / "examples.yml").read_text(encoding="utf-8"))["nlu"]
    lines = {line for block in blocks for line in block["examples"].splitlines()}
    wanted = {f"- {' '.join(e.split())}" for placed in content.topics.values() for e in placed.topic.examples}
    assert lines == wanted


def run(command: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "knowledge", command],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_check_tells_how_much_there_is(content: Content) -> None:
    done = run("check")
    assert (done.returncode, done.stderr) == (0, "")
    assert str(len(content.topics)) in done.stdout


def test_load_twice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'knowledge.db'}"
    first, second = run("load", DATABASE_URL=url), run("load", DATABASE_URL=url)
    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout != second.stdout


def test_load_with_no_database_is_one_clear_line() -> None:
    done = run("load", DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/test")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.xfail(
    strict=True, reason="bug: a DATABASE_URL that is no URL ends `python -m knowledge load` in a stack trace"
)
def test_load_with_a_wrong_url_is_one_clear_line() -> None:
    done = run("load", DATABASE_URL="nonsense")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
