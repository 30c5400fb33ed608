"""After a conversation full of personnummer nothing that was written holds one: no file, no table, no log."""

import contextlib
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text

from scripts.sealed import ROOT
from tests.running_system import RunningSystem

pytestmark = pytest.mark.system

NOT_OURS = {
    ".venv",
    ".git",
    "node_modules",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
    "__pycache__",
}
PHONE = "070-512 34 56"
NAME = re.compile(r"\b(?=[\w-]*[A-Za-z])(?=[\w-]*\d)[\w-]{12,}\b")
"""An id or a token, which may hold any four digits by chance."""


def wide(number: str) -> str:
    """As East Asian keyboards type it."""
    return "".join(chr(ord(character) + 0xFEE0) for character in number)


SAID = {
    "710304 7361": "Mitt personnummer är 19710304-7361 och jag kan inte logga in",
    "620519 4827": "620519 4827 har fått fel behörighet",
    "540718 6192": "Kollegan är född 540718, fyra sista 6192, och når inte KIV",
    "830921 7485": "Användaren 8 3 0 9 2 1 - 7 4 8 5 behöver ett nytt kort",
    "910284 5937": "Samordningsnummer 910284–5937, vad gör jag?",
    "660627 8246": f"Numret {wide('660627-8246')} känns inte igen",
    "771115 6473": "Hej\n771115\n6473\nMvh",
    "480806 9358": "4 8 0 8 0 6 9 3 5 8 är mitt pnr",
}
"""What is written, by the digits that must be nowhere: birth and last four."""
STOPPED = "Patienten Karl Berg 590412-6835 har fått cancer och hans journal går inte att öppna"


