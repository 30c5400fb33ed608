"""The whole system, running for tests: Rasa with the trained model, the action server and the gateway.

Each run has free ports and a database of its own, and its clock stands still at `NOW`.
"""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from knowledge.content import Content
from knowledge.database import connect, load
from scripts import ports, programs, readiness
from scripts.prepare import CANNED
from scripts.sealed import MODEL, ROOT
from scripts.settings import Settings, from_environment
from scripts.supervisor import Program

NOW = "2026-11-23T10:00"
"""A Monday morning when every desk is open."""
START_SECONDS = 180
"""Until a question must have been answered; Rasa alone takes half a minute on a busy machine."""
STOP_SECONDS = 10
"""Until a program that was asked to end is killed."""

_OURS = (
    "ACTIONS_",
    "DATABASE_",
    "GATEWAY_",
    "HELPDESK_",
    "RASA_",
    "DESK_",
    "HANDOFF_",
    "LIVE_",
    "RECORDS_",
    "REDIS_",
    "START_",
    "SUPPORTLOTSEN_",
    "TRACKER_",
)
"""Settings of a surrounding run, which must not reach this one."""
_GUARD = 'trap "" INT TERM HUP; read -r _; kill -9 "-$1"'
"""Waits until the test run is gone, for whatever reason, and kills a process group."""


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker of the tests that need the system."""
    config.addinivalue_line("markers", "system: needs the running system, which takes half a minute to start")


@dataclass
class RunningSystem:
    """Three processes that can be ended and started one by one."""

    settings: Settings
    database: Path
    _programs: Mapping[str, Program]
    _logs: Path
    _processes: dict[str, "_Process"] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where its databases and logs are."""
        return self._logs

    @property
    def rasa_url(self) -> str:
        """Rasa's REST channel is under it."""
        return self.settings.rasa_url

    @property
    def portal_url(self) -> str:
        """The portal page."""
        return self.settings.gateway_url

    def start(self) -> None:
        """Start what does not run, and wait until a question is answered through everything."""
        for name, program in self._programs.items():
            if name not in self._processes:
                self._processes[name] = _Process(program, self._log(name))
        deadline = time.monotonic() + START_SECONDS
        while (reason := self._not_ready()) is not None:
            for name, process in self._processes.items():
                if (code := process.ended()) is not None:
                    pytest.fail(f"{name} ended with {code}:\n{self.said(name)}", pytrace=False)
            if time.monotonic() > deadline:
                pytest.fail(f"no answer within {START_SECONDS} s: {reason}\n{self.said()}", pytrace=False)
            time.sleep(0.2)

    def start_only(self, name: str) -> None:
        """Start one program and wait until it listens, however it is with the others."""
        self._processes[name] = _Process(self._programs[name], self._log(name))
        port = self.settings.ports[f"{name.upper()}_PORT"]
        deadline = time.monotonic() + START_SECONDS
        while not _listens(port):
            if time.monotonic() > deadline:
                pytest.fail(f"{name} does not listen:\n{self.said(name)}", pytrace=False)
            time.sleep(0.2)

    def kill(self, name: str) -> None:
        """End a program and its children at once, without a chance to clean up."""
        self._processes.pop(name).kill()

    def freeze(self, name: str) -> None:
        """Let a program hang: it keeps its port and says nothing."""
        self._processes[name].signal(signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Let a frozen program go on."""
        self._processes[name].signal(signal.SIGCONT)

    def stop(self) -> None:
        """End everything that runs, first politely."""
        for process in self._processes.values():
            process.signal(signal.SIGCONT)
            process.signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._processes.values():
            process.wait(deadline)
            process.kill()
        self._processes.clear()

    def said(self, *names: str) -> str:
        """The last that the programs, or those named, have written."""
        return "\n".join(
            f"--- {name}\n{self._log(name).read_text('utf-8', 'replace')[-2000:]}" for name in names or self._programs
        )

    def _log(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _not_ready(self) -> str | None:
        gateway = readiness.not_ready("The gateway", f"{self.portal_url}/readyz")
        return gateway or readiness.rasa_not_ready(self.rasa_url)


def new_system(folder: Path, content: Content, **environment: str) -> RunningSystem:
    """A system that is not started yet, with its database and logs in the folder."""
    missing = [str(path) for path in (MODEL, CANNED) if not (ROOT / path).exists()]
    if missing:
        pytest.fail(f"{' and '.join(missing)} missing: run `make train` first", pytrace=False)
    database = folder / "knowledge.db"
    fill(database, content)
    outer = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    free = {name: str(port) for name, port in ports.free(ports.DEFAULTS).items()}
    records = _url(folder / "records.db")
    trackers = _url(folder / "conversations.db")
    own = {"DATABASE_URL": _url(database), "RECORDS_DB_URL": records, "TRACKER_DB_URL": trackers, "HELPDESK_NOW": NOW}
    own |= {"LIVE_DALARNA": "console", "GATEWAY_ADDRESS_RATE": "100000/minute"}  # all tests come from one address
    whole = {**outer, **free, **own, **environment}
    settings = from_environment(whole)
    started = [each(settings, whole) for each in (programs.rasa, programs.actions, programs.gateway)]
    return RunningSystem(settings, database, {program.name: program for program in started}, folder)


def fill(database: Path, content: Content) -> None:
    """Load the content into a SQLite file."""
    engine = connect(_url(database))
    load(content, engine)
    engine.dispose()


@pytest.fixture(scope="session")
def running_system(tmp_path_factory: pytest.TempPathFactory, content: Content) -> Iterator[RunningSystem]:
    """The whole system, shared by all tests that only talk to it."""
    system = new_system(tmp_path_factory.mktemp("system"), content)
    try:
        system.start()
        yield system
    finally:
        system.stop()


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((ports.LOOPBACK, port)) == 0


def _url(database: Path) -> str:
    return f"sqlite:///{database}"


class _Process:
    """A program and its children."""

    def __init__(self, program: Program, log: Path) -> None:
        with log.open("ab") as said:
            self._leader = subprocess.Popen(
                program.command,
                cwd=ROOT,
                env=dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        words = ["/bin/sh", "-c", _GUARD, "guard", str(self._leader.pid)]
        self._guard = subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True)

    def ended(self) -> int | None:
        """The exit code, if there is one."""
        return self._leader.poll()

    def signal(self, what: signal.Signals) -> None:
        """Send a signal to all of them."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._leader.pid, what)

    def wait(self, deadline: float) -> None:
        """Wait for the program's end until then, on the monotonic clock."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._leader.wait(max(0.0, deadline - time.monotonic()))

    def kill(self) -> None:
        """End what is left of them."""
        self.signal(signal.SIGKILL)
        self._leader.wait()
        self._guard.communicate()
