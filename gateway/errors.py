"""What can go wrong in the gateway."""


class GatewayError(Exception):
    """Anything that the gateway itself finds wrong."""


class SettingsError(GatewayError):
    """An environment variable has a value that cannot be used; the message names it."""


class RasaUnavailable(GatewayError):
    """Rasa gave no usable answer. The message tells the cause and never holds the user's text."""


class RasaSlow(RasaUnavailable):
    """Rasa did not answer in time."""


class TooBusy(GatewayError):
    """More messages wait for Rasa than can be answered in reasonable time."""


class DeliveryFailed(GatewayError):
    """A channel could not deliver all of the events that it was given."""

    def __init__(self, reason: str, *, delivered: int = 0, final: bool = False) -> None:
        """`delivered`: how many of them were. `final`: it is of no use to try again."""
        super().__init__(reason)
        self.delivered = delivered
        self.final = final


class Refused(GatewayError):
    """A request that gets a Swedish sentence instead of an answer."""

    status = 400
    code = "bad_request"
    """Machine-readable, in the answer's `code`; also the sentence's name in `texts.yml`."""

    def __init__(self, **values: int) -> None:
        super().__init__(self.code)
        self.values = values
        """What the sentence's placeholders stand for."""
        self.region: str | None = None
        """The region of the conversation, if known: its contact goes with the sentence."""
        self.retry_after: int | None = None
        """Seconds after which it is worth another try."""


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


class RequestTooSlow(Refused):
    """The request was not sent within reasonable time."""

    status = 408
    code = "too_slow"


class NotFound(Refused):
    """There is nothing at that address."""

    status = 404
    code = "not_found"


class EventUnknown(Refused):
    """The conversation has no such event."""

    status = 404
    code = "event"


class SessionInvalid(Refused):
    """The conversation's token is missing, forged or expired."""

    status = 401
    code = "session"


class OriginRefused(Refused):
    """A page of a site that is not on the list."""

    status = 403
    code = "origin"


class ButtonInvalid(Refused):
    """The button's token was not given out in this conversation."""

    status = 422
    code = "button"


class KeyInvalid(Refused):
    """An Idempotency-Key that is none."""

    status = 400
    code = "key"


class KeyReused(Refused):
    """An Idempotency-Key that stood for another message before."""

    status = 422
    code = "key_reused"


class TooMany(Refused):
    """More than the rate limit allows."""

    status = 429
    code = "too_many"


class TooManyStreams(Refused):
    """More open streams than the gateway keeps."""

    status = 503
    code = "too_many_streams"


class CodeInvalid(Refused):
    """A code for continuing a conversation that has been used, has run out, or never was."""

    status = 404
    code = "code"


class LinkInvalid(Refused):
    """A link that has run out, or never was."""

    status = 410
    code = "link"


class LinkUsed(Refused):
    """A link that was opened before, on another device."""

    status = 410
    code = "link_used"


class ContactInvalid(Refused):
    """A number or address on which nobody can be reached."""

    status = 422
    code = "contact"


class QueueUnreachable(Refused):
    """The telephone system did not take what the caller wants."""

    status = 503
    code = "queue"


class TellsOfPatient(Refused):
    """A text that tells of a patient, in a place where it can only be refused."""

    status = 422
    code = "patient"


class RedactionFailed(Refused):
    """Personal data could not be looked for, so the text is not used at all."""

    status = 503
    code = "redaction"


class LogUnavailable(Refused):
    """The event log cannot be used, so the message cannot be taken."""

    status = 503
    code = "records"


class Internal(Refused):
    """The gateway itself is at fault."""

    status = 500
    code = "internal"
