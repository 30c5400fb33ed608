"""What Rasa itself logs at its default level, when a message fails and when it does not."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
SAID = "19850101-1234 har glömt sitt lösenord"

PROGRAM = """
import logging, sys
from redaction.logs import protect_logs
protect_logs()
import rasa.utils.io
from rasa.utils.common import configure_logging_and_warnings
from rasa.utils.log_utils import configure_structlog
import structlog
configure_logging_and_warnings(None, None, warn_only_once=True, filter_repeated_logs=True)
rasa.utils.io.configure_colored_logging(None)
configure_structlog(None)
said = sys.argv[1]
structured = structlog.get_logger("rasa.core.processor")
structured.debug("processor.parse", text=said)
structured.info("processor.message", text=said)
plain = logging.getLogger("rasa.core.processor")
plain.debug("Received user message '%s'", said)
try:
    raise ValueError(said)
except ValueError:
    plain.exception("a message could not be processed")
    structured.exception("processor.failed", text=said)
print("done")
"""


def test_rasas_own_ways_of_logging_are_protected() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, SAID], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    written = done.stdout + done.stderr
    assert "done" in written and "processor.message" in written and "processor.failed" in written
    assert "850101" not in written and "1234" not in written
