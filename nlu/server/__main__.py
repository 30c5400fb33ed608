"""`python -m nlu.server`: what `rasa run` does for Supportlotsen, in the sealed runtime."""

import argparse
import sys
from pathlib import Path

from nlu.server import left_out, warnings_shown
from nlu.server.errors import ServerError
from redaction.logs import protect_logs


def main() -> int:
    """Serve until stopped; 2 when it cannot start."""
    arguments = _parser().parse_args()
    protect_logs()
    warnings_shown.apply()
    try:
        left_out.leave_out_all_unused()
        from nlu.server.app import serve

        serve(**vars(arguments))
    except ServerError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m nlu.server", description="Serves the trained model")
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--endpoints", type=Path, required=True)
    parser.add_argument("--credentials", type=Path, required=True)
    parser.add_argument("--interface", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5005)
    return parser


if __name__ == "__main__":
    sys.exit(main())
