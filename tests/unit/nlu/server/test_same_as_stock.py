"""Every conversation of tests/conversations with stock Rasa and with our server: the same replies, events and slots."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from nlu.server.action_server import TURNS_SENT
from tests.unit.nlu.server.play import MODEL, ROOT

PRODUCT = ROOT / ".venv" / "bin" / "python"
SECONDS = 400
NOW = "2026-11-23T10:00"
"""The same moment for both, so that what is open is open in both."""

CHANCE = re.compile(r"SL-\w{8}|\b[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}\b|(?<=\")[0-9a-f]{16}(?=\")")
"""Tickets' references, codes and keys (records/tickets.py, actions/forms/ticket.py)."""

Told = dict[str, list[dict[str, Any]]]


@contextlib.contextmanager
def actions(folder: Path) -> Iterator[str]:
    """The address of an action server with the real content, and with tickets of its own."""
    folder.mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"DATABASE_URL": f"sqlite:///{folder / 'knowledge.db'}", "HELPDESK_NOW": NOW, "ACTIONS_PORT": str(port)}
    own |= {"RECORDS_DB_URL": f"sqlite:///{folder / 'records.db'}"}
    environment = {**os.environ, **own, "PYTHONPATH": str(ROOT)}
    subprocess.run([PRODUCT, "-m", "knowledge", "load"], cwd=ROOT, env=environment, check=True, capture_output=True)
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen([PRODUCT, "-m", "actions"], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        server.terminate()
        server.wait(10)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, Told]:
    """What stock and what we made of the conversations."""
    assert MODEL.exists(), "run `make train` first"
    folder = tmp_path_factory.mktemp("played")
    with contextlib.ExitStack() as stack:
        playing = []
        for side in ("stock", "ours"):
            address = stack.enter_context(actions(folder / f"{side}-actions"))
            own = {"RASA_ACTIONS": address, "TRACKER_DB_URL": f"sqlite:///{folder / 'ours.db'}"}
            command = [sys.executable, "-m", "tests.unit.nlu.server.play", side, str(folder / side)]
            environment = {**os.environ, **own, "PYTHONWARNINGS": "ignore"}
            log = stack.enter_context((folder / f"{side}.log").open("wb"))
            playing.append(subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log))
            stack.callback(playing[-1].kill)
        for process, side in zip(playing, ("stock", "ours"), strict=True):
            assert process.wait(SECONDS) == 0, (folder / f"{side}.log").read_text("utf-8", "replace")[-3000:]
    stock, ours = (json.loads(_without_chance((folder / side).read_text("utf-8"))) for side in ("stock", "ours"))
    return stock, ours


def _without_chance(played: str) -> str:
    """Tickets have a key, a reference and a code that are drawn; each becomes its number among those of the play."""
    drawn: dict[str, str] = {}
    return CHANCE.sub(lambda found: drawn.setdefault(found[0], f"drawn-{len(drawn)}"), played)


@pytest.mark.parametrize("what", ["text", "replies", "events", "slots"])
def test_every_turn_is_the_same(told: tuple[Told, Told], what: str) -> None:
    stock, ours = told
    assert list(stock) == list(ours) and len(stock) > 80
    for name, turns in stock.items():
        assert len(turns) == len(ours[name])
        for number, (theirs, own) in enumerate(zip(turns, ours[name], strict=True), 1):
            assert own[what] == theirs[what], f"{name}, turn {number}"


def test_the_action_server_is_told_the_same_but_for_turns_long_ago(told: tuple[Told, Told]) -> None:
    stock, ours = told
    shortened = 0
    for name, turns in stock.items():
        for theirs, own in zip(turns, ours[name], strict=True):
            assert len(theirs["sent"]) == len(own["sent"])
            for call, our_call in zip(theirs["sent"], own["sent"], strict=True):
                events, our_events = call["tracker"].pop("events"), our_call["tracker"].pop("events")
                for each in (call, our_call):  # which of a form's messages began it is read by no action
                    (each["tracker"].get("active_loop") or {}).pop("trigger_message", None)
                assert our_call == call, name
                assert our_events == events[len(events) - len(our_events) :], name
                said = [sum(event["event"] == "user" for event in each) for each in (events, our_events)]
                assert said[1] == min(said[0], TURNS_SENT)
                shortened += len(our_events) < len(events)
    assert shortened  # the longest conversation is longer than what is sent


def _wait(url: str) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"{url} does not answer")
