"""The supervisor with small programs in place of ours: nothing survives it, and it always says why."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

OURS = ("ACTIONS_", "DATABASE_", "GATEWAY_", "HELPDESK_", "RASA_", "START_")
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
"""The environment without what a surrounding run of the system has set."""

FOREVER = "import time; time.sleep(600)"
WITH_CHILD = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {FOREVER!r}]).wait()"
DIES = "import sys, time; print('no more paper'); time.sleep(0.5); sys.exit(7)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('I stay', flush=True); time.sleep(600)"
)

SCRIPT = """
import os, signal, sys
from scripts.supervisor import Plan, Program, supervise

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # who runs the tests with nohup has it ignored in all below
codes = {codes!r}
programs = [Program(f"p{{n}}", [sys.executable, "-c", code], dict(os.environ)) for n, code in enumerate(codes)]
def when_ready():
    print("READY", flush=True)
    return {result!r}
plan = Plan(programs, lambda: {reason!r}, when_ready, start_timeout={timeout!r})
sys.exit(supervise(plan))
"""


class Run:
    """A supervisor in a process of its own, and the processes below it."""

    def __init__(self, codes: list[str], mark: str, *, reason: str | None, result: int | None, timeout: float) -> None:
        self._mark = mark
        script = SCRIPT.format(codes=codes, reason=reason, result=result, timeout=timeout)
        self.process = subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env={**os.environ, "TEST_MARK": mark, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""

    def wait_for(self, words: str) -> None:
        assert self.process.stdout is not None
        while words not in self.said:
            line = self.process.stdout.readline()
            assert line, f"{words!r} was never said:\n{self.said}"
            self.said += line

    def end(self) -> int:
        """The exit code; `said` is everything."""
        self.said += self.process.communicate(timeout=30)[0]
        return self.process.returncode

    def left(self) -> list[str]:
        """What still runs of all that this run has started, after a moment to go."""
        deadline = time.monotonic() + 5
        while (found := self._marked()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return found

    def _marked(self) -> list[str]:
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if f"TEST_MARK={self._mark}\0".encode() in (process / "environ").read_bytes():
                    found.append(f"{process.name} {(process / 'cmdline').read_bytes()!r}")
            except OSError:
                continue
        return found


Start = Callable[..., Run]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    runs: list[Run] = []

    def start(*codes: str, reason: str | None = None, result: int | None = None, timeout: float = 60) -> Run:
        run = Run(list(codes), f"{tmp_path.name}-{os.getpid()}", reason=reason, result=result, timeout=timeout)
        runs.append(run)
        return run

    yield start
    for run in runs:
        run.process.kill()
        run.process.communicate()
        assert run.left() == []


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_after_the_start_stops_everything_and_is_no_failure(start: Start, stop: signal.Signals) -> None:
    run = start(FOREVER, WITH_CHILD, FOREVER)
    run.wait_for("READY")
    run.process.send_signal(stop)
    assert run.end() == 0
    assert run.left() == []


def test_a_signal_during_the_start_stops_everything(start: Start) -> None:
    run = start(FOREVER, WITH_CHILD, reason="not yet")
    run.wait_for("p0 started")
    run.process.send_signal(signal.SIGINT)
    assert run.end() == 130
    assert run.left() == []


def test_a_program_that_dies_is_named_with_its_last_words_and_all_others_are_stopped(start: Start) -> None:
    run = start(FOREVER, DIES, WITH_CHILD)
    assert run.end() == 1
    assert "p1 ended with exit code 7. The last it said:\n  no more paper\nEverything has been stopped." in run.said
    assert run.left() == []


def test_a_program_that_is_killed_is_named(start: Start) -> None:
    run = start("import os; os.kill(os.getpid(), 9)", FOREVER)
    assert run.end() == 1
    assert "p0 was killed by SIGKILL." in run.said


def test_a_program_that_is_killed_takes_its_children_along(start: Start) -> None:
    run = start(f"import os; print('I am', os.getpid(), flush=True); {WITH_CHILD}", FOREVER)
    run.wait_for("READY")
    run.wait_for("I am")
    os.kill(int(run.said.partition("I am ")[2].split()[0]), signal.SIGKILL)
    assert run.end() == 1
    assert "p0 was killed by SIGKILL." in run.said
    assert run.left() == []


def test_a_program_that_cannot_start_is_a_failure(start: Start) -> None:
    run = start("import no_such_module", FOREVER, reason="not yet")
    assert run.end() == 1
    assert "No module named 'no_such_module'" in run.said


def test_a_start_that_takes_too_long_says_what_it_waited_for(start: Start) -> None:
    run = start(FOREVER, FOREVER, reason="the kettle is cold", timeout=1)
    assert run.end() == 1
    assert "No start within 1 seconds: the kettle is cold" in run.said
    assert run.left() == []


def test_a_program_that_does_not_want_to_stop_is_killed(start: Start) -> None:
    run = start(STUBBORN)
    run.wait_for("I stay")
    run.wait_for("READY")
    run.process.send_signal(signal.SIGINT)
    assert run.end() == 0
    assert run.left() == []


def test_nothing_survives_when_the_supervisor_itself_is_killed(start: Start) -> None:
    run = start(FOREVER, WITH_CHILD, STUBBORN)
    run.wait_for("READY")
    run.process.kill()
    run.process.wait()
    assert run.left() == []


def test_what_runs_beside_the_programs_decides_the_exit_code(start: Start) -> None:
    run = start(FOREVER, FOREVER, result=3)
    assert run.end() == 3
    assert run.left() == []


def test_a_taken_port_is_told_before_anything_is_installed() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        environment = {**PLAIN, "ACTIONS_PORT": str(port)}
        make = subprocess.run(
            ["make", "run"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
        )
    assert make.returncode != 0
    assert f"Port {port} is taken by process {os.getpid()}" in make.stderr
    assert "ACTIONS_PORT" in make.stderr
    assert make.stdout == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RASA_PORT", "many"),
        ("RASA_PORT", "5055"),
        ("GATEWAY_PORT", "0"),
        ("GATEWAY_SECRET", "short"),
        ("HELPDESK_NOW", "yesterday"),
        ("DATABASE_URL", "nosuch://:secret@host/name"),
        ("START_TIMEOUT", "soon"),
    ],
)
def test_a_wrong_setting_is_named_before_anything_starts(name: str, value: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "scripts.run"],
        cwd=ROOT,
        env={**PLAIN, name: value},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 2
    assert name in run.stderr
    assert "Traceback" not in run.stderr
    assert "secret@" not in run.stderr
    assert run.stdout == ""
