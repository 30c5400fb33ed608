"""`python -m actions`: the action server on loopback; a wrong setting or wrong content stops it at start."""

import asyncio
import os
import sys

from rasa_sdk.executor import ActionExecutor
from sqlalchemy.exc import SQLAlchemyError

from actions.house import house
from actions.server import serve
from desks.errors import DesksError
from knowledge.errors import KnowledgeError
from records.database import create_tables
from records.errors import RecordsError
from redaction.logs import protect_logs


def main() -> int:
    """Serve on 127.0.0.1; `ACTIONS_PORT` is 5055 unless set. 2 when it cannot start, 1 for a taken port."""
    protect_logs()
    try:
        house().knowledge.regions()
        asyncio.run(_prepare_records())
        port = int(os.environ.get("ACTIONS_PORT", "5055"))
    except (DesksError, KnowledgeError, RecordsError, ValueError) as error:
        print(f"Åtgärdsservern kan inte starta: {error}", file=sys.stderr)
        return 2
    executor = ActionExecutor()
    executor.register_package("actions")
    try:
        serve(executor, port)
    except OSError as error:
        print(f"Åtgärdsservern kan inte lyssna på port {port}: {error.strerror}", file=sys.stderr)
        return 1
    return 0


async def _prepare_records() -> None:
    """The tables of the tickets. Without their database everything else is answered, and it may come back."""
    engine = house().desks.engine
    try:
        await create_tables(engine)
    except SQLAlchemyError as error:
        print(f"Ärenden kan inte registreras än: {type(error).__name__}", file=sys.stderr)
    await engine.dispose()  # the server has an event loop of its own


if __name__ == "__main__":
    sys.exit(main())
