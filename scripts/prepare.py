"""What must lie ready before the programs start: exported content, database, trained model."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts import sealed, widget
from scripts.errors import StartError, TrainingFailed
from scripts.sealed import MODEL, ROOT

FINGERPRINT = MODEL.with_name("supportlotsen.fingerprint")
CANNED = Path("build/canned.json")
_TRAINED = Path("build/training") / MODEL.name
"""Where a training puts its model; it takes the old one's place whole, also under a server that runs."""

_TRAINED_ON = (
    "build/knowledge.json",
    "config.yml",
    "data/**/*.yml",
    "domain.yml",
    "nlu/components/**/*.py",
    "nlu/understanding/**/*.py",
    "nlu/uv.lock",
)
"""All that a model depends on. The content is among it as exported, so that only what training reads counts."""

_EMBEDDING = "EMBEDDING_"
"""What settings of `nlu.understanding.embedding.chosen`, which this runtime cannot import, begin with."""


def prepare() -> None:
    """Everything, in order. Raises StartError."""
    export_content()
    load_database()
    widget.build()
    train()


def export_content() -> None:
    """Check the content and write what the sealed runtime needs of it. Raises StartError."""
    _run(["knowledge", "export"])
    _run(["actions.canned", str(CANNED)])


def load_database() -> None:
    """Bring the database up to the content. Raises StartError."""
    _run(["knowledge", "load"])


def train(force: bool = False) -> None:
    """Train if anything that the model depends on has changed. Raises TrainingFailed."""
    current = fingerprint(ROOT, os.environ)
    if not force and (ROOT / MODEL).exists() and _trained() == current:
        print("The model is up to date.", flush=True)
        return
    print("Training the model: some minutes the first time, a minute or two later on.", flush=True)
    (ROOT / FINGERPRINT).unlink(missing_ok=True)
    (ROOT / MODEL).parent.mkdir(exist_ok=True)
    started = time.monotonic()
    done = subprocess.run(_training(), cwd=ROOT, env=sealed.environment(os.environ), check=False)
    if done.returncode != 0:
        raise TrainingFailed(f"Training failed (rasa train ended with {done.returncode}): see its messages above.")
    (ROOT / _TRAINED).replace(ROOT / MODEL)
    (ROOT / FINGERPRINT).write_text(current, encoding="ascii")
    print(f"Trained in {time.monotonic() - started:.0f} seconds.", flush=True)


def fingerprint(root: Path, settings: Mapping[str, str]) -> str:
    """The same for the same inputs of a training, wherever they lie: its files, and the embedding model set."""
    digest = hashlib.sha256()
    for name, value in sorted(settings.items()):
        if name.startswith(_EMBEDDING) and value:
            digest.update(f"{name}={value}\0".encode())
            if Path(value).is_file():
                with Path(value).open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
    for path in _inputs(root):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(root)}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _inputs(root: Path) -> Iterator[Path]:
    for pattern in _TRAINED_ON:
        yield from sorted(path for path in root.glob(pattern) if path.is_file())


def _trained() -> str | None:
    path = ROOT / FINGERPRINT
    return path.read_text(encoding="ascii") if path.exists() else None


def _training() -> list[str]:
    files = ["--config", "config.yml", "--domain", "domain.yml", "--data", "data"]
    model = ["--out", str(_TRAINED.parent), "--fixed-model-name", _TRAINED.name.removesuffix(".tar.gz")]
    return sealed.command("scripts.rasa", "train", *files, *model)


def _run(module: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", *module], cwd=ROOT, check=False)
    if done.returncode != 0:
        raise StartError(f"`python -m {' '.join(module)}` failed: see its message above.")
