"""The gateway with Teams switched on, between a fake Rasa and Microsoft's side."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer

from gateway.channels.teams import KIND
from gateway.channels.teams.plug import Teams
from tests.contract.channels.teams.microsoft import Microsoft
from tests.unit.gateway.conftest import StartGateway, rasa, start_gateway

__all__ = ["rasa", "start_gateway"]

StartTeams = Callable[..., Awaitable[TestClient[Any, Any]]]


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeats come at once."""
    monkeypatch.setattr("gateway.channels.teams.connector.FIRST_PAUSE", 0.01)
    monkeypatch.setattr("gateway.core.deliveries.FIRST_PAUSE", 0.02)


@pytest_asyncio.fixture
async def microsoft() -> AsyncIterator[Microsoft]:
    made = Microsoft()
    server = TestServer(made.app())
    await server.start_server()
    made.url = server.make_url("/")
    yield made
    await server.close()


@pytest.fixture
def start_teams(microsoft: Microsoft, start_gateway: StartGateway) -> StartTeams:
    """Starts a gateway whose bot Microsoft knows."""

    async def start(environment: dict[str, str] | None = None, **settings: Any) -> TestClient[Any, Any]:
        plug = KIND.plug(microsoft.settings() if environment is None else environment)
        assert isinstance(plug, Teams)
        client = await start_gateway(plugs=(plug,), **settings)
        microsoft.bot = client.make_url("/teams/messages")
        return client

    return start


@pytest_asyncio.fixture
async def teams(start_teams: StartTeams) -> TestClient[Any, Any]:
    """The gateway."""
    return await start_teams()
