"""A known outage is told before a ticket is filled in, and can be joined."""

import asyncio
from datetime import UTC, datetime

import pytest

from records.database import address, connect
from records.outages import Outage, Outages
from tests.conversations.channels import PortalConversation
from tests.running_system import RunningSystem

pytestmark = pytest.mark.system


async def _with_outages(system: RunningSystem, ends: int | None = None) -> tuple[int, list[Outage]]:
    """Tell of an outage of Cosmic in Uppsala, or end that one; and all that go on."""
    engine = connect(address({"RECORDS_DB_URL": f"sqlite:///{system.folder / 'records.db'}"}))
    try:
        outages, now = Outages(engine), datetime.now(UTC)
        if ends is None:
            made = await outages.add(now, region="Uppsala", service="cosmic", text="Cosmic är nere hos alla.")
        else:
            made = ends
            await outages.end(ends, now)
        return made, list(await outages.ongoing(datetime.now(UTC), "Uppsala"))
    finally:
        await engine.dispose()


def test_it_is_told_first_and_joined_with_one_click(running_system: RunningSystem) -> None:
    outage, _ = asyncio.run(_with_outages(running_system))
    portal = PortalConversation(running_system.portal_url, "Uppsala")
    portal.say("registrera ett ärende")
    said = portal.say("Cosmic")
    assert (said.custom["asks"], "Cosmic är nere hos alla." in said.text) == ("outage", True)
    said = portal.click("Ja, anmäl mig till den")
    assert said.custom["outcome"] == "ticketed", said
    _, ongoing = asyncio.run(_with_outages(running_system, ends=outage))
    assert ongoing == []

    another = PortalConversation(running_system.portal_url, "Uppsala")
    another.say("registrera ett ärende")
    assert another.say("Cosmic").custom["asks"] == "what"
