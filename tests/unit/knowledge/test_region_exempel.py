"""A region is added by content alone: no code knows of Region Exempel. Asking it in words: tests/nlu."""

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from knowledge.ask import ask
from knowledge.content import Content, default_desk
from knowledge.coverage import covered
from knowledge.database import KnowledgeBase, desk_for, load, region_of
from knowledge.errors import ContentError
from knowledge.export import write_index
from knowledge.schema import FactKind
from tests import region_exempel
from tests.region_exempel import with_region_exempel

TOPICS = {
    "exempel/bildtolk/boka",
    "exempel/larmtelefon/bestalla",
    "exempel/larmtelefon/kostnad",
    "exempel/larmtelefon/trasig",
    "exempel/losenord/nytt",
}


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Content:
    return with_region_exempel(tmp_path_factory.mktemp("exempel"))


@pytest.fixture
def base(larger: Content, engine: Engine) -> KnowledgeBase:
    assert load(larger, engine)
    return KnowledgeBase(engine)


def test_it_is_read_and_checked_beside_the_others(larger: Content, content: Content) -> None:
    assert set(larger.regions) - set(content.regions) == {"Exempel"}
    assert set(larger.topics) - set(content.topics) == TOPICS
    assert set(larger.services) - set(content.services) == {"bildtolk", "larmtelefon"}
    assert all(larger.topics[name].topic == placed.topic for name, placed in content.topics.items())


def test_its_document_is_covered(larger: Content) -> None:
    sections = covered(larger, larger.sources["exempel-it-stod"])
    assert [bool(one.topics or one.desks) for one in sections] == [False, True, True, True, True]


def test_it_is_exported(larger: Content, tmp_path: Path) -> None:
    write_index(larger.on(date(2026, 11, 22)), tmp_path / "index.json")
    index = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))
    assert {topic["name"] for topic in index["topics"] if topic["region"] == "Exempel"} == TOPICS
    (region,) = [region for region in index["regions"] if region["code"] == "Exempel"]
    assert "Exempelregionen" in region["names"]
    assert "Exempelstad" in region["places"]


def test_its_topics_are_found(base: KnowledgeBase) -> None:
    assert set(base.topics(TOPICS)) == TOPICS
    placed = base.topic("exempel/larmtelefon/bestalla")
    assert placed is not None
    assert "blankett LT-7" in placed.topic.text
    assert {base.source(fact.source).region for fact in placed.topic.facts} == {"Exempel"}


def test_its_desk_is_found(base: KnowledgeBase) -> None:
    region = region_of(base, "Exempel")
    assert default_desk(region) == desk_for(region, "larmtelefon")
    assert base.contacts("Exempel", FactKind.phone) == [("servicedesk", "099-12 34 56")]
    assert len(base.regions()) == 4


def test_it_is_compared_with_the_others(base: KnowledgeBase) -> None:
    assert "Exempel" in {placed.region for placed in base.compared("losenord-hjalp")}
    asked = base.topic("exempel/losenord/nytt")
    assert asked is not None
    same = base.same_question(asked, "VGR")
    assert same is not None
    assert same.region == "VGR"


def test_it_is_asked_by_words(base: KnowledgeBase) -> None:
    lines = (ask(base, "Vad är priset för en larmtelefon?", "exempel") or "").splitlines()
    assert lines[1].split()[0] == "exempel/larmtelefon/kostnad"


def test_a_mistake_in_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A number that its document does not hold."""
    copy = tmp_path / "fixture"
    copy.mkdir()
    for path in region_exempel.HERE.rglob("*"):
        if path.is_file() and path.suffix in (".yml", ".txt"):
            target = copy / path.relative_to(region_exempel.HERE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(path.read_text(encoding="utf-8").replace("LT-7 och", "LT-8 och"), encoding="utf-8")
    (copy / "documents" / "exempel.txt").write_text(
        (region_exempel.HERE / "documents" / "exempel.txt").read_text(encoding="utf-8"), encoding="utf-8"
    )
    monkeypatch.setattr(region_exempel, "HERE", copy)
    with pytest.raises(ContentError) as raised:
        with_region_exempel(tmp_path / "content")
    (problem,) = raised.value.problems
    assert (problem.file, problem.line) == ("exempel/larmtelefon.yml", 3)
    assert "blankett LT-7" in problem.reason
