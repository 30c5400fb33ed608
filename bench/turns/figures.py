"""Rows of measurements made into ratios and tables."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from bench.turns.systems import OURS, STOCK

Row = dict[str, Any]
Value = Callable[[Row], float]

TARGETS: tuple[tuple[str, str, str], ...] = (
    ("answer turn, p50", "turns answer p50", "<= 0.6"),
    ("action turn, p50", "turns action p50", "<= 0.35"),
    ("processor time of an action turn", "turns action processor", "<= 0.35"),
    ("turns a second, 64 conversations", "at_once 64 per_second", ">= 3"),
    ("memory of the Rasa server", "start server", "<= 0.65"),
    ("start to first answer", "start start", "<= 0.5"),
    ("training", "training processor", "<= 0.5"),
)


def quantile(values: Sequence[float], share: float) -> float:
    """Of a sample; not a number if there is none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def ratio(rows: Iterable[Row], value: Value) -> tuple[float, float, float]:
    """Ours to stock's: median over the rounds, the least and the greatest."""
    found = [each for each in rows if each["system"] in (STOCK, OURS)]
    rounds = sorted({row["round"] for row in found})
    ratios = [_of(found, OURS, number, value) / _of(found, STOCK, number, value) for number in rounds]
    return statistics.median(ratios), min(ratios), max(ratios)


def median(rows: Iterable[Row], system: str, value: Value) -> float:
    """Of a system over the rounds."""
    return statistics.median(value(row) for row in rows if row["system"] == system)


def _of(rows: Sequence[Row], system: str, number: int, value: Value) -> float:
    return statistics.median(value(row) for row in rows if row["system"] == system and row["round"] == number)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """As Markdown has it, figures to the right."""
    lines = [f"| {' | '.join(head)} |", f"|---|{'---:|' * (len(head) - 1)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def compared(label: str, rows: Sequence[Row], value: Value, form: str) -> list[str]:
    """A row of a table: stock's, ours, the ratio and its spread; `form` formats the first two."""
    middle, least, greatest = ratio(rows, value)
    values = [form.format(median(rows, system, value)) for system in (STOCK, OURS)]
    spread = f"{least:.2f} to {greatest:.2f}" if least != greatest else "one round"
    return [label, *values, f"{middle:.2f}", spread]
