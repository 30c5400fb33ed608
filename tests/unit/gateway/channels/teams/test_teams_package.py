"""The app package for Teams."""

import io
import json
import struct
import zipfile
from pathlib import Path

import pytest

from gateway.channels.teams import KIND
from gateway.channels.teams.__main__ import main
from gateway.channels.teams.package import package
from gateway.channels.teams.settings import read_teams_settings
from gateway.errors import SettingsError

APP_ID = "c9e8c047-2a74-40a2-b28a-b162d5f5327c"
SETTINGS = read_teams_settings({"TEAMS_APP_ID": APP_ID, "TEAMS_APP_SECRET": "x"})


def unpacked(packed: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(packed))


def test_names_our_bot_and_our_pages_and_keeps_to_teams_lengths() -> None:
    manifest = json.loads(unpacked(package(SETTINGS, "https://lotsen.example.se/")).read("manifest.json"))
    assert (manifest["id"], manifest["bots"][0]["botId"]) == (APP_ID, APP_ID)
    assert manifest["developer"]["privacyUrl"] == "https://lotsen.example.se/personuppgifter"
    assert "%" not in json.dumps(manifest)
    assert len(manifest["name"]["short"]) <= 30
    assert len(manifest["description"]["short"]) <= 80
    assert len(manifest["description"]["full"]) <= 4000
    commands = manifest["bots"][0]["commandLists"][0]["commands"]
    assert all(len(each["title"]) <= 32 and len(each["description"]) <= 128 for each in commands)


@pytest.mark.parametrize(("icon", "size"), [("color.png", 192), ("outline.png", 32)])
def test_icons_have_the_size_that_teams_wants(icon: str, size: int) -> None:
    png = unpacked(package(SETTINGS, "https://lotsen.example.se")).read(icon)
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", png[16:24]) == (size, size)


@pytest.mark.parametrize("address", ["http://lotsen.example.se", "lotsen.example.se", "https://a.se/path", ""])
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(SettingsError):
        package(SETTINGS, address)


def test_the_command_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in KIND.needed:
        monkeypatch.setenv(name, APP_ID)
    monkeypatch.setattr("sys.argv", ["teams", "https://lotsen.example.se", str(tmp_path / "app.zip")])
    assert main() == 0
    assert set(unpacked((tmp_path / "app.zip").read_bytes()).namelist()) == {
        "manifest.json",
        "color.png",
        "outline.png",
    }


def test_the_command_names_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TEAMS_APP_ID", raising=False)
    monkeypatch.setattr("sys.argv", ["teams", "https://lotsen.example.se", str(tmp_path / "app.zip")])
    assert main() == 2
    assert "TEAMS_APP_ID" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
