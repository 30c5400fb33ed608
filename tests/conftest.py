"""The real content, in a real SQLite file and in PostgreSQL.

PostgreSQL is taken from TEST_POSTGRES_URL. Where it cannot be reached its tests are skipped, or fail if REQUIRE_ALL=1.
"""

import asyncio
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from actions.house import House
from desks.service import make_service
from knowledge.content import Content, read_content
from knowledge.database import KnowledgeBase, connect, load
from tests.builders import moment
from tests.leave_out import leave_out

pytest_plugins = ["tests.running_system"]

DEFAULT_POSTGRES = "postgresql+psycopg://root@127.0.0.1:5432/test"
MONDAY_MORNING = "2026-11-23T10:00"

NewDatabase = Callable[[], str]
"""Makes an empty database of its own and returns its URL."""


def _postgres_schemas(url: str) -> Iterator[NewDatabase]:
    owner = create_engine(url, connect_args={"connect_timeout": 5}, isolation_level="AUTOCOMMIT")
    try:
        owner.connect().close()
    except SQLAlchemyError as error:
        reason = f"no PostgreSQL at TEST_POSTGRES_URL ({make_url(url).render_as_string()}): {error}".splitlines()[0]
        leave_out(reason)
    schemas: list[str] = []

    def new() -> str:
        schema = f"supportlotsen_{uuid.uuid4().hex}"
        with owner.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        schemas.append(schema)
        own = make_url(url).update_query_dict({"options": f"-csearch_path={schema}"})
        return own.render_as_string(hide_password=False)

    yield new
    with owner.connect() as connection:
        for schema in schemas:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    owner.dispose()


def _sqlite_files(folders: pytest.TempPathFactory) -> Iterator[NewDatabase]:
    yield lambda: f"sqlite:///{folders.mktemp('database') / 'knowledge.db'}"


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def backend(request: pytest.FixtureRequest) -> str:
    """Which database the test runs on."""
    return str(request.param)


@pytest.fixture(scope="session")
def new_database(backend: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[NewDatabase]:
    """A maker of empty databases; all of them are gone after the session."""
    if backend == "postgresql":
        yield from _postgres_schemas(os.environ.get("TEST_POSTGRES_URL") or DEFAULT_POSTGRES)
    else:
        yield from _sqlite_files(tmp_path_factory)


@pytest.fixture
def engine(new_database: NewDatabase) -> Iterator[Engine]:
    """An empty database of the test's own."""
    made = connect(new_database())
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def content() -> Content:
    """The real content, checked."""
    return read_content()


@pytest.fixture(scope="session")
def knowledge(new_database: NewDatabase, content: Content) -> Iterator[KnowledgeBase]:
    """The real content in a database. Read only."""
    engine = connect(new_database())
    assert load(content, engine)
    yield KnowledgeBase(engine)
    engine.dispose()


@pytest.fixture
def house(knowledge: KnowledgeBase, content: Content, tmp_path: Path) -> Iterator[House]:
    """The house of the actions, on a Monday morning when every desk is open."""
    made = _house(knowledge, content, tmp_path)
    yield made
    asyncio.run(made.desks.aclose())


@pytest.fixture
def dead_house(content: Content, tmp_path: Path) -> Iterator[House]:
    """A house whose database file is no database."""
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database" * 100)
    engine = connect(f"sqlite:///{broken}")
    made = _house(KnowledgeBase(engine), content, tmp_path)
    yield made
    asyncio.run(made.desks.aclose())
    engine.dispose()


def _house(knowledge: KnowledgeBase, content: Content, folder: Path) -> House:
    now = moment(MONDAY_MORNING)
    return House(
        knowledge=knowledge,
        now=lambda: now,
        regions=content.regions,
        services={service.id: service.name for service in content.services.values()},
        desks=make_service({"RECORDS_DB_URL": f"sqlite:///{folder / 'records.db'}"}, list(content.regions)),
    )
