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
RASA_TIMEOUT = 2.0
"""Seconds that the gateway of these tests waits for Rasa."""
TRACES = ("Traceback", "Error", "Exception", 'File "', "sqlite", "sqlalchemy", "127.0.0.1", "None")


@pytest.fixture(scope="module")
def own_system(tmp_path_factory: pytest.TempPathFactory, content: Content) -> Iterator[RunningSystem]:
    """A system to be broken."""
    system = new_system(tmp_path_factory.mktemp("breakable"), content, GATEWAY_RASA_TIMEOUT=str(RASA_TIMEOUT))
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
        assert time.monotonic() - began < RASA_TIMEOUT + 1
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
            assert time.monotonic() - began < RASA_TIMEOUT + 1
    finally:
        system.thaw("rasa")

    assert_answers(PortalConversation(system.portal_url, "VGR"), "VGR")


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


def remove_database(system: RunningSystem) -> None:
    """Remove the file and what SQLite keeps beside it."""
    for path in system.database.parent.glob(f"{system.database.name}*"):
        path.unlink()
