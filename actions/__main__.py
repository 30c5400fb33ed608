"""`python -m actions`: the action server on loopback; a wrong setting or wrong content stops it at start."""

import os
import sys
import warnings

from rasa_sdk.endpoint import run
from rasa_sdk.executor import ActionExecutor

from actions.errors import ActionsError
from actions.house import house
from knowledge.errors import KnowledgeError
from redaction.logs import protect_logs


def main() -> int:
    """Serve on 127.0.0.1; `ACTIONS_PORT` is 5055 unless set. 2 when it cannot start."""
    protect_logs()
    try:
        house().knowledge.regions()
        port = int(os.environ.get("ACTIONS_PORT", "5055"))
    except (ActionsError, KnowledgeError, ValueError) as error:
        print(f"Åtgärdsservern kan inte starta: {error}", file=sys.stderr)
        return 2
    # The SDK is newer than the server on purpose (docs/decisions.md), and says so at every call.
    warnings.filterwarnings("ignore", message="Your versions of rasa and rasa_sdk")
    os.environ["SANIC_HOST"] = "127.0.0.1"
    executor = ActionExecutor()
    executor.register_package("actions")
    run(executor, port)
    return 0


if __name__ == "__main__":
    sys.exit(main())
