"""The page, its files and headers, and the health of the gateway."""

import re
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from yarl import URL

from gateway.routes import PAGE
from tests.unit.gateway.conftest import StartGateway

FILES = {path.name: path.read_bytes() for path in sorted(PAGE.iterdir())}
SOURCES = {name: content.decode() for name, content in FILES.items() if not name.endswith(".svg")}


async def test_the_page_is_swedish_and_says_that_it_is_a_bot(gateway: TestClient[Any, Any]) -> None:
    response = await gateway.get("/")
    page = await response.text()

    assert response.content_type == "text/html"
    assert '<html lang="sv">' in page
    assert "Du chattar med en bot" in page and "Skriv inget om patienter" in page


@pytest.mark.parametrize("address", ["/", "/widget.js", "/api/v1/contacts", "/healthz", "/nowhere", "/api/nowhere"])
async def test_every_response_is_hardened(gateway: TestClient[Any, Any], address: str) -> None:
    headers = (await gateway.get(address)).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Server"] == "supportlotsen"


async def test_conversations_are_not_cached(gateway: TestClient[Any, Any]) -> None:
    assert (await gateway.post("/api/v1/conversations")).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", FILES)
async def test_every_file_of_the_page_is_served(gateway: TestClient[Any, Any], name: str) -> None:
    response = await gateway.get(f"/static/{name}")

    assert response.status == 200
    assert await response.read() == FILES[name]


@pytest.mark.parametrize(
    "address", ["/static/", "/static/../settings.py", "/static/%2e%2e/settings.py", "/static/..%2fapp.py"]
)
async def test_nothing_else_is_served(gateway: TestClient[Any, Any], address: str) -> None:
    assert (await gateway.get(URL(address, encoded=True))).status in (403, 404)


@pytest.mark.parametrize("name", SOURCES)
def test_the_page_has_nothing_inline_and_no_third_party(name: str) -> None:
    source = SOURCES[name]

    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", source)
    if name.endswith(".html"):
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", source)
    addresses = re.findall(r"""(?:src|href|url\(|from|import)\s*[=(]?\s*["']?(https?:)?//[^"')\s]+""", source)
    assert addresses == []


async def test_an_unknown_address_gets_swedish(gateway: TestClient[Any, Any]) -> None:
    page, api = await gateway.get("/nowhere"), await gateway.get("/api/v1/nowhere")

    assert (page.status, (await page.text()).splitlines()[0]) == (404, "Sidan finns inte.")
    assert (api.status, (await api.json())["code"]) == (404, "not_found")


async def test_a_wrong_method_tells_the_right_one(gateway: TestClient[Any, Any]) -> None:
    response = await gateway.get("/api/v1/messages")

    assert (response.status, response.headers["Allow"]) == (405, "POST")


async def test_the_contacts_need_no_conversation(gateway: TestClient[Any, Any]) -> None:
    desks = (await (await gateway.get("/api/v1/contacts")).json())["desks"]

    assert [desk["region"] for desk in desks] == ["VGR", "Dalarna", "Uppsala"]
    assert desks[0]["ways"] == [{"kind": "phone", "value": "010-00 00 001"}]
    assert (desks[0]["open"], desks[1]["open"], desks[2]["open"]) == (True, False, None)
    assert desks[1]["next_open"] == "2026-11-23T07:30:00+01:00"


async def test_alive_and_ready(gateway: TestClient[Any, Any]) -> None:
    alive, ready = await gateway.get("/healthz"), await gateway.get("/readyz")

    assert (alive.status, await alive.json()) == (200, {"status": "ok"})
    assert (ready.status, await ready.json()) == (200, {"status": "ok", "rasa": "ok", "records": "ok"})


async def test_alive_but_not_ready_without_rasa(start_gateway: StartGateway, unused_tcp_port: int) -> None:
    gateway = await start_gateway(URL(f"http://127.0.0.1:{unused_tcp_port}"))

    assert (await gateway.get("/healthz")).status == 200
    ready = await gateway.get("/readyz")
    assert (ready.status, await ready.json()) == (503, {"status": "degraded", "rasa": "unavailable", "records": "ok"})
