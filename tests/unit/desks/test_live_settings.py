"""The live desks' settings: what is chosen, and what is refused at start with which words."""

import pytest

from desks.errors import SettingsError
from desks.live.settings import read_live_settings
from gateway.errors import SettingsError as GatewaySettingsError
from gateway.handoff.settings import read_patience

REGIONS = ("VGR", "Dalarna", "Uppsala")
MATRIX = {
    "LIVE_DALARNA": "matrix",
    "LIVE_DALARNA_URL": "https://matrix.example.se",
    "LIVE_DALARNA_USER": "@supportlotsen:example.se",
    "LIVE_DALARNA_SECRET": "tell nobody",
    "LIVE_DALARNA_CALLBACK_SECRET": "tell nobody either",
    "LIVE_DALARNA_ROOM": "#servicedesk:example.se",
}


def test_only_regions_with_a_live_desk_are_there() -> None:
    slack = {"LIVE_VGR": "slack", "LIVE_VGR_SECRET": "xoxb", "LIVE_VGR_CALLBACK_SECRET": "s", "LIVE_VGR_ROOM": "C1"}
    chosen = read_live_settings(MATRIX | slack | {"LIVE_UPPSALA": "off"}, REGIONS)
    assert {region: each.kind for region, each in chosen.items()} == {"VGR": "slack", "Dalarna": "matrix"}
    assert str(chosen["VGR"].url) == "https://slack.com/api"
    assert "tell nobody" not in repr(chosen)
    assert read_live_settings({}, REGIONS) == {}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"LIVE_DALARNA": "teams"}, "LIVE_DALARNA is 'teams'; it must be one of off, console, matrix, slack"),
        ({"LIVE_DALARNA_CALLBACK_SECRET": ""}, "LIVE_DALARNA_CALLBACK_SECRET is missing"),
        ({"LIVE_DALARNA_ROM": "x"}, "LIVE_DALARNA_ROM is no setting"),
        ({"LIVE_DALARNA": ""}, "but not LIVE_DALARNA"),
        ({"LIVE_DALARNA_USER": "supportlotsen"}, "must be a Matrix user such as @supportlotsen:example.se"),
        ({"LIVE_DALARNA_ROOM": "servicedesk"}, "a room such as"),
        ({"LIVE_DALARNA_URL": "http://matrix.example.se"}, "may only travel by https"),
        ({"LIVE_SKANE": "slack"}, "LIVE_SKANE belongs to no region"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_is_told(changed: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_live_settings(MATRIX | changed, REGIONS)
    assert told in str(caught.value)
    assert "tell nobody" not in str(caught.value)


def test_patience_is_set_in_minutes() -> None:
    patience = read_patience({"HANDOFF_ACCEPT_MINUTES": "2.5", "HANDOFF_SILENT_MINUTES": ""})
    assert (patience.accept.total_seconds(), patience.silent.total_seconds()) == (150, 300)
    assert patience.say_every.total_seconds() < 29, "something is said at least every 30 s"
    for wrong in ("0", "soon", "nan", "121"):
        with pytest.raises(GatewaySettingsError, match="HANDOFF_SILENT_MINUTES"):
            read_patience({"HANDOFF_SILENT_MINUTES": wrong})