@dataclass
class Chat:
    """A user of the gateway's HTTP API."""

    url: str
    token: str = field(init=False)

    def __post_init__(self) -> None:
        self.token = self.call("POST", "conversations", {"region": "VGR"})["token"]

    def say(self, message: str) -> list[dict[str, Any]]:
        """The events that follow, with the user's own first."""
        last = self._events("")[-1:]
        after = last[0]["id"] if last else ""
        self.call("POST", "messages", {"text": message})
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            events = self._events(after)
            if any(event["kind"] == "bot_message" or event.get("code") == "patient" for event in events):
                return events
        pytest.fail("no answer within 30 s")

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if path != "conversations":
            headers["Authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            answer = response.read()
        return json.loads(answer) if answer else None

    def _events(self, after: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", f"events?after={after}&wait=2")["events"]
        return found


@pytest.fixture(scope="module")
def began() -> float:
    return time.time() - 1


@pytest.fixture(scope="module")
def earlier(running_system: RunningSystem) -> set[str]:
    """What other tests' conversations have left in the tables."""
    return set(rows(running_system))


@pytest.fixture(scope="module")
def chat(running_system: RunningSystem, began: float, earlier: set[str]) -> Chat:
    """Everything has been said, through the gateway and past it."""
    del earlier  # it has been looked at before anything is said
    chat = Chat(running_system.portal_url)
    for message in SAID.values():
        (said, *others) = chat.say(message)
        assert "borttaget" in said["text"] and any(each.get("code") == "redacted" for each in others), message
    stopped = chat.say(STOPPED)
    assert [event["code"] for event in stopped if event["kind"] == "notice"] == ["patient"]
    (kept,) = [event for event in chat.say(f"Ring mig på {PHONE} om lösenordet") if event["kind"] == "user_message"]
    assert PHONE in kept["text"]
    answer = next(event for event in chat.say("Vad är Sjunet?") if event["kind"] == "bot_message")
    judged = {"event": answer["id"], "helpful": False, "comment": SAID["710304 7361"].replace("19710304", "710304")}
    chat.call("POST", "feedback", judged)
    _past_the_gateway(running_system)
    _in_an_address(running_system)
    return chat


def _past_the_gateway(system: RunningSystem) -> None:
    """Rasa's own channel, as when the gateway's redaction had failed to find it."""
    body = {"sender": "past-the-gateway", "message": next(iter(SAID.values()))}
    headers = {"Content-Type": "application/json"}
    url = f"{system.rasa_url}/webhooks/rest/webhook"
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method="POST")
    with urllib.request.urlopen(request, timeout=30) as response:
        assert response.status == 200


def _in_an_address(system: RunningSystem) -> None:
    for path in ("/?pnr=19710304-7361", "/19710304-7361", "/api/v1/contacts?region=19710304-7361"):
        with contextlib.suppress(urllib.error.HTTPError):
            urllib.request.urlopen(f"{system.portal_url}{path}", timeout=30).close()


def forms(number: str) -> Iterator[str]:
    """The whole number and its birth, as digits and as they were written."""
    born, last_four = number.split()
    for date in (born, f"19{born}"):
        for between in ("", "-", "+", " ", "\u2013", "\\u2013"):
            yield f"{date}{between}{last_four}"
    yield born
    yield " ".join(born)
    yield wide(born)
    yield json.dumps(wide(born))[1:-1]


def written_files(system: RunningSystem, began: float) -> Iterator[Path]:
    """Everything that the system has written, its databases' journals included."""
    for folder in (system.folder, ROOT):
        for path in folder.rglob("*"):
            ours = not NOT_OURS.intersection(path.relative_to(folder).parts) and path.is_file()
            if ours and (folder == system.folder or path.stat().st_mtime >= began):
                yield path


@pytest.mark.parametrize("number", [*SAID, "590412 6835"])
def test_no_file_and_no_log_holds_it(chat: Chat, running_system: RunningSystem, began: float, number: str) -> None:
    del chat
    born = number.split()[0]
    # Six digits alone stand in moments, probabilities and ids by chance.
    wanted = [re.compile(re.escape(form.encode())) for form in forms(number) if form != born]
    wanted.append(re.compile(rb"(?<![0-9A-Za-z.])" + born.encode() + rb"(?![0-9A-Za-z])"))
    files = [path for path in written_files(running_system, began) if path != Path(__file__)]
    assert {"records.db", "gateway.log", "rasa.log", "actions.log"} <= {path.name for path in files}
    found = [(path.name, form.pattern) for path in files for form in wanted if form.search(path.read_bytes())]
    assert found == []


def test_no_table_holds_the_last_four(chat: Chat, running_system: RunningSystem, earlier: set[str]) -> None:
    del chat
    last_fours = "|".join(number.split()[1] for number in [*SAID, "590412 6835"])
    kept = [NAME.sub("", row) for row in rows(running_system) if row not in earlier]
    assert any("Sjunet" in row for row in kept) and any(PHONE in row for row in kept)
    assert [row for row in kept if re.search(rf"(?<![\d.])(?:{last_fours})(?!\d)", row)] == []
    assert [row for row in kept if "Karl Berg" in row or "cancer" in row] == []


def rows(system: RunningSystem, *names: str) -> list[str]:
    """Every row of every table about conversations, in words; of all databases or those named."""
    found: list[str] = []
    for path in [system.folder / name for name in names or ("records.db", "conversations.db")]:
        engine = create_engine(f"sqlite:///{path}")
        with engine.connect() as connection:
            for table in inspect(engine).get_table_names():
                every = connection.execute(text(f"SELECT * FROM {table}")).all()
                found += [" | ".join(_legible(value) for value in row) for row in every]
        engine.dispose()
    return found


def _legible(value: Any) -> str:
    """JSON columns without escapes."""
    with contextlib.suppress(TypeError, ValueError):
        return json.dumps(json.loads(value), ensure_ascii=False)
    return str(value)


def test_what_users_said_stands_in_no_log_at_all(chat: Chat, running_system: RunningSystem) -> None:
    del chat
    logs = "\n".join(path.read_text("utf-8", "replace") for path in running_system.folder.glob("*.log"))
    assert not re.search(r"Sjunet|kan inte logga in|fel behörighet|känns inte igen|Karl Berg|070-512", logs)


def test_an_erased_conversation_is_gone_and_what_the_machine_counts_stays(
    chat: Chat, running_system: RunningSystem, earlier: set[str]
) -> None:
    assert any("behöver ett nytt kort" in row for row in rows(running_system))
    assert any("nytt kort" in row for row in rows(running_system, "conversations.db"))
    chat.call("DELETE", "conversation")
    assert next(event["kind"] for event in chat.say("Hej igen")) == "user_message"
    left = [row for row in rows(running_system) if row not in earlier and ("nytt kort" in row or "Sjunet" in row)]
    assert left == []
    assert any("| user | erase |" in row for row in rows(running_system))
