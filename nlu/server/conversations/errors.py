"""What can go wrong between a conversation and its archive."""

from nlu.server.errors import ServerError


class ArchiveError(ServerError):
    """Conversations cannot be read or written."""


class ArchiveUnavailable(ArchiveError):
    """The database does not answer; what was to be written is still to be written."""


class WrittenElsewhere(ArchiveError):
    """Another process has written to the conversation since it was read."""
