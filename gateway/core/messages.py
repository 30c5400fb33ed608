"""What a channel hands to a conversation, and what it gets back."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Incoming:
    """A user's message: `text`, or the token of a `button`."""

    key: str
    """Names the message within its conversation, so that a resend is answered once: an Idempotency-Key, a Slack
    `event_id`, the id of an SMS. At most 64 characters."""
    text: str | None = None
    button: str | None = None
    region: str | None = None
    """What the user has chosen or the portal sets for this message; without it, what the conversation began with. One
    that is not ours is left out."""
    language: str | None = None
    """"sv" or "en"; anything else is left out."""


@dataclass(frozen=True)
class Receipt:
    """The message is in the log; the answer comes as events."""

    key: str
    event: str
    """Id of the message's own event."""
    resent: bool
    """Whether it had been received before."""
