"""Finds and removes what must not be written down: personnummer, reserve numbers and payment cards.

Pure Python for both runtimes: nothing is imported but the standard library.
"""

from redaction.patient import tells_of_patient
from redaction.redacted import Finding, Redacted, redact

__all__ = ["Finding", "Redacted", "redact", "tells_of_patient"]
