"""Where a conversation is held in Slack."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True)
class Place:
    """A thread, or a direct message outside its threads.

    Channels' ids are one of a kind in all of Slack; the workspace is left out, since an event and a pressed button can
    name different ones for the same channel where two workspaces share it.
    """

    channel: str
    thread: str | None = None
    """`ts` of the message that the thread hangs on."""

    @property
    def address(self) -> str:
        """As the event log keeps it."""
        return self.channel if self.thread is None else f"{self.channel}:{self.thread}"

    @property
    def in_thread(self) -> dict[str, str]:
        """What sends a message there, beside the channel."""
        return {} if self.thread is None else {"thread_ts": self.thread}

    @classmethod
    def of(cls, address: str) -> Self:
        """The place of an address."""
        channel, _, thread = address.partition(":")
        return cls(channel, thread or None)
