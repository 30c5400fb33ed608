"""The API does what its description says (schemathesis), and stands whatever is sent to it (hypothesis)."""

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from limits import parse
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from sqlalchemy import make_url
from urllib3 import HTTPConnectionPool
from yarl import URL

from gateway.api.openapi import description
from gateway.app import create_app
from gateway.routes import routes
from gateway.settings import Settings
from gateway.texts import read_texts
from tests.fake_rasa import FakeRasa, bot_message
from tests.unit.gateway.conftest import SECRET, KnownContacts

ASKED = settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)
FUZZED = settings(ASKED, max_examples=150)


class RunningGateway:
    """A gateway in a thread of its own, for clients that are not asynchronous."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self.rasa = FakeRasa(otherwise=bot_message("Välj", [{"title": "Ja", "payload": "/affirm"}], {"outcome": "x"}))
        self.url = URL()

    def start(self) -> None:
        self._thread.start()
        self._run(self._start())

    def stop(self) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Any) -> None:
        future: Future[None] = asyncio.run_coroutine_threadsafe(work, self._loop)
        future.result(20)

    async def _start(self) -> None:
        self._behind = TestServer(self.rasa.app())
        await self._behind.start_server()
        own = Settings(
            rasa_url=self._behind.make_url("/"),
            secret=SECRET,
            records_url=make_url(f"sqlite+aiosqlite:///{self._folder / 'records.db'}"),
            inside_port=None,
            session_rate=parse("100000/minute"),
            address_rate=parse("100000/minute"),
        )
        self._front = TestServer(create_app(own, KnownContacts(), read_texts()))
        await self._front.start_server()
        self.url = self._front.make_url("/")

    async def _stop(self) -> None:
        await self._front.close()
        await self._behind.close()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningGateway]:
    gateway = RunningGateway(tmp_path_factory.mktemp("gateway"))
    gateway.start()
    yield gateway
    gateway.stop()


@pytest.fixture(scope="module")
def client(running: RunningGateway) -> Iterator[HTTPConnectionPool]:
    with HTTPConnectionPool(str(running.url.host), running.url.port, maxsize=2) as pool:
        yield pool


@pytest.fixture(scope="module")
def token(client: HTTPConnectionPool) -> str:
    return str(client.request("POST", "/api/v1/conversations").json()["token"])


schema = schemathesis.openapi.from_dict(json.loads(description()))


@schema.parametrize()
@ASKED
def test_the_api_does_what_its_description_says(case: Any, running: RunningGateway, token: str) -> None:
    if case.query and "wait" in case.query:
        case.query["wait"] = 0  # or the test would wait too
    headers = {} if case.operation.definition.raw.get("security") == [] else {"Authorization": f"Bearer {token}"}
    answer: Response = case.call(base_url=str(running.url).rstrip("/"), headers=headers, timeout=10)
    # What a client may not set, or sets to nonsense, is left out and not refused; and 422 is for what no schema tells.
    not_asked = [negative_data_rejection, *([positive_data_acceptance] if answer.status_code == 422 else [])]
    case.validate_response(answer, excluded_checks=not_asked)


def test_every_address_is_described_and_every_description_has_its_address() -> None:
    public = {
        (route.method.lower(), route.path)
        for route in routes
        if isinstance(route, web.RouteDef)
        and (route.path.startswith("/api/v1/") or route.path in ("/healthz", "/readyz"))
    }
    described = {(method, path) for path, methods in json.loads(description())["paths"].items() for method in methods}

    assert {(method.replace("head", "get"), path) for method, path in public} == described


def test_the_description_is_served(client: HTTPConnectionPool) -> None:
    assert client.request("GET", "/openapi.json").json() == json.loads(description())


def test_every_code_of_a_problem_is_described() -> None:
    from gateway.errors import Refused

    def below(kind: type[Refused]) -> Iterator[type[Refused]]:
        yield kind
        for child in kind.__subclasses__():
            yield from below(child)

    described = json.loads(description())["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert sorted({kind.code for kind in below(Refused)}) == described


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ADDRESSES = ["/api/v1/conversations", "/api/v1/messages", "/api/v1/feedback"]


@FUZZED
@given(
    address=st.sampled_from(ADDRESSES),
    body=st.binary(max_size=300)
    | anything.map(lambda value: json.dumps(value).encode())
    | st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("text", "button", "region", "language", "event", "helpful", "comment"), anything),
    ).map(lambda value: json.dumps(value).encode()),
    key=st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=80),
)
def test_no_body_breaks_the_gateway(
    client: HTTPConnectionPool, token: str, address: str, body: bytes, key: str
) -> None:
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": key.strip().encode("latin-1", "replace").decode("latin-1"),
    }
    response = client.request("POST", address, body=body, headers=headers, timeout=10)

    assert response.status < 500, response.data
    if response.data:
        assert response.json()
    assert b"Traceback" not in response.data


@FUZZED
@given(
    method=st.sampled_from(["GET", "DELETE", "PUT", "PATCH", "OPTIONS", "HEAD"]),
    path=st.sampled_from(["events", "transcript", "contacts", "conversation", "messages", "../../etc/passwd", "%00"]),
    query=st.dictionaries(st.sampled_from(["after", "format", "region", "x"]), st.text(max_size=50)),
    headers=st.dictionaries(
        st.sampled_from(["Last-Event-ID", "Origin", "X-Forwarded-For", "X-Correlation-ID", "Authorization", "Accept"]),
        st.text(st.characters(min_codepoint=33, max_codepoint=255, exclude_characters="\x7f"), max_size=60),
    ),
)
def test_no_address_or_header_breaks_the_gateway(
    client: HTTPConnectionPool, method: str, path: str, query: dict[str, str], headers: dict[str, str]
) -> None:
    if "text/event-stream" in headers.get("Accept", ""):
        return
    response = client.request(method, f"/api/v1/{path}", fields=query, headers=headers, timeout=10)

    assert response.status < 500, response.data
    assert b"Traceback" not in response.data
