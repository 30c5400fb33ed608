"""Figures for Prometheus; each application has its own, so that tests do not share them."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)


class Metrics:
    """What the gateway counts. No label ever holds what a user wrote or who it was."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._turns = Counter(
            "supportlotsen_turns",
            "Turns by how they ended: answered, late, slow, broken, busy, internal",
            ["outcome"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "supportlotsen_turn_seconds", "Seconds to the bot's answer", buckets=_SECONDS, registry=self._registry
        )
        self._messages = Counter(
            "supportlotsen_messages",
            "Users' messages by channel and what became of them: taken, resent, patient, refused code",
            ["channel", "result"],
            registry=self._registry,
        )
        self._redacted = Counter(
            "supportlotsen_redacted", "What was taken out of texts, by kind", ["kind"], registry=self._registry
        )
        self._requests = Counter(
            "supportlotsen_requests", "Requests by route and status", ["route", "status"], registry=self._registry
        )
        self.streams = Gauge("supportlotsen_streams", "Open event streams", registry=self._registry)
        self.breaker = Gauge("supportlotsen_breaker_open", "1 while Rasa counts as down", registry=self._registry)
        self.waiting = Gauge("supportlotsen_waiting_turns", "Turns that wait for Rasa", registry=self._registry)

    def turn(self, outcome: str, seconds: float | None = None) -> None:
        """A turn has ended; `seconds` if there was an answer."""
        self._turns.labels(outcome).inc()
        if seconds is not None:
            self._seconds.observe(seconds)

    def message(self, channel: str, result: str) -> None:
        """A message came in."""
        self._messages.labels(channel, result).inc()

    def redacted(self, kinds: tuple[str, ...]) -> None:
        """Something was taken out of a text."""
        for kind in kinds:
            self._redacted.labels(kind).inc()

    def request(self, route: str, status: int) -> None:
        """A request was answered."""
        self._requests.labels(route, str(status)).inc()

    def text(self) -> bytes:
        """As Prometheus reads it."""
        return generate_latest(self._registry)
