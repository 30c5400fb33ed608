"""What keeps the system from starting."""


class StartError(Exception):
    """Starting is no use; the message says why and what to do about it."""


class SettingsError(StartError):
    """An environment variable has a value that cannot be used; the message names it."""


class PortTaken(StartError):
    """Another program listens on one of our ports."""


class TrainingFailed(StartError):
    """There is no model for the data as they are."""
