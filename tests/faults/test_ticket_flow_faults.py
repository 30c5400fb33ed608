"""What is broken in the middle of a ticket loses nothing of it: the ticket system, the action server, the gateway.

The ticket system is a real one (django-helpdesk), which is killed between two messages of one conversation.
"""

import time
from collections.abc import Iterator

import pytest

from knowledge.content import Content
from tests.builders import Said
from tests.contract import real
from tests.contract.server import Server
from tests.conversations.channels import PortalConversation
from tests.running_system import RunningSystem, new_system

pytestmark = pytest.mark.system

ARRIVAL = 90
"""Seconds until a ticket must have arrived after its system is back: the first pauses are 15 s and 30 s."""

ANSWERS = (
    "NPÖ",
    "Sidan är helt blank för alla",
    "i morse",
    "hela enheten",
    "Vi hindras i arbetet",
    "Björkö vårdcentral",
)


@pytest.fixture(scope="module")
def helpdesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str, str]]:
    """django-helpdesk, running: the server, its address and its queue."""
    server, url, queue = real.django_helpdesk(tmp_path_factory.mktemp("helpdesk"))
    server.start()
    yield server, str(url), queue
    server.kill()


@pytest.fixture(scope="module")
def system(
    helpdesk: tuple[Server, str, str], tmp_path_factory: pytest.TempPathFactory, content: Content
) -> Iterator[RunningSystem]:
    """The whole system, with that desk for Dalarna."""
    _, url, queue = helpdesk
    desk = {"": "django_helpdesk", "_URL": url, "_QUEUE": queue, "_USER": real.HELPDESK_USER, "_SECRET": real.PASSWORD}
    settings = {f"DESK_DALARNA{name}": value for name, value in desk.items()}
    secret = "these tests' own secret, kept over restarts"
    made = new_system(tmp_path_factory.mktemp("tickets"), content, GATEWAY_SECRET=secret, **settings)
    try:
        made.start()
        yield made
    finally:
        made.stop()


def filled_in(system: RunningSystem) -> PortalConversation:
    """A conversation in which a ticket has been filled in but for the way to the user."""
    portal = PortalConversation(system.portal_url, "Dalarna")
    said = portal.say("registrera ett ärende åt mig")
    for answer in ANSWERS:
        said = portal.say(answer)
    assert said.custom["asks"] == "contact", said
    return portal


def approved(portal: PortalConversation) -> Said:
    """The reply after the summary."""
    assert portal.say("031-786 32 00").custom["asks"] == "approved"
    return portal.click("Skicka ärendet")


def number_told(portal: PortalConversation) -> str:
    """The number, when the conversation has been told it by itself."""
    deadline = time.monotonic() + ARRIVAL
    while time.monotonic() < deadline:
        for event in portal.events(wait=5):
            if event["kind"] == "notice" and event["code"] == "ticket":
                return str(event["ticket"]["number"])
    raise AssertionError(f"no number within {ARRIVAL} s")


def test_a_ticket_system_killed_before_the_ticket_is_sent(
    system: RunningSystem, helpdesk: tuple[Server, str, str]
) -> None:
    server, _, _ = helpdesk
    portal = filled_in(system)
    server.kill()
    try:
        said = approved(portal)
        assert said.custom["outcome"] == "ticketed"
        assert said.custom["ticket"]["number"] is None
        assert "numret kommer här i chatten" in said.text

        said = portal.say("hur går det med mitt ärende?")
        assert (said.custom["ticket"]["number"], said.custom["ticket"]["status"]) == (None, "registered")
        assert portal.say("lägg till i ärendet att receptionen är drabbad").custom["outcome"] == "ticketed"
    finally:
        server.start()

    number = number_told(portal)
    said = portal.say("hur går det med mitt ärende?")
    assert (said.custom["ticket"]["number"], said.custom["ticket"]["status"]) == (number, "new")


def test_a_ticket_system_killed_after_the_ticket_was_sent(
    system: RunningSystem, helpdesk: tuple[Server, str, str]
) -> None:
    server, _, _ = helpdesk
    portal = filled_in(system)
    said = approved(portal)
    number = said.custom["ticket"]["number"]
    assert number is not None
    server.kill()
    try:
        said = portal.say("hur går det med mitt ärende?")
        assert said.custom["ticket"]["number"] == number
        assert "svarar inte just nu" in said.text
        assert portal.say("stäng ärendet").custom["asks"] == "sure"
        assert portal.say("ja").custom["outcome"] == "ticketed"
    finally:
        server.start()

    deadline = time.monotonic() + ARRIVAL
    while portal.say("hur går det med mitt ärende?").custom["ticket"]["status"] not in ("resolved", "closed"):
        assert time.monotonic() < deadline, "the ticket was not closed"
        time.sleep(2)


@pytest.mark.parametrize("name", ["actions", "gateway", "rasa"])
def test_a_program_killed_in_the_middle_of_the_form(system: RunningSystem, name: str) -> None:
    portal = filled_in(system)
    system.kill(name)
    system.start()

    said = approved(portal)
    assert (said.custom["outcome"], said.custom["ticket"]["number"] is not None) == ("ticketed", True)
    assert "Björkö" not in said.text
