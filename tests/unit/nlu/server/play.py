"""`python -m tests.unit.nlu.server.play stock|ours FILE`: holds every conversation of tests/conversations.

Writes what can be told of each turn: the replies, the events and slots that were kept, and what the action server was
sent. Each side is a process of its own, so that stock is stock (but for TensorFlow, which is slow to import and
has no part in a turn). RASA_ACTIONS names the action server.
"""

import asyncio
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from nlu.server import left_out

ROOT = Path(__file__).parents[4]
MODEL = ROOT / "models" / "supportlotsen.tar.gz"
_CONVERSATIONS = ROOT / "tests" / "conversations"
_LONG = 25
"""Turns of one conversation more, made of the first turns of the others: longer than what is sent of a history."""

Turn = dict[str, Any]


def conversations() -> Iterator[tuple[str, str | None, list[Turn]]]:
    """Name, region of the portal, turns."""
    firsts: list[Turn] = []
    for path in sorted(_CONVERSATIONS.glob("*/*.yml")):
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
        for case in read if isinstance(read, list) else [read]:
            firsts += [turn for turn in case["turns"][:1] if isinstance(turn.get("user"), str)]
            yield f"{path.stem}: {case.get('name', '')}", case.get("region"), case["turns"]
    yield "long", "VGR", firsts[:_LONG]


def text_of(turn: Turn, buttons: dict[str, str]) -> str:
    """What is sent for a turn: words, or the payload of a button in the last reply."""
    if "click" in turn:
        return buttons.get(turn["click"], str(turn["click"]))  # typed where an older model offers no such button
    said = turn["user"]
    return said["repeat"] * said["times"] if isinstance(said, dict) else str(said)


async def play(agent: Any, sent: list[Any]) -> dict[str, list[Any]]:
    """All conversations with an agent; `sent` is where its calls to the action server are noted."""
    from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

    from nlu.channels.rest import MAX_CHARACTERS, plain_text

    told: dict[str, list[Any]] = {}
    for number, (name, region, turns) in enumerate(conversations()):
        buttons: dict[str, str] = {}
        told[name] = []
        sender = f"conversation-{number}"
        for turn in turns:
            text = text_of(turn, buttons)
            if not text.strip() or len(text) > MAX_CHARACTERS:  # Rasa never sees these
                continue
            sent.clear()
            channel = CollectingOutputChannel()
            metadata = {"region": region} if region else None
            message = UserMessage(plain_text(text), channel, sender, input_channel="rest", metadata=metadata)
            await agent.handle_message(message)
            buttons = {b["title"]: b["payload"] for said in channel.messages for b in said.get("buttons", [])}
            tracker = await agent.tracker_store.retrieve(sender)
            told[name].append(
                {
                    "text": text,
                    "replies": channel.messages,
                    "events": [_lasting(event.as_dict()) for event in tracker.events],
                    "slots": tracker.current_slot_values(),
                    "sent": [_comparable(call) for call in sent],
                }
            )
    return told


def _comparable(call: dict[str, Any]) -> dict[str, Any]:
    """A call without the domain, which is named or sent, and without what differs from run to run."""
    state = call["tracker"]
    kept = {key: value for key, value in state.items() if key != "latest_event_time"}
    return {
        **{key: value for key, value in call.items() if key not in ("domain", "domain_digest")},
        "tracker": {**kept, "events": [_lasting(event) for event in state["events"]]}
        | {"latest_message": _lasting(state["latest_message"])},
    }


def _lasting(value: Any) -> Any:
    """Without times and random ids, wherever they stand."""
    if isinstance(value, dict):
        return {key: _lasting(item) for key, item in value.items() if key not in ("timestamp", "message_id")}
    return [_lasting(item) for item in value] if isinstance(value, (list, tuple)) else value


def _stock(url: str, sent: list[Any]) -> Any:
    from rasa.core.agent import Agent
    from rasa.utils.endpoints import EndpointConfig

    class Noted(EndpointConfig):  # type: ignore[misc]
        async def request(self, *args: Any, json: Any = None, **more: Any) -> Any:
            sent.append(json)
            return await super().request(*args, json=json, **more)

    return Agent.load(str(MODEL), action_endpoint=Noted(url=url))


def _ours(url: str, sent: list[Any]) -> Any:
    from nlu.server.action_server import ActionServer
    from nlu.server.agent import HelpdeskAgent
    from nlu.server.conversations.store import ConversationStore
    from nlu.server.locks.store import TurnQueues

    class Noted(ActionServer):
        async def request(self, *args: Any, json: Any = None, **more: Any) -> Any:
            sent.append(json)
            return await super().request(*args, json=json, **more)

    agent = HelpdeskAgent(ConversationStore(), TurnQueues(), Noted(url=url))
    agent.load_model(MODEL)
    return agent


async def main() -> dict[str, list[Any]]:
    """See the module."""
    leave_out = {"stock": left_out.leave_out_tensorflow, "ours": left_out.leave_out_all_unused}
    leave_out[sys.argv[1]]()
    from rasa.utils.log_utils import configure_structlog

    configure_structlog()
    sent: list[Any] = []
    agent = {"stock": _stock, "ours": _ours}[sys.argv[1]](os.environ["RASA_ACTIONS"], sent)
    told = await play(agent, sent)
    if sys.argv[1] == "ours":
        await agent.close()
    return told


if __name__ == "__main__":
    everything = json.dumps(asyncio.run(main()), ensure_ascii=False)
    Path(sys.argv[2]).write_text(everything, encoding="utf-8")
