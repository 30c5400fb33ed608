"""`python -m scripts.run [--free-ports] [COMMAND ...]`: the whole system, until Ctrl-C or until the command ends.

The command finds the system at RASA_URL (Rasa's REST channel) and SUPPORTLOTSEN_URL (the portal page), and has the
terminal to itself.
"""

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scripts import ports, programs, readiness
from scripts.errors import PortTaken, StartError
from scripts.prepare import prepare
from scripts.sealed import ROOT
from scripts.settings import Settings, from_environment
from scripts.supervisor import Plan, supervise

LOG = ROOT / "build" / "system.log"
"""What the programs say while a command runs beside them: the terminal is the command's then."""


def main() -> int:
    """See `supervisor.supervise`; 2 for a wrong setting or a taken port."""
    arguments = _parser().parse_args()
    environment = dict(os.environ)
    if arguments.free_ports:
        environment |= {name: str(port) for name, port in ports.free(ports.DEFAULTS).items()}
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return start(environment, arguments.command)
    except StartError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def start(environment: Mapping[str, str], command: Sequence[str]) -> int:
    """Prepare and run everything. Raises StartError."""
    os.chdir(ROOT)
    settings = from_environment(environment)
    if taken := ports.problems(settings.ports):
        raise PortTaken("\n".join(taken))
    prepare()
    guest = Guest(command, {**environment, "RASA_URL": settings.rasa_url, "SUPPORTLOTSEN_URL": settings.gateway_url})
    plan = Plan(
        programs=[each(settings, environment) for each in (programs.rasa, programs.actions, programs.gateway)],
        not_ready=lambda: _not_ready(settings),
        when_ready=guest.run if command else lambda: _welcome(settings),
        start_timeout=settings.start_timeout,
        log=LOG if command else None,
    )
    return guest.last_word(supervise(plan))


def _not_ready(settings: Settings) -> str | None:
    return readiness.rasa_not_ready(settings.rasa_url) or readiness.not_ready(
        "The gateway", f"{settings.gateway_url}/readyz"
    )


def _welcome(settings: Settings) -> None:
    print(f"\nSupportlotsen answers: {settings.gateway_url}/ (stop with Ctrl-C)\n", flush=True)


@dataclass
class Guest:
    """A command that runs while the system does."""

    command: Sequence[str]
    environment: Mapping[str, str]
    _process: "subprocess.Popen[bytes] | None" = None

    def run(self) -> int:
        """Run it to its end; returns its exit code."""
        self._process = subprocess.Popen(self.command, env=self.environment)
        return self._process.wait()

    def last_word(self, code: int) -> int:
        """The exit code of both; a command that had to be stopped has failed."""
        if self._process is None or self._process.poll() is not None:
            return code
        self._process.terminate()
        self._process.wait()
        return code or 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.run", description="Starts the whole system")
    parser.add_argument("--free-ports", action="store_true", help="take ports that are free instead of the usual ones")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="run this while the system runs, then stop")
    return parser


if __name__ == "__main__":
    sys.exit(main())
