"""What is said in Teams only, from `texts.yml`."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from gateway.errors import SettingsError

TEXTS = Path(__file__).parent / "texts.yml"


class _Texts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Check(_Texts):
    """For administrators."""

    keys: str
    keys_failed: str
    token: str
    token_failed: str


class TeamsTexts(_Texts):
    """All of them."""

    greeting: str
    edited: str
    files: str
    check: Check


def read_teams_texts(path: Path = TEXTS) -> TeamsTexts:
    """Read and check the sentences. Raises SettingsError, naming the file."""
    try:
        return TeamsTexts.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError, yaml.YAMLError) as error:
        raise SettingsError(f"{path}: {error}") from error
