"""`python -m gateway`: a wrong start ends at once, with one line that says why."""

import socket
from pathlib import Path

import pytest

from gateway import __main__ as command
from gateway.fallback import Fallback
from knowledge.errors import ContentError, Problem
from tests.unit.gateway.conftest import KnownContacts


@pytest.fixture(autouse=True)
def known_contacts(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_fallback(_: object) -> Fallback:
        return KnownContacts()

    monkeypatch.setattr(command, "read_fallback", read_fallback)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAY_PORT", "eighty"),
        ("SUPPORTLOTSEN_ENV", "production"),
        ("RECORDS_DB_URL", "mysql://:geheim@host/x"),
        ("RASA_URL", "rasa"),
        ("GATEWAY_SECRET", "short"),
        ("HELPDESK_NOW", "yesterday"),
    ],
)
def test_a_wrong_setting_is_told_and_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    assert command.main() == 2

    told = capsys.readouterr().err
    assert told.startswith(f"gateway: {name}" if value != "production" else "gateway: GATEWAY_SECRET")
    assert "Traceback" not in told and "geheim" not in told


def test_wrong_content_is_told_with_its_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_: object) -> Fallback:
        raise ContentError([Problem("vgr/region.yml", 12, "telefonnumret saknas")])

    monkeypatch.setattr(command, "read_fallback", broken)

    assert command.main() == 2
    assert "vgr/region.yml:12: telefonnumret saknas" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["GATEWAY_PORT", "GATEWAY_INSIDE_PORT"])
def test_a_taken_port_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("GATEWAY_PORT", "0")
        monkeypatch.setenv("GATEWAY_INSIDE_PORT", "0")
        monkeypatch.setenv(name, str(port))
        monkeypatch.setenv("RECORDS_DB_URL", f"sqlite:///{tmp_path / 'records.db'}")

        assert command.main() == 1

    told = capsys.readouterr().err
    assert "cannot listen: " in told and str(port) in told
