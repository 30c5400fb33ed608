"""Security headers of every address that the gateway has, whatever the answer is (docs/asvs.md, V3, V4 and V14)."""

from pathlib import Path
from typing import Any

import pytest
from aiohttp import hdrs
from aiohttp.test_utils import TestClient
from multidict import CIMultiDictProxy
from sqlalchemy import make_url

from gateway.privacy import Privacy, page
from records.retention import Periods
from records.tracker_store import TrackerStore
from tests.unit.gateway.conftest import StartGateway

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
}


@pytest.fixture
async def whole_gateway(start_gateway: StartGateway, tmp_path: Path) -> TestClient[Any, Any]:
    """With all that `python -m gateway` plugs in."""
    records = make_url(f"sqlite+aiosqlite:///{tmp_path / 'records.db'}")
    privacy = Privacy(records, TrackerStore(None), Periods(), page({}, Periods()))
    return await start_gateway(plugs=(privacy,), production=True)


def addresses(gateway: TestClient[Any, Any]) -> list[str]:
    """One for each route, and some that are none."""
    found = {route.resource.canonical for route in gateway.app.router.routes() if route.resource is not None}
    known = {address.replace("{", "").replace("}", "") for address in found}
    return sorted({*known, "/static/index.html", "/static/none.js", "/nowhere", "/api/v1/nowhere", "/.git/config"})


async def test_every_answer_is_hardened(whole_gateway: TestClient[Any, Any]) -> None:
    asked = addresses(whole_gateway)
    assert {"/", "/personuppgifter", "/api/v1/messages", "/api/v1/events", "/healthz"} <= set(asked)
    for address in asked:
        for method in METHODS:
            response = await whole_gateway.request(method, address, allow_redirects=False)
            wrong = [*problems(address, response.headers), *(["redirects"] if 300 <= response.status < 400 else [])]
            assert wrong == [], f"{method} {address} ({response.status}): {wrong}"
            assert response.status < 500 or address == "/readyz", f"{method} {address}"


def problems(address: str, headers: CIMultiDictProxy[str]) -> list[str]:
    """What is missing or wrong."""
    policy = {each.strip() for each in headers.get("Content-Security-Policy", "").split(";")}
    wrong = [f"no {each} in the policy" for each in POLICY - policy]
    wrong += [f"{each} in the policy" for each in policy if "unsafe" in each or "*" in each or "http" in each]
    expected = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "Server": "supportlotsen",
    }
    wrong += [f"{name}: {headers.get(name)}" for name, value in expected.items() if headers.get(name) != value]
    if "Set-Cookie" in headers:
        wrong.append("sets a cookie")
    if address.startswith("/api/") and headers.get(hdrs.CACHE_CONTROL) != "no-store":
        wrong.append("may be cached")
    content_type = headers.get(hdrs.CONTENT_TYPE, "")
    if content_type.startswith(("text/", "application/json", "application/problem")) and "utf-8" not in content_type:
        wrong.append(f"no charset: {content_type}")
    return wrong


async def test_hsts_is_for_production_only(start_gateway: StartGateway) -> None:
    gateway = await start_gateway()
    assert "Strict-Transport-Security" not in (await gateway.get("/")).headers


@pytest.mark.parametrize(
    "address", ["/static", "/static/", "/pages", "/pages/", "/static/../app.py", "/pages/../app.py"]
)
async def test_no_folder_is_listed(whole_gateway: TestClient[Any, Any], address: str) -> None:
    response = await whole_gateway.get(address)
    assert response.status in (403, 404) and "page.css" not in await response.text()
