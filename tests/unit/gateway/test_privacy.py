"""What the gateway promises about personal data: erased at the user's wish, erased in time, and told on a page."""

import asyncio
import html
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from sqlalchemy import make_url, text, update
from sqlalchemy.ext.asyncio import create_async_engine

from gateway.keys import ENGINE
from gateway.privacy import Privacy, page
from records.audit import entries
from records.database import connect
from records.event_log import conversation_events, conversations
from records.retention import Periods
from records.tracker_store import TrackerStore, rasa_events
from tests.unit.gateway.conftest import StartGateway, visit
from tests.unit.records.filled import fill_tracker

DAY = timedelta(days=1)
PERIODS = Periods(conversation=11, ticket=22, feedback=33)

NewPrivacy = Callable[..., Privacy]


@pytest.fixture
def privacy(tmp_path: Path) -> NewPrivacy:
    def new(**timing: float) -> Privacy:
        records = make_url(f"sqlite+aiosqlite:///{tmp_path / 'records.db'}")
        trackers = TrackerStore(connect(make_url(f"sqlite+aiosqlite:///{tmp_path / 'conversations.db'}")))
        return Privacy(records, trackers, PERIODS, page({}, PERIODS), **timing)

    return new


async def test_an_erased_conversation_is_gone_from_rasas_database_too(
    start_gateway: StartGateway, privacy: NewPrivacy, tmp_path: Path
) -> None:
    gateway = await start_gateway(plugs=(privacy(),))
    visitor = await visit(gateway)
    await visitor.say("Ett mycket ovanligt ord: kvastfening")
    (state,) = await rows(gateway, "SELECT conversation FROM conversations")
    rasa = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'conversations.db'}")
    await fill_tracker(rasa, state[0], datetime.now(UTC))

    assert (await gateway.delete("/api/v1/conversation", headers=visitor.headers)).status == 204

    async with rasa.connect() as connection:
        assert (await connection.execute(rasa_events.select())).all() == []
    await rasa.dispose()
    assert await rows(gateway, "SELECT * FROM conversation_events") == []
    (entry,) = await entries(gateway.app[ENGINE], datetime.now(UTC) - DAY)
    assert (entry.actor, entry.action) == ("user", "erase")


async def test_what_is_old_goes_by_itself(start_gateway: StartGateway, privacy: NewPrivacy) -> None:
    gateway = await start_gateway(plugs=(privacy(first=0.3, between=0.1),))
    old, new = await visit(gateway), await visit(gateway)
    await old.say("Gammalt")
    await new.say("Nytt")
    ((first, *_), *_) = await rows(gateway, "SELECT conversation FROM conversations ORDER BY started")
    long_ago = datetime.now(UTC) - 12 * DAY
    engine = gateway.app[ENGINE]
    async with engine.begin() as connection:
        for table, moment in ((conversations, "touched"), (conversation_events, "at")):
            await connection.execute(update(table).where(table.c.conversation == first).values({moment: long_ago}))

    await until(lambda: has_rows(gateway, 1))

    assert [each["text"] for each in await new.log() if each["kind"] == "user_message"] == ["Nytt"]
    assert await old.log() == []


async def test_a_purge_that_fails_is_tried_again(
    start_gateway: StartGateway, privacy: NewPrivacy, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = await start_gateway(plugs=(privacy(first=0.1, between=0.1),))
    engine = gateway.app[ENGINE]
    async with engine.begin() as connection:
        await connection.execute(text("DROP TABLE feedback"))
    await until(lambda: asyncio.sleep(0, caplog.text.count("the purge failed") >= 2))
    assert (await gateway.get("/healthz")).status == 200


async def test_the_page_tells_how_long_and_is_hardened(start_gateway: StartGateway, privacy: NewPrivacy) -> None:
    gateway = await start_gateway(plugs=(privacy(),))
    response = await gateway.get("/personuppgifter")
    shown = await response.text()

    assert (response.status, response.content_type, response.charset) == (200, "text/html", "utf-8")
    assert '<html lang="sv">' in shown and "$" not in shown
    for days in (PERIODS.conversation, PERIODS.ticket, PERIODS.feedback):
        assert f"{days} dagar" in shown
    assert "require-trusted-types-for 'script'" in response.headers["Content-Security-Policy"]
    assert not re.search(r"<script|<style|\sstyle=|\son\w+=|src=\"http", shown)
    for address in re.findall(r'href="(/[^"]*)"', shown):
        assert (await gateway.get(address)).status == 200, address


def test_the_operator_is_named_and_can_put_in_no_markup() -> None:
    shown = page({"PRIVACY_CONTROLLER": "Region <b>Exempel</b>", "PRIVACY_LEGAL_BASIS": "Allmänt intresse"}, PERIODS)
    assert html.escape("Region <b>Exempel</b>") in shown and "<b>" not in shown
    assert "Allmänt intresse" in shown


async def rows(gateway: TestClient[Any, Any], query: str) -> list[Any]:
    async with gateway.app[ENGINE].connect() as connection:
        return list((await connection.execute(text(query))).all())


async def test_no_number_of_a_person_is_taken_as_a_name_of_a_message_or_request(
    start_gateway: StartGateway, privacy: NewPrivacy
) -> None:
    gateway = await start_gateway(plugs=(privacy(),))
    visitor = await visit(gateway)
    refused = await visitor.post({"text": "Hej"}, key="19850101-1234")
    assert refused.status == 400 and await visitor.log() == []
    named = await gateway.get("/healthz", headers={"X-Correlation-ID": "19850101-1234"})
    assert named.headers["X-Correlation-ID"] != "19850101-1234"
    kept = await gateway.get("/healthz", headers={"X-Correlation-ID": "a-portals-own-name-17"})
    assert kept.headers["X-Correlation-ID"] == "a-portals-own-name-17"


async def has_rows(gateway: TestClient[Any, Any], count: int) -> bool:
    return len(await rows(gateway, "SELECT * FROM conversations")) == count


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(200):
        if await true():
            return
        await asyncio.sleep(0.05)
    pytest.fail("it did not happen within ten seconds")
