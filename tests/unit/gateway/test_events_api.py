"""What happens in a conversation, over a stream and by polling: nothing lost, nothing doubled."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientTimeout
from aiohttp.test_utils import TestClient

from gateway.core import events
from gateway.keys import CONVERSATIONS, TOKENS
from tests.fake_rasa import FakeRasa, bot_message
from tests.unit.gateway.conftest import StartGateway, Visitor, visit


@dataclass
class Stream:
    """An open event stream, read as a browser's client reads it."""

    response: ClientResponse

    async def next(self, seconds: float = 5) -> dict[str, Any] | None:
        """The next event, with its id under "id" if it has one; None at the stream's end."""
        fields: dict[str, str] = {}
        async with asyncio.timeout(seconds):
            while line := await self.response.content.readline():
                text = line.decode().rstrip("\n")
                if not text and fields:
                    data: dict[str, Any] = json.loads(fields["data"])
                    assert data.get("id") == fields.get("id")
                    assert fields["event"] == data.get("kind", "hello")
                    return data
                name, _, value = text.partition(": ")
                if name:
                    fields[name] = value
        return None

    async def until(self, kind: str) -> dict[str, Any]:
        """The next event of that kind."""
        while (event := await self.next()) is not None:
            if event.get("kind", "hello") == kind:
                return event
        raise AssertionError(f"the stream ended without {kind}")


@asynccontextmanager
async def stream(visitor: Visitor, last: str | None = None) -> AsyncIterator[Stream]:
    headers = {**visitor.headers, "Accept": "text/event-stream", **({} if last is None else {"Last-Event-ID": last})}
    async with visitor.http.get("/api/v1/events", headers=headers, timeout=ClientTimeout(total=30)) as response:
        assert response.status == 200, await response.text()
        assert response.content_type == "text/event-stream"
        yield Stream(response)


async def send(visitor: Visitor, text: str, key: str) -> None:
    assert (await visitor.post({"text": text}, key)).status == 202


# ---- streams


async def test_a_stream_tells_who_answers_and_then_what_happens(visitor: Visitor) -> None:
    async with stream(visitor) as opened:
        hello = await opened.until("hello")
        await send(visitor, "Hej", "k1")
        question = await opened.until("user_message")
        typing = await opened.until("typing")
        answer = await opened.until("bot_message")

    assert (hello["status"], hello["region"], hello["reset"]) == ("bot", None, False)
    assert (question["text"], question["key"], question["id"]) == ("Hej", "k1", f"{hello['epoch']}-1")
    assert typing == {"kind": "typing", "who": "bot"}
    assert (answer["text"], answer["in_reply_to"], answer["id"]) == ("Hej!", "k1", f"{hello['epoch']}-2")


async def test_two_tabs_see_the_same(visitor: Visitor) -> None:
    async with stream(visitor) as one, stream(visitor) as other:
        for each in (one, other):
            await each.until("hello")
        await send(visitor, "Hej", "k1")
        seen = [
            [(await tab.until("user_message"))["id"], (await tab.until("bot_message"))["id"]] for tab in (one, other)
        ]

    assert seen[0] == seen[1]


async def test_a_lost_network_goes_on_after_the_last_event(visitor: Visitor) -> None:
    await visitor.say("ett")
    last = (await visitor.log())[-1]["id"]
    await visitor.say("två")

    async with stream(visitor, last) as opened:
        hello = await opened.until("hello")
        first = await opened.next()

    assert hello["reset"] is False
    assert first is not None and first["text"] == "två"


@pytest.mark.parametrize("last", ["0123456789ab-1", "nonsense", "-", "x-99999999999", "å-1"])
async def test_an_id_that_is_not_of_this_conversation_begins_anew(visitor: Visitor, last: str) -> None:
    await visitor.say("ett")

    async with stream(visitor, last) as opened:
        hello = await opened.until("hello")
        first = await opened.next()

    assert hello["reset"] is True
    assert first is not None and first["text"] == "ett"


