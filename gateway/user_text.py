"""What a user typed, made safe to hand to Rasa."""

import re
import unicodedata

from gateway.errors import EmptyMessage, MessageTooLong

LONGEST = 4000
"""Characters that a message may have."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_COMMAND = re.compile(r"^[\s/]+")


def clean(text: str) -> str:
    """The text, trimmed and composed (NFC), with nothing that Rasa would take for a command.

    Rasa strips a message and reads one that starts with "/" as an intent: "/restart" becomes "restart".
    Raises EmptyMessage and MessageTooLong.
    """
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    lines = whole.replace("\r\n", "\n").replace("\r", "\n")
    cleaned = _COMMAND.sub("", _CONTROL.sub("", unicodedata.normalize("NFC", lines))).strip()
    if len(cleaned) > LONGEST:
        raise MessageTooLong(length=len(cleaned), limit=LONGEST)
    if not any(character.isprintable() and not character.isspace() for character in cleaned):
        raise EmptyMessage
    return cleaned
