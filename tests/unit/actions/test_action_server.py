"""The action server over HTTP, as Rasa calls it: rasa-sdk's contract."""

import io
import json
import zlib
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from pytest_aiohttp import AiohttpClient
from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection

from actions.server import application

Client = TestClient[Any, Any]


async def greets(dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
    """Says who is spoken to, and what it was sent of the domain."""
    dispatcher.utter_message(text=f"Hej på dig, {tracker.sender_id}", json_message={"domain": domain})
    return [SlotSet("greeted", True)]


def rejects(*_: Any) -> list[dict[str, Any]]:
    """A form that cannot use the message."""
    raise ActionExecutionRejection("rejects", "not mine")


def fails(*_: Any) -> list[dict[str, Any]]:
    """An action with a mistake in it."""
    raise KeyError("19850101-1234")


@pytest.fixture
async def client(aiohttp_client: AiohttpClient) -> Client:
    executor = ActionExecutor()
    executor.register_function("greets", greets)
    executor.register_function("rejects", lambda dispatcher, tracker, domain: rejects())
    executor.register_function("fails", lambda dispatcher, tracker, domain: fails())
    return await aiohttp_client(application(executor))


def call(action: str, **more: Any) -> dict[str, Any]:
    """As Rasa 3.6 calls, by default with a whole domain."""
    tracker = {"sender_id": "anna", "slots": {}, "latest_message": {"text": "hej"}, "events": [], "active_loop": {}}
    return {
        "next_action": action,
        "sender_id": "anna",
        "tracker": tracker,
        "version": "3.6.21",
        "domain": {"a": 1},
    } | more


async def test_it_says_that_it_runs(client: Client) -> None:
    assert await (await client.get("/health")).json() == {"status": "ok"}


async def test_it_lists_its_actions(client: Client) -> None:
    assert {"name": "greets"} in await (await client.get("/actions")).json()


async def test_an_action_answers_with_events_and_responses(client: Client) -> None:
    answer = await client.post("/webhook", json=call("greets"))
    assert answer.status == 200
    assert answer.content_type == "application/json"
    body = await answer.json()
    assert body["events"] == [{"event": "slot", "timestamp": None, "name": "greeted", "value": True}]
    assert [told["text"] for told in body["responses"]] == ["Hej på dig, anna"]


async def test_a_compressed_call_is_read(client: Client) -> None:
    body = zlib.compress(json.dumps(call("greets")).encode())
    answer = await client.post("/webhook", data=body, headers={"Content-Encoding": "deflate"})
    assert answer.status == 200


async def test_a_whole_conversation_may_be_sent(client: Client) -> None:
    whole = io.BytesIO(json.dumps(call("greets", domain={"long": "x" * 3_000_000})).encode())
    answer = await client.post("/webhook", data=whole)
    assert answer.status == 200


async def test_a_domain_that_is_only_named_is_asked_for_and_then_remembered(client: Client) -> None:
    named = call("greets", domain_digest="d1")
    del named["domain"]
    asked = await client.post("/webhook", json=named)
    assert asked.status == 449
    assert (await client.post("/webhook", json={**named, "domain": {"b": 2}})).status == 200
    told = await (await client.post("/webhook", json=named)).json()
    assert told["responses"][0]["custom"] == {"domain": {"b": 2}}


@pytest.mark.parametrize(("action", "status"), [("rejects", 400), ("unheard_of", 404)])
async def test_what_cannot_be_done_names_its_action(client: Client, action: str, status: int) -> None:
    answer = await client.post("/webhook", json=call(action))
    assert answer.status == status
    assert (await answer.json())["action_name"] == action


async def test_a_mistake_is_told_without_what_it_quotes(client: Client) -> None:
    answer = await client.post("/webhook", json=call("fails"))
    assert answer.status == 500
    assert "1985" not in await answer.text()


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null"])
async def test_what_is_no_call_is_refused(client: Client, body: bytes) -> None:
    assert (await client.post("/webhook", data=body)).status == 400


async def test_a_call_without_an_action_is_answered_with_nothing(client: Client) -> None:
    answer = await client.post("/webhook", json={"tracker": {}})
    assert (answer.status, await answer.json()) == (200, None)
