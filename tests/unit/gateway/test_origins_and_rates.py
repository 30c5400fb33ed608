"""Who may ask, from where and how often."""

import asyncio
import ipaddress
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import redis
import redis.asyncio
from aiohttp.test_utils import TestClient
from limits import parse
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from gateway.addresses import client_address
from gateway.errors import TooMany
from gateway.rates import Rates
from tests.fake_rasa import FakeRasa
from tests.leave_out import leave_out
from tests.unit.gateway.conftest import SECRET, StartGateway, Visitor, visit

PORTAL = "https://portal.example.se"


@pytest_asyncio.fixture
async def embedded(start_gateway: StartGateway) -> TestClient[Any, Any]:
    """A gateway that one portal may use."""
    return await start_gateway(origins=(PORTAL,))


# ---- origins


async def test_a_portal_of_the_list_may_read_the_answers(embedded: TestClient[Any, Any]) -> None:
    response = await embedded.post("/api/v1/conversations", headers={"Origin": PORTAL})

    assert response.status == 201
    assert response.headers["Access-Control-Allow-Origin"] == PORTAL
    assert "Origin" in response.headers["Vary"]
    assert "Retry-After" in response.headers["Access-Control-Expose-Headers"]
    assert "Access-Control-Allow-Credentials" not in response.headers


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://portal.example.se", f"{PORTAL}:8443", f"{PORTAL}.evil.example", "null", "x", ""],
)
async def test_another_site_may_not(embedded: TestClient[Any, Any], rasa: FakeRasa, origin: str) -> None:
    visitor = await visit(embedded)
    response = await visitor.post({"text": "Hej"}, Origin=origin)

    assert (response.status, (await response.json())["code"], rasa.asked) == (403, "origin", [])
    assert "Access-Control-Allow-Origin" not in response.headers


async def test_the_gateways_own_pages_may(embedded: TestClient[Any, Any]) -> None:
    own = str(embedded.make_url("/")).rstrip("/")

    for origin in (own, own.replace("http:", "https:")):  # a proxy may speak https for us
        response = await embedded.post("/api/v1/conversations", headers={"Origin": origin})
        assert (response.status, response.headers["Access-Control-Allow-Origin"]) == (201, origin)


async def test_a_browser_that_asks_first_gets_exactly_what_is_allowed(embedded: TestClient[Any, Any]) -> None:
    asked = {
        "Origin": PORTAL,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    allowed = await embedded.options("/api/v1/messages", headers=asked)
    refused = await embedded.options("/api/v1/messages", headers={**asked, "Origin": "https://evil.example"})

    assert (allowed.status, allowed.headers["Access-Control-Allow-Origin"]) == (204, PORTAL)
    assert allowed.headers["Access-Control-Allow-Methods"] == "GET, POST, DELETE"
    assert "Idempotency-Key" in allowed.headers["Access-Control-Allow-Headers"]
    assert (refused.status, "Access-Control-Allow-Origin" in refused.headers) == (403, False)


async def test_a_stream_can_be_read_from_the_portal(embedded: TestClient[Any, Any]) -> None:
    visitor = await visit(embedded)
    headers = {**visitor.headers, "Accept": "text/event-stream", "Origin": PORTAL}

    async with embedded.get("/api/v1/events", headers=headers) as response:
        assert response.headers["Access-Control-Allow-Origin"] == PORTAL


# ---- rates


async def test_a_conversation_that_asks_too_often_is_told_when_to_come_back(
    start_gateway: StartGateway, rasa: FakeRasa
) -> None:
    visitor = await visit(await start_gateway(session_rate=parse("3/minute")))
    statuses = [(await visitor.post({"text": "Hej"}, f"k{number}")).status for number in range(3)]

    response = await visitor.post({"text": "Hej"}, "k3")
    problem = await response.json()

    assert (statuses, response.status, problem["code"]) == ([202, 202, 202], 429, "too_many")
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert "inte skickat" in problem["title"]
    assert (await (await visit(visitor.http)).post({"text": "Hej"})).status == 202


async def test_an_address_that_asks_too_often_is_held_back(start_gateway: StartGateway) -> None:
    proxy = (ipaddress.ip_network("127.0.0.1"),)
    gateway = await start_gateway(address_rate=parse("2/minute"), proxies=proxy)

    async def begin(address: str) -> int:
        return (await gateway.post("/api/v1/conversations", headers={"X-Forwarded-For": address})).status

    assert [await begin("192.0.2.1") for _ in range(3)] == [201, 201, 429]
    assert await begin("6.6.6.6, 192.0.2.1") == 429
    assert await begin("192.0.2.2") == 201


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "address"),
    [
        ("192.0.2.1", [], [], "192.0.2.1"),
        ("192.0.2.1", ["10.9.9.9"], [], "192.0.2.1"),
        ("10.0.0.1", ["192.0.2.1"], ["10.0.0.0/8"], "192.0.2.1"),
        ("10.0.0.1", ["6.6.6.6, 192.0.2.1"], ["10.0.0.0/8"], "192.0.2.1"),
        ("10.0.0.1", ["6.6.6.6", "192.0.2.1, 10.0.0.2"], ["10.0.0.0/8"], "192.0.2.1"),
        ("10.0.0.1", ["nonsense"], ["10.0.0.0/8"], "10.0.0.1"),
        ("10.0.0.1", ["nonsense, 192.0.2.1"], ["10.0.0.0/8"], "192.0.2.1"),
        ("10.0.0.1", [""], ["10.0.0.0/8"], "10.0.0.1"),
        ("2001:db8:1:2:3::4", [], [], "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", [], [], "192.0.2.1"),
        (None, [], [], "unknown"),
    ],
)
def test_the_address_is_the_nearest_that_is_not_ours(
    peer: str | None, forwarded: list[str], proxies: list[str], address: str
) -> None:
    assert client_address(peer, forwarded, [ipaddress.ip_network(each) for each in proxies]) == address


