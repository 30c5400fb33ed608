"""Speaking with Slack: the Web API, and the signature of what Slack sends.

https://docs.slack.dev/apis/web-api (200 with `ok`, 429 with Retry-After), https://docs.slack.dev/messaging/message-metadata
and https://docs.slack.dev/authentication/verifying-requests-from-slack (HMAC over "v0:timestamp:body", five minutes).
Slack has no idempotency key, so each message carries its key as metadata and can be looked for before it is sent again.
"""

import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Any

from yarl import URL

from desks.errors import NotFound, Rejected, Unavailable
from desks.http import DeskHttp, part_of, text_of

TOO_OLD = 300
"""Seconds: a request signed longer ago, or that far in the future, is a replay."""
_PAGE = "100"
"""Messages of one answer, among which one whose receipt was lost is looked for."""
_MOST_PAGES = 20
_TRANSIENT = {
    "ratelimited",
    "rate_limited",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
}


class SlackRefusal(Rejected):
    """Slack answered, and said no."""

    def __init__(self, error: str) -> None:
        super().__init__(f"Slack: {error}")
        self.error = error
        """Slack's own word, such as "channel_not_found"."""


class SlackApi:
    """One app in one workspace. All methods raise desks.errors.DeskError and nothing else."""

    def __init__(self, url: URL, token: str, timeout: float) -> None:
        """`timeout`: seconds for one request."""
        # Without a charset Slack complains about JSON in each of its answers.
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}
        self._http = DeskHttp(url, headers, timeout)

    async def send(self, method: str, asked: Mapping[str, Any]) -> Any:
        """Call a method that changes something."""
        return _checked(await self._http.send("POST", method, asked))

    async def get(self, method: str, params: Mapping[str, str]) -> Any:
        """Call a method that only reads."""
        return _checked(await self._http.get(method, params))

    async def find(self, key: str, channel: str, thread: str | None = None) -> str | None:
        """The `ts` of the message with that key, if it stands in the thread or among the latest of the channel."""
        params = {"channel": channel, "limit": _PAGE, "include_all_metadata": "true"}
        if thread is None:  # newest first
            return _with_key(key, await self.get("conversations.history", params))
        cursor = {"ts": thread}
        for _ in range(_MOST_PAGES):  # oldest first
            page = await self.get("conversations.replies", {**params, **cursor})
            found = _with_key(key, page)
            following = text_of((page.get("response_metadata") or {}).get("next_cursor"))
            if found is not None or not following:
                return found
            cursor = {"ts": thread, "cursor": following}
        return None

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._http.aclose()


def metadata(kind: str, key: str) -> dict[str, Any]:
    """What `find` finds a message by."""
    return {"event_type": kind, "event_payload": {"key": key}}


def signed(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether Slack sent this body, and lately."""
    stamp, given = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    if not (stamp.isascii() and stamp.isdigit()) or abs(time.time() - int(stamp)) > TOO_OLD:
        return False
    signature = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256)
    return hmac.compare_digest(f"v0={signature.hexdigest()}".encode(), given.encode())


def _with_key(key: str, page: Any) -> str | None:
    for message in part_of(page, "messages"):
        if ((message.get("metadata") or {}).get("event_payload") or {}).get("key") == key:
            return text_of(message["ts"])
    return None


def _checked(answer: Any) -> Any:
    """Slack answers 200 and says in `ok` whether it worked."""
    if part_of(answer, "ok"):
        return answer
    error = text_of(answer.get("error"))
    if error in _TRANSIENT:
        raise Unavailable(f"Slack: {error}")
    raise NotFound(error) if error == "thread_not_found" else SlackRefusal(error)
