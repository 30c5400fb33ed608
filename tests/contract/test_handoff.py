"""People take over, over each chat system: nothing is lost, nothing is crossed, and nobody waits in silence."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker
from yarl import URL

from desks.live.chosen import choose_live_desks
from desks.live.settings import LiveSettings
from desks.service import utc_now
from gateway.errors import SettingsError
from gateway.handoff.handovers import Patience
from gateway.handoff.texts import TEXTS, read_handoff_texts
from records.cases import CaseRow
from records.database import address, connect
from records.handoffs import Handoff, Handoffs
from records.live_console import FINISH, JOIN, LEAVE, SAY, LiveConsole
from tests.contract import slack, synapse
from tests.contract.house import DOWN, house, new_ticket
from tests.contract.portal import PERSON, REGION, SECONDS, Portal, User, handover
from tests.contract.slack import SlackAgents, Workspace
from tests.contract.synapse import Homeserver, MatrixAgents

ANNA, BO = "Anna", "Bo"


class Agents(Protocol):
    """People at the desk, and what they read."""

    async def take(self, name: str, place: str) -> None: ...

    async def say(self, name: str, place: str, text: str) -> None: ...

    async def read(self, name: str, place: str) -> list[str]: ...


@dataclass
class ConsoleAgents:
    """People at the command line."""

    portal: Portal

    async def take(self, name: str, place: str) -> None:
        await self._enter(name, place, JOIN)

    async def say(self, name: str, place: str, text: str) -> None:
        await self._enter(name, place, FINISH if text == "!klar" else SAY, text)

    async def leave(self, name: str, place: str) -> None:
        await self._enter(name, place, LEAVE)

    async def read(self, _: str, place: str) -> list[str]:
        handoff = await self.portal.handoffs.at_place(place)
        assert handoff is not None
        return await LiveConsole(self.portal.service.engine).lines(handoff)

    async def _enter(self, name: str, place: str, action: str, text: str = "") -> None:
        engine = self.portal.service.engine
        handoff = await Handoffs(engine).at_place(place)
        assert handoff is not None
        await LiveConsole(engine).enter(handoff, name, action, text, self.portal.service.now())


@dataclass
class Stage:
    """A gateway, its chat system and the agents in it."""

    kind: str
    portal: Portal
    agents: Any
    reachable: Callable[[URL], None]
    """Tells the chat system where the gateway is."""

    async def start(self, **patience: float) -> None:
        """Start the gateway, with other patience (in seconds) than the usual, endless one."""
        if patience:
            usual = self.portal.patience
            self.portal.patience = Patience(
                **{
                    name: timedelta(seconds=patience[name]) if name in patience else getattr(usual, name)
                    for name in ("accept", "silent", "say_every")
                }
            )
        self.reachable(await self.portal.start())

    async def restart(self, *users: User) -> None:
        """The gateway ends and begins again."""
        await self.portal.stop()
        await self.start()
        for user in users:
            self.portal.again(user)

    async def until_read(self, name: str, place: str, text: str) -> list[str]:
        """What the agents read, as soon as this is among it."""
        return await until(lambda: self.agents.read(name, place), lambda told: any(text in each for each in told))


async def until[Result](look: Callable[[], Awaitable[Result]], enough: Callable[[Result], bool]) -> Result:
    async with asyncio.timeout(SECONDS):
        while True:
            if enough(found := await look()):
                return found
            await asyncio.sleep(0.05)


@pytest_asyncio.fixture(params=["console", "slack", "matrix"])
async def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Each chat system in turn, with Anna and Bo in it; the gateway is not started yet."""
    url = f"sqlite:///{tmp_path_factory.mktemp('handoff') / 'records.db'}"
    async with AsyncExitStack() as stack:
        made = await _stage(request.param, request, url, stack)
        stack.push_async_callback(made.portal.close)
        yield made


