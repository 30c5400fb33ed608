"""Rasa's command line, without what its libraries say about their own future. Runs in the sealed runtime.

Rasa 3.6 switches their deprecation warnings on again after the interpreter has read PYTHONWARNINGS, so they are
stopped where they would be shown. All other warnings pass.
"""

import logging
import sys
import warnings
from typing import Any

_show = warnings.showwarning


def show_what_matters(message: Any, category: type[Warning], *where: Any, **more: Any) -> None:
    """As `warnings.showwarning`, for all but deprecations."""
    if not issubclass(category, (DeprecationWarning, PendingDeprecationWarning, FutureWarning)):
        _show(message, category, *where, **more)


def main() -> None:
    """Run Rasa with the arguments of this process."""
    warnings.showwarning = show_what_matters
    logging.getLogger("spacy").setLevel(logging.WARNING)
    from rasa.__main__ import main as rasa

    sys.argv[0] = "rasa"
    rasa()


if __name__ == "__main__":
    main()
