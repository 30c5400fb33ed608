"""What the operator sees: one JSON object a line without what users wrote, and figures on the inside port alone."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from aiohttp import ClientSession

from gateway.logs import JsonLines, correlation, place_of
from tests.fake_rasa import FakeRasa
from tests.unit.gateway.conftest import StartGateway, visit


@pytest.fixture(autouse=True)
def plain_records() -> Iterator[None]:
    """Without the protection that `python -m gateway` sets up, which another test may have left."""
    before = logging.getLogRecordFactory()
    logging.setLogRecordFactory(logging.LogRecord)
    yield
    logging.setLogRecordFactory(before)


@pytest.fixture
def lines() -> tuple[logging.Logger, io.StringIO]:
    """A logger of the test's own, and what it writes."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(JsonLines())
    logger = logging.Logger("gateway.test")
    logger.addHandler(handler)
    return logger, written


def read(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_is_one_object_with_the_turns_name(lines: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = lines
    correlation.set("0123456789abcdef")
    logger.info("två\nrader", extra={"route": "/x", "status": 200, "ms": 3, "unheard_of": "x"})
    correlation.set("")
    logger.warning("%s", "utan")

    first, second = read(written)
    assert first["message"] == "två\nrader"
    assert (first["correlation"], first["route"], first["status"], first["ms"]) == ("0123456789abcdef", "/x", 200, 3)
    assert "unheard_of" not in first
    assert (second["level"], second["logger"], "correlation" in second) == ("warning", "gateway.test", False)


def test_an_exception_is_told_without_its_words(lines: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = lines
    said = " ".join(["Tolvan", "Tolvansson"])
    try:
        raise ValueError(said)
    except ValueError as error:
        logger.exception("it broke")
        place = place_of(error)

    (line,) = read(written)
    assert "Tolvan Tolvansson" not in written.getvalue()
    assert (line["error"], line["place"]) == ("ValueError", place)
    assert place.startswith("test_logs_and_metrics.py:")


async def test_the_figures_are_on_the_inside_port(
    start_gateway: StartGateway, rasa: FakeRasa, unused_tcp_port: int
) -> None:
    gateway = await start_gateway(inside_port=unused_tcp_port)
    visitor = await visit(gateway)
    await visitor.say("Jag heter Tolvan")
    rasa.status = 500
    await visitor.say("Hej")
    async with ClientSession() as http, http.get(f"http://127.0.0.1:{unused_tcp_port}/metrics") as response:
        text = await response.text()

    assert response.content_type == "text/plain"
    assert 'supportlotsen_turns_total{outcome="answered"} 1.0' in text
    assert 'supportlotsen_turns_total{outcome="broken"} 1.0' in text
    assert 'supportlotsen_messages_total{channel="web",result="taken"} 2.0' in text
    assert 'supportlotsen_requests_total{route="/api/v1/messages",status="202"} 2.0' in text
    assert "supportlotsen_breaker_open 0.0" in text
    assert "Tolvan" not in text
    assert (await gateway.get("/metrics")).status == 404
