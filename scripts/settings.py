"""The settings of the whole system, all checked before the first process starts. See docs/settings.md."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from gateway import errors as gateway_errors
from gateway import settings as gateway_settings
from knowledge.calendar.clock import clock_from
from knowledge.calendar.errors import CalendarError
from knowledge.database import DEFAULT_URL
from records.errors import RecordsError
from records.retention import periods
from records.tracker_store import tracker_address
from scripts import ports
from scripts.errors import SettingsError

ANY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - compared with, never bound to


@dataclass(frozen=True)
class Settings:
    """What the supervisor itself needs; the programs read the rest from their environment."""

    rasa_port: int
    actions_port: int
    gateway_port: int
    inside_port: int
    gateway_host: str
    start_timeout: float
    """START_TIMEOUT: seconds until a question must have been answered."""

    @property
    def ports(self) -> dict[str, int]:
        """The ports by the names of their settings."""
        return {
            "RASA_PORT": self.rasa_port,
            "ACTIONS_PORT": self.actions_port,
            "GATEWAY_PORT": self.gateway_port,
            "GATEWAY_INSIDE_PORT": self.inside_port,
        }

    @property
    def rasa_url(self) -> str:
        """Where Rasa is asked."""
        return f"http://{ports.LOOPBACK}:{self.rasa_port}"

    @property
    def actions_url(self) -> str:
        """Where the action server is."""
        return f"http://{ports.LOOPBACK}:{self.actions_port}"

    @property
    def gateway_url(self) -> str:
        """Where the portal page is, seen from this machine."""
        host = ports.LOOPBACK if self.gateway_host in ANY_ADDRESS else self.gateway_host
        return f"http://{host}:{self.gateway_port}"


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Read and check the settings of every program. Raises SettingsError, naming the variable."""
    try:
        ours = ports.read(environment)
        gateway = gateway_settings.from_environment(environment)
        clock_from(environment)
        periods(environment)
        tracker_address(environment)
    except (ValueError, CalendarError, RecordsError, gateway_errors.SettingsError) as error:
        raise SettingsError(str(error)) from error
    _check_database(environment)
    return Settings(
        rasa_port=ours["RASA_PORT"],
        actions_port=ours["ACTIONS_PORT"],
        gateway_port=ours["GATEWAY_PORT"],
        inside_port=ours["GATEWAY_INSIDE_PORT"],
        gateway_host=gateway.host,
        start_timeout=_seconds(environment, "START_TIMEOUT", 180),
    )


def _check_database(environment: Mapping[str, str]) -> None:
    """Whether the address can be used at all; its value is not repeated, for it may hold a password."""
    try:
        create_engine(environment.get("DATABASE_URL", DEFAULT_URL)).dispose()
    except (SQLAlchemyError, ImportError, ValueError) as error:
        raise SettingsError(
            f"DATABASE_URL cannot be used ({type(error).__name__}); "
            f"it must be an address such as {DEFAULT_URL} or postgresql+psycopg://user:password@host/name"
        ) from error


def _seconds(environment: Mapping[str, str], name: str, default: float) -> float:
    value = environment.get(name, "").strip()
    try:
        seconds = float(value or default)
    except ValueError:
        seconds = math.nan
    if not 1 <= seconds <= 3600:
        raise SettingsError(f"{name} is {value!r}; it must be a number of seconds from 1 to 3600")
    return seconds
