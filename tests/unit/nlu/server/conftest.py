"""What the tests of the server share: a domain, and archives of every kind."""

import os
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain

from nlu.server.conversations.archive import Archive, MemoryArchive
from nlu.server.conversations.sql_archive import SqlArchive
from tests.leave_out import leave_out

DATABASES = ("sqlite", "postgresql")

NewArchive = Callable[[], SqlArchive]


@pytest.fixture(scope="session")
def domain() -> Domain:
    """A small domain."""
    return domain_with("place")


def domain_with(*slots: str) -> Domain:
    """A small domain with these slots."""
    return domain_of(
        {
            "intents": ["greet"],
            "slots": {slot: _text_slot() for slot in slots},
            "actions": ["action_answer"],
            "responses": {"utter_greet": [{"text": "Hej"}]},
        }
    )


def _text_slot() -> dict[str, Any]:
    return {"type": "text", "influence_conversation": False, "mappings": [{"type": "custom"}]}


def domain_of(described: dict[str, Any]) -> Domain:
    """A domain, without the news of 2021 that Rasa tells at each."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Slot auto-fill has been removed")
        return Domain.from_dict(described)


@pytest.fixture(params=DATABASES)
def new_archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewArchive]:
    """Makes archives of one empty database, each as another process would have it."""
    with database(request.param, tmp_path) as url:
        made: list[SqlArchive] = []

        def make() -> SqlArchive:
            made.append(SqlArchive(url))
            return made[-1]

        yield make
        for archive in made:
            archive.close()


@pytest.fixture(params=["memory", *DATABASES])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    """An empty archive."""
    if request.param == "memory":
        yield MemoryArchive()
        return
    with database(request.param, tmp_path) as url:
        kept = SqlArchive(url)
        yield kept
        kept.close()


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The address of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'conversations.db'}"
    else:
        yield from _empty_schema()


def _empty_schema() -> Iterator[str]:
    """An empty schema in TEST_POSTGRES_URL, dropped afterwards."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if not given:
        leave_out("needs TEST_POSTGRES_URL (scripts/with-postgres)")
    url = sa.engine.make_url(given).set(drivername="postgresql+psycopg2")
    owner = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    schema = f"conversations_{uuid.uuid4().hex}"
    with owner.connect() as connection:
        connection.execute(sa.text(f"CREATE SCHEMA {schema}"))
    yield url.set(query={"options": f"-csearch_path={schema}"}).render_as_string(hide_password=False)
    with owner.connect() as connection:
        connection.execute(sa.text(f"DROP SCHEMA {schema} CASCADE"))
    owner.dispose()
