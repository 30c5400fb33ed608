"""`python -m scripts.sealed MODULE ...`: runs a Python module in the sealed runtime, in the environment it needs."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHON = ROOT / "nlu" / ".venv" / "bin" / "python"
MODEL = Path("models/supportlotsen.tar.gz")

_ENVIRONMENT = {
    "PYTHONPATH": str(ROOT),
    "PYTHONUNBUFFERED": "1",
    "RASA_TELEMETRY_ENABLED": "false",
    "OMP_NUM_THREADS": "1",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


def command(module: str, *arguments: str) -> list[str]:
    """The words that run a module."""
    return [str(PYTHON), "-m", module, *arguments]


def environment(outer: Mapping[str, str]) -> dict[str, str]:
    """The environment of a module in the sealed runtime; what is set outside wins, the import path apart."""
    return {**_ENVIRONMENT, **outer, "PYTHONPATH": _ENVIRONMENT["PYTHONPATH"]}


def main() -> None:
    """Become the module."""
    os.execve(PYTHON, command(*sys.argv[1:]), environment(os.environ))  # noqa: S606


if __name__ == "__main__":
    main()
