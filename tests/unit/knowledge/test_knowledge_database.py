"""The knowledge base in SQLite and in PostgreSQL: releases, and questions to them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, func, select, text, update
from sqlalchemy.orm import Session

from knowledge.calendar.errors import NaiveTime
from knowledge.content import Content
from knowledge.database import KnowledgeBase, connect, desk_for, forget_release, load, region_of
from knowledge.errors import DatabaseUnavailable
from knowledge.schema import FactKind
from knowledge.tables import Release, TopicRow
from tests.builders import REGIONS, STOCKHOLM, moment
from tests.tiny_content import TinyContent

JUNE = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NAME = "norr/konto/stanga"


@pytest.fixture
def tiny_content(tmp_path: Path) -> Content:
    return TinyContent(tmp_path).read()


def with_text(content: Content, answer: str, **fields: object) -> Content:
    """The content with another answer, and other fields, in one topic."""
    old = content.topics[NAME]
    new = replace(old, topic=old.topic.model_copy(update={"text": answer, **fields}))
    return replace(content, topics={**content.topics, NAME: new})


def answer_of(engine: Engine, as_of: datetime | None = None) -> str:
    placed = KnowledgeBase(engine, as_of).topic(NAME)
    assert placed is not None
    return placed.topic.text


def releases(engine: Engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(Release)) or 0


class TestLoading:
    def test_the_first_load_makes_a_release(self, engine: Engine, tiny_content: Content) -> None:
        assert load(tiny_content, engine)
        assert releases(engine) == 1
        assert KnowledgeBase(engine).size() == (4, 4)

    def test_loading_the_same_again_changes_nothing(self, engine: Engine, tiny_content: Content) -> None:
        load(tiny_content, engine)
        assert not load(tiny_content, engine)
        assert releases(engine) == 1

    def test_changed_content_is_a_new_release(self, engine: Engine, tiny_content: Content) -> None:
        load(tiny_content, engine)
        assert load(with_text(tiny_content, "Kontot stängs genast."), engine)
        assert releases(engine) == 2
        assert answer_of(engine) == "Kontot stängs genast."
        assert KnowledgeBase(engine).size() == (4, 4)

    def test_going_back_is_a_release_too(self, engine: Engine, tiny_content: Content) -> None:
        first = tiny_content.topics[NAME].topic.text
        for content in (tiny_content, with_text(tiny_content, "Ny text."), tiny_content):
            assert load(content, engine)
        assert (releases(engine), answer_of(engine)) == (3, first)

    def test_a_topic_that_is_taken_away_is_gone(self, engine: Engine, tiny_content: Content) -> None:
        load(tiny_content, engine)
        kept = {name: placed for name, placed in tiny_content.topics.items() if name != NAME}
        load(replace(tiny_content, topics=kept), engine)
        assert KnowledgeBase(engine).topic(NAME) is None

    def test_a_load_that_breaks_off_leaves_the_old_release(self, engine: Engine, tiny_content: Content) -> None:
        load(tiny_content, engine)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE topic RENAME COLUMN aspect TO aspekt"))
        with pytest.raises(DatabaseUnavailable):
            load(with_text(tiny_content, "Halv text."), engine)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE topic RENAME COLUMN aspekt TO aspect"))
        assert releases(engine) == 1
        assert answer_of(engine) == tiny_content.topics[NAME].topic.text

    def test_forgetting_a_release_removes_its_rows(self, engine: Engine, tiny_content: Content) -> None:
        load(tiny_content, engine)
        load(with_text(tiny_content, "Ny text."), engine)
        with Session(engine) as session:
            oldest = session.scalar(select(func.min(Release.id)))
        assert oldest is not None
        forget_release(engine, oldest)
        with Session(engine) as session:
            assert session.scalar(select(func.count()).select_from(TopicRow)) == 4
        assert answer_of(engine) == "Ny text."


class TestThePast:
    @pytest.fixture
    def history(self, engine: Engine, tiny_content: Content) -> Engine:
        load(tiny_content, engine, JUNE)
        load(with_text(tiny_content, "Ny text."), engine, JUNE + 2 * DAY)
        return engine

    def test_an_old_answer_can_be_found_again(self, history: Engine, tiny_content: Content) -> None:
        assert answer_of(history, JUNE + DAY) == tiny_content.topics[NAME].topic.text

    def test_now_and_later_give_the_newest(self, history: Engine) -> None:
        assert answer_of(history) == answer_of(history, JUNE + 9 * DAY) == "Ny text."

    def test_the_moment_of_loading_belongs_to_the_release(self, history: Engine) -> None:
        assert answer_of(history, JUNE + 2 * DAY) == "Ny text."

    def test_before_the_first_release_nothing_was_known(self, history: Engine) -> None:
        with pytest.raises(DatabaseUnavailable):
            answer_of(history, JUNE - DAY)

    def test_the_offset_of_the_question_does_not_matter(self, history: Engine, tiny_content: Content) -> None:
        a_minute_before = (JUNE + 2 * DAY - timedelta(minutes=1)).astimezone(STOCKHOLM)
        assert answer_of(history, a_minute_before) == tiny_content.topics[NAME].topic.text

    def test_the_moment_of_loading_keeps_its_offset(self, history: Engine) -> None:
        assert KnowledgeBase(history).loaded_at() == JUNE + 2 * DAY
        assert KnowledgeBase(history, JUNE).loaded_at() == JUNE

    def test_a_load_in_local_time_counts_as_the_same_moment(self, engine: Engine, tiny_content: Content) -> None:
        load(tiny_content, engine, JUNE.astimezone(STOCKHOLM))
        assert KnowledgeBase(engine, JUNE).loaded_at() == JUNE
        with pytest.raises(DatabaseUnavailable):
            answer_of(engine, JUNE - timedelta(minutes=1))

    @pytest.mark.parametrize("what", ["as_of", "at"])
    def test_a_time_with_no_offset_is_refused(self, history: Engine, tiny_content: Content, what: str) -> None:
        naive = datetime(2026, 6, 1)
        with pytest.raises(NaiveTime):
            load(tiny_content, history, naive) if what == "at" else KnowledgeBase(history, naive)

    def test_a_body_with_a_field_that_the_schema_no_longer_has(self, history: Engine) -> None:
        with history.begin() as connection:
            for row in connection.execute(select(TopicRow.id, TopicRow.body)).all():
                facts = [{**fact, "bygone": 1} for fact in row.body["facts"]]
                body = {**row.body, "facts": facts, "bygone": 1}
                connection.execute(update(TopicRow).where(TopicRow.id == row.id).values(body=body))
        assert answer_of(history) == "Ny text."


class TestValidity:
    """A topic is served from `valid_from` to `valid_to`, both included, by the clock or as of the past."""

    @pytest.fixture
    def knowledge_at(self, engine: Engine, tiny_content: Content) -> Callable[[str], KnowledgeBase]:
        days = {"valid_from": date(2026, 6, 2), "valid_to": date(2026, 6, 4), "compare": "stanga"}
        load(with_text(tiny_content, "Ny text.", **days), engine, JUNE - 9 * DAY)
        return lambda iso: KnowledgeBase(engine, clock=lambda: moment(iso))

    @pytest.mark.parametrize(
        ("at", "served"),
        [
            ("2026-06-01T23:59", False),
            ("2026-06-02T00:00", True),
            ("2026-06-04T23:59", True),
            ("2026-06-05T00:00", False),
        ],
    )
    def test_by_every_question(self, knowledge_at: Callable[[str], KnowledgeBase], at: str, served: bool) -> None:
        base = knowledge_at(at)
        other = base.topic("norr/konto/bestalla")
        assert other is not None
        asked = replace(other, topic=other.topic.model_copy(update={"compare": "stanga"}))
        same = base.same_question(asked, "Norr")
        assert (base.topic(NAME) is not None) == served
        assert (NAME in base.topics([NAME])) == served
        assert (NAME in {placed.name for placed in base.every_topic()}) == served
        assert bool(base.compared("stanga")) == served
        assert (same is not None and same.name == NAME) == served
        assert base.size()[0] == 3 + served

    def test_as_of_takes_the_date_in_stockholm(self, engine: Engine, tiny_content: Content) -> None:
        load(with_text(tiny_content, "Ny text.", valid_from=date(2026, 6, 2)), engine, JUNE - 9 * DAY)
        half_past_midnight = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)
        assert answer_of(engine, half_past_midnight) == "Ny text."
        assert KnowledgeBase(engine, half_past_midnight - timedelta(hours=1)).topic(NAME) is None

    def test_helpdesk_now_is_the_clock(
        self, engine: Engine, tiny_content: Content, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        load(with_text(tiny_content, "Ny text.", valid_to=date(2026, 6, 4)), engine)
        base = KnowledgeBase(engine)
        for now, served in (("2026-06-04T12:00", True), ("2026-06-05T12:00", False)):
            monkeypatch.setenv("HELPDESK_NOW", now)
            assert (base.topic(NAME) is not None) == served


class TestRemembering:
    """What was read of a release is not read again, and a new release is seen."""

    @pytest.fixture
    def statements(self, engine: Engine) -> Iterator[list[str]]:
        seen: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        yield seen
        event.remove(engine, "before_cursor_execute", note)

    def test_one_statement_for_many_topics_and_none_the_second_time(
        self, engine: Engine, tiny_content: Content, statements: list[str]
    ) -> None:
        load(tiny_content, engine)
        base = KnowledgeBase(engine)
        statements.clear()
        assert len(base.topics(tiny_content.topics)) == 4
        assert len([one for one in statements if " topic" in one]) == 1
        statements.clear()
        base.topics(tiny_content.topics)
        assert base.topic(NAME) is not None
        assert statements == []

    def test_regions_are_read_once(self, engine: Engine, tiny_content: Content, statements: list[str]) -> None:
        load(tiny_content, engine)
        base = KnowledgeBase(engine)
        base.regions()
        statements.clear()
        assert base.regions() and base.region("Norr") and base.contacts("Norr", FactKind.phone)
        assert statements == []

    def test_a_release_of_another_process_is_seen_within_a_second(
        self, engine: Engine, tiny_content: Content, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = [100.0]
        monkeypatch.setattr("knowledge.database.time.monotonic", lambda: now[0])
        load(tiny_content, engine)
        base = KnowledgeBase(engine)
        assert base.topic(NAME) is not None
        load(with_text(tiny_content, "Ny text."), engine)
        now[0] += 1
        placed = base.topic(NAME)
        assert placed is not None
        assert placed.topic.text == "Ny text."

    def test_a_database_that_goes_away_is_noticed_within_a_second(
        self, tmp_path: Path, tiny_content: Content, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = [100.0]
        monkeypatch.setattr("knowledge.database.time.monotonic", lambda: now[0])
        engine = connect(f"sqlite:///{tmp_path / 'gone.db'}")
        load(tiny_content, engine)
        base = KnowledgeBase(engine)
        assert base.topic(NAME) is not None
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE topic"))
            connection.execute(text("DROP TABLE notice"))
            connection.execute(text("ALTER TABLE release RENAME TO gone"))
        now[0] += 1
        with pytest.raises(DatabaseUnavailable):
            base.topic(NAME)
        engine.dispose()

    def test_a_loading_tells_how_far_it_has_come(self, engine: Engine, tiny_content: Content) -> None:
        told: list[tuple[int, int]] = []
        load(tiny_content, engine, progress=lambda done, total: told.append((done, total)))
        assert told == [(9, 9)]


class TestQuestions:
    """To the real content."""

    def test_a_topic_comes_back_as_it_was_written(self, knowledge: KnowledgeBase, content: Content) -> None:
        found = knowledge.topics(content.topics)
        assert found.keys() == content.topics.keys()
        for name, placed in found.items():
            written = content.topics[name]
            assert (placed.region, placed.service, placed.topic) == (written.region, written.service, written.topic)

    def test_an_unknown_topic_is_none(self, knowledge: KnowledgeBase) -> None:
        assert knowledge.topic("vgr/finns/inte") is None

    def test_unknown_topics_are_left_out(self, knowledge: KnowledgeBase) -> None:
        assert set(knowledge.topics(["vgr/sjunet/vad-ar", "vgr/finns/inte"])) == {"vgr/sjunet/vad-ar"}

    def test_no_names_no_topics(self, knowledge: KnowledgeBase) -> None:
        assert knowledge.topics([]) == {}

    def test_the_size_is_that_of_the_content(self, knowledge: KnowledgeBase, content: Content) -> None:
        facts = sum(len(placed.topic.facts) for placed in content.topics.values())
        assert knowledge.size() == (len(content.topics), facts)

    def test_the_same_question_in_another_region_by_compare(self, knowledge: KnowledgeBase) -> None:
        asked = knowledge.topic("vgr/sparr/patient-vill-sparra")
        assert asked is not None
        answer = knowledge.same_question(asked, "Dalarna")
        assert answer is not None
        assert (answer.name, answer.topic.compare) == ("dalarna/sparr/sparra-journal", asked.topic.compare)

    def test_the_same_question_in_another_region_by_service_and_aspect(self, knowledge: KnowledgeBase) -> None:
        asked = knowledge.topic("dalarna/hsa/vad-ar-hsa")
        assert asked is not None
        assert asked.topic.compare is None
        for region in ("VGR", "Uppsala"):
            answer = knowledge.same_question(asked, region)
            if answer is not None:
                assert (answer.region, answer.service, answer.topic.aspect) == (region, "hsa", asked.topic.aspect)

    def test_the_regions_that_answer_about_a_service(self, knowledge: KnowledgeBase) -> None:
        assert knowledge.regions_with("boa") == {"VGR"}
        assert knowledge.regions_with("finns-inte") == set()

    def test_a_question_that_only_one_region_answers(self, knowledge: KnowledgeBase) -> None:
        asked = knowledge.topic("vgr/boa/vad-ar")
        assert asked is not None
        assert knowledge.same_question(asked, "Uppsala") is None

    @pytest.mark.parametrize("compare", ["sparra-journal", "loggutdrag", "losenord-hjalp", "bestalla-konto"])
    def test_compared_topics_are_one_a_region(self, knowledge: KnowledgeBase, compare: str) -> None:
        found = knowledge.compared(compare)
        assert sorted(str(placed.region) for placed in found) == list(REGIONS)
        assert {placed.topic.compare for placed in found} == {compare}

    def test_nothing_to_compare(self, knowledge: KnowledgeBase) -> None:
        assert knowledge.compared("finns-inte") == []

    @pytest.mark.parametrize("code", REGIONS)
    def test_a_region_comes_back_with_its_desks_in_order(
        self, knowledge: KnowledgeBase, content: Content, code: str
    ) -> None:
        assert knowledge.region(code) == content.regions[code]
        assert region_of(knowledge, code) == content.regions[code]

    def test_all_regions(self, knowledge: KnowledgeBase) -> None:
        assert sorted(region.code for region in knowledge.regions()) == list(REGIONS)

    def test_an_unknown_region(self, knowledge: KnowledgeBase) -> None:
        assert knowledge.region("Skåne") is None
        with pytest.raises(KeyError):
            region_of(knowledge, "Skåne")

    def test_a_desk_for_a_service(self, knowledge: KnowledgeBase) -> None:
        dalarna = region_of(knowledge, "Dalarna")
        assert desk_for(dalarna, "it-inkop").id == "it-inkop"
        assert desk_for(dalarna, "finns-inte").id == desk_for(dalarna, None).id == dalarna.default_desk

    @pytest.mark.parametrize(
        ("region", "phone"), [("VGR", "010-47 37 100"), ("Dalarna", "023-44 000"), ("Uppsala", "018-611 77 10")]
    )
    def test_contacts_of_a_region(self, knowledge: KnowledgeBase, region: str, phone: str) -> None:
        desk, value = knowledge.contacts(region, FactKind.phone)[0]
        assert (desk, value) == (region_of(knowledge, region).default_desk, phone)

    def test_contacts_of_an_unknown_region(self, knowledge: KnowledgeBase) -> None:
        assert knowledge.contacts("Skåne", FactKind.phone) == []

    def test_a_source_by_its_id(self, knowledge: KnowledgeBase, content: Content) -> None:
        assert {name: knowledge.source(name) for name in content.sources} == content.sources

    def test_an_unknown_source(self, knowledge: KnowledgeBase) -> None:
        with pytest.raises(KeyError):
            knowledge.source("finns-inte")

    def test_notices_that_show_something_in_the_order_of_their_ids(self, knowledge: KnowledgeBase) -> None:
        assert [notice.id for notice in knowledge.notices(["C29", "C16", "C03", "C99"])] == ["C03", "C29"]

    def test_no_notices(self, knowledge: KnowledgeBase) -> None:
        assert knowledge.notices([]) == []


QUESTIONS = {
    "topic": lambda base: base.topic(NAME),
    "topics": lambda base: base.topics([NAME]),
    "compared": lambda base: base.compared("konto"),
    "regions": lambda base: base.regions(),
    "region": lambda base: base.region("Norr"),
    "contacts": lambda base: base.contacts("Norr", FactKind.phone),
    "source": lambda base: base.source("lilla"),
    "notices": lambda base: base.notices(["C1"]),
    "size": lambda base: base.size(),
}


@pytest.mark.parametrize("question", QUESTIONS)
class TestNoKnowledge:
    def test_a_database_with_no_tables(self, engine: Engine, question: str) -> None:
        with pytest.raises(DatabaseUnavailable):
            QUESTIONS[question](KnowledgeBase(engine))

    def test_a_database_with_no_release(self, engine: Engine, tiny_content: Content, question: str) -> None:
        load(tiny_content, engine)
        forget_release(engine, 1)
        with pytest.raises(DatabaseUnavailable):
            QUESTIONS[question](KnowledgeBase(engine))

    def test_a_database_that_nobody_answers_for(self, unreachable: Engine, question: str) -> None:
        with pytest.raises(DatabaseUnavailable):
            QUESTIONS[question](KnowledgeBase(unreachable))


@pytest.fixture(params=["a file that is no database", "a folder", "a port that nobody listens on"])
def unreachable(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    (tmp_path / "file.db").write_bytes(b"this is no database" * 100)
    (tmp_path / "folder.db").mkdir()
    made = connect(
        {
            "a file that is no database": f"sqlite:///{tmp_path / 'file.db'}",
            "a folder": f"sqlite:///{tmp_path / 'folder.db'}",
            "a port that nobody listens on": "postgresql+psycopg://nobody@127.0.0.1:1/test",
        }[request.param]
    )
    yield made
    made.dispose()


def test_loading_into_a_database_that_nobody_answers_for(unreachable: Engine, tiny_content: Content) -> None:
    with pytest.raises(DatabaseUnavailable):
        load(tiny_content, unreachable)


def test_a_sqlite_file_gets_its_folder(tmp_path: Path, tiny_content: Content) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'new' / 'folder' / 'knowledge.db'}")
    assert load(tiny_content, engine)
    engine.dispose()
    assert (tmp_path / "new" / "folder" / "knowledge.db").is_file()


@pytest.mark.parametrize("url", ["", "nonsense", "oracle9://x", "sqlite:////proc/no/such.db", "mysql://u:secret@h/d"])
def test_a_wrong_url_is_told_as_the_other_errors_are(url: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="DATABASE_URL") as raised:
        connect(url)
    assert "secret" not in str(raised.value)