async def _stage(kind: str, request: pytest.FixtureRequest, url: str, stack: AsyncExitStack) -> Stage:
    if kind == "console":
        portal = _portal(url, LiveSettings(kind="console"))
        return Stage(kind, portal, ConsoleAgents(portal), lambda _: None)
    if kind == "slack":
        workspace = Workspace()
        server = await stack.enter_async_context(TestServer(workspace.app()))

        def tell(gateway: URL) -> None:
            workspace.events_url = gateway / "live/dalarna/slack/events"

        return Stage(kind, _portal(url, slack.live_settings(server.make_url("/"))), SlackAgents(workspace), tell)
    homeserver: Homeserver = request.getfixturevalue("homeserver")
    agents = MatrixAgents(homeserver.url)
    await agents.arrive(ANNA, BO, prefix=f"t{uuid4().hex[:12]}")

    def forward(gateway: URL) -> None:
        homeserver.forwarder.target = gateway

    def let_go() -> None:
        homeserver.forwarder.target = None

    stack.callback(let_go)
    return Stage(kind, _portal(url, synapse.live_settings(homeserver.url, agents.lobby)), agents, forward)


def _portal(url: str, settings: LiveSettings) -> Portal:
    def desks(engine: AsyncEngine) -> Any:
        return choose_live_desks({REGION: settings}, engine)

    return Portal(url, desks)


def place_of(handoff: Handoff) -> str:
    assert handoff.place is not None
    return handoff.place


async def test_a_person_takes_over_and_gives_back(stage: Stage) -> None:
    await stage.start()
    user, handoff = await stage.portal.queued()
    place = place_of(handoff)
    told = await user.until_told("queue")
    assert told["position"] == 1 and "nummer 1" in told["text"]
    asked = len(stage.portal.rasa.asked)

    await stage.agents.take(ANNA, place)
    joined = await user.until_told("agent_joined")
    assert joined["agent"] == {"name": ANNA}
    await user.until_status("agent")
    opening = "\n".join(await stage.until_read(ANNA, place, "Kommer inte in i NPÖ"))
    assert "Tjänst: NPÖ" in opening and "!klar" in opening

    await user.write("Det står <fel> & 500")
    await stage.until_read(ANNA, place, "Det står <fel> & 500")
    await stage.agents.say(ANNA, place, "Starta om datorn.")
    heard = await user.until_heard("Starta om datorn.")
    assert heard["agent"] == {"name": ANNA}
    assert len(stage.portal.rasa.asked) == asked, "the bot is silent"

    await stage.agents.say(ANNA, place, "!klar")
    await user.until_told("agent_finished")
    await user.until_status("bot")
    await user.write("Tack, och lösenordet?")
    await until(lambda: _soon(len(stage.portal.rasa.asked)), lambda number: number == asked + 1)
    assert "!klar" not in user.heard()


async def _soon[Value](value: Value) -> Value:
    await asyncio.sleep(0)
    return value


@pytest.mark.parametrize("agreed", [True, False])
async def test_the_transcript_is_shown_to_agents_only_if_the_user_agreed(stage: Stage, agreed: bool) -> None:
    await stage.start()
    user = await stage.portal.user()
    await user.write("Hemligt före")
    await user.until(lambda event: event["kind"] == "bot_message")
    stage.portal.rasa.answers[PERSON] = handover(transcript=agreed)
    await user.write(PERSON)
    await user.until_status("queued")
    handoff = await until(lambda: _newest(stage), lambda found: found is not None and found.place is not None)
    assert handoff is not None
    place = place_of(handoff)
    await stage.agents.take(ANNA, place)
    opening = "\n".join(await stage.until_read(ANNA, place, "Kommer inte in i NPÖ"))
    assert ("Hemligt före" in opening) is agreed


async def _newest(stage: Stage) -> Handoff | None:
    going_on = await stage.portal.handoffs.going_on()
    return going_on[-1] if going_on else None


