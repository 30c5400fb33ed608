"""Where the bot's token may be sent."""

import pytest
from yarl import URL

from gateway.channels.teams.settings import read_teams_settings, safe

SETTINGS = read_teams_settings({"TEAMS_APP_ID": "c9e8c047-2a74-40a2-b28a-b162d5f5327c", "TEAMS_APP_SECRET": "x"})


@pytest.mark.parametrize(
    "service",
    [
        "https://smba.trafficmanager.net/emea/",
        "https://smba.trafficmanager.net/emea/72f988bf-86f1-41af-91ab-2d7cd011db47/",
        "https://SMBA.TrafficManager.net:443/amer",
    ],
)
def test_teams_public_cloud_is_trusted(service: str) -> None:
    assert SETTINGS.trusted(service) == URL(service)


@pytest.mark.parametrize(
    "service",
    [
        "http://smba.trafficmanager.net/emea/",
        "https://smba.trafficmanager.net:8443/emea/",
        "https://smba.trafficmanager.net.attacker.example/",
        "https://attacker.example/smba.trafficmanager.net/",
        "https://smba.trafficmanager.net@attacker.example/",
        "https://attacker@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net/emea/?a=b",
        "https://smba.trafficmanager.net/emea/#a",
        "https://trafficmanager.net/emea/",
        "https://evil-smba.trafficmanager.net/emea/",
        "//smba.trafficmanager.net/emea/",
        "/emea/",
        "https://",
        "https://[",
        "",
    ],
)
def test_nothing_that_only_looks_like_it_is(service: str) -> None:
    assert SETTINGS.trusted(service) is None


def test_a_folder_of_a_host_may_be_named() -> None:
    given = {"TEAMS_APP_ID": SETTINGS.app_id, "TEAMS_SERVICE_URLS": "https://a.example/emea, https://b.example"}
    settings = read_teams_settings(given)
    assert settings.trusted("https://a.example/emea/x")
    assert settings.trusted("https://b.example/amer/")
    assert not settings.trusted("https://a.example/emea-2/")
    assert not settings.trusted("https://a.example/amer/")
    assert not settings.trusted("https://a.example/emea/../amer/")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.example", True),
        ("http://127.0.0.1:1", True),
        ("http://[::1]/", True),
        ("http://localhost.attacker.example", False),
        ("http://a.example", False),
        ("ftp://127.0.0.1", False),
    ],
)
def test_plain_http_is_for_this_machine_only(address: str, expected: bool) -> None:
    assert safe(URL(address)) is expected