async def test_a_number_beyond_the_log_begins_anew(visitor: Visitor) -> None:
    await visitor.say("ett")
    epoch = (await visitor.events())["epoch"]

    assert (await visitor.events(f"{epoch}-7"))["reset"] is True


async def test_a_restart_in_the_middle_of_an_answer_loses_and_doubles_nothing(
    start_gateway: StartGateway, rasa: FakeRasa
) -> None:
    rasa.delay = 30
    visitor = await visit(await start_gateway())
    async with stream(visitor) as opened:
        await opened.until("hello")
        await send(visitor, "Hej", "k1")
        last = (await opened.until("user_message"))["id"]
        await opened.until("typing")
        await visitor.http.server.close()
        assert [event async for event in rest(opened)] == []
    rasa.delay = 0
    visitor.http = await start_gateway()

    async with stream(visitor, last) as opened:
        hello = await opened.until("hello")
        answer = await opened.until("bot_message")
    await send(visitor, "Hej", "k1")

    assert (hello["reset"], answer["text"], answer["in_reply_to"]) == (False, "Hej!", "k1")
    assert [event["kind"] for event in await visitor.log()] == ["user_message", "bot_message"]


async def rest(opened: Stream) -> AsyncIterator[dict[str, Any]]:
    while (event := await opened.next()) is not None:
        yield event


async def test_streams_end_cleanly_when_the_gateway_stops(start_gateway: StartGateway) -> None:
    gateway = await start_gateway()
    visitor = await visit(gateway)
    async with stream(visitor) as opened:
        await opened.until("hello")
        closing = asyncio.create_task(gateway.server.close())

        assert await opened.next() is None
    await asyncio.wait_for(closing, 3)


