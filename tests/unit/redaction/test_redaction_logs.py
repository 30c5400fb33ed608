"""Nothing that a process logs holds a personnummer or what an exception quotes."""

import io
import logging
from collections.abc import Iterator

import pytest

from redaction.logs import protect_logs

SAID = "19850101-1234 har glömt sitt lösenord"


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    before = logging.getLogRecordFactory()
    protect_logs()
    written = io.StringIO()
    logger = logging.getLogger("test of protected logs")
    handler = logging.StreamHandler(written)
    logger.addHandler(handler)
    yield logger, written
    logger.removeHandler(handler)
    logging.setLogRecordFactory(before)


def test_a_line_is_redacted_whether_in_the_text_or_in_an_argument(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log
    logger.warning(SAID)
    logger.warning("%s skrev %r", "någon", {"text": SAID})
    assert "850101" not in written.getvalue()
    assert written.getvalue().count("[personnummer borttaget] har glömt sitt lösenord") == 2


def test_an_exception_is_told_without_its_message_nor_that_of_its_cause(
    log: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, written = log
    quoted, caused = "Anna Svensson har cancer", "patienten Karl Berg"
    try:
        try:
            raise ValueError(quoted)
        except ValueError as error:
            raise KeyError(caused) from error
    except KeyError:
        logger.exception("a turn failed")
    told = written.getvalue()
    assert quoted not in told and caused not in told
    assert told.index("ValueError (withheld)") < told.index("KeyError (withheld)")
    assert "test_redaction_logs.py" in told


def test_a_line_that_cannot_be_put_together_breaks_nothing(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log
    logger.warning("%d", SAID)
    assert written.getvalue() == "(withheld)\n"


def test_protecting_twice_is_protecting_once() -> None:
    before = logging.getLogRecordFactory()
    try:
        protect_logs()
        once = logging.getLogRecordFactory()
        protect_logs()
        assert logging.getLogRecordFactory() is once
    finally:
        logging.setLogRecordFactory(before)
