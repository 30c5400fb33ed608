"""Conversations with the real content behind them."""

import pytest

from tests.builders import Conversation


@pytest.fixture
def conversation() -> Conversation:
    """A new conversation."""
    return Conversation()
