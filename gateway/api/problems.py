"""Errors as problem details (RFC 9457), with a Swedish sentence and, where it helps, the contacts."""

import json
from typing import Any

from aiohttp import hdrs, web

from gateway.errors import Refused
from gateway.failures import Failures
from gateway.logs import correlation

PROBLEM_JSON = "application/problem+json"


def problem(failures: Failures, refusal: Refused, status: int | None = None) -> web.Response:
    """What a client gets for a refused request. `status` if it is another than the refusal's own."""
    body: dict[str, Any] = {
        "type": f"urn:supportlotsen:problem:{refusal.code}",
        "title": failures.sentence(refusal),
        "status": status or refusal.status,
        "detail": failures.refused(refusal).text,
        "code": refusal.code,
        "desks": [desk.to_json() for desk in failures.contacts(refusal.region)],
        "correlation": correlation.get(),
    }
    headers = {} if refusal.retry_after is None else {hdrs.RETRY_AFTER: str(refusal.retry_after)}
    if refusal.status == 401:
        headers[hdrs.WWW_AUTHENTICATE] = "Bearer"
    return web.Response(
        text=json.dumps(body, ensure_ascii=False),
        status=status or refusal.status,
        content_type=PROBLEM_JSON,
        headers=headers,
    )
