"""The desks' settings: what is chosen, and what is refused at start with which words."""

from pathlib import Path

import pytest

from desks.easit import read_fields
from desks.errors import SettingsError
from desks.settings import read_settings, variable_name

REGIONS = ("VGR", "Dalarna", "Uppsala")
URL = "https://desk.example.se/base"


def test_without_settings_every_region_has_the_database() -> None:
    chosen = read_settings({"PATH": "/bin", "DESK_VGR": " "}, REGIONS)
    assert {region: desk.kind for region, desk in chosen.items()} == dict.fromkeys(REGIONS, "database")


def test_each_region_has_its_own() -> None:
    environment = {
        "DESK_VGR": "ServiceNow",
        "DESK_VGR_URL": URL,
        "DESK_VGR_USER": "bot",
        "DESK_VGR_SECRET": "s",
        "DESK_VGR_TIMEOUT": "3",
        "DESK_DALARNA": "request_tracker",
        "DESK_DALARNA_URL": "http://127.0.0.1:8080/rt",
        "DESK_DALARNA_SECRET": "1-2-abc",
        "DESK_DALARNA_QUEUE": "Vård",
    }
    chosen = read_settings(environment, REGIONS)
    assert (chosen["VGR"].kind, str(chosen["VGR"].url), chosen["VGR"].timeout) == ("servicenow", URL, 3.0)
    assert (chosen["Dalarna"].kind, chosen["Dalarna"].queue) == ("request_tracker", "Vård")
    assert chosen["Uppsala"].kind == "database"
    assert "s" not in repr(chosen["VGR"]).partition("secret")[1]


WHOLE = {"DESK_VGR": "servicenow", "DESK_VGR_URL": URL, "DESK_VGR_USER": "bot", "DESK_VGR_SECRET": "tell nobody"}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"DESK_VGR": "jira"}, "DESK_VGR is 'jira'; it must be one of database, servicenow"),
        ({"DESK_VGR_SECRET": ""}, "DESK_VGR_SECRET is missing"),
        ({"DESK_VGR_SERCET": "x"}, "DESK_VGR_SERCET is no setting"),
        ({"DESK_VGR": ""}, "but not DESK_VGR"),
        ({"DESK_VGR_URL": "desk.example.se"}, "DESK_VGR_URL must be an address"),
        ({"DESK_VGR_URL": "http://desk.example.se"}, "the credentials may only travel by https"),
        ({"DESK_VGR_URL": "https://me:pw@desk.example.se"}, "without user or query"),
        ({"DESK_VGR_URL": "https://[broken"}, "DESK_VGR_URL must be an address"),
        ({"DESK_VGR_TIMEOUT": "soon"}, "DESK_VGR_TIMEOUT is 'soon'"),
        ({"DESK_VGR_TIMEOUT": "0"}, "from 0.5 to 60"),
        ({"DESK_VGR_TIMEOUT": "nan"}, "from 0.5 to 60"),
        ({"DESK_VGR_FIELDS": "/no/such/file"}, "there is no such file"),
        ({"DESK_SKANE": "easit"}, "DESK_SKANE belongs to no region; the desks are set by DESK_DALARNA, DESK_UPPSALA"),
        ({"DESK_VGR": "django_helpdesk", "DESK_VGR_QUEUE": "IT"}, "DESK_VGR_QUEUE is 'IT'"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_is_told(changed: dict[str, str], told: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(WHOLE | changed, REGIONS)
    assert told in str(caught.value)
    assert "tell nobody" not in str(caught.value)


@pytest.mark.parametrize(
    ("region", "name"), [("VGR", "VGR"), ("Östergötland", "OSTERGOTLAND"), ("Jönköpings län", "JONKOPINGS_LAN")]
)
def test_any_region_has_a_variable(region: str, name: str) -> None:
    assert variable_name(region) == name
    assert read_settings({f"DESK_{name}": "database"}, [region])[region].kind == "database"


def test_easit_names_of_ones_own(tmp_path: Path) -> None:
    ours = Path("desks/easit.yml").read_text(encoding="utf-8")
    own = tmp_path / "own.yml"
    own.write_text(ours.replace("supportlotsen_skapa", "skapa_arende"), encoding="utf-8")
    assert read_fields(own).handlers.create == "skapa_arende"
    for broken in ("", "- list", ours.replace("view:", "vy:"), ours.replace("Ny: new", "Ny: ny"), "\x00: ["):
        own.write_text(broken, encoding="utf-8")
        with pytest.raises(SettingsError, match=r"own\.yml cannot be used"):
            read_fields(own)
