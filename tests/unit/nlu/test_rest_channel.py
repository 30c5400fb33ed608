"""Rasa's REST channel as ours: never silent, no commands. Asked over HTTP, with a stand-in for Rasa's agent."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from rasa.core.channels.channel import UserMessage
from sanic import Sanic

from nlu.channels import rest
from nlu.channels.rest import MAX_CHARACTERS, NeverSilentRest, plain_text

Agent = Callable[[UserMessage], Awaitable[None]]
CANNED = {
    name: {"text": f"Svar: {name}", "custom": {"outcome": outcome}}
    for name, outcome in (
        ("empty", "clarifying"),
        ("too_long", "clarifying"),
        ("failed", "failed"),
        ("failed Dalarna", "failed"),
        ("busy", "failed"),
        ("busy Dalarna", "failed"),
    )
}

_JSON = {"Content-Type": "application/json"}


@pytest.fixture(autouse=True)
def canned(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "canned.json"
    path.write_text(json.dumps(CANNED), encoding="utf-8")
    monkeypatch.setattr(rest, "_CANNED", path)


class Heard:
    """Says "Hej!" to everything and keeps what it heard."""

    def __init__(self) -> None:
        self.messages: list[UserMessage] = []

    async def __call__(self, message: UserMessage) -> None:
        self.messages.append(message)
        await message.output_channel.send_text_message(message.sender_id, "Hej!")


async def silent(message: UserMessage) -> None:
    """As Rasa when the action server is down: the error is logged, nothing is said."""


async def broken(message: UserMessage) -> None:
    raise RuntimeError("tracker store gone")


async def half(message: UserMessage) -> None:
    await message.output_channel.send_text_message(message.sender_id, "Första raden")
    raise RuntimeError("then it broke")


class Server:
    """The channel over HTTP. One for all tests: Sanic rewrites its own methods at the first start, and only then."""

    def __init__(self, loop: asyncio.AbstractEventLoop, url: str) -> None:
        self._loop = loop
        self._url = url
        self.agent: Agent = silent

    def post(self, agent: Agent, *bodies: Any) -> list[tuple[int, Any]]:
        """Status and JSON of the answer to each body, with `agent` as Rasa."""
        self.agent = agent
        raw = [body if isinstance(body, bytes) else json.dumps(body).encode() for body in bodies]
        return self._loop.run_until_complete(self._post(raw))

    def post_at_once(self, agent: Agent, bodies: list[Any]) -> list[tuple[int, Any]]:
        """As `post`, all at the same time."""
        self.agent = agent
        return self._loop.run_until_complete(self._post_at_once([json.dumps(body).encode() for body in bodies]))

    async def _post_at_once(self, bodies: list[bytes]) -> list[tuple[int, Any]]:
        connections = aiohttp.TCPConnector(limit=0)
        async with aiohttp.ClientSession(connector=connections, headers=_JSON) as session:
            return list(await asyncio.gather(*(_answer(session, self._url, body) for body in bodies)))

    async def _post(self, bodies: list[bytes]) -> list[tuple[int, Any]]:
        async with aiohttp.ClientSession(headers=_JSON) as session:
            return [await _answer(session, self._url, body) for body in bodies]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    loop = asyncio.new_event_loop()
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    found = Server(loop, f"http://127.0.0.1:{listening.getsockname()[1]}/webhooks/rest/webhook")
    app = Sanic("rest_channel", configure_logging=False)
    app.blueprint(NeverSilentRest().blueprint(lambda message: found.agent(message)), url_prefix="/webhooks/rest")
    running: Any = loop.run_until_complete(app.create_server(sock=listening, return_asyncio_server=True))
    loop.run_until_complete(running.startup())
    loop.run_until_complete(running.start_serving())
    yield found
    running.close()
    loop.run_until_complete(asyncio.sleep(0.05))
    loop.close()
    listening.close()


async def _answer(session: aiohttp.ClientSession, url: str, body: bytes) -> tuple[int, Any]:
    async with session.post(url, data=body, timeout=aiohttp.ClientTimeout(total=10)) as response:
        return response.status, await response.json(content_type=None)


def test_what_the_bot_says_comes_back_as_from_rasas_own_channel(server: Server) -> None:
    heard = Heard()
    body = {"sender": "anna", "message": "hej", "metadata": {"region": "VGR"}}
    [(status, items)] = server.post(heard, body)
    assert (status, items) == (200, [{"recipient_id": "anna", "text": "Hej!"}])
    [message] = heard.messages
    assert (message.text, message.sender_id, message.metadata) == ("hej", "anna", {"region": "VGR"})
    assert message.input_channel == NeverSilentRest.name()


@pytest.mark.parametrize("agent", [silent, broken])
def test_a_failure_is_told_with_a_reply_of_its_own(server: Server, agent: Agent) -> None:
    here, elsewhere, nowhere = server.post(
        agent,
        {"sender": "a", "message": "hej"},
        {"sender": "a", "message": "hej", "metadata": {"region": "Dalarna"}},
        {"sender": "a", "message": "hej", "metadata": {"region": "Atlantis"}},
    )
    assert here == nowhere == (200, _said("failed"))
    assert elsewhere == (200, _said("failed Dalarna"))


def test_what_was_said_before_a_failure_is_kept(server: Server) -> None:
    [(status, items)] = server.post(half, {"sender": "a", "message": "hej"})
    assert status == 200
    assert items == [{"recipient_id": "a", "text": "Första raden"}]


def test_more_than_can_be_done_in_time_is_turned_away_with_the_number_to_ring(server: Server) -> None:
    one_at_a_time = asyncio.Lock()

    async def busy(message: UserMessage) -> None:
        async with one_at_a_time:
            await asyncio.sleep(0.03)
        await message.output_channel.send_text_message(message.sender_id, "Hej!")

    bodies = [{"sender": str(n), "message": "hej", "metadata": {"region": "Dalarna"}} for n in range(200)]
    server.post(busy, *bodies[:30])
    answers = server.post_at_once(busy, bodies)
    said = [items[0]["text"] for status, items in answers if status == 200]
    assert len(said) == 200 and set(said) == {"Hej!", "Svar: busy Dalarna"}
    assert 8 <= said.count("Hej!") < 100
    [(_, after)] = server.post(busy, bodies[0])
    assert after[0]["text"] == "Hej!"


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_message_is_asked_about_and_rasa_never_sees_it(server: Server, text: str) -> None:
    heard = Heard()
    assert server.post(heard, {"sender": "a", "message": text}) == [(200, _said("empty"))]
    assert heard.messages == []


def test_ten_thousand_characters_are_too_many_and_rasa_never_sees_them(server: Server) -> None:
    heard = Heard()
    too_long, fits = server.post(
        heard, {"sender": "a", "message": "x" * 10_000}, {"sender": "a", "message": "å" * MAX_CHARACTERS}
    )
    assert too_long == (200, _said("too_long"))
    assert fits[1] == [{"recipient_id": "a", "text": "Hej!"}]
    assert [len(message.text) for message in heard.messages] == [MAX_CHARACTERS]


def test_without_a_sender_each_message_is_a_conversation_of_its_own(server: Server) -> None:
    heard = Heard()
    answers = server.post(heard, {"message": "hej"}, {"message": "hej"}, {"sender": "", "message": "hej"})
    senders = [message.sender_id for message in heard.messages]
    assert len(set(senders)) == 3 and all(len(sender) == 32 for sender in senders)
    assert [items[0]["recipient_id"] for _, items in answers] == senders


@pytest.mark.parametrize(
    "body", [[], "hej", {"sender": "a"}, {"message": None}, {"message": 7}, {"message": ["hej"]}, b"{"]
)
def test_what_is_no_message_is_refused(server: Server, body: Any) -> None:
    heard = Heard()
    [(status, _)] = server.post(heard, body)
    assert status == 400
    assert heard.messages == []


@pytest.mark.parametrize("metadata", ["VGR", ["VGR"], 7, None])
def test_metadata_that_is_no_object_is_dropped(server: Server, metadata: Any) -> None:
    heard = Heard()
    [(status, _)] = server.post(heard, {"sender": "a", "message": "hej", "metadata": metadata})
    assert status == 200
    assert not heard.messages[0].metadata


def test_a_user_cannot_restart_the_conversation(server: Server) -> None:
    heard = Heard()
    server.post(heard, {"sender": "a", "message": "/restart"})
    assert heard.messages[0].text == "restart"


def test_emoji_come_through(server: Server) -> None:
    heard = Heard()
    server.post(heard, {"sender": "a", "message": "😭 lösenord 👩‍⚕️"})
    assert heard.messages[0].text == "😭 lösenord 👩‍⚕️"


@pytest.mark.parametrize(
    "payload",
    [
        '/inform_region{"region": "VGR"}',
        '/inform_region{"region":"Dalarna"}',
        '  /inform_region{"region": "Uppsala"}  ',
        '/ask_about_service{"chosen_topic": "vgr/sjunet/vad-ar"}',
        "/deny",
    ],
)
def test_the_buttons_own_payloads_pass(payload: str) -> None:
    assert plain_text(payload) == payload.strip()


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        "//restart",
        " /restart",
        "/session_start",
        "/back",
        "/greet",
        "/greet@0.9",
        "/inform_region",
        '/inform_region{"region": "VGR", "pending": "x"}',
        '/inform_region{"pending": "x"}',
        '/inform_region{"region": {"a": "b"}}',
        '/inform_region{"region": ["VGR"]}',
        '/inform_region{"region": "VGR"}\n/restart',
        '/inform_region{"region": "VGR"} och mer',
        '/inform_region{"region": "' + "x" * 500 + '"}',
        '/restart{"region": "VGR"}',
        '/ask_order{"region": "VGR"}',
        '/inform_region{"region": "VG"R"}',
    ],
)
def test_no_other_command_passes(text: str) -> None:
    assert not plain_text(text).startswith("/")
    assert plain_text(text).strip()


@pytest.mark.parametrize("text", ["/ /restart", "/\n/restart", "/ / /session_start", "/\u00a0/back"])
def test_slashes_apart_are_no_way_round(text: str) -> None:
    assert not plain_text(text).startswith("/")


@pytest.mark.parametrize(
    ("text", "plain"),
    [("hej", "hej"), (" hej ", "hej"), ("och/eller", "och/eller"), ("1/2", "1/2"), ("/", "?"), ("///", "?")],
)
def test_plain_text_of_words(text: str, plain: str) -> None:
    assert plain_text(text) == plain


def _said(name: str) -> list[dict[str, Any]]:
    return [{"recipient_id": "a", key: value} for key, value in CANNED[name].items()]
