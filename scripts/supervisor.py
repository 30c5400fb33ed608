"""Runs several programs as one: together they become ready, and when one ends all of them end.

Honcho starts the programs, multiplexes what they say and ends them. It lacks four things, which are added here:
readiness, a last word about the program that died, an end for what ignores SIGTERM or outlives its program, and an
end for all of them when this process itself is killed (see docs/decisions.md).
"""

import contextlib
import math
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Queue
from typing import Any, TextIO

from honcho.manager import KILL_WAIT, SIGNALS, Manager
from honcho.printer import Message, Printer

LAST_LINES = 20
"""How much of a dead program's output is told again."""

POLL = 0.3
"""Seconds between two questions whether the programs are ready."""

_LIFELINE = 'trap "" INT TERM HUP; read -r _; for group; do kill -9 "-$group"; done 2>/dev/null'
"""Waits until this process is gone, for whatever reason, and kills what is left of the process groups."""


@dataclass(frozen=True)
class Program:
    """A program to run, in a process group of its own."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Plan:
    """What to run, and for how long."""

    programs: Sequence[Program]
    not_ready: Callable[[], str | None]
    """Why the programs are not ready yet; None when they are. Must return within seconds."""
    when_ready: Callable[[], int | None]
    """Called once. Returns an exit code to stop everything with, or None to run until stopped."""
    start_timeout: float
    """Seconds."""
    log: Path | None = None
    """Where to write what the programs say, instead of showing it."""


def supervise(plan: Plan) -> int:
    """Run the plan and return an exit code.

    What `when_ready` returned; 0 when stopped by a signal after the start; 128 + signal when stopped before;
    1, with a message, when a program ended by itself or the programs did not become ready in time.
    """
    return _Supervisor(plan).run()


@dataclass(frozen=True)
class _End:
    """A program that ended though nobody asked it to."""

    name: str
    code: int
    """Below zero: the signal that killed it."""

    def __str__(self) -> str:
        if self.code < 0:
            return f"{self.name} was killed by {signal.Signals(-self.code).name}."
        return f"{self.name} ended with exit code {self.code}."


class _Supervisor:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._manager = _Manager(Printer(_output(plan.log)), len(plan.programs), self._when_started)
        self._ready = False
        self._result: int | None = None
        self._waited_for: str | None = None
        self._lifeline: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        for program in self._plan.programs:
            command = f"exec {shlex.join(program.command)}"
            self._manager.add_process(program.name, command, env=dict(program.environment))
        before = {each: signal.getsignal(each) for each in (signal.SIGHUP, *SIGNALS)}
        if before[signal.SIGHUP] != signal.SIG_IGN:  # nohup
            signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
        try:
            self._manager.loop()
        finally:
            self._manager.stopping.set()
            self._cut_lifeline()
            for each, handler in before.items():
                signal.signal(each, handler)
        return self._outcome()

    def _when_started(self, groups: list[int]) -> None:
        words = ["/bin/sh", "-c", _LIFELINE, "lifeline", *map(str, groups)]
        self._lifeline = subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True)
        threading.Thread(target=self._wait_until_ready, daemon=True).start()

    def _cut_lifeline(self) -> None:
        if self._lifeline is not None and self._lifeline.stdin is not None:
            self._lifeline.stdin.close()
            self._lifeline.wait()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + self._plan.start_timeout
        while (reason := self._plan.not_ready()) is not None:
            if time.monotonic() > deadline:
                self._waited_for = reason
                self._manager.terminate()
            if self._manager.stopping.wait(POLL):
                return
        if self._manager.stopping.is_set():
            return
        self._ready = True
        self._result = self._plan.when_ready()
        if self._result is not None:
            self._manager.terminate()

    def _outcome(self) -> int:
        culprit = self._manager.watch.culprit
        if culprit is not None:
            last = "".join(f"  {line}\n" for line in self._manager.watch.said[culprit.name])
            return _failed(f"{culprit} The last it said:\n{last or '  nothing\n'}")
        if self._waited_for is not None:
            return _failed(f"No start within {self._plan.start_timeout:g} seconds: {self._waited_for}\n")
        if self._result is not None:
            return self._result
        return 0 if self._ready else int(self._manager.returncode)


def _output(log: Path | None) -> TextIO:
    if log is None:
        return sys.stdout
    log.parent.mkdir(parents=True, exist_ok=True)
    return log.open("w", encoding="utf-8")


def _failed(message: str) -> int:
    print(f"\n{message}Everything has been stopped.", file=sys.stderr, flush=True)
    return 1


class _Watch:
    """Honcho's queue of events; remembers what went through it."""

    def __init__(self, events: "Queue[Message]", stopping: threading.Event, tick: Callable[[], None]) -> None:
        self._events = events
        self._stopping = stopping
        self._tick = tick
        self.groups: list[int] = []
        """The process groups of the programs that have started."""
        self.said: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=LAST_LINES))
        self.culprit: _End | None = None
        """The first program that ended before everything was to stop."""

    def put(self, message: Message) -> None:
        self._events.put(message)

    def get(self, timeout: float) -> Message:
        self._tick()
        message = self._events.get(timeout=timeout)
        if message.type == "start":
            self.groups.append(message.data["pid"])
        elif message.type == "line":
            self.said[message.name].append(message.data.decode("utf-8", "replace").rstrip())
        elif message.type == "stop" and self.culprit is None and not self._stopping.is_set():
            self.culprit = _End(message.name, message.data["returncode"])
        return message


class _Manager(Manager):
    def __init__(self, printer: Printer, programs: int, when_started: Callable[[list[int]], None]) -> None:
        super().__init__(printer)
        self._expected = programs
        self._when_started = when_started
        self._started = False
        self._kill_at = math.inf
        self.stopping = threading.Event()
        self.watch = _Watch(self.events, self.stopping, self._tick)
        self.events: Any = self.watch

    def terminate(self) -> None:
        """End all programs: with SIGTERM, and when they take too long with SIGKILL."""
        self.stopping.set()
        if self._started:  # Honcho cannot end what it has not seen start: then `_tick` comes back to it.
            super().terminate()

    def _tick(self) -> None:
        if not self._started and len(self.watch.groups) == self._expected:
            self._started = True
            self._when_started(self.watch.groups)
            if self.stopping.is_set():
                super().terminate()
        if self.stopping.is_set() and self._kill_at == math.inf:
            self._kill_at = time.monotonic() + KILL_WAIT
        _end_leaderless(self.watch.groups)
        if time.monotonic() > self._kill_at:  # Honcho does so only when one of the programs has ended.
            self._kill_at = time.monotonic() + KILL_WAIT
            self.kill()


def _end_leaderless(groups: list[int]) -> None:
    """Kill what has outlived its program: Honcho hears that a program ended only when all its output is closed."""
    for group in groups:
        with contextlib.suppress(OSError):
            if Path(f"/proc/{group}/stat").read_text(encoding="utf-8").rpartition(")")[2].startswith(" Z "):
                os.killpg(group, signal.SIGKILL)
