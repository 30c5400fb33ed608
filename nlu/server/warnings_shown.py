"""Which warnings are shown: all but what libraries say about their own future.

Rasa 3.6 switches its libraries' deprecation warnings on again after the interpreter has read PYTHONWARNINGS, so they
are stopped where they would be shown.
"""

import logging
import warnings
from typing import Any

from redaction import redact

_show = warnings.showwarning


def show_what_matters(message: Any, category: type[Warning], *where: Any, **more: Any) -> None:
    """As `warnings.showwarning`, redacted, for all but deprecations."""
    if not issubclass(category, (DeprecationWarning, PendingDeprecationWarning, FutureWarning)):
        _show(redact(str(message)).text, category, *where, **more)


def apply() -> None:
    """For this process."""
    warnings.showwarning = show_what_matters
    logging.getLogger("spacy").setLevel(logging.WARNING)