async def test_two_users_and_two_agents_are_not_crossed(stage: Stage) -> None:
    await stage.start()
    first, one = await stage.portal.queued()
    second, two = await stage.portal.queued(summary="Skrivaren")
    assert (await second.until_told("queue"))["position"] == 2
    await stage.agents.take(ANNA, place_of(one))
    await stage.agents.take(BO, place_of(two))
    for user in (first, second):
        await user.until_status("agent")

    async def talk(user: User, agent: str, place: str) -> None:
        for number in range(4):
            await user.write(f"Till {agent} {number}")
            await stage.agents.say(agent, place, f"Från {agent} {number}")
            await user.until_heard(f"Från {agent} {number}")

    await asyncio.gather(talk(first, ANNA, place_of(one)), talk(second, BO, place_of(two)))
    for user, agent, place in ((first, ANNA, place_of(one)), (second, BO, place_of(two))):
        read = await stage.until_read(agent, place, f"Till {agent} 3")
        assert [each for each in read if "Till" in each] == [
            f"Användaren: Till {agent} {number}" for number in range(4)
        ]
        assert [each for each in user.heard() if "Från" in each] == [f"Från {agent} {number}" for number in range(4)]


async def test_a_message_sent_while_the_handoff_is_made_reaches_the_agent(stage: Stage) -> None:
    await stage.start()
    stage.portal.rasa.delay = 0.3
    user = await stage.portal.user()
    await user.write(PERSON)
    await user.write("Det är bråttom")
    await user.until_status("queued")
    await user.write("Patienten väntar inte")
    handoff = await until(lambda: _newest(stage), lambda found: found is not None and found.place is not None)
    assert handoff is not None
    await stage.agents.take(ANNA, place_of(handoff))
    read = await stage.until_read(ANNA, place_of(handoff), "Patienten väntar inte")
    assert [each for each in read if "Det är bråttom" in each or "Patienten" in each] == [
        "Användaren: Det är bråttom",
        "Användaren: Patienten väntar inte",
    ]


async def test_an_agent_who_does_not_answer_loses_the_conversation_to_another(stage: Stage) -> None:
    await stage.start(silent=1.5, say_every=0.4)
    user, handoff = await stage.portal.queued()
    place = place_of(handoff)
    await stage.agents.take(ANNA, place)
    await user.until_status("agent")
    await user.write("Är du där?")
    assert ANNA in (await user.until_told("no_reply_yet"))["text"]
    await user.until_status("queued")
    await stage.agents.take(BO, place) if stage.kind != "slack" else None
    await stage.agents.say(BO, place, "Jag tar över")
    await user.until_heard("Jag tar över")
    await user.until_status("agent")
    assert [each["agent"]["name"] for each in user.seen if each.get("code") == "agent_joined"] == [ANNA, BO]


async def test_an_agent_who_leaves_is_replaced_and_nothing_is_lost(stage: Stage) -> None:
    if stage.kind == "slack":  # one cannot leave a thread: there silence tells, as above
        stage.agents.leave = _silent
        await stage.start(silent=1.0)
    else:
        await stage.start()
    user, handoff = await stage.portal.queued()
    place = place_of(handoff)
    await stage.agents.take(ANNA, place)
    await user.until_status("agent")
    await user.write("Första")
    await stage.until_read(ANNA, place, "Första")
    await stage.agents.leave(ANNA, place)
    await user.until_status("queued")
    await user.write("Andra")
    await stage.agents.take(BO, place)
    await user.until_status("agent")
    read = await stage.until_read(BO, place, "Andra")
    said = [each for each in read if each.startswith("Användaren: ")]
    assert said == ["Användaren: Första", "Användaren: Andra"]
    await stage.agents.say(BO, place, "Nu är jag här")
    await user.until_heard("Nu är jag här")


async def _silent(name: str, place: str) -> None:
    """Do nothing."""


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_user_who_has_had_enough_gets_the_bot_back(stage: Stage, accepted: bool) -> None:
    await stage.start()
    user, handoff = await stage.portal.queued()
    place = place_of(handoff)
    if accepted:
        await stage.agents.take(ANNA, place)
        await user.until_status("agent")
    await user.write("Avbryt.")
    await user.until_status("bot")
    await user.until_told("handoff_left")
    if not accepted:
        await stage.agents.take(ANNA, place)
    await stage.until_read(ANNA, place, "Användaren har avslutat samtalet")
    await stage.agents.say(ANNA, place, "Hallå?")
    await stage.until_read(ANNA, place, "nådde inte användaren")
    await user.write("Hej")
    await user.until(lambda event: event["kind"] == "bot_message" and event["text"] == "Hej!")
    assert "Hallå?" not in user.heard()


