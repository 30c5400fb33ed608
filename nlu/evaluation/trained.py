"""The trained understanding, taken out of Rasa's model archive without starting Rasa."""

import tarfile
import tempfile
from pathlib import Path

import joblib

from nlu.understanding.model import Understanding

MODEL = Path("models/supportlotsen.tar.gz")
_STORED = "understanding.joblib"


class NoModel(Exception):
    """There is no archive, or no understanding in it."""


def load(archive: Path = MODEL) -> Understanding:
    """What `nlu.components.understanding.SwedishUnderstanding` stored. Raises NoModel.

    Rasa's own way (`LocalModelStorage`) takes two seconds more, for everything that Rasa imports.
    """
    if not archive.is_file():
        raise NoModel(f"{archive} is missing: run `make train`")
    with tempfile.TemporaryDirectory() as folder, tarfile.open(archive) as opened:
        members = [member for member in opened.getmembers() if member.name.endswith(f"/{_STORED}")]
        if len(members) != 1:
            raise NoModel(f"{archive} holds {len(members)} files named {_STORED}, not one: run `make train`")
        members[0].name = _STORED
        opened.extract(members[0], folder)
        model: Understanding = joblib.load(Path(folder) / _STORED)
    return model
