"""Rasa's REST channel, which never answers with silence and takes no commands from users.

Stock REST answers `200 []` when an action or its server fails, lets any text that begins with a slash set an
intent, puts every client that names no sender into one conversation, and takes on more than it can do. This one does
none of that.
"""

import json
import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from nlu.channels.admission import Admission

logger = logging.getLogger(__name__)

MAX_CHARACTERS = 4000
_CANNED = Path("build/canned.json")
_BUTTON = re.compile(
    r"/(?:affirm|deny|cancel|talk_to_human|register_ticket|guide_(?:next|skip|back|continue)"
    r'|(?:inform_region|ask_about_service|start_guide)\{"(?:region|chosen_topic|guide)": ?"[^"{}]{1,200}"\})'
)
_SLASHES = re.compile(r"^[/\s]+")


class NeverSilentRest(RestInput):
    """`/webhooks/rest/webhook`, with the same request and reply as Rasa's own."""

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[None]]) -> Blueprint:
        """See `InputChannel.blueprint`."""
        webhook = Blueprint("never_silent_rest")
        admission = Admission()

        @webhook.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return json_response({"status": "ok"})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            body = request.json
            if not isinstance(body, dict) or not isinstance(body.get("message"), str):
                return json_response({"error": "message must be a string"}, status=400)
            sender = str(body.get("sender") or uuid.uuid4().hex)
            text = body["message"]
            metadata = body.get("metadata") if isinstance(body.get("metadata"), dict) else None
            if not text.strip() or len(text) > MAX_CHARACTERS:
                return json_response(_canned("too_long" if text.strip() else "empty", sender))
            region = (metadata or {}).get("region")
            if not admission.enter():
                return json_response(_canned("busy", sender, region), headers={"Retry-After": "2"})
            collector = CollectingOutputChannel()
            try:
                await on_new_message(
                    UserMessage(plain_text(text), collector, sender, input_channel=self.name(), metadata=metadata)
                )
            except Exception:
                correlation = request.headers.get("X-Correlation-ID", "")
                logger.exception(f"a message could not be processed (correlation {correlation[:64]!r})")
            finally:
                admission.leave()
            if collector.messages:
                return json_response(collector.messages)
            return json_response(_canned("failed", sender, region))

        return webhook


def plain_text(text: str) -> str:
    """The text as Rasa may have it: one of our buttons' payloads, or words that are no command."""
    stripped = text.strip()
    if _BUTTON.fullmatch(stripped):
        return stripped
    return _SLASHES.sub("", stripped) or "?"


def _canned(name: str, sender: str, region: Any = None) -> list[dict[str, Any]]:
    """A reply prepared at training (`python -m actions.canned`), for when no action can make one."""
    replies = _replies(_CANNED, _CANNED.stat().st_mtime_ns)
    reply = replies.get(f"{name} {region}", replies[name])
    return [{"recipient_id": sender, "text": reply["text"]}, {"recipient_id": sender, "custom": reply["custom"]}]


@lru_cache(maxsize=1)
def _replies(path: Path, changed: int) -> dict[str, dict[str, Any]]:
    """Read once for each training: under overload there is no time to read it for each turn."""
    replies: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return replies
