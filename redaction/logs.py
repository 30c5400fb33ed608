"""Keeps personal data out of the logs of a whole process, the libraries' own lines included."""

import logging
import traceback
from typing import Any

from redaction.redacted import redact

WITHHELD = "(withheld)"


def protect_logs() -> None:
    """From now on every log record of this process is redacted, and exceptions are told without their messages.

    An exception's message may quote what a user wrote, as those of databases do. What libraries write below the level
    that is logged is never made into a record and costs nothing.
    """
    make = logging.getLogRecordFactory()
    if getattr(make, "protects", False):
        return

    def protected(*details: Any, **more: Any) -> logging.LogRecord:
        record = make(*details, **more)
        record.msg, record.args = _message(record), ()
        if isinstance(record.exc_info, tuple) and record.exc_info[1] is not None:
            record.exc_text, record.exc_info = told(record.exc_info[1]), None
        return record

    protected.protects = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(protected)


def told(error: BaseException) -> str:
    """An exception and what caused it: types and places, no messages."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{told(cause)}\n\n" if cause else ""
    places = "".join(traceback.format_tb(error.__traceback__))
    return f"{before}Traceback (most recent call last):\n{places}{type(error).__qualname__} {WITHHELD}"


def _message(record: logging.LogRecord) -> str:
    try:
        return redact(record.getMessage()).text
    except Exception:  # logging must not break what it tells of, and must not tell what it could not read
        return WITHHELD
