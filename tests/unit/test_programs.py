"""How the programs of the system are started."""

from pathlib import Path

import pytest
import yaml

from actions import server
from scripts import programs
from scripts.errors import SettingsError
from scripts.settings import from_environment


def test_everything_is_bound_to_loopback() -> None:
    settings = from_environment({})
    rasa = programs.rasa(settings, {})
    assert rasa.command[rasa.command.index("--interface") + 1] == "127.0.0.1"
    assert server.HOST == "127.0.0.1"
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


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRACKER_DB_URL", "oracle://u:secret@h/d"),
        ("TRACKER_DB_URL", "secret"),
        ("REDIS_URL", "http://secret"),
        ("REDIS_URL", "secret:6379"),
    ],
)
def test_an_address_for_conversations_that_cannot_be_used_is_named_but_not_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as error:
        from_environment({name: value})
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("value", ["memory", "sqlite:///x.db", "postgresql+psycopg://u:p@h/d", ""])
def test_conversations_can_be_kept_in_memory_or_a_database(value: str) -> None:
    from_environment({"TRACKER_DB_URL": value, "REDIS_URL": "redis://127.0.0.1/0"})
