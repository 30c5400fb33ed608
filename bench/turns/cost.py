"""What programs cost: processor time and memory of a program and its children, as Linux counts them."""

import os
import resource
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def processor(pid: int) -> float:
    """Seconds so far."""
    return sum(map(_seconds, _family(pid)))


def megabytes(pid: int) -> float:
    """Resident."""
    return sum(int(_read(each, "statm").split()[1] or 0) for each in _family(pid)) * _PAGE / 1e6


def run_to_the_end(command: Sequence[str], environment: Mapping[str, str], folder: Path, log: Path) -> dict[str, float]:
    """Run a program; returns its `seconds` on the clock and of the `processor`. Raises RuntimeError."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with log.open("wb") as said:
        done = subprocess.run(  # noqa: S603 - our own programs
            command, env=dict(environment), cwd=folder, stdout=said, stderr=subprocess.STDOUT, check=False
        )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed: see {log}")
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": time.monotonic() - started, "processor": used}


def _family(pid: int) -> Iterator[int]:
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        for child in (thread / "children").read_text().split():
            yield from _family(int(child))


def _seconds(pid: int) -> float:
    fields = _read(pid, "stat").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def _read(pid: int, name: str) -> str:
    return Path(f"/proc/{pid}/{name}").read_text(encoding="utf-8")
