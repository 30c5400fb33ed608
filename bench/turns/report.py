"""What was measured, as Markdown."""

from collections.abc import Iterator
from typing import Any

from bench.turns.figures import Row, Value, compared, median, table
from bench.turns.systems import OURS, STOCK

_HEAD = ("", STOCK, OURS, "ratio", "spread")


def tables(results: dict[str, list[Row]]) -> Iterator[str]:
    """One for each part that was measured."""
    yield "Turns one after another, of new conversations\n\n" + _turns(results["turns"])
    yield "Turns of many conversations at once (answers and actions in turn)\n\n" + _at_once(results["at_once"])
    if results["length"]:
        yield "The same turn late in a conversation, processor time of server and actions, ms\n\n" + _length(
            results["length"]
        )
    yield "Start and memory\n\n" + _start(results["start"])
    if results["training"]:
        yield "Training, processor seconds\n\n" + _training(results["training"])
    if results["gateway"]:
        yield "Through the gateway\n\n" + _gateway(results["gateway"])
    if results["overload"]:
        yield "Four times as many turns as can be done\n\n" + _overload(results["overload"])


def _turns(rows: list[Row]) -> str:
    def lines() -> Iterator[list[str]]:
        for kind, of_kind in _by(rows, "kind"):
            for share in (50, 95, 99):
                yield compared(f"{kind} turn, p{share}, ms", of_kind, _times(f"p{share}"), "{:.1f}")
            yield compared(f"{kind} turn, processor, ms", of_kind, _processor, "{:.1f}")
            yield compared("- of it Rasa's server, ms", of_kind, _times("server"), "{:.1f}")
            if kind == "action":
                yield compared("- of it the action server, ms", of_kind, _times("actions"), "{:.1f}")

    return table(_HEAD, lines())


def _at_once(rows: list[Row]) -> str:
    def lines() -> Iterator[list[str]]:
        for conversations, of_them in _by(rows, "conversations"):
            yield compared(f"{conversations} conversations: turns a second", of_them, _of("per_second"), "{:.1f}")
            yield compared(f"{conversations} conversations: p95, ms", of_them, _times("p95"), "{:.0f}")
            for what, value in (("turned away", _of("busy")), ("without an answer", _of("silent"))):
                both = [median(of_them, system, value) for system in (STOCK, OURS)]
                if any(both):
                    yield [f"{conversations} conversations: {what}", *(f"{count:.0f}" for count in both), "-", "-"]

    return table(_HEAD, lines())


def _length(rows: list[Row]) -> str:
    def lines() -> Iterator[list[str]]:
        for database, of_database in _by(rows, "database"):
            for kind, of_kind in _by(of_database, "kind"):
                for length, of_length in _by(of_kind, "length"):
                    yield compared(f"{database}, {kind}, after {length} turns", of_length, _processor, "{:.1f}")
                lengths = sorted({row["length"] for row in of_kind})
                growth = [_growth(of_kind, system, lengths) for system in (STOCK, OURS)]
                label = f"{database}, {kind}, turn {lengths[-1]} against turn {lengths[0]}"
                yield [label, *(f"{each:.2f} times" for each in growth), "-", "-"]

    return table(_HEAD, lines())


def _growth(rows: list[Row], system: str, lengths: list[int]) -> float:
    last, first = (
        median([row for row in rows if row["length"] == length], system, _processor)
        for length in (lengths[-1], lengths[0])
    )
    return last / first


def _start(rows: list[Row]) -> str:
    return table(
        _HEAD,
        [
            compared("start to the first answer, s", rows, _of("start"), "{:.1f}"),
            compared("resident memory of Rasa's server, MB", rows, _of("server"), "{:.0f}"),
        ],
    )


def _training(rows: list[Row]) -> str:
    head = ("", "processor", "on the clock")
    return table(head, [[row["what"], f"{row['processor']:.0f}", f"{row['seconds']:.0f}"] for row in rows])


def _gateway(rows: list[Row]) -> str:
    head = ("turn", "p50, ms", "p95, ms", "gateway's processor, ms")
    return table(
        head, [[row["kind"], *(f"{row[key] * 1000:.1f}" for key in ("p50", "p95", "gateway"))] for row in rows]
    )


def _overload(rows: list[Row]) -> str:
    head = ("can be done, turns/s", "wanted", "done", "p50, s", "p95, s", "accepted", "told of high load")
    return table(
        head,
        [
            [
                *(f"{row[key]:.1f}" for key in ("capacity", "wanted", "done")),
                *(f"{row[key]:.2f}" for key in ("p50", "p95")),
                *(f"{row[key]}" for key in ("accepted", "busy")),
            ]
            for row in rows
        ],
    )


def _by(rows: list[Row], key: str) -> Iterator[tuple[Any, list[Row]]]:
    for value in dict.fromkeys(row[key] for row in rows):
        yield value, [row for row in rows if row[key] == value]


def _of(key: str) -> Value:
    return lambda row: float(row[key])


def _times(key: str) -> Value:
    """In milliseconds."""
    return lambda row: float(row[key]) * 1000


def _processor(row: Row) -> float:
    """Of server and action server together, in milliseconds."""
    return float(row["server"] + row["actions"]) * 1000
