"""`python -m scripts.ports`: says which of our ports are taken, and by whom.

Runs before anything is installed, so with the standard library alone and on any Python from 3.9 on.
"""

import os
import socket
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

LOOPBACK = "127.0.0.1"
DEFAULTS = {"RASA_PORT": 5005, "ACTIONS_PORT": 5055, "GATEWAY_PORT": 8080, "GATEWAY_INSIDE_PORT": 8081}
"""The setting of each port, and what it is when unset."""

_LISTENING = "0A"


def read(environment: Mapping[str, str]) -> dict[str, int]:
    """The ports by the names of their settings. Raises ValueError for a value that is no port, or is given twice."""
    ports = {name: _port(name, environment.get(name, "").strip() or str(port)) for name, port in DEFAULTS.items()}
    if len(set(ports.values())) < len(ports):
        raise ValueError(f"{', '.join(f'{name}={port}' for name, port in ports.items())}: each needs a port of its own")
    return ports


def problems(ports: Mapping[str, int]) -> list[str]:
    """A sentence for each port that is taken."""
    return [
        f"Port {port} is taken by {_holder(port)}: stop that, or choose another port with {name}."
        for name, port in ports.items()
        if _taken(port)
    ]


def free(names: Mapping[str, int]) -> dict[str, int]:
    """A port that is free now for each name."""
    with_sockets = {name: socket.socket() for name in names}
    try:
        for each in with_sockets.values():
            each.bind((LOOPBACK, 0))
        return {name: int(each.getsockname()[1]) for name, each in with_sockets.items()}
    finally:
        for each in with_sockets.values():
            each.close()


def _port(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and 0 < int(value) <= 65535):
        raise ValueError(f"{name} is {value!r}; it must be a port number from 1 to 65535")
    return int(value)


def _taken(port: int) -> bool:
    with socket.socket() as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            ours.bind((LOOPBACK, port))
            ours.listen(1)
        except OSError:
            return True
    return False


def _holder(port: int) -> str:
    """The program that listens on the port, as far as Linux tells us."""
    sockets = {f"socket:[{inode}]" for inode in _listening_sockets(port)}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(handle.readlink()) in sockets for handle in (process / "fd").iterdir()):
                words = (process / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
                return f"process {process.name} ({' '.join(words).strip()[:80]})"
        except OSError:  # gone in the meantime, or another user's
            continue
    return "another program"


def _listening_sockets(port: int) -> Iterator[str]:
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = [line.split() for line in Path(table).read_text(encoding="ascii").splitlines()[1:]]
        except OSError:
            continue
        yield from (row[9] for row in rows if row[3] == _LISTENING and int(row[1].rpartition(":")[2], 16) == port)


def main() -> int:
    """0 when all of them are free."""
    try:
        found = problems(read(os.environ))
    except ValueError as error:
        found = [str(error)]
    for problem in found:
        print(problem, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
