"""The people behind the bot: what the core asks of the hand-off."""

from collections.abc import Mapping
from typing import Any, Protocol

from records.event_log import Conversation


class LiveDesk(Protocol):
    """Takes conversations over. Both methods may be called again with the same values after a restart."""

    async def start(self, conversation: Conversation, handover: Mapping[str, Any]) -> None:
        """The bot hands the conversation over; `handover` is what its reply said: region, desk, summary, facts.

        Sets the conversation's status to "queued" or "agent", or tells the user why nobody can take it. An exception
        gives the user the contacts instead.
        """

    async def user_says(self, conversation: Conversation, text: str, key: str) -> None:
        """The user wrote this, redacted, while the status was "queued" or "agent"; `key` names the message.

        An exception tells the user that the message did not arrive.
        """
