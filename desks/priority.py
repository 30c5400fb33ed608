"""Priority from impact and urgency, by the matrix in priority.yml (ITIL: priority = impact x urgency)."""

from functools import cache
from pathlib import Path

import yaml

from desks.model import Impact, Urgency

LEVELS = range(1, 6)
_FILE = Path(__file__).with_name("priority.yml")


def priority(impact: Impact, urgency: Urgency) -> int:
    """1 (most urgent) to 5."""
    return _matrix()[impact][urgency]


@cache
def _matrix() -> dict[Impact, dict[Urgency, int]]:
    written = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["matrix"]
    matrix = {impact: {urgency: int(written[impact][urgency]) for urgency in Urgency} for impact in Impact}
    if any(level not in LEVELS for row in matrix.values() for level in row.values()):
        raise ValueError(f"{_FILE.name}: a priority is not from {LEVELS.start} to {LEVELS.stop - 1}")
    return matrix
