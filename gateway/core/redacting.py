"""The one place where the conversations meet the package `redaction`."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from gateway.errors import RedactionFailed
from gateway.metrics import Metrics
from redaction import redact, tells_of_patient

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Safe:
    """A text as it may be kept and passed on."""

    text: str
    found: tuple[str, ...]
    """Kinds of what was taken out, such as "personnummer"."""
    patient: bool
    """Whether it tells of a patient; then it must not be kept, redacted or not."""


Redact = Callable[[str], Safe]
"""Takes out what must not be kept. Raises RedactionFailed, and then the text must not be used at all."""


class Redactor:
    """Makes texts safe, and counts what was found."""

    def __init__(self, redact: Redact, metrics: Metrics) -> None:
        self._redact = redact
        self._metrics = metrics

    def __call__(self, text: str) -> Safe:
        """See `Redact`."""
        safe = self._redact(text)
        self._metrics.redacted(safe.found)
        return safe


def make_safe(text: str) -> Safe:
    """See `Redact`."""
    try:
        redacted = redact(text)
        return Safe(redacted.text, tuple(each.kind for each in redacted.found), tells_of_patient(redacted.text))
    except Exception as error:
        log.error("a text could not be redacted: %s", type(error).__name__)  # its words may quote the text
        raise RedactionFailed from None
