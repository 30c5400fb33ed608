"""Why a turn has to wait no longer."""

from rasa.core.lock_store import LockError


class WaitedTooLong(LockError):
    """The turns before this one took longer than a turn may wait."""
