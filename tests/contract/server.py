"""A real server in a process of its own, for the tests of what speaks with it; and the virtual environments of such."""

import hashlib
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scripts import ports
from scripts.sealed import ROOT

HERE = Path(__file__).parent
_FOLDER = ROOT / "build" / "test-servers"
_UV = ROOT / "scripts" / "uv"
_INSTALL_SECONDS, _START_SECONDS = 300, 60


def free_port() -> int:
    """A port that is free now."""
    return ports.free({"port": 0})["port"]


def environment_of(name: str) -> Path:
    """A Python of its own with what requirements-NAME.txt lists; made once, and again when the list changes."""
    requirements = HERE / f"requirements-{name}.txt"
    version = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = _FOLDER / f"{name}-{version}"
    python = folder / "bin" / "python"
    if not (folder / ".installed").exists():
        run([str(_UV), "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)])
        run([str(_UV), "pip", "install", "--quiet", "--python", str(python), "--requirement", str(requirements)])
        (folder / ".installed").touch()
    return python


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str:
    """Run a command to its end. What it wrote; the test run fails with it when the command does."""
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False
    )
    if done.returncode != 0:
        pytest.fail(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}", pytrace=False)
    return done.stdout


@dataclass
class Server:
    """A server that can be killed and started again on its port."""

    command: Sequence[str]
    environment: Mapping[str, str]
    ready_url: str
    """Answers, with whatever status, when the server is ready."""
    log: Path
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it. It dies with the thread that starts it, so that none is left of a test run."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *self.command],
                env={**self.environment},
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def wait(self) -> None:
        """Until it answers."""
        assert self._process is not None
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(self.ready_url):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                pytest.fail(f"{self.command[0]} did not start:\n{self.log.read_text()[-3000:]}", pytrace=False)
            time.sleep(0.1)

    def kill(self) -> None:
        """End it at once, without a chance to clean up."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