async def test_a_silent_stream_shows_that_it_is_alive(
    start_gateway: StartGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.api.events.HEARTBEAT", 0.05)
    visitor = await visit(await start_gateway())

    async with stream(visitor) as opened:
        await opened.until("hello")
        assert await asyncio.wait_for(opened.response.content.readline(), 2) == b": alive\n"


async def test_a_slow_answer_is_not_a_silent_one(
    start_gateway: StartGateway, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.core.turns.STILL_TYPING", 0.05)
    rasa.delay = 0.4
    visitor = await visit(await start_gateway())

    async with stream(visitor) as opened:
        await send(visitor, "Hej", "k1")
        signs = 0
        while (event := await opened.next()) is not None and event.get("kind") != "bot_message":
            signs += event.get("kind") == "typing"

    assert signs >= 4


async def test_a_stream_ends_with_the_right_to_the_conversation(start_gateway: StartGateway) -> None:
    visitor = await visit(await start_gateway(session_hours=1.5 / 3600))

    async with stream(visitor) as opened:
        await opened.until("hello")
        assert await opened.next() is None
    assert (await visitor.post({"text": "Hej"})).status == 401


async def test_too_many_tabs_are_asked_to_wait_until_one_is_closed(
    start_gateway: StartGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.api.events.LOOK", 0.02)
    visitor = await visit(await start_gateway(streams=1))

    async with stream(visitor) as opened:
        await opened.until("hello")
        second = await visitor.http.get("/api/v1/events", headers=visitor.headers)

    assert (second.status, (await second.json())["code"]) == (503, "too_many_streams")
    assert second.headers["Retry-After"] == "5"
    await asyncio.sleep(0.2)
    assert (await visitor.events())["events"] == []


async def test_a_reader_that_takes_nothing_catches_up_from_the_log(
    start_gateway: StartGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.core.hub.LONGEST_QUEUE", 3)
    visitor = await visit(await start_gateway())
    conversations = visitor.http.app[CONVERSATIONS]
    conversation = visitor.http.app[TOKENS].resume(visitor.token).conversation

    async with stream(visitor) as opened:
        await opened.until("hello")
        for number in range(20):
            await conversations.append(conversation, *(events.notice("n", str(number)) for _ in range(2)))
        seen = [(await opened.until("notice"))["id"].rpartition("-")[2] for _ in range(40)]

    assert seen == [str(number) for number in range(1, 41)]


async def test_markup_and_line_breaks_stay_in_their_event(visitor: Visitor, rasa: FakeRasa) -> None:
    text = "rad\n\nid: 7\nevent: x\r\n<script>\u2028å"
    rasa.otherwise = [{"text": text}]

    async with stream(visitor) as opened:
        await send(visitor, "Hej", "k1")
        answer = await opened.until("bot_message")

    assert answer["text"] == text


# ---- polls


async def test_a_poll_waits_for_what_comes(visitor: Visitor, rasa: FakeRasa) -> None:
    rasa.delay = 0.2
    await send(visitor, "Hej", "k1")
    after = (await visitor.log())[-1]["id"]

    answer = await visitor.events(after, wait=5)

    assert [event["kind"] for event in answer["events"]] == ["bot_message"]


async def test_a_poll_gives_up_in_time(visitor: Visitor) -> None:
    began = asyncio.get_running_loop().time()

    answer = await visitor.events(wait=0.2)

    assert (answer["events"], answer["reset"]) == ([], False)
    assert 0.15 < asyncio.get_running_loop().time() - began < 2


@pytest.mark.parametrize("wait", ["", "x", "nan", "-1", "inf"])
async def test_a_senseless_wait_is_none(visitor: Visitor, wait: str) -> None:
    response = await asyncio.wait_for(visitor.http.get(f"/api/v1/events?wait={wait}", headers=visitor.headers), 3)

    assert response.status == 200


async def test_nobody_else_gets_the_events(gateway: TestClient[Any, Any]) -> None:
    one, other = await visit(gateway), await visit(gateway)
    await one.say("Hej")

    assert await other.log() == []
    assert (await gateway.get("/api/v1/events")).status == 401


# ---- the messages' keys


async def test_a_double_click_is_answered_once(visitor: Visitor, rasa: FakeRasa) -> None:
    responses = await asyncio.gather(*(visitor.post({"text": "Hej"}, "k1") for _ in range(5)))
    await visitor.until_answered("k1")

    assert {(each.status, (await each.json())["event"]) for each in responses} == {
        (202, (await visitor.log())[0]["id"])
    }
    assert [event["kind"] for event in await visitor.log()] == ["user_message", "bot_message"]
    assert len(rasa.asked) == 1


@pytest.mark.parametrize("key", ["å", "a b", "x" * 65, "<", '"'])
async def test_a_senseless_key_is_refused(visitor: Visitor, key: str) -> None:
    response = await visitor.post({"text": "Hej"}, key)

    assert (response.status, (await response.json())["code"]) == (400, "key")


async def test_a_key_cannot_stand_for_two_messages(visitor: Visitor) -> None:
    await send(visitor, "Hej", "k1")
    response = await visitor.post({"text": "Något annat"}, "k1")

    assert (response.status, (await response.json())["code"]) == (422, "key_reused")


async def test_two_hundred_messages_all_stand_in_order(start_gateway: StartGateway, rasa: FakeRasa) -> None:
    rasa.otherwise = bot_message("Svar")
    visitor = await visit(await start_gateway(patience=30))
    for number in range(25):
        await send(visitor, str(number), f"k{number}")
    conversations = visitor.http.app[CONVERSATIONS]
    conversation = visitor.http.app[TOKENS].resume(visitor.token).conversation
    for number in range(200):
        await conversations.append(conversation, *(events.notice("n", str(number)) for _ in range(5)))
    await visitor.until_answered("k24")

    log, after = [], ""
    while page := (await visitor.events(after))["events"]:
        log += page
        after = page[-1]["id"]
    assert [event["id"].rpartition("-")[2] for event in log] == [str(number) for number in range(1, 1051)]
    assert [event["text"] for event in log if event["kind"] == "user_message"] == [str(number) for number in range(25)]
    assert [event["in_reply_to"] for event in log if event["kind"] == "bot_message"] == [f"k{n}" for n in range(25)]
