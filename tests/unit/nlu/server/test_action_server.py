"""The calls to the action server, over HTTP."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest
from aiohttp import web
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from nlu.server import action_server
from nlu.server.action_server import ActionServer, ResponseCheck, recent

GOOD: list[dict[str, Any]] = [
    {"event": "slot", "timestamp": None, "name": "region", "value": "VGR"},
    {"event": "slot", "timestamp": 1.5, "name": "pending", "value": {"a": [1]}},
    {"event": "user", "text": "hej", "parse_data": {"intent": {"name": "greet", "confidence": 1}}},
    {"event": "followup", "name": "action_listen"},
    {"event": "active_loop", "name": None},
    {"event": "bot", "text": "hej", "metadata": {"a": 1}},
    {"event": "action", "name": "x", "policy": None, "confidence": 0.5, "hide_rule_turn": False},
]
BAD: list[Any] = [
    {"event": "slot", "name": "region"},
    {"event": "slot", "name": 7, "value": 1},
    {"event": "slot", "name": "region", "value": 1, "timestamp": "now"},
    {"event": "unheard of"},
    {"event": 7},
    {"name": "region", "value": 1},
    {"event": "user", "parse_data": {"intent": {"name": 7}}},
    {"event": "entities"},
    {"event": "action", "hide_rule_turn": "no"},
    "slot",
    None,
]


@pytest.fixture(scope="module", autouse=True)
def applied() -> None:
    action_server.apply()


@pytest.mark.parametrize("events", [GOOD, [], *([event] for event in GOOD)])
def test_what_stock_lets_pass_passes_at_once(events: list[Any]) -> None:
    answer = {"events": events, "responses": [{"text": "hej"}]}
    check = ResponseCheck(RemoteAction.action_response_format_spec())
    assert check.passes(answer)
    assert RemoteAction("action", None)._validate_action_result(answer)


@pytest.mark.parametrize("event", BAD)
def test_what_stock_refuses_is_refused_in_its_words(event: Any) -> None:
    with pytest.raises(ValidationError, match="Failed to validate Action server response"):
        RemoteAction("action", None)._validate_action_result({"events": [GOOD[0], event]})


@pytest.mark.parametrize("answer", [None, [], "hej", {"events": None}, {"events": {}}, {"responses": ["hej"]}])
def test_what_is_no_answer_is_refused(answer: Any) -> None:
    with pytest.raises(ValidationError):
        RemoteAction("action", None)._validate_action_result(answer)


def test_an_answer_without_events_is_one() -> None:
    assert ResponseCheck(RemoteAction.action_response_format_spec()).passes({})


Handler = Callable[[web.Request], Awaitable[web.Response]]


def served(handler: Handler, client: Callable[[ActionServer], Coroutine[Any, Any, None]]) -> int:
    """Run the client against a server; returns how many connections it made."""
    connections = set()

    async def noted(request: web.Request) -> web.Response:
        connections.add(request.transport)
        return await handler(request)

    async def both() -> None:
        app = web.Application()
        app.router.add_post("/webhook", noted)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        actions = ActionServer(f"http://127.0.0.1:{port}/webhook")
        try:
            await client(actions)
        finally:
            await actions.close()
            await runner.cleanup()

    asyncio.run(both())
    return len(connections)


def test_one_connection_and_a_domain_that_is_sent_when_asked_for(domain: Domain) -> None:
    bodies: list[dict[str, Any]] = []
    known: set[str] = set()

    async def as_the_sdk(request: web.Request) -> web.Response:
        body = await request.json()
        bodies.append(body)
        if "domain" in body:
            known.add(body["domain_digest"])
        if body["domain_digest"] not in known:
            return web.json_response({"error": "domain"}, status=449)
        return web.json_response({"events": [GOOD[0]], "responses": [{"text": "hej"}]})

    async def calls(actions: ActionServer) -> None:
        actions.domain = domain
        nlg = TemplatedNaturalLanguageGenerator({})
        tracker = DialogueStateTracker("anna", domain.slots)
        for _ in range(3):
            events = await RemoteAction("action_answer", actions).run(CollectingOutputChannel(), nlg, tracker, domain)
            assert [event.as_dict()["event"] for event in events] == ["bot", "slot"]

    assert served(as_the_sdk, calls) == 1
    assert ["domain" in body for body in bodies] == [False, True, False, False]
    assert bodies[1]["domain"] == json.loads(json.dumps(domain.as_dict()))
    assert {body["next_action"] for body in bodies} == {"action_answer"}


def test_another_domain_has_another_digest(domain: Domain) -> None:
    actions = ActionServer("http://127.0.0.1:1/webhook")
    before = actions.digest
    actions.domain = domain
    assert actions.digest != before


@pytest.mark.parametrize("status", [400, 404, 500])
def test_other_errors_are_as_they_were(status: int) -> None:
    async def failing(request: web.Request) -> web.Response:
        return web.json_response({"error": "e", "action_name": "a"}, status=status)

    async def call(actions: ActionServer) -> None:
        with pytest.raises(ClientResponseError) as error:
            await actions.request(json={}, method="post")
        assert error.value.status == status

    served(failing, call)


def test_nobody_waits_for_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hanging(request: web.Request) -> web.Response:
        await asyncio.sleep(1)
        return web.json_response({})

    async def call(actions: ActionServer) -> None:
        with pytest.raises(asyncio.TimeoutError):
            await actions.request(json={}, method="post", timeout=300)

    monkeypatch.setattr(action_server, "SECONDS", 0.05)
    served(hanging, call)


def test_stocks_own_endpoint_is_called_as_stock_does(domain: Domain) -> None:
    tracker = DialogueStateTracker("anna", domain.slots)
    call = RemoteAction("action_answer", EndpointConfig("http://x"))._action_call_format(tracker, domain)
    assert call["domain"] == domain.as_dict() and "domain_digest" not in call


def test_the_last_turns_are_sent_whole(domain: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action_server, "TURNS_SENT", 2)
    tracker = DialogueStateTracker("anna", domain.slots)
    for number in range(5):
        tracker.update(UserUttered(f"tur {number}", {"name": "greet"}))
        tracker.update(SlotSet("place", str(number)))
    assert [getattr(event, "text", "slot") for event in recent(tracker)] == ["slot", "tur 3", "slot", "tur 4", "slot"]