async def test_a_user_who_comes_back_has_missed_nothing(stage: Stage) -> None:
    await stage.start()
    user, handoff = await stage.portal.queued()
    place = place_of(handoff)
    await stage.agents.take(ANNA, place)
    await user.until_status("agent")
    away = list(user.seen)
    for number in range(3):
        await stage.agents.say(ANNA, place, f"Svar {number}")
    await asyncio.sleep(0.3)
    back = User(user.visitor, away)
    await back.until_heard("Svar 2")
    assert [each for each in back.heard() if "Svar" in each] == ["Svar 0", "Svar 1", "Svar 2"]
    await back.write("Jag är tillbaka")
    await stage.until_read(ANNA, place, "Jag är tillbaka")


async def test_nobody_takes_it_and_the_user_gets_a_ticket(stage: Stage) -> None:
    await stage.start(accept=2.0, say_every=0.5)
    stage.portal.rasa.answers[PERSON] = handover(contact="ring 031-786 32 00")
    user = await stage.portal.user()
    await user.write(PERSON)
    await user.until_status("queued")
    (begun,) = await stage.portal.handoffs.going_on()
    await user.write("Det gäller fem personer")
    nobody = await user.until_told("nobody")
    await user.until_status("bot")
    waited = [each for each in user.seen if each.get("code") == "queue"]
    assert len(waited) >= 3, "something was said all the while"
    assert len({each["text"] for each in waited}) >= 3
    async with async_sessionmaker(stage.portal.service.engine)() as session:
        (case,) = list(await session.scalars(select(CaseRow)))
    assert nobody["ticket"]["number"] == str(case.id) and str(case.id) in nobody["text"]
    for part in ("Kommer inte in i NPÖ", "Tjänst: NPÖ", "Det gäller fem personer", "031-786 32 00"):
        assert case.body.count(part) == 1
    assert "!klar" not in case.body
    contacts = [each for each in user.seen if each["kind"] == "bot_message"][-1]
    assert "023-00 002" in contacts["text"]
    handoff = await until(
        lambda: stage.portal.handoffs.get(begun.id), lambda each: each is not None and bool(each.place)
    )
    assert handoff is not None
    place = place_of(handoff)
    if stage.kind == "matrix":
        await stage.agents.take(ANNA, place)
    await stage.until_read(ANNA, place, "Ingen tog samtalet i tid")


async def test_a_restart_of_the_gateway_loses_nothing(stage: Stage) -> None:
    await stage.start()
    waiting, one = await stage.portal.queued()
    talking, two = await stage.portal.queued()
    await stage.agents.take(BO, place_of(two))
    await talking.until_status("agent")
    await talking.write("Före")
    await stage.restart(waiting, talking)
    await talking.write("Efter")
    read = await stage.until_read(BO, place_of(two), "Efter")
    assert [each for each in read if each.startswith("Användaren: ")] == ["Användaren: Före", "Användaren: Efter"]
    await stage.agents.say(BO, place_of(two), "Jag är kvar")
    await talking.until_heard("Jag är kvar")
    await stage.agents.take(ANNA, place_of(one))
    await waiting.until_status("agent")


async def test_an_erased_conversation_is_forgotten_here_too(stage: Stage) -> None:
    await stage.start()
    user, handoff = await stage.portal.queued()
    await stage.agents.take(ANNA, place_of(handoff))
    await user.until_status("agent")
    await stage.until_read(ANNA, place_of(handoff), "Anna har tagit samtalet")
    response = await user.visitor.http.delete("/api/v1/conversation", headers=user.visitor.headers)
    assert response.status == 204
    assert await stage.portal.handoffs.at_place(place_of(handoff)) is None
    if stage.kind != "console":  # there it is forgotten too
        await stage.until_read(ANNA, place_of(handoff), "raderat samtalet")


