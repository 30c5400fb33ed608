"""What can be set and what can be made is written down."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from desks import settings
from desks.live import settings as live_settings

ROOT = Path(__file__).parents[2]
SETTINGS = ROOT / "docs" / "settings.md"
SETTING = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")


def names_in_code() -> Iterator[str]:
    packages = (
        "actions",
        "gateway",
        "knowledge",
        "nlu/channels",
        "nlu/server",
        "nlu/understanding",
        "records",
        "scripts",
    )
    for package in packages:
        for source in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and SETTING.fullmatch(node.value):
                    yield node.value


def names_in_tables() -> list[str]:
    return re.findall(r"^\| `(\w+)` \|", SETTINGS.read_text(encoding="utf-8"), flags=re.MULTILINE)


def test_every_setting_is_documented() -> None:
    documented = SETTINGS.read_text(encoding="utf-8")
    assert [name for name in sorted(set(names_in_code())) if f"`{name}" not in documented] == []


def test_every_setting_of_a_regions_desks_is_documented() -> None:
    documented = SETTINGS.read_text(encoding="utf-8")
    for word, options in (("DESK", settings.OPTIONS), ("LIVE", live_settings.OPTIONS)):
        names = [f"`{word}_<REGION>`", *(f"`{word}_<REGION>_{option}`" for option in options)]
        assert [name for name in names if f"| {name} |" not in documented] == []


def test_every_documented_setting_exists() -> None:
    known = {*names_in_code(), "REQUIRE_ALL", "TEST_POSTGRES_URL"}
    assert [name for name in names_in_tables() if name not in known] == []


def test_no_setting_is_documented_twice() -> None:
    assert len(names_in_tables()) == len(set(names_in_tables()))


def test_make_help_tells_of_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = re.findall(r"^\.PHONY: (\S+)$", makefile, flags=re.MULTILINE)
    assert [target for target in targets if f"make {target} " not in told] == []
