"""Slack's settings and sentences, and what an administrator is told of them."""

from pathlib import Path

import pytest
import yaml

from gateway.channels.chosen import choose_channels
from gateway.channels.slack.check import SCOPES
from gateway.channels.slack.plug import KIND
from gateway.channels.slack.settings import read_slack_settings
from gateway.channels.slack.talking import COMMAND
from gateway.channels.slack.texts import TEXTS, read_slack_texts
from gateway.errors import SettingsError

ROOT = Path(__file__).parents[5]
GIVEN = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s" * 32}
MANIFEST = yaml.safe_load((ROOT / "deploy/slack/manifest.yml").read_text(encoding="utf-8"))


def test_off_until_both_secrets_are_there() -> None:
    assert choose_channels({}, [KIND]).plugs == ()
    assert choose_channels({"SLACK_BOT_TOKEN": "xoxb-1"}, [KIND]).remarks == (
        "slack is off: SLACK_SIGNING_SECRET not set",
    )
    assert len(choose_channels(GIVEN, [KIND]).plugs) == 1


def test_a_channels_region_goes_before_its_workspaces() -> None:
    settings = read_slack_settings({**GIVEN, "SLACK_REGIONS": "T0AA=VGR, C0BB=Dalarna"})
    assert settings.region("C0BB", "T0AA") == "Dalarna"
    assert settings.region("C0CC", "T0AA") == "VGR"
    assert settings.region("C0CC", "T0DD") is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SLACK_BOT_TOKEN", "xoxp-1"),
        ("SLACK_URL", "http://slack.example.se/api"),
        ("SLACK_URL", "slack"),
        ("SLACK_REGIONS", "VGR"),
        ("SLACK_REGIONS", "general=VGR"),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_not_told(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as raised:
        read_slack_settings({**GIVEN, name: value})
    assert "xoxp" not in str(raised.value)


def test_the_secrets_are_in_no_representation() -> None:
    assert "xoxb" not in repr(read_slack_settings(GIVEN)) and "ssss" not in repr(read_slack_settings(GIVEN))


def test_a_sentence_with_an_unknown_name_in_braces_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "texts.yml"
    broken.write_text(TEXTS.read_text(encoding="utf-8").replace("Valt: {title}", "Valt: {name}"), encoding="utf-8")
    with pytest.raises(SettingsError, match="chosen"):
        read_slack_texts(broken)


def test_the_manifest_asks_for_what_the_check_looks_for_and_no_more() -> None:
    assert sorted(MANIFEST["oauth_config"]["scopes"]["bot"]) == sorted(SCOPES)


def test_the_manifest_names_our_command_and_addresses() -> None:
    (command,) = MANIFEST["features"]["slash_commands"]
    assert command["command"] == COMMAND
    settings = MANIFEST["settings"]
    addresses = [
        command["url"],
        settings["event_subscriptions"]["request_url"],
        settings["interactivity"]["request_url"],
    ]
    assert [each.rpartition(".se")[2] for each in addresses] == [
        "/slack/commands",
        "/slack/events",
        "/slack/interactivity",
    ]


def test_each_scope_is_explained_to_the_administrator() -> None:
    told = (ROOT / "docs/kanaler-slack.md").read_text(encoding="utf-8")
    assert [scope for scope in SCOPES if f"| `{scope}` |" not in told] == []
