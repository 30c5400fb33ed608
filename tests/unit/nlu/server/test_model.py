"""A trained model in the server: run node by node, as far back as its rules look, and changed while it runs."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine import loader
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.server import model_file
from nlu.server.action_server import ActionServer
from nlu.server.agent import HelpdeskAgent
from nlu.server.conversations.archive import MemoryArchive
from nlu.server.conversations.store import ConversationStore
from nlu.server.graph_runner import DirectGraphRunner
from nlu.server.locks.store import TurnQueues
from nlu.server.states_needed import states_needed
from tests.unit.nlu.server.play import MODEL

pytestmark = pytest.mark.filterwarnings("ignore")
"""Rasa and its libraries say much about themselves while they load a model."""


@pytest.fixture(scope="module")
def agent() -> Iterator[HelpdeskAgent]:
    """The real model, with conversations in memory and an action server that is not there."""
    assert MODEL.exists(), "run `make train` first"
    made = HelpdeskAgent(
        ConversationStore(archive=MemoryArchive()),
        TurnQueues(environment={}),
        ActionServer("http://127.0.0.1:1/webhook"),
    )
    made.load_model(MODEL)
    yield made
    asyncio.run(made.close())


async def say(agent: HelpdeskAgent, sender: str, text: str) -> list[dict[str, Any]]:
    channel = CollectingOutputChannel()
    await agent.handle_message(UserMessage(text, channel, sender, input_channel="rest"))
    return list(channel.messages)


def test_the_graph_gives_what_dask_gives(agent: HelpdeskAgent, tmp_path: Path) -> None:
    metadata, stock = loader.load_predict_graph_runner(tmp_path, MODEL, LocalModelStorage, DaskGraphRunner)
    ours = agent.processor.graph_runner
    tracker = DialogueStateTracker.from_events("anna", [], metadata.domain.slots)
    for text in ("hej", "Hur beställer jag ett konto i Dalarna?", '/inform_region{"region": "VGR"}'):
        inputs = {"__message__": [UserMessage(text, message_id="1")], "__tracker__": tracker}
        targets = [metadata.nlu_target]
        [[theirs], [own]] = [run.run(inputs, targets)[metadata.nlu_target] for run in (stock, ours)]
        assert own.as_dict() == theirs.as_dict()
    prediction, own_prediction = (
        run.run({"__tracker__": tracker}, [metadata.core_target])[metadata.core_target] for run in (stock, ours)
    )
    assert own_prediction == prediction


def test_rules_are_looked_up_once_for_each_situation_and_no_words_are_kept(agent: HelpdeskAgent) -> None:
    (remembered,) = [
        policy._find_action_from_rules
        for policy in agent.processor.graph_runner.components()
        if isinstance(policy, RulePolicy)
    ]
    asyncio.run(say(agent, "first", "hejsan"))
    known = len(remembered._found)
    asyncio.run(say(agent, "second", "hejsan"))
    assert len(remembered._found) == known > 0
    assert "hejsan" not in str(remembered._found)


def test_rules_look_back_as_far_as_the_longest(agent: HelpdeskAgent) -> None:
    needed = agent.conversations.states_needed
    assert needed is not None and 2 <= needed <= 20


def test_memoization_gets_whole_histories(agent: HelpdeskAgent) -> None:
    class WithMemoization(DirectGraphRunner):
        def __init__(self) -> None:
            """Nothing to load."""

        def components(self) -> Iterator[Any]:
            """Rules, and a policy that counts from the beginning."""
            yield from agent.processor.graph_runner.components()
            yield MemoizationPolicy.__new__(MemoizationPolicy)

    assert states_needed(WithMemoization()) is None


def test_understanding_does_not_stop_the_others(agent: HelpdeskAgent) -> None:
    async def longest_pause() -> float:
        loop, pauses = asyncio.get_running_loop(), [0.0]
        talk = asyncio.gather(*(say(agent, f"sender {n}", "hej " + "och hej igen " * 60) for n in range(6)))
        while not talk.done():
            before = loop.time()
            await asyncio.sleep(0.001)
            pauses.append(loop.time() - before)
        started = loop.time()
        await agent.processor.parse_message(UserMessage("hej " + "och hej igen " * 60))
        return sorted(pauses)[-3] / (loop.time() - started)

    assert asyncio.run(longest_pause()) < 0.7  # of the time that understanding one message takes


def test_a_new_model_is_taken_into_use_with_no_lost_turn(
    agent: HelpdeskAgent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def changed() -> None:
        path = tmp_path / "model.tar.gz"
        shutil.copy(MODEL, path)
        first = agent.processor
        following = asyncio.create_task(model_file.follow(path, agent))
        await asyncio.sleep(0.05)
        path.write_bytes(b"no model")  # which must not be taken
        await asyncio.sleep(0.3)
        assert agent.processor is first
        new = tmp_path / "new"
        shutil.copy(MODEL, new)
        new.replace(path)
        answers = []
        while agent.processor is first:
            answers.append(await say(agent, "anna", "tack"))
        answers.append(await say(agent, "anna", "tack"))
        assert len(answers) > 1 and all(answer[0]["text"].startswith("Varsågod") for answer in answers)
        tracker = await agent.conversations.retrieve("anna")
        assert tracker is not None
        assert sum(event.as_dict()["event"] == "user" for event in tracker.events) == len(answers)
        following.cancel()

    monkeypatch.setattr(model_file, "LOOK_SECONDS", 0.02)
    asyncio.run(changed())


def test_an_erased_conversation_is_forgotten_after_its_turn(agent: HelpdeskAgent) -> None:
    async def erased() -> None:
        turn = asyncio.create_task(say(agent, "erika", "tack"))
        await asyncio.sleep(0.001)
        await agent.erase("erika")
        assert await turn
        assert await agent.conversations.retrieve("erika") is None

    asyncio.run(erased())
