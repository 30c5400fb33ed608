"""What the server cannot do, and why."""


class ServerError(Exception):
    """The server cannot start or go on; the message says why and what to do about it."""


class WrongRasaVersion(ServerError):
    """Another Rasa is installed than the one whose insides this package knows."""


class NoModel(ServerError):
    """There is no model in the file, or none that can be read."""


class LeftOut(ServerError):
    """A part of Rasa was asked for that this process has not loaded."""


class SettingsError(ServerError):
    """An environment variable has a value that cannot be used; the message names it."""
