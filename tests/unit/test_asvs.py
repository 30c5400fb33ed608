"""The ASVS checklist is complete, and its summary counts right."""

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

CHECKLIST = Path(__file__).parents[2] / "docs" / "asvs.md"
LINE = re.compile(
    r"^\| (V\d+\.\d+\.\d+) \| ([12]) \| (true|not applicable|open) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE
)
REQUIREMENTS = {"1": 70, "2": 183}
"""Of ASVS 5.0.0, by level."""
CHAPTERS = 17


def lines() -> list[tuple[str, str, str, str, str]]:
    found: list[tuple[str, str, str, str, str]] = LINE.findall(CHECKLIST.read_text(encoding="utf-8"))
    return found


def test_every_requirement_of_both_levels_stands_there_once() -> None:
    ids = [line[0] for line in lines()]
    assert len(ids) == len(set(ids))
    assert Counter(line[1] for line in lines()) == REQUIREMENTS
    assert {int(each[1:].split(".")[0]) for each in ids} == set(range(1, CHAPTERS + 1))


def test_they_stand_in_order() -> None:
    numbers = [tuple(int(part) for part in line[0][1:].split(".")) for line in lines()]
    assert all(one < other for one, other in pairwise(numbers))


def test_every_line_says_where_or_why() -> None:
    assert [line[0] for line in lines() if len(line[4].strip()) < 4 or not line[3].strip()] == []


def test_the_summary_counts_the_lines() -> None:
    text = CHECKLIST.read_text(encoding="utf-8")
    states = ("true", "not applicable", "open")
    for level in (*REQUIREMENTS, "both"):
        counted = Counter(line[2] for line in lines() if level in (line[1], "both"))
        assert f"| {level} | {' | '.join(str(counted[state]) for state in states)} |" in text


def test_named_files_exist() -> None:
    """A line that is true points to code that is there."""
    root = CHECKLIST.parents[1]
    named = {name for line in lines() if line[2] == "true" for name in re.findall(r"`([\w./-]+/[\w.-]+)`", line[4])}
    assert [name for name in sorted(named - {"application/json"}) if not (root / name).exists()] == []
