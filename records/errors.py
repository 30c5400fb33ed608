"""What can go wrong with the records."""


class RecordsError(Exception):
    """The base of this package's errors."""


class SettingsError(RecordsError):
    """A setting cannot be used. The message names it."""


class RecordsUnavailable(RecordsError):
    """The database cannot be used now. The message names the kind of error and never holds a value."""
