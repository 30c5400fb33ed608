"""The records in a real SQLite file and in PostgreSQL."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from records.database import connect, create_tables, parse
from tests.conftest import NewDatabase


@pytest.fixture
async def records(new_database: NewDatabase) -> AsyncIterator[AsyncEngine]:
    """An empty records database of the test's own."""
    engine = connect(parse("RECORDS_DB_URL", new_database(), ""))
    await create_tables(engine)
    yield engine
    await engine.dispose()


@pytest.fixture
async def rasas_database(new_database: NewDatabase) -> AsyncIterator[AsyncEngine]:
    """An empty database of Rasa's."""
    engine = connect(parse("TRACKER_DB_URL", new_database(), ""))
    yield engine
    await engine.dispose()