@pytest.fixture
def redis_url(tmp_path: Path, unused_tcp_port: int) -> Iterator[str]:
    """A real Redis of the test's own."""
    program = shutil.which("redis-server")
    if program is None:
        reason = "no redis-server: apt-get install redis-server"
        leave_out(reason)
    words = [program, "--port", str(unused_tcp_port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL) as server:
        url = f"redis://127.0.0.1:{unused_tcp_port}/0"
        client = redis.Redis.from_url(url, retry=Retry(ConstantBackoff(0.05), 100))
        client.ping()
        client.close()
        yield url
        server.terminate()


async def test_rates_are_counted_together_by_all_who_use_one_redis(redis_url: str) -> None:
    who, rate = uuid.uuid4().hex, parse("2/minute")
    one, other = Rates(SECRET, redis_url), Rates(SECRET, redis_url)
    await one.count("session", who, rate)
    await other.count("session", who, rate)

    with pytest.raises(TooMany) as refused:
        await one.count("session", who, rate)

    assert 1 <= (refused.value.retry_after or 0) <= 60
    kept = redis.asyncio.Redis.from_url(redis_url)
    names = [str(name) async for name in kept.scan_iter()]
    assert names and not any(who in name for name in names)
    await kept.aclose()
    for rates in (one, other):
        await rates.close()


async def test_chat_goes_on_without_redis_and_is_counted_in_memory(
    start_gateway: StartGateway, unused_tcp_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = await start_gateway(redis_url=f"redis://127.0.0.1:{unused_tcp_port}/0", session_rate=parse("2/minute"))
    visitor = await visit(gateway)

    statuses = [(await visitor.post({"text": "Hej"}, f"k{number}")).status for number in range(3)]

    assert statuses == [202, 202, 429]
    assert caplog.text.count("Redis fails") == 1


async def test_a_redis_that_hangs_holds_nobody_up(start_gateway: StartGateway) -> None:
    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    visitor = await visit(await start_gateway(redis_url=f"redis://127.0.0.1:{port}/0"))
    began = asyncio.get_running_loop().time()

    assert (await visitor.say("Hej"))[0]["text"] == "Hej!"

    assert asyncio.get_running_loop().time() - began < 2
    server.close()


# ---- names in the logs


async def test_a_name_goes_along_to_rasa(visitor: Visitor, rasa: FakeRasa) -> None:
    response = await visitor.post({"text": "Hej"}, "k1", **{"X-Correlation-ID": "portal-0123456789"})
    await visitor.until_answered("k1")

    assert response.headers["X-Correlation-ID"] == "portal-0123456789"
    assert rasa.headers[0]["X-Correlation-ID"] == "portal-0123456789"
    assert rasa.asked[0]["metadata"]["correlation"] == "portal-0123456789"


@pytest.mark.parametrize("name", ["", "x", "<script>", "a" * 65, "19121212-1212 Tolvan"])
async def test_a_name_that_is_none_is_replaced(visitor: Visitor, name: str) -> None:
    response = await visitor.post({"text": "Hej"}, **{"X-Correlation-ID": name})

    assert response.headers["X-Correlation-ID"] != name
    assert len(response.headers["X-Correlation-ID"]) == 16
