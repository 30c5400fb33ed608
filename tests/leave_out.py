"""Skipping what this machine cannot test, and only where that is allowed."""

import os
from typing import NoReturn

import pytest


def leave_out(reason: str) -> NoReturn:
    """Skip where something is not installed; with REQUIRE_ALL=1, as in CI, nothing may be left out."""
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
