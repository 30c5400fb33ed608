"""Which sites' pages may talk to the gateway: exactly those on the list, and its own."""

from collections.abc import Iterable

from yarl import URL

METHODS = "GET, POST, DELETE"
REQUEST_HEADERS = "Authorization, Content-Type, Idempotency-Key, Last-Event-ID"
RESPONSE_HEADERS = "Retry-After, X-Correlation-ID"
PREFLIGHT_SECONDS = 600


class Origins:
    """The list of portals."""

    def __init__(self, allowed: Iterable[str]) -> None:
        """Each as browsers write it: "https://portal.example.se", without a path."""
        self._allowed = frozenset(allowed)

    def allows(self, origin: str | None, host: str) -> bool:
        """Whether a request may be answered; one without an origin comes from no other site's page."""
        return origin is None or origin in self._allowed or _authority(origin) == host.lower()

    def headers(self, origin: str | None, host: str) -> dict[str, str]:
        """What a browser wants to see before it shows the answer to the page."""
        if origin is None or not self.allows(origin, host):
            return {"Vary": "Origin"}
        return {
            "Vary": "Origin",
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": RESPONSE_HEADERS,
        }

    def preflight_headers(self) -> dict[str, str]:
        """What is answered to a browser that asks before it sends."""
        return {
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": REQUEST_HEADERS,
            "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
        }


def _authority(origin: str) -> str | None:
    """Host and port as a Host header has them. The scheme is the proxy's business."""
    try:
        url = URL(origin)
    except ValueError:
        return None
    return url.authority.lower() if url.scheme in ("http", "https") and not url.user else None
