"""What keeps conversations: in memory, in SQLite and in PostgreSQL alike."""

from pathlib import Path
from typing import Any

import pytest

from nlu.server.conversations.archive import Archive, MemoryArchive
from nlu.server.conversations.errors import ArchiveUnavailable, WrittenElsewhere
from nlu.server.conversations.settings import archive as from_environment
from nlu.server.conversations.sql_archive import SqlArchive, address
from nlu.server.errors import SettingsError
from tests.unit.nlu.server.conftest import NewArchive


def event(text: str, timestamp: float = 1.0) -> dict[str, Any]:
    return {"event": "user", "text": text, "timestamp": timestamp}


def test_what_was_appended_is_read_in_order(archive: Archive) -> None:
    assert (archive.count("anna"), archive.read("anna"), archive.senders()) == (0, [], [])
    archive.append("anna", 0, [event("hej"), event("å\u0000\ud83d 😀")])
    archive.append("anna", 2, [event("hej då")])
    archive.append("bo", 0, [event("hallå")])
    assert archive.count("anna") == 3
    assert [each["text"] for each in archive.read("anna")] == ["hej", "å\u0000\ud83d 😀", "hej då"]
    assert sorted(archive.senders()) == ["anna", "bo"]


def test_a_place_is_written_once(archive: Archive) -> None:
    archive.append("anna", 0, [event("hej")])
    with pytest.raises(WrittenElsewhere):
        archive.append("anna", 0, [event("hallå"), event("där")])
    assert [each["text"] for each in archive.read("anna")] == ["hej"]


def test_an_erased_conversation_leaves_nothing_and_the_others_stay(archive: Archive) -> None:
    archive.append("anna", 0, [event("hej")])
    archive.append("bo", 0, [event("hallå")])
    archive.erase("anna")
    archive.erase("nobody")
    assert (archive.count("anna"), archive.senders()) == (0, ["bo"])


def test_retention_goes_by_the_last_event(archive: Archive) -> None:
    archive.append("old", 0, [event("a", 10.0), event("b", 20.0)])
    archive.append("new", 0, [event("a", 10.0), event("b", 40.0)])
    assert archive.purge(30.0) == 1
    assert archive.senders() == ["new"]
    assert [each["text"] for each in archive.read("new")] == ["a", "b"]


def test_a_second_attempt_after_a_lost_answer_writes_nothing_twice(new_archive: NewArchive) -> None:
    archive = new_archive()
    archive.append("anna", 0, [event("hej"), event("då")])
    archive.append("anna", 0, [event("hej"), event("då")])
    assert archive.count("anna") == 2


def test_two_processes_see_each_others_events(new_archive: NewArchive) -> None:
    one, other = new_archive(), new_archive()
    one.append("anna", 0, [event("hej")])
    assert other.count("anna") == 1
    other.append("anna", 1, [event("svar")])
    assert [each["text"] for each in one.read("anna")] == ["hej", "svar"]


def test_a_database_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "folder.db").mkdir()
    for url in (f"sqlite:///{tmp_path / 'folder.db'}", "postgresql://nobody:secret@127.0.0.1:1/none"):
        archive = SqlArchive(url)
        with pytest.raises(ArchiveUnavailable) as error:
            archive.count("anna")
        assert "secret" not in str(error.value)


def test_the_address_is_that_of_the_other_runtime() -> None:
    assert address("postgresql+psycopg://u:p@host/db").drivername == "postgresql+psycopg2"
    assert address("sqlite+aiosqlite:///x.db").drivername == "sqlite"


@pytest.mark.parametrize("url", ["oracle://u:secret@h/d", "secret", "://secret", "postgresql+secret"])
def test_a_wrong_address_is_named_but_not_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match="TRACKER_DB_URL") as error:
        from_environment({"TRACKER_DB_URL": url})
    assert "secret" not in str(error.value)


def test_conversations_can_be_kept_in_memory_alone() -> None:
    assert isinstance(from_environment({"TRACKER_DB_URL": "memory"}), MemoryArchive)
    assert not from_environment({"TRACKER_DB_URL": "memory"}).lasting
