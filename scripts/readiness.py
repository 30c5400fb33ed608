"""Whether the running system answers: asked as a user would ask."""

import json
import uuid
from http.client import HTTPException
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

QUESTION = "Vilket nummer ringer jag till supporten?"
REGION = "VGR"

_TIMEOUT = 10
"""Seconds for one answer; the first one of a server that has just started takes the longest."""


def rasa_not_ready(url: str) -> str | None:
    """Why Rasa does not answer a question yet; None when it does."""
    asked = {"sender": f"start-{uuid.uuid4().hex}", "message": QUESTION, "metadata": {"region": REGION}}
    reason, turn = _fetch(f"{url}/webhooks/rest/webhook", json.dumps(asked).encode())
    if reason is not None:
        return f"Rasa at {url}: {reason}"
    outcomes = [_outcome(item) for item in turn] if isinstance(turn, list) else []
    if "failed" in outcomes:
        return f"Rasa at {url} answers that something is broken"
    return None if any(outcomes) else f"Rasa at {url} answers without an outcome"


def not_ready(name: str, url: str) -> str | None:
    """Why a program's own word on its readiness, at `url`, cannot be had; None when it is ready."""
    reason, _ = _fetch(url)
    return None if reason is None else f"{name} at {url}: {reason}"


def _outcome(item: Any) -> str | None:
    custom = item.get("custom") if isinstance(item, dict) else None
    return custom.get("outcome") if isinstance(custom, dict) else None


def _fetch(url: str, body: bytes | None = None) -> tuple[str | None, Any]:
    """What went wrong, if anything, and the JSON that came back."""
    request = Request(url, data=body, headers={"Content-Type": "application/json"})  # noqa: S310 - our own addresses
    try:
        with urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310
            return None, json.load(response)
    except URLError as error:
        return str(error.reason), None
    except (OSError, HTTPException, ValueError) as error:
        return str(error) or type(error).__name__, None
