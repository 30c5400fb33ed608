"""The real ticket systems are killed in the middle, and started again: nothing is lost, and nothing is there twice."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from desks.model import Status
from tests.contract import real
from tests.contract.house import House, house, new_ticket
from tests.contract.server import Server
from tests.contract.systems import DjangoHelpdeskSystem, RequestTrackerSystem, System


@pytest.fixture(params=["request_tracker", "django_helpdesk"])
def killable(request: pytest.FixtureRequest) -> tuple[Server, System]:
    """A real system with its process."""
    if request.param == "request_tracker":
        server, url = request.getfixturevalue("request_tracker")
        return server, RequestTrackerSystem(url, real.RT_USER, real.PASSWORD)
    server, url, queue = request.getfixturevalue("django_helpdesk")
    return server, DjangoHelpdeskSystem(url, real.HELPDESK_USER, real.PASSWORD, queue)


@pytest_asyncio.fixture
async def at(killable: tuple[Server, System], lone_records: AsyncEngine) -> AsyncIterator[House]:
    """A house whose desk is the real system."""
    made = house(lone_records, desk=killable[1].desk())
    made.service.first_attempt = 5.0
    yield made
    await made.service.aclose()


async def test_a_desk_killed_in_the_middle_loses_nothing(killable: tuple[Server, System], at: House) -> None:
    server, system = killable
    before = await at.service.submit(new_ticket("before"))
    assert before.number is not None
    await at.service.comment(before.reference, "Sagt medan systemet levde", conversation="anna")
    server.kill()
    try:
        during = await at.service.submit(new_ticket("during"))
        assert (during.number, during.status) == (None, Status.registered)
        await at.service.comment(before.reference, "Sagt medan systemet var nere", conversation="anna")
        await at.service.close(during.reference, "Det löste sig", conversation="anna")
        await at.deliver()
        state = await at.service.status(before.number, conversation="anna")
        assert state is not None and not state.live
    finally:
        server.start()
    at.clock.forward(minutes=5)
    await at.deliver()

    (first,) = await system.tickets(before.reference)
    assert [sum(text in each for each in first.comments) for text in ("levde", "var nere")] == [1, 1]
    (second,) = await system.tickets(during.reference)
    assert [each.number for each in at.news] == [second.number]
    state = await at.service.status(second.number, conversation="anna")
    assert state is not None and state.live and state.status in (Status.resolved, Status.closed)
