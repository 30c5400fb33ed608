"""How the programs of the system are started."""

from pathlib import Path

import pytest
import yaml

from scripts import programs
from scripts.settings import from_environment


def test_everything_is_bound_to_loopback() -> None:
    settings = from_environment({})
    rasa = programs.rasa(settings, {})
    assert rasa.command[rasa.command.index("--interface") + 1] == "127.0.0.1"
    assert programs.actions(settings, {"SANIC_HOST": "0.0.0.0"}).environment["SANIC_HOST"] == "127.0.0.1"
    assert settings.gateway_host == "127.0.0.1"


def test_rasa_calls_no_one_at_home() -> None:
    assert programs.rasa(from_environment({}), {}).environment["RASA_TELEMETRY_ENABLED"] == "false"


def test_rasa_gets_its_own_endpoints_as_they_are() -> None:
    assert programs.endpoints(from_environment({})) == Path("endpoints.yml")


def test_rasa_finds_an_action_server_on_another_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "endpoints.yml").write_text("action_endpoint: {url: here}\nother: {kept: true}\n", encoding="utf-8")
    monkeypatch.setattr(programs, "ROOT", tmp_path)
    written = programs.endpoints(from_environment({"ACTIONS_PORT": "6055"}))
    assert yaml.safe_load((tmp_path / written).read_text(encoding="utf-8")) == {
        "action_endpoint": {"url": "http://127.0.0.1:6055/webhook"},
        "other": {"kept": True},
    }


def test_the_gateway_finds_rasa_on_another_port() -> None:
    environment = {"RASA_PORT": "6005"}
    assert (
        programs.gateway(from_environment(environment), environment).environment["RASA_URL"] == "http://127.0.0.1:6005"
    )
