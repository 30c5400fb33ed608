"""`python -m scripts.sealed PROGRAM ...`: runs a program of the sealed runtime in the environment it needs."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROGRAMS = ROOT / "nlu" / ".venv" / "bin"
MODEL = Path("models/supportlotsen.tar.gz")

_ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    "PYTHONUNBUFFERED": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "OMP_NUM_THREADS": "1",
    # Rasa 3.6 and what it is made of speak of their own future at every start: nothing that a user of ours can act on.
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


def environment(outer: Mapping[str, str]) -> dict[str, str]:
    """The environment of a program in the sealed runtime; what is set outside wins, the import path apart."""
    return {**_ENVIRONMENT, **outer, "PYTHONPATH": _ENVIRONMENT["PYTHONPATH"]}


def main() -> None:
    """Become the program."""
    program = PROGRAMS / sys.argv[1]
    os.execve(program, [str(program), *sys.argv[2:]], environment(os.environ))  # noqa: S606


if __name__ == "__main__":
    main()
