"""A small content folder to break."""

from pathlib import Path

import pytest

from tests.tiny_content import TinyContent


@pytest.fixture
def tiny(tmp_path: Path) -> TinyContent:
    """Right content of a few lines, not yet written."""
    return TinyContent(tmp_path)
