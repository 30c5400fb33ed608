"""The ticket systems, real where they can be had."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from sqlalchemy.ext.asyncio import AsyncEngine
from yarl import URL

from records.database import address, connect, create_tables
from tests.conftest import NewDatabase
from tests.contract import easit, real, servicenow, synapse
from tests.contract.server import Server
from tests.contract.synapse import Homeserver
from tests.contract.systems import (
    DatabaseSystem,
    DjangoHelpdeskSystem,
    EasitSystem,
    RequestTrackerSystem,
    ServiceNowSystem,
    System,
)

DISTANT = ("servicenow", "easit", "request_tracker", "django_helpdesk")


@pytest.fixture(scope="session")
def request_tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, URL]]:
    """Request Tracker, running."""
    server, url = real.request_tracker(tmp_path_factory.mktemp("rt"))
    server.start()
    yield server, url
    server.kill()


@pytest.fixture(scope="session")
def django_helpdesk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, URL, str]]:
    """django-helpdesk, running."""
    server, url, queue = real.django_helpdesk(tmp_path_factory.mktemp("helpdesk"))
    server.start()
    yield server, url, queue
    server.kill()


@pytest.fixture(scope="session")
def homeserver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Homeserver]:
    """Synapse, running."""
    made = synapse.homeserver(tmp_path_factory.mktemp("synapse"))
    made.forwarder.begin()
    made.server.start()
    yield made
    made.server.kill()
    made.forwarder.end()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeats come at once."""
    monkeypatch.setattr("desks.http.FIRST_PAUSE", 0.01)


@pytest_asyncio.fixture
async def records(new_database: NewDatabase) -> AsyncIterator[AsyncEngine]:
    """An empty records database."""
    engine = connect(address({"RECORDS_DB_URL": new_database()}))
    await create_tables(engine)
    yield engine
    await engine.dispose()


@pytest_asyncio.fixture
async def lone_records(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[AsyncEngine]:
    """An empty records database in a file."""
    engine = connect(address({"RECORDS_DB_URL": f"sqlite:///{tmp_path_factory.mktemp('records') / 'records.db'}"}))
    await create_tables(engine)
    yield engine
    await engine.dispose()


@pytest_asyncio.fixture
async def in_use() -> AsyncIterator[AsyncExitStack]:
    """What is let go of after the test."""
    async with AsyncExitStack() as stack:
        yield stack


@pytest_asyncio.fixture(params=("database", *DISTANT))
async def system(request: pytest.FixtureRequest, lone_records: AsyncEngine, in_use: AsyncExitStack) -> System:
    """Each ticket system in turn."""
    return await _system(request, lone_records, in_use)


@pytest_asyncio.fixture(params=DISTANT)
async def distant(request: pytest.FixtureRequest, lone_records: AsyncEngine, in_use: AsyncExitStack) -> System:
    """Each ticket system that is reached over HTTP."""
    return await _system(request, lone_records, in_use)


@pytest_asyncio.fixture
async def easit_system(in_use: AsyncExitStack) -> EasitSystem:
    """Easit GO alone."""
    return await _easit(in_use)


async def _system(request: pytest.FixtureRequest, records: AsyncEngine, in_use: AsyncExitStack) -> System:
    match request.param:
        case "database":
            return _closed_after(in_use, DatabaseSystem(records))
        case "servicenow":
            instance = servicenow.Instance()
            server = await in_use.enter_async_context(TestServer(instance.app()))
            return _closed_after(in_use, ServiceNowSystem(server.make_url("/"), instance))
        case "easit":
            return await _easit(in_use)
        case "request_tracker":
            _, url = request.getfixturevalue("request_tracker")
            return _closed_after(in_use, RequestTrackerSystem(url, real.RT_USER, real.PASSWORD))
        case _:
            _, url, queue = request.getfixturevalue("django_helpdesk")
            return _closed_after(in_use, DjangoHelpdeskSystem(url, real.HELPDESK_USER, real.PASSWORD, queue))


async def _easit(in_use: AsyncExitStack) -> EasitSystem:
    installation = easit.Installation()
    server = await in_use.enter_async_context(TestServer(installation.app()))
    return _closed_after(in_use, EasitSystem(server.make_url("/"), installation))


def _closed_after[AnySystem: System](in_use: AsyncExitStack, system: AnySystem) -> AnySystem:
    in_use.push_async_callback(system.aclose)
    return system
