"""Parts of the running system die, hang or lose their data: the user still gets a number to call and its hours."""

import time
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from knowledge.content import Content, default_desk
from knowledge.database import FRESH, connect
from knowledge.tables import Base
from tests.builders import REGIONS, Said
from tests.conversations.channels import PATIENCE, Conversation, PortalConversation, RestConversation
from tests.families import PHONES
from tests.running_system import RunningSystem, fill, new_system

pytestmark = pytest.mark.system

QUESTION = "Jag har glömt mitt lösenord"
IN_TIME = 3.0
"""Seconds in which a user must have an answer, whatever is broken."""
RECOVERY = 10.0
"""Seconds in which a part that has come back must be used again."""
SLACK = 1.0
"""Seconds more that a machine with other work may take."""
TRACES = ("Traceback", "Error", "Exception", 'File "', "sqlite", "sqlalchemy", "127.0.0.1", "None")


@pytest.fixture(scope="module")
def own_system(tmp_path_factory: pytest.TempPathFactory, content: Content) -> Iterator[RunningSystem]:
    """A system to be broken."""
    secret = {"GATEWAY_SECRET": "these tests' own secret, kept over restarts"}
    system = new_system(tmp_path_factory.mktemp("breakable"), content, **secret)
    try:
        system.start()
        yield system
    finally:
        system.stop()


@pytest.fixture
def system(own_system: RunningSystem) -> RunningSystem:
    """The system, whole again after the test before."""
    own_system.start()
    return own_system


def both(system: RunningSystem, region: str | None = None) -> tuple[Conversation, Conversation]:
    """A new conversation over each channel."""
    return RestConversation(system.rasa_url, region), PortalConversation(system.portal_url, region)


def assert_fails_well(conversation: Conversation, content: Content, region: str | None) -> None:
    """No answer, but an honest failure and a way to a person."""
    said = conversation.say(QUESTION)
    assert said.custom["outcome"] == "failed", said
    assert said.custom["region"] == region
    assert_told_the_way(said, content, region)


def assert_told_the_way(said: Said, content: Content, region: str | None) -> None:
    """The region's number and hours, or those of every region, and nothing of the cause."""
    for code in REGIONS:
        hours = default_desk(content.regions[code]).hours_fact
        assert hours is not None
        for value in (PHONES[code], hours.value):
            assert (value in said.text) == (region in (None, code)), (value, said.text)
    assert [trace for trace in TRACES if trace in said.whole] == []


def assert_answers(conversation: Conversation, region: str) -> None:
    """The system works."""
    assert_answered(conversation.say(QUESTION), region)


def assert_recovers(system: RunningSystem, region: str) -> None:
    """The system works again by itself, once what had piled up is done."""
    deadline = time.monotonic() + RECOVERY
    while (said := PortalConversation(system.portal_url, region).say(QUESTION)).custom["outcome"] == "failed":
        assert time.monotonic() < deadline, said
        time.sleep(0.2)
    assert_answered(said, region)


def assert_answered(said: Said, region: str) -> None:
    """A right answer for the region."""
    assert (said.custom["outcome"], said.custom["region"]) == ("answered", region), said
    assert PHONES[region] in said.text


def test_action_server_dead(system: RunningSystem, content: Content) -> None:
    rest, portal = both(system)
    for conversation in (rest, portal):
        conversation.say("Jag har glömt mitt lösenord i Dalarna")
    system.kill("actions")

    for region in (None, *REGIONS):
        for conversation in both(system, region):
            assert_fails_well(conversation, content, region)
    for conversation in (rest, portal):  # the region is known from the conversation alone
        said = conversation.say(QUESTION)
        assert said.custom["outcome"] == "failed"
        assert PHONES["Dalarna"] in said.text

    system.start()
    for conversation in (rest, portal, *both(system, "Dalarna")):
        assert_answers(conversation, "Dalarna")


def test_action_server_hangs(system: RunningSystem, content: Content) -> None:
    system.freeze("actions")
    try:
        began = time.monotonic()
        assert_fails_well(PortalConversation(system.portal_url, "Uppsala"), content, "Uppsala")
        assert time.monotonic() - began < IN_TIME + SLACK
    finally:
        system.thaw("actions")

    for conversation in both(system, "Uppsala"):
        assert_answers(conversation, "Uppsala")


