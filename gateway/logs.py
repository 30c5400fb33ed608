"""Logs as one JSON object a line: what happened, never who or what was said."""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

correlation: ContextVar[str] = ContextVar("correlation", default="")
"""Names the request or turn that is worked on; goes along to Rasa and the actions."""

FIELDS = ("method", "route", "status", "ms", "place", "channel")
"""What a log call may give in `extra`; anything else is left out."""


class JsonLines(logging.Formatter):
    """An exception is told by its type and place alone: its words may quote a user."""

    def format(self, record: logging.LogRecord) -> str:
        """See `logging.Formatter.format`."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if named := correlation.get():
            line["correlation"] = named
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            line |= {"error": type(error).__name__, "place": place_of(error)}
        elif record.exc_text:  # as redaction.logs has told it
            line["error"] = record.exc_text
        return json.dumps(line, ensure_ascii=False, default=str)


def set_up(level: int = logging.INFO) -> None:
    """Have everything that this process logs written so, to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for talkative in ("aiosqlite", "sqlalchemy", "psycopg"):
        logging.getLogger(talkative).setLevel(logging.WARNING)  # at lower levels they tell what is written


def place_of(error: BaseException) -> str:
    """Where it was raised, as "file:line function", innermost first."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    return " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in reversed(frames))
