"""Settings: the defaults work, a wrong value is named."""

import pytest

from gateway.errors import SettingsError
from gateway.settings import Settings, from_environment


def test_nothing_set_is_loopback_and_rasa_beside_it() -> None:
    settings = from_environment({})

    assert (settings.host, settings.port, str(settings.rasa_url)) == ("127.0.0.1", 8080, "http://127.0.0.1:5005")
    assert (settings.rasa_timeout, settings.session_hours) == (15.0, 12.0)


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
        ("GATEWAY_INSIDE_PORT", "x"),
        ("GATEWAY_SECRET_OLD", "short"),
        ("GATEWAY_PATIENCE", "0"),
        ("GATEWAY_RASA_TURNS", "0"),
        ("GATEWAY_RASA_QUEUE", "many"),
        ("GATEWAY_STREAMS", "-1"),
        ("GATEWAY_ORIGINS", "portal.example.se"),
        ("GATEWAY_ORIGINS", "https://portal.example.se/"),
        ("GATEWAY_ORIGINS", "https://*.example.se/x"),
        ("GATEWAY_ORIGINS", "*"),
        ("GATEWAY_ORIGINS", "null"),
        ("GATEWAY_ORIGINS", "https://user@portal.example.se"),
        ("GATEWAY_ORIGINS", "https://ok.example.se javascript:alert(1)"),
        ("GATEWAY_TRUSTED_PROXIES", "proxy"),
        ("GATEWAY_TRUSTED_PROXIES", "10.0.0.0/33"),
        ("GATEWAY_SESSION_RATE", "often"),
        ("GATEWAY_ADDRESS_RATE", "10"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "http://localhost"),
        ("RECORDS_DB_URL", "oracle://x"),
        ("SUPPORTLOTSEN_ENV", "prod"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name}[ :]"):
        from_environment({name: value})


def test_a_refused_secret_is_not_told() -> None:
    with pytest.raises(SettingsError) as refused:
        from_environment({"GATEWAY_SECRET": "hemligt"})

    assert "hemligt" not in str(refused.value)


STRONG = "0f8e1d2c3b4a59687786950a1b2c3d4e"


def test_lists_are_read() -> None:
    settings = from_environment(
        {
            "GATEWAY_ORIGINS": "https://a.example.se, https://b.example.se:8443",
            "GATEWAY_TRUSTED_PROXIES": "10.0.0.7 fd00::/8",
            "GATEWAY_SESSION_RATE": "5/second",
            "GATEWAY_SECRET_OLD": "o" * 32,
            "REDIS_URL": "rediss://:password@redis.example:6380/1",
        }
    )

    assert settings.origins == ("https://a.example.se", "https://b.example.se:8443")
    assert [str(network) for network in settings.proxies] == ["10.0.0.7/32", "fd00::/8"]
    assert (settings.session_rate.amount, settings.secrets[1]) == (5, "o" * 32)
    assert "password" not in repr(settings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAY_SECRET", ""),
        ("GATEWAY_SECRET", "a" * 64),
        ("GATEWAY_SECRET", "password" * 8),
        ("GATEWAY_SECRET_OLD", "secret" * 8),
        ("GATEWAY_ORIGINS", "http://portal.example.se"),
    ],
)
def test_production_refuses_what_is_weak(name: str, value: str) -> None:
    environment = {"SUPPORTLOTSEN_ENV": "production", "GATEWAY_SECRET": STRONG, name: value}

    with pytest.raises(SettingsError, match=f"^{name}[ :]"):
        from_environment(environment)


def test_production_takes_what_is_strong() -> None:
    environment = {
        "SUPPORTLOTSEN_ENV": "production",
        "GATEWAY_SECRET": STRONG,
        "GATEWAY_ORIGINS": "https://portal.example.se",
    }

    assert from_environment(environment).production
