"""What can be wrong with the action server itself."""


class ActionsError(Exception):
    """Base of the errors here."""


class WrongSetting(ActionsError):
    """A setting has a value that cannot be used; the message names both."""
