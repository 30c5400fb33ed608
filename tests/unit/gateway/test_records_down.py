"""The records database fails: users are told the truth and get the contacts, and all goes on by itself afterwards."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import make_url

from records import transactions
from records.errors import RecordsUnavailable
from records.guard import unavailable_when_broken
from tests.fake_rasa import FakeRasa
from tests.unit.gateway.conftest import StartGateway, Visitor, visit
from tests.unit.gateway.test_events_api import stream

BROKEN = b"this is no database " * 1000


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.core.turns.RETRY", 0.05)
    monkeypatch.setattr("gateway.app.LOOK_AFTER_RECORDS", 0.1)


@pytest.fixture
def broken_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.app.START_PATIENCE", 0.1)


class Switch:
    """Makes the event log's database fail while it is off."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.off = False
        guard = unavailable_when_broken

        def switched() -> object:
            if self.off:
                raise RecordsUnavailable("OperationalError")
            return guard()

        monkeypatch.setattr(transactions, "unavailable_when_broken", switched)


@pytest.fixture
def switch(monkeypatch: pytest.MonkeyPatch) -> Switch:
    return Switch(monkeypatch)


async def test_a_message_is_refused_truthfully_with_the_contacts_and_taken_again_afterwards(
    visitor: Visitor, rasa: FakeRasa, switch: Switch
) -> None:
    switch.off = True
    problem = await visitor.refused({"text": "Hej", "region": "VGR"})

    assert (problem["status"], problem["code"], rasa.asked) == (503, "records", [])
    assert "Meddelandet är inte skickat" in problem["title"]
    assert "010-00 00 001" in problem["detail"] and "023-00 002" not in problem["detail"]
    assert (await visitor.http.get("/readyz")).status == 503
    assert (await visitor.http.get("/healthz")).status == 200

    switch.off = False
    assert (await visitor.say("Hej"))[0]["text"] == "Hej!"
    assert (await visitor.http.get("/readyz")).status == 200


async def test_a_conversation_can_begin_meanwhile(visitor: Visitor, switch: Switch) -> None:
    switch.off = True
    later = await visit(visitor.http)
    switch.off = False

    assert (await later.say("Hej"))[0]["text"] == "Hej!"


async def test_an_answer_that_cannot_be_kept_is_told_and_follows(
    visitor: Visitor, rasa: FakeRasa, switch: Switch
) -> None:
    rasa.delay = 0.2
    async with stream(visitor) as opened:
        await opened.until("hello")
        assert (await visitor.post({"text": "Hej", "region": "VGR"}, "k1")).status == 202
        await opened.until("typing")
        switch.off = True
        notice = await opened.until("notice")
        switch.off = False
        answer = await opened.until("bot_message")

    assert (notice["code"], "id" in notice) == ("records", False)
    assert "010-00 00 001" in notice["text"]
    assert (answer["text"], len(rasa.asked)) == ("Hej!", 1)
    assert [event["kind"] for event in await visitor.log()] == ["user_message", "bot_message"]


@pytest.mark.usefixtures("broken_from_the_start")
async def test_a_database_that_cannot_be_opened_at_the_start_is_used_once_it_can(
    start_gateway: StartGateway, tmp_path: Path
) -> None:
    file = tmp_path / "late.db"
    file.write_bytes(BROKEN)
    visitor = await visit(await start_gateway(records_url=make_url(f"sqlite+aiosqlite:///{file}")))
    problem = await visitor.refused({"text": "Hej"})
    file.unlink()

    async with asyncio.timeout(5):
        while (await visitor.post({"text": "Hej"}, "k1")).status != 202:  # noqa: ASYNC110 - it looks from outside
            await asyncio.sleep(0.05)
    (answer,) = await visitor.until_answered("k1")

    assert (problem["code"], answer["text"]) == ("records", "Hej!")


@pytest.mark.usefixtures("broken_from_the_start")
async def test_a_database_that_hangs_is_given_up_in_time(start_gateway: StartGateway) -> None:
    async def hang(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = make_url(f"postgresql+psycopg://nobody@127.0.0.1:{port}/none")
    visitor = await visit(await start_gateway(records_url=url))
    began = asyncio.get_running_loop().time()

    problem = await visitor.refused({"text": "Hej"})

    assert problem["code"] == "records"
    assert asyncio.get_running_loop().time() - began < 3
    server.close()
