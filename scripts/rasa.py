"""Rasa's command line, without TensorFlow where the pipeline needs none. Runs in the sealed runtime."""

import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from nlu.server import left_out, warnings_shown
from redaction.logs import protect_logs

_CONFIG = ("--config", "-c")


def needs_tensorflow(arguments: Sequence[str]) -> bool:
    """Whether the configuration that a command is about names a component that needs TensorFlow.

    One that cannot be read counts as if it did: then Rasa says what is wrong with it.
    """
    named = (value for option, value in pairwise(arguments) if option in _CONFIG)
    try:
        text = Path(next(named, "config.yml")).read_text(encoding="utf-8")
    except OSError:
        return True
    return any(component in text for component in left_out.TENSORFLOW_COMPONENTS)


def main() -> None:
    """Run Rasa with the arguments of this process."""
    protect_logs()
    warnings_shown.apply()
    if not needs_tensorflow(sys.argv[1:]):
        left_out.leave_out_tensorflow()
    from rasa.__main__ import main as rasa

    sys.argv[0] = "rasa"
    rasa()


if __name__ == "__main__":
    main()