def test_database_emptied(system: RunningSystem, content: Content) -> None:
    engine = connect(f"sqlite:///{system.database}")
    Base.metadata.drop_all(engine)
    engine.dispose()
    time.sleep(FRESH)  # until then the action server need not look

    for region in (None, *REGIONS):
        for conversation in both(system, region):
            assert_fails_well(conversation, content, region)

    fill(system.database, content)
    for conversation in both(system, "VGR"):
        assert_answers(conversation, "VGR")


@pytest.mark.parametrize("left", [None, b"this is no database " * 10_000], ids=["removed", "overwritten"])
def test_database_file_lost(system: RunningSystem, content: Content, left: bytes | None) -> None:
    """What the action server holds open or has read may still answer; then it is right, else it fails well."""
    if left is None:
        remove_database(system)
    else:
        system.database.write_bytes(left)
    time.sleep(FRESH)

    for conversation in both(system, "Dalarna"):
        said = conversation.say(QUESTION)
        if said.custom["outcome"] == "failed":
            assert_told_the_way(said, content, "Dalarna")
        else:
            assert_answered(said, "Dalarna")

    remove_database(system)
    fill(system.database, content)
    system.kill("actions")  # it may still have the lost file open
    system.start()
    for conversation in both(system, "Dalarna"):
        assert_answers(conversation, "Dalarna")


def test_rasa_hangs(system: RunningSystem, content: Content) -> None:
    system.freeze("rasa")
    try:
        for region in (None, "VGR"):
            began = time.monotonic()
            assert_fails_well(PortalConversation(system.portal_url, region), content, region)
            assert time.monotonic() - began < IN_TIME + SLACK
    finally:
        system.thaw("rasa")

    assert_recovers(system, "VGR")


def test_rasa_dead(system: RunningSystem, content: Content) -> None:
    portal = PortalConversation(system.portal_url)
    portal.say("Jag har glömt mitt lösenord i Uppsala")
    system.kill("rasa")

    for region in (None, *REGIONS):
        assert_fails_well(PortalConversation(system.portal_url, region), content, region)
    assert_fails_well(portal, content, "Uppsala")
    with pytest.raises(HTTPError) as not_ready:
        urlopen(f"{system.portal_url}/readyz", timeout=PATIENCE)
    not_ready.value.close()
    assert not_ready.value.code == 503

    system.start()
    assert_answers(PortalConversation(system.portal_url, "Uppsala"), "Uppsala")


def test_an_answer_that_comes_late_follows_the_contacts(system: RunningSystem, content: Content) -> None:
    portal = PortalConversation(system.portal_url, "VGR")
    system.freeze("rasa")
    try:
        assert_fails_well(portal, content, "VGR")
    finally:
        system.thaw("rasa")

    assert_answered(portal.listen(), "VGR")


def test_gateway_killed_in_the_middle_of_an_answer(system: RunningSystem, content: Content) -> None:
    portal = PortalConversation(system.portal_url, "VGR")
    assert_answers(portal, "VGR")
    system.freeze("rasa")
    try:
        key = portal.send({"text": QUESTION})
        system.kill("gateway")
    finally:
        system.thaw("rasa")
    system.start()

    assert_answered(portal.listen(key), "VGR")
    time.sleep(1)
    kinds = [event["kind"] for event in portal.events()]
    assert kinds == ["user_message", "bot_message"] * 2
    assert_answers(portal, "VGR")


def test_records_lost(system: RunningSystem, content: Content) -> None:
    """The event log is gone for a while: told truthfully, with a way to a person, and over by itself."""
    portal = PortalConversation(system.portal_url, "Dalarna")
    assert_answers(portal, "Dalarna")
    system.kill("gateway")
    records = system.folder / "records.db"
    for path in system.folder.glob("records.db*"):
        path.unlink()
    records.mkdir()
    system.start_only("gateway")
    began = time.monotonic()
    said = portal.say(QUESTION)

    assert time.monotonic() - began < IN_TIME + SLACK
    assert portal.status == 503
    assert_told_the_way(said, content, "Dalarna")
    assert "Meddelandet är inte skickat" in said.text

    records.rmdir()
    system.start()
    assert_answers(portal, "Dalarna")


def remove_database(system: RunningSystem) -> None:
    """Remove the file and what SQLite keeps beside it."""
    for path in system.database.parent.glob(f"{system.database.name}*"):
        path.unlink()