async def test_a_ticket_number_that_comes_late_is_told_in_the_conversation(tmp_path: Path) -> None:
    portal = _portal(f"sqlite:///{tmp_path / 'records.db'}", LiveSettings(kind="console"))
    try:
        await portal.start()
        user = await portal.user()
        await user.write("Hej")
        asked = await user.until(lambda event: event["kind"] == "bot_message")
        assert asked["text"] == "Hej!"
        conversation = portal.rasa.asked[-1]["sender"]
        other = house(connect(address({"RECORDS_DB_URL": portal.records_url})), region=REGION)
        other.desk.error = DOWN
        other.clock.now = utc_now() - timedelta(minutes=1)
        receipt = await other.service.submit(new_ticket(conversation=conversation, region=REGION))
        assert receipt.number is None
        told = await user.until_told("ticket")
        assert told["ticket"]["reference"] == receipt.reference
        assert told["ticket"]["number"] in told["text"] and receipt.reference in told["text"]
        await other.service.aclose()
    finally:
        await portal.close()


async def test_a_ticket_that_is_given_up_is_told_with_a_way_to_a_person(tmp_path: Path) -> None:
    portal = _portal(f"sqlite:///{tmp_path / 'records.db'}", LiveSettings(kind="console"))
    try:
        await portal.start()
        user = await portal.user()
        await user.write("Hej")
        await user.until(lambda event: event["kind"] == "bot_message")
        other = house(connect(address({"RECORDS_DB_URL": portal.records_url})), region="Uppsala")
        other.desk.error = DOWN
        other.clock.now = utc_now() - timedelta(days=8)
        conversation = portal.rasa.asked[-1]["sender"]
        receipt = await other.service.submit(new_ticket(conversation=conversation, region="Uppsala"))
        told = await user.until_told("ticket")  # the gateway has no desk for that region, so that it cannot deliver
        assert (told["ticket"]["number"], told["ticket"]["status"]) == (None, "undelivered")
        assert receipt.reference in told["text"] and "018-000 00 03" in told["text"]
        await other.service.aclose()
    finally:
        await portal.close()


def test_texts_with_unknown_names_are_refused(tmp_path: Path) -> None:
    ours = TEXTS.read_text(encoding="utf-8")
    own = tmp_path / "texts.yml"
    for broken in (ours.replace("{position}", "{place}", 1), ours.replace("nobody:", "noone:", 1), "", "- a"):
        own.write_text(broken, encoding="utf-8")
        with pytest.raises(SettingsError, match=r"texts\.yml cannot be used"):
            read_handoff_texts(own)


# ---- what can go wrong with each chat system


async def test_a_homeserver_killed_in_the_middle_loses_nothing(
    homeserver: Homeserver, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('handoff') / 'records.db'}"
    async with AsyncExitStack() as stack:
        stage = await _stage("matrix", request, url, stack)
        stack.push_async_callback(stage.portal.close)
        await stage.start()
        user, handoff = await stage.portal.queued()
        place = place_of(handoff)
        await stage.agents.take(ANNA, place)
        await user.until_status("agent")
        await user.write("Före")
        await stage.until_read(ANNA, place, "Före")
        waiting, in_queue = await stage.portal.queued()
        homeserver.server.kill()
        try:
            for number in range(3):
                await user.write(f"Under {number}")
            other = await stage.portal.user()
            await other.write(PERSON)
            await other.until_status("queued")
            await waiting.write("Jag väntar kvar")
        finally:
            homeserver.server.launch()
            await asyncio.to_thread(homeserver.server.wait)
        read = await stage.until_read(ANNA, place, "Under 2")
        said = [each for each in read if each.startswith("Användaren: ")]
        assert said == ["Användaren: Före", *(f"Användaren: Under {number}" for number in range(3))]
        await stage.agents.say(ANNA, place, "Nu fungerar det")
        await user.until_heard("Nu fungerar det")
        await stage.agents.take(BO, place_of(in_queue))
        await waiting.until_status("agent")
        await stage.until_read(BO, place_of(in_queue), "Jag väntar kvar")
        second = await until(lambda: _newest(stage), lambda found: found is not None and found.place is not None)
        assert second is not None
        await stage.agents.take(BO, place_of(second))
        await other.until_status("agent")


