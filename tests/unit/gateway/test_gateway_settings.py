"""Settings: the defaults work, a wrong value is named."""

import pytest

from gateway.errors import SettingsError
from gateway.settings import Settings, from_environment


def test_nothing_set_is_loopback_and_rasa_beside_it() -> None:
    settings = from_environment({})

    assert (settings.host, settings.port, str(settings.rasa_url)) == ("127.0.0.1", 8080, "http://127.0.0.1:5005")
    assert (settings.rasa_timeout, settings.session_hours) == (8.0, 12.0)


def test_without_a_secret_every_start_has_its_own() -> None:
    assert from_environment({}).secret != from_environment({}).secret


def test_the_secret_is_not_shown() -> None:
    assert "hemlig" not in repr(Settings(secret="hemlig" * 10))


def test_values_are_read() -> None:
    settings = from_environment(
        {
            "GATEWAY_HOST": "0.0.0.0",
            "GATEWAY_PORT": " 9090 ",
            "RASA_URL": "https://rasa.example:5005/base",
            "GATEWAY_SECRET": "s" * 32,
            "GATEWAY_RASA_TIMEOUT": "2.5",
            "GATEWAY_SESSION_HOURS": "24",
        }
    )

    assert (settings.host, settings.port, settings.secret) == ("0.0.0.0", 9090, "s" * 32)
    assert str(settings.rasa_url) == "https://rasa.example:5005/base"
    assert (settings.rasa_timeout, settings.session_hours) == (2.5, 24.0)


def test_an_empty_value_is_unset() -> None:
    assert from_environment({"GATEWAY_PORT": " "}).port == 8080


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAY_PORT", "http"),
        ("GATEWAY_PORT", "-1"),
        ("GATEWAY_PORT", "65536"),
        ("GATEWAY_PORT", "8080.0"),
        ("GATEWAY_PORT", "٣"),
        ("RASA_URL", "localhost:5005"),
        ("RASA_URL", "ftp://localhost"),
        ("RASA_URL", "http://"),
        ("RASA_URL", "http://localhost:99999"),
        ("RASA_URL", "http://localhost/?x=1"),
        ("GATEWAY_SECRET", "short"),
        ("GATEWAY_RASA_TIMEOUT", "fast"),
        ("GATEWAY_RASA_TIMEOUT", "0"),
        ("GATEWAY_RASA_TIMEOUT", "nan"),
        ("GATEWAY_RASA_TIMEOUT", "inf"),
        ("GATEWAY_SESSION_HOURS", "-1"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} "):
        from_environment({name: value})


def test_a_refused_secret_is_not_told() -> None:
    with pytest.raises(SettingsError) as refused:
        from_environment({"GATEWAY_SECRET": "hemligt"})

    assert "hemligt" not in str(refused.value)
