"""`python -m scripts.shell`: Rasa's own shell, with the action server beside it."""

import os
import signal
import sys

from scripts import ports, programs, readiness, sealed
from scripts.errors import PortTaken, StartError
from scripts.prepare import prepare
from scripts.run import LOG, Guest
from scripts.sealed import MODEL, ROOT
from scripts.settings import from_environment
from scripts.supervisor import Plan, supervise


def main() -> int:
    """The shell's exit code; 2 for a wrong setting or a taken port."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        return start()
    except StartError as error:
        print(error, file=sys.stderr)
        return 2


def start() -> int:
    """Prepare, and run the shell to its end. Raises StartError."""
    os.chdir(ROOT)
    environment = dict(os.environ)
    settings = from_environment(environment)
    if taken := ports.problems({"RASA_PORT": settings.rasa_port, "ACTIONS_PORT": settings.actions_port}):
        raise PortTaken("\n".join(taken))
    prepare()
    files = ["--model", str(MODEL), "--endpoints", str(programs.endpoints(settings))]
    command = sealed.command("scripts.rasa", "shell", "--port", str(settings.rasa_port), *files)
    shell = Guest(command, sealed.environment(environment))
    plan = Plan(
        programs=[programs.actions(settings, environment)],
        not_ready=lambda: readiness.not_ready("The action server", f"{settings.actions_url}/health"),
        when_ready=shell.run,
        start_timeout=settings.start_timeout,
        log=LOG,
    )
    return shell.last_word(supervise(plan))


if __name__ == "__main__":
    sys.exit(main())