async def test_matrix_is_taken_at_its_word_only_with_its_token_and_once(
    homeserver: Homeserver, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('handoff') / 'records.db'}"
    async with AsyncExitStack() as stack:
        stage = await _stage("matrix", request, url, stack)
        stack.push_async_callback(stage.portal.close)
        await stage.start()
        user, handoff = await stage.portal.queued()
        await stage.agents.take(ANNA, place_of(handoff))
        await user.until_status("agent")
        told = {
            "type": "m.room.message",
            "room_id": place_of(handoff),
            "sender": f"@{ANNA.lower()}:test.example",
            "event_id": "$an-event",
            "content": {"msgtype": "m.text", "body": "En gång"},
        }
        assert stage.portal.client is not None
        path = "/live/dalarna/_matrix/app/v1/transactions/t{}"
        for headers, status in (({}, 401), ({"Authorization": "Bearer wrong"}, 403)):
            answer = await stage.portal.client.put(path.format(1), json={"events": [told]}, headers=headers)
            assert answer.status == status
        right = {"Authorization": f"Bearer {synapse.HS_TOKEN}"}
        for transaction in (1, 1, 2):
            answer = await stage.portal.client.put(path.format(transaction), json={"events": [told]}, headers=right)
            assert answer.status == 200
        for broken in (b"", b"{", b"[]", b"\xff", b'{"events": [{"type": 7}]}'):
            answer = await stage.portal.client.put(path.format(3), data=broken, headers=right)
            assert answer.status < 500
        await stage.agents.say(ANNA, place_of(handoff), "Sist")
        await user.until_heard("Sist")
        assert user.heard() == ["En gång", "Sist"]


async def test_slack_is_taken_at_its_word_only_when_it_signed_and_once(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('handoff') / 'records.db'}"
    async with AsyncExitStack() as stack:
        stage = await _stage("slack", request, url, stack)
        stack.push_async_callback(stage.portal.close)
        await stage.start()
        workspace: Workspace = stage.agents.workspace
        user, handoff = await stage.portal.queued()
        thread = place_of(handoff).partition(":")[2]
        body = await workspace.person_says("U0ANNA", "Se <https://a.se|a.se> &amp; <mailto:x@y.se|x@y.se>", thread)
        assert await workspace.send_event(body, 1) == 200
        assert await workspace.send_event({"type": "url_verification", "challenge": "c"}) == 200
        for event in ({"bot_id": "B1"}, {"subtype": "message_changed"}, {"channel": "C0OTHER"}, {"thread_ts": None}):
            changed = {**body, "event_id": f"Ev{event}", "event": {**body["event"], **event}}
            assert await workspace.send_event(changed) == 200
        assert workspace.events_url is not None
        async with ClientSession() as session, session.post(workspace.events_url, json=body) as answer:
            assert answer.status == 401
        await workspace.person_says("U0ANNA", "Sist", thread)
        await user.until_heard("Sist")
        assert user.heard() == ["Se a.se & x@y.se", "Sist"]


async def test_slack_away_or_losing_answers_loses_and_doubles_nothing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('handoff') / 'records.db'}"
    async with AsyncExitStack() as stack:
        stage = await _stage("slack", request, url, stack)
        stack.push_async_callback(stage.portal.close)
        await stage.start()
        workspace: Workspace = stage.agents.workspace
        workspace.lose_answers = 1
        user, handoff = await stage.portal.queued()
        place = place_of(handoff)
        await stage.agents.take(ANNA, place)
        await user.until_status("agent")
        workspace.lose_answers = 1
        await user.write("Ett")
        await stage.until_read(ANNA, place, "Ett")
        workspace.down = True
        await user.write("Två")
        await user.write("Tre")
        await asyncio.sleep(0.5)
        workspace.down = False
        read = await stage.until_read(ANNA, place, "Tre")
        assert [each for each in read if each.startswith("Användaren: ")] == [
            f"Användaren: {word}" for word in ("Ett", "Två", "Tre")
        ]
        assert sum("Kommer inte in" in each["text"] for each in workspace.messages) == 1
