"""Where conversations are kept, from the environment."""

import os
from collections.abc import Mapping

from nlu.server.conversations.archive import Archive, MemoryArchive
from nlu.server.conversations.sql_archive import SqlArchive

MEMORY = "memory"
DEFAULT_URL = "sqlite:///var/conversations.db"


def archive(environment: Mapping[str, str] = os.environ) -> Archive:
    """The archive that TRACKER_DB_URL names: an address, or `memory`. Raises SettingsError."""
    url = environment.get("TRACKER_DB_URL", "").strip() or DEFAULT_URL
    return MemoryArchive() if url == MEMORY else SqlArchive(url)
