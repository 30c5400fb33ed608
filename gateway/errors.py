"""What can go wrong in the gateway."""


class GatewayError(Exception):
    """Anything that the gateway itself finds wrong."""


class SettingsError(GatewayError):
    """An environment variable has a value that cannot be used; the message names it."""


class RasaUnavailable(GatewayError):
    """Rasa gave no usable answer. The message tells the cause and never holds the user's text."""


class RasaSlow(RasaUnavailable):
    """Rasa did not answer in time."""


class Refused(GatewayError):
    """A request that gets a Swedish sentence instead of an answer."""

    status = 400
    code = "bad_request"
    """Machine-readable, in the reply's `error`; also the sentence's name in `texts.yml`."""

    def __init__(self, **values: int) -> None:
        super().__init__(self.code)
        self.values = values
        """What the sentence's placeholders stand for."""
        self.region: str | None = None
        """The region of the conversation, if known: its contact goes with the sentence."""


class EmptyMessage(Refused):
    """Nothing is left of the message when blanks are taken away."""

    status = 422
    code = "empty"


class MessageTooLong(Refused):
    """The message has more characters than the gateway takes."""

    status = 422
    code = "too_long"


class RequestTooLarge(Refused):
    """The whole request has more bytes than the gateway reads."""

    status = 413
    code = "too_large"


class NotFound(Refused):
    """There is nothing at that address."""

    status = 404
    code = "not_found"


class SessionInvalid(Refused):
    """The conversation's token is missing, forged or expired."""

    status = 401
    code = "session"


class ButtonInvalid(Refused):
    """The button's token was not given out in this conversation."""

    status = 422
    code = "button"
