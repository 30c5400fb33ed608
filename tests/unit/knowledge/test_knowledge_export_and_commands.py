"""The files for the sealed runtime, and `python -m knowledge`."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Engine

from knowledge.ask import ask, end_of
from knowledge.content import Content
from knowledge.coverage import counts, covered, markdown
from knowledge.database import KnowledgeBase, load
from knowledge.errors import UnknownRegion, UnreadableDate
from knowledge.export import intent_of, write_index
from knowledge.review import due, not_served, without_owner
from knowledge.schema import Aspect
from tests.builders import REGIONS, moment
from tests.tiny_content import TinyContent

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


def test_equal_content_gives_an_equal_file(content: Content, tmp_path: Path) -> None:
    one, two = tmp_path / "a" / "one", tmp_path / "b" / "two"
    write_index(content, one)
    write_index(shuffled(content), two)
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
    index = json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    known = {intent if isinstance(intent, str) else next(iter(intent)) for intent in domain["intents"]}
    assert {topic["intent"] for topic in index["topics"]} <= known
    assert {intent_of(aspect) for aspect in Aspect} <= known


def test_what_is_not_valid_on_the_day_is_not_exported(tiny: TinyContent, tmp_path: Path) -> None:
    tiny.change("norr/konto.yml", "    desk: support", "    valid_to: 2026-11-21\n    desk: support")
    tiny.change("norr/konto.yml", "    notices: [C1]", "    valid_from: 2026-11-23\n    notices: [C1]")
    content = tiny.read()
    valid = content.on(date(2026, 11, 22))
    write_index(valid, tmp_path / "index.json")
    names = [topic["name"] for topic in json.loads((tmp_path / "index.json").read_text(encoding="utf-8"))["topics"]]
    assert names == ["norr/konto/stanga-undantag", "shared/support/vader"]
    assert "nytt konto" not in (tmp_path / "index.json").read_text(encoding="utf-8")
    assert set(content.topics) - set(names) == {placed.name for placed in not_served(content, date(2026, 11, 22))}


def run(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "knowledge", *arguments],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_one_line(done: "subprocess.CompletedProcess[str]", *says: str) -> None:
    """Refused with one clear line."""
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert all(text in line for text in says), line


class TestCheck:
    def test_it_tells_how_much_there_is(self, content: Content) -> None:
        done = run("check", HELPDESK_NOW="2026-11-22T12:00")
        assert (done.returncode, done.stderr) == (0, "")
        assert str(len(content.topics)) in done.stdout.splitlines()[0]
        for count in counts(content):
            row = next(line.split() for line in done.stdout.splitlines() if line.startswith(f"{count.source.id} "))
            assert row[1:] == [str(n) for n in (count.sections, count.left_out, count.topics, count.facts)]
        assert "Att se över" not in done.stdout

    def test_it_lists_what_is_due_for_review_and_still_agrees(self) -> None:
        done = run("check", HELPDESK_NOW="2030-01-01T12:00")
        assert (done.returncode, done.stderr) == (0, "")
        assert "- vgr/kiv/andra-uppgifter: kontrollerat 2026-" in done.stdout
        assert "ägare: " in done.stdout

    def test_a_wrong_clock_is_one_clear_line(self) -> None:
        assert_one_line(run("check", HELPDESK_NOW="nyss"), "HELPDESK_NOW")


class TestDue:
    def test_after_a_year(self, tiny: TinyContent) -> None:
        tiny.change("norr/konto.yml", "    desk: support", "    checked: 2026-03-01\n    owner: Kim\n    desk: support")
        tiny.change("sources.yml", "checked: 2026-01-01", "checked: 2026-06-01")
        content = tiny.read()
        assert list(due(content, date(2027, 3, 1))) == []
        (first,) = due(content, date(2027, 3, 2))
        assert (first.topic.name, first.topic.topic.owner) == ("norr/konto/bestalla", "Kim")
        assert (first.checked, first.source) == (date(2026, 3, 1), None)
        of_source = [one for one in due(content, date(2027, 6, 2)) if one.source]
        assert {one.topic.name for one in of_source} == {"norr/konto/stanga", "norr/konto/stanga-undantag"}

    def test_the_owner_of_the_file_owns_its_topics(self, tiny: TinyContent) -> None:
        tiny.change("norr/konto.yml", "service: konto", "service: konto\nowner: Kansliet")
        tiny.change("norr/konto.yml", "    desk: support", "    owner: Kim\n    desk: support")
        content = tiny.read()
        owners = {name: placed.topic.owner for name, placed in content.topics.items()}
        assert owners["norr/konto/bestalla"] == "Kim" and owners["norr/konto/stanga"] == "Kansliet"
        assert [placed.name for placed in without_owner(content)] == ["shared/support/vader"]

    def test_every_real_topic_has_an_owner(self, content: Content) -> None:
        assert without_owner(content) == []

    def test_not_what_has_expired(self, tiny: TinyContent) -> None:
        tiny.change("norr/konto.yml", "    desk: support", "    valid_to: 2026-12-31\n    desk: support")
        names = {one.topic.name for one in due(tiny.read(), date(2028, 2, 29))}
        assert names == {"norr/konto/stanga", "norr/konto/stanga-undantag"}


class TestCoverage:
    def test_the_page_is_up_to_date(self, content: Content) -> None:
        written = (ROOT / "docs" / "tackning.md").read_text(encoding="utf-8")
        assert written == markdown(content), "run: .venv/bin/python -m knowledge coverage > docs/tackning.md"

    def test_the_command_writes_the_page(self, content: Content) -> None:
        assert run("coverage").stdout == markdown(content)

    def test_every_section_has_a_topic_a_desk_or_a_reason(self, content: Content) -> None:
        for source in content.sources.values():
            sections = covered(content, source)
            assert [one.section for one in sections] == [section.name for section in source.sections]
            assert [one.section for one in sections if not (one.topics or one.desks or one.left_out)] == []

    def test_the_tiny_document(self, tiny: TinyContent) -> None:
        content = tiny.read()
        head, contact, account = covered(content, content.sources["lilla"])
        assert (head.topics, head.desks, head.left_out) == ([], [], "Bara rubriken.")
        assert (contact.topics, contact.desks, contact.facts) == ([], ["Norr support"], 3)
        assert account.topics == ["norr/konto/bestalla", "norr/konto/stanga", "norr/konto/stanga-undantag"]
        (count,) = counts(content)
        assert (count.sections, count.left_out, count.topics, count.facts) == (3, 1, 3, 7)


class TestLoad:
    def test_twice(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'knowledge.db'}"
        first, second = run("load", DATABASE_URL=url), run("load", DATABASE_URL=url)
        assert (first.returncode, second.returncode) == (0, 0)
        assert first.stdout != second.stdout

    @pytest.mark.parametrize("url", ["postgresql+psycopg://nobody@127.0.0.1:1/test", "nonsense", ""])
    def test_with_no_database_is_one_clear_line(self, url: str) -> None:
        assert_one_line(run("load", DATABASE_URL=url))


class TestAsk:
    @pytest.fixture
    def base(self, engine: Engine, tiny: TinyContent) -> KnowledgeBase:
        content = tiny.read()
        load(content, engine, moment("2026-06-01T12:00"))
        newer = replace(content, topics={k: v for k, v in content.topics.items() if k != "norr/konto/stanga"})
        load(newer, engine, moment("2026-06-03T12:00"))
        return KnowledgeBase(engine, end_of("2026-06-02"))

    def test_a_topic_by_its_name_with_all_that_it_stands_on(self, base: KnowledgeBase) -> None:
        told = ask(base, "norr/konto/stanga") or ""
        for text in (
            "Kontot stängs efter 14 dagar.",
            "- 14 dagar (duration)",
            "Lilla dokumentet, avsnittet ”Konto”, 2024-01-01",
            "Upplysning C1: Dokumentet säger två saker",
            "2026-06-02",
            "inläsningen 2026-06-01 12:00",
        ):
            assert text in told, text

    def test_what_was_taken_away_later_is_there_on_its_date_only(self, base: KnowledgeBase, engine: Engine) -> None:
        assert (ask(base, "norr/konto/stanga") or "").startswith("Stänga konto")
        assert not (ask(KnowledgeBase(engine), "norr/konto/stanga") or "").startswith("Stänga konto  [")

    def test_a_question_lists_the_nearest_topics(self, base: KnowledgeBase) -> None:
        lines = (ask(base, "När beställs ett nytt konto?") or "").splitlines()
        assert lines[1].split()[0] == "norr/konto/bestalla"

    def test_a_region_by_its_code_in_any_case(self, base: KnowledgeBase) -> None:
        assert ask(base, "konto", "norr")
        with pytest.raises(UnknownRegion, match="Syd"):
            ask(base, "konto", "Syd")

    def test_nothing_near(self, base: KnowledgeBase) -> None:
        assert ask(base, "xyzzy") is None

    @pytest.mark.parametrize(
        ("written", "moment"),
        [
            ("2026-11-22", "2026-11-22T23:59:59.999999+01:00"),
            ("2026-06-22", "2026-06-22T23:59:59.999999+02:00"),
            ("2026-11-22T15:00", "2026-11-22T15:00:00+01:00"),
            ("2026-11-22T15:00Z", "2026-11-22T15:00:00+00:00"),
        ],
    )
    def test_a_date_is_its_last_moment(self, written: str, moment: str) -> None:
        assert end_of(written).isoformat() == moment

    @pytest.mark.parametrize("written", ["igår", "2026-13-01", ""])
    def test_what_is_no_date(self, written: str) -> None:
        with pytest.raises(UnreadableDate):
            end_of(written)

    def test_the_command(self, tmp_path: Path) -> None:
        url = f"sqlite:///{tmp_path / 'knowledge.db'}"
        assert run("load", DATABASE_URL=url).returncode == 0
        name = "vgr/kiv/andra-uppgifter"
        found = run("ask", "Hur", "ändrar", "jag", "i", "KIV?", "--region", "VGR", DATABASE_URL=url)
        assert name in found.stdout
        assert "ekonomi.privera@vgregion.se" in run("ask", name, DATABASE_URL=url).stdout
        assert run("ask", "xyzzy", DATABASE_URL=url).returncode == 1
        assert_one_line(run("ask", name, "--as-of", "2020-01-01", DATABASE_URL=url), "2020-01-01")
        assert_one_line(run("ask", name, "--as-of", "igår", DATABASE_URL=url), "igår")
        assert_one_line(run("ask", "kiv", "--region", "Norr", DATABASE_URL=url), "Norr", "Uppsala")
