"""The conversations as channels, the live desk and whoever has news use them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient

from gateway.core import events
from gateway.core.conversations import Conversations
from gateway.core.messages import Incoming
from gateway.errors import DeliveryFailed, KeyReused, MessageTooLong
from gateway.keys import CONVERSATIONS
from records.event_log import Conversation, Event
from tests.fake_rasa import FakeRasa, bot_message
from tests.unit.gateway.conftest import StartGateway

SLACK = "slack"


@dataclass
class Outside:
    """A channel that keeps what it delivers, and fails when told to."""

    name: str = SLACK
    delivered: list[Event] = field(default_factory=list)
    addresses: list[str | None] = field(default_factory=list)
    fails: int = 0

    async def deliver(self, conversation: Conversation, events: Sequence[Event]) -> None:
        if self.fails:
            self.fails -= 1
            raise ConnectionError
        self.addresses.append(conversation.address)
        self.delivered += events

    def plug(self, _: web.Application, conversations: Conversations) -> None:
        conversations.add_channel(self)

    @property
    def texts(self) -> list[str]:
        return [event.content["text"] for event in self.delivered if "text" in event.content]


@dataclass
class Desk:
    """A live desk that takes every conversation, or none."""

    conversations: Conversations | None = None
    taken: list[Mapping[str, Any]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    dead: bool = False

    async def start(self, conversation: Conversation, handover: Mapping[str, Any]) -> None:
        if self.dead or self.conversations is None:
            raise ConnectionError
        self.taken.append(handover)
        await self.conversations.set_status(conversation.conversation, events.AGENT)

    async def user_says(self, conversation: Conversation, text: str, key: str) -> None:
        if self.dead:
            raise ConnectionError
        self.heard.append(text)

    def plug(self, _: web.Application, conversations: Conversations) -> None:
        self.conversations = conversations
        conversations.set_live_desk(self)


async def until(happened: Callable[[], object], seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not happened():  # noqa: ASYNC110 - it looks from outside
            await asyncio.sleep(0.01)


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.core.turns.RETRY", 0.02)


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest_asyncio.fixture
async def gateway(start_gateway: StartGateway, outside: Outside, desk: Desk) -> TestClient[Any, Any]:
    return await start_gateway(plugs=(outside.plug, desk.plug))


@pytest_asyncio.fixture
async def conversations(gateway: TestClient[Any, Any]) -> AsyncIterator[Conversations]:
    yield gateway.app[CONVERSATIONS]


async def test_a_message_from_outside_is_answered_in_its_channel(
    conversations: Conversations, outside: Outside, rasa: FakeRasa
) -> None:
    one = await conversations.outside(SLACK, "T1:C2")

    await conversations.receive(one, Incoming("Ev1", "Hej", region="VGR"), SLACK, address="C2")
    await until(lambda: outside.delivered)

    assert (outside.texts, outside.addresses) == (["Hej!"], ["C2"])
    assert rasa.asked[0]["sender"] == one == await conversations.outside(SLACK, "T1:C2")
    assert rasa.asked[0]["metadata"]["region"] == "VGR"
    assert rasa.asked[0]["metadata"]["channel"] == SLACK


async def test_a_resent_message_is_answered_once(
    conversations: Conversations, outside: Outside, rasa: FakeRasa
) -> None:
    one = await conversations.outside(SLACK, "T1")
    first, second = await asyncio.gather(*(conversations.receive(one, Incoming("Ev1", "Hej"), SLACK) for _ in range(2)))
    await until(lambda: outside.delivered)
    third = await conversations.receive(one, Incoming("Ev1", "Hej"), SLACK)
    await asyncio.sleep(0.05)

    assert sorted(each.resent for each in (first, second, third)) == [False, True, True]
    assert first.event == second.event == third.event
    assert (outside.texts, len(rasa.asked)) == (["Hej!"], 1)


async def test_a_key_stands_for_one_message(conversations: Conversations) -> None:
    one = await conversations.outside(SLACK, "T1")
    await conversations.receive(one, Incoming("Ev1", "Hej"), SLACK)

    with pytest.raises(KeyReused):
        await conversations.receive(one, Incoming("Ev1", "Något annat"), SLACK)


async def test_a_refused_message_is_explained_with_the_contacts(conversations: Conversations) -> None:
    one = await conversations.outside(SLACK, "T1")

    with pytest.raises(MessageTooLong) as refused:
        await conversations.receive(one, Incoming("Ev1", "x" * 4001, region="VGR"), SLACK)

    told = conversations.explain(refused.value)
    assert "4\u00a0001 tecken" in told.text and "010-00 00 001" in told.text and "023-00 002" not in told.text


async def test_messages_are_answered_in_order_and_one_at_a_time(
    conversations: Conversations, outside: Outside, rasa: FakeRasa
) -> None:
    rasa.delay = 0.02
    rasa.answers = {str(number): bot_message(f"svar {number}") for number in range(10)}
    one = await conversations.outside(SLACK, "T1")

    for number in range(10):
        await conversations.receive(one, Incoming(f"Ev{number}", str(number)), SLACK)
    await until(lambda: len(outside.delivered) == 10)

    assert outside.texts == [f"svar {number}" for number in range(10)]
    assert [asked["message"] for asked in rasa.asked] == [str(number) for number in range(10)]
    assert rasa.most_at_once == 1


async def test_news_come_by_themselves(conversations: Conversations, outside: Outside) -> None:
    one = await conversations.outside(SLACK, "T1")
    await conversations.open(one, SLACK)

    (logged,) = await conversations.append(one, events.notice("ticket", "Ärendet har fått nummer INC1.", number="INC1"))
    await until(lambda: outside.delivered)

    assert outside.delivered[0].to_json() == logged.to_json()
    assert logged.to_json()["number"] == "INC1"


async def test_news_for_a_conversation_that_is_not_known_go_nowhere(conversations: Conversations) -> None:
    assert await conversations.append("slack-unknown", events.notice("ticket", "x")) == []


async def test_a_failed_delivery_is_made_again(
    start_gateway: StartGateway, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.core.deliveries.FIRST_PAUSE", 0.01)
    conversations = (await start_gateway(plugs=(outside.plug,))).app[CONVERSATIONS]
    outside.fails = 2
    one = await conversations.outside(SLACK, "T1")

    await conversations.receive(one, Incoming("Ev1", "Hej"), SLACK)
    await until(lambda: outside.delivered)

    assert outside.texts == ["Hej!"]


async def test_what_can_never_be_delivered_is_given_up(
    start_gateway: StartGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone(Outside):
        async def deliver(self, conversation: Conversation, events: Sequence[Event]) -> None:
            self.delivered += events
            raise DeliveryFailed("channel_not_found", final=True)

    gone = Gone()
    conversations = (await start_gateway(plugs=(gone.plug,))).app[CONVERSATIONS]
    one = await conversations.outside(SLACK, "T1")

    await conversations.receive(one, Incoming("Ev1", "Hej"), SLACK)
    await until(lambda: gone.delivered)
    await asyncio.sleep(0.05)

    state = await conversations.state(one)
    assert state is not None and state.delivered == state.last == 2
    assert gone.texts == ["Hej!"]


async def test_what_was_not_delivered_before_a_restart_is_delivered_after_it(
    start_gateway: StartGateway, outside: Outside
) -> None:
    before = await start_gateway(plugs=(outside.plug,))
    outside.fails = 1_000
    one = await before.app[CONVERSATIONS].outside(SLACK, "T1")
    await before.app[CONVERSATIONS].receive(one, Incoming("Ev1", "Hej"), SLACK, address="C2")
    await until(lambda: outside.fails < 1_000)
    await before.close()
    outside.fails = 0

    await start_gateway(plugs=(outside.plug,))
    await until(lambda: outside.delivered)

    assert (outside.texts, outside.addresses) == (["Hej!"], ["C2"])


async def test_a_restart_in_the_middle_of_an_answer_gives_one_answer(
    start_gateway: StartGateway, outside: Outside, rasa: FakeRasa
) -> None:
    before = await start_gateway(plugs=(outside.plug,))
    rasa.delay = 30
    one = await before.app[CONVERSATIONS].outside(SLACK, "T1")
    await before.app[CONVERSATIONS].receive(one, Incoming("Ev1", "Hej"), SLACK)
    await until(lambda: rasa.asked)
    await before.close()
    rasa.delay = 0

    await start_gateway(plugs=(outside.plug,))
    await until(lambda: outside.delivered)
    await asyncio.sleep(0.05)

    assert (outside.texts, len(rasa.asked)) == (["Hej!"], 2)


# ---- people

HANDOVER = {"region": "VGR", "desk": "support", "summary": "Lösenord", "facts": []}
HANDED_OVER = bot_message("Jag kopplar dig.", custom={"outcome": "handed_over", "handover": HANDOVER})


async def test_the_bot_hands_over_and_is_silent_while_a_person_answers(
    conversations: Conversations, outside: Outside, desk: Desk, rasa: FakeRasa
) -> None:
    rasa.answers["människa"] = HANDED_OVER
    one = await conversations.outside(SLACK, "T1")
    await conversations.receive(one, Incoming("1", "människa"), SLACK)
    await until(lambda: any(event.kind == "status" for event in outside.delivered))
    await conversations.receive(one, Incoming("2", "Är du där?"), SLACK)
    await until(lambda: desk.heard)
    await conversations.agent_says(one, "Ja, jag heter Eva. Är ditt nummer 19121212-1212?", "Eva")
    await conversations.set_status(one, events.BOT)
    await conversations.receive(one, Incoming("3", "Tack"), SLACK)
    await until(lambda: "Hej!" in outside.texts)

    assert desk.taken == [HANDOVER]
    assert desk.heard == ["Är du där?"]
    assert [asked["message"] for asked in rasa.asked] == ["människa", "Tack"]
    assert [event.kind for event in outside.delivered] == [
        "bot_message",
        "status",
        "agent_message",
        "status",
        "bot_message",
    ]
    assert outside.delivered[0].content["custom"] == {"outcome": "handed_over"}
    assert outside.delivered[2].content["agent"] == {"name": "Eva"}
    assert "1212" not in outside.delivered[2].content["text"]


async def test_what_was_written_while_the_bot_handed_over_reaches_the_person(
    conversations: Conversations, outside: Outside, desk: Desk, rasa: FakeRasa
) -> None:
    rasa.answers["människa"] = HANDED_OVER
    rasa.delay = 0.1
    one = await conversations.outside(SLACK, "T1")
    await conversations.receive(one, Incoming("1", "människa"), SLACK)
    await conversations.receive(one, Incoming("2", "Det brådskar"), SLACK)
    await until(lambda: desk.heard)

    assert (desk.heard, len(rasa.asked)) == (["Det brådskar"], 1)


async def test_nobody_takes_over_and_the_user_gets_the_contacts(
    conversations: Conversations, outside: Outside, desk: Desk, rasa: FakeRasa
) -> None:
    rasa.answers["människa"] = HANDED_OVER
    desk.dead = True
    one = await conversations.outside(SLACK, "T1")

    await conversations.receive(one, Incoming("1", "människa"), SLACK)
    await until(lambda: len(outside.delivered) == 2)

    assert "Jag kunde inte koppla dig" in outside.texts[1] and "010-00 00 001" in outside.texts[1]


async def test_a_message_that_does_not_reach_the_person_is_told(
    conversations: Conversations, outside: Outside, desk: Desk
) -> None:
    one = await conversations.outside(SLACK, "T1")
    await conversations.open(one, SLACK)
    await conversations.set_status(one, events.AGENT)
    desk.dead = True

    await conversations.receive(one, Incoming("1", "Hallå?"), SLACK)
    await until(lambda: len(outside.delivered) == 2)

    assert outside.delivered[1].content["code"] == "desk_unreachable"


async def test_a_hand_off_that_was_cut_off_is_begun_again_after_a_restart(
    start_gateway: StartGateway, outside: Outside, desk: Desk, rasa: FakeRasa
) -> None:
    class Stuck(Desk):
        async def start(self, conversation: Conversation, handover: Mapping[str, Any]) -> None:
            self.taken.append(handover)
            await asyncio.sleep(60)

    rasa.answers["människa"] = HANDED_OVER
    stuck = Stuck()
    before = await start_gateway(plugs=(outside.plug, stuck.plug))
    one = await before.app[CONVERSATIONS].outside(SLACK, "T1")
    await before.app[CONVERSATIONS].receive(one, Incoming("1", "människa"), SLACK)
    await until(lambda: stuck.taken)
    await before.close()

    await start_gateway(plugs=(outside.plug, desk.plug))
    await until(lambda: desk.taken)

    assert (desk.taken, len(rasa.asked)) == ([HANDOVER], 1)


async def test_an_erased_conversation_leaves_nothing_and_its_late_answer_is_dropped(
    conversations: Conversations, outside: Outside, rasa: FakeRasa
) -> None:
    erased: list[str] = []

    async def eraser(conversation: str) -> None:
        erased.append(conversation)

    conversations.on_erase(eraser)
    rasa.delay = 0.1
    one = await conversations.outside(SLACK, "T1")
    await conversations.receive(one, Incoming("1", "Hej"), SLACK)
    await until(lambda: rasa.asked)

    await conversations.erase(one)
    await asyncio.sleep(0.2)

    assert (await conversations.state(one), await conversations.events(one)) == (None, [])
    assert (erased, outside.delivered) == ([one], [])
