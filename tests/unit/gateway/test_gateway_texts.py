"""The gateway's sentences can be edited without breaking it."""

from pathlib import Path

import pytest

from gateway.errors import Refused, SettingsError
from gateway.texts import TEXTS, number, read_texts


def test_every_refusal_has_its_sentence() -> None:
    sentences = read_texts().refused

    refusals: list[type[Refused]] = [Refused, *Refused.__subclasses__()]
    for refusal in refusals:
        assert getattr(sentences, refusal.code)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("{length}", "{lenght}", "lenght"),
        ("  empty:", "  emtpy:", "emtpy"),
        ("{limit}", "{", "texts.yml"),
        ("[januari, ", "[", "months"),
    ],
)
def test_a_slip_is_found_when_the_gateway_starts(tmp_path: Path, old: str, new: str, told: str) -> None:
    file = tmp_path / "texts.yml"
    file.write_text(TEXTS.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")

    with pytest.raises(SettingsError, match=told):
        read_texts(file)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.yml"):
        read_texts(tmp_path / "nowhere.yml")


def test_numbers_are_swedish() -> None:
    assert (number(7), number(2000), number(1234567)) == ("7", "2\u00a0000", "1\u00a0234\u00a0567")
