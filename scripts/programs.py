"""The three programs of the system: how each is started, bound to loopback."""

import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

from scripts import ports, sealed
from scripts.sealed import MODEL, ROOT
from scripts.settings import Settings
from scripts.supervisor import Program

ENDPOINTS = Path("endpoints.yml")
_OTHER_ENDPOINTS = "build/endpoints-{port}.yml"
"""`endpoints.yml` with another port of the action server."""


def rasa(settings: Settings, environment: Mapping[str, str]) -> Program:
    """Understanding and dialogue, in the sealed runtime."""
    files = ["--model", str(MODEL), "--endpoints", str(endpoints(settings)), "--credentials", "credentials.yml"]
    address = ["--interface", ports.LOOPBACK, "--port", str(settings.rasa_port)]
    return Program("rasa", sealed.command("nlu.server", *address, *files), sealed.environment(environment))


def actions(settings: Settings, environment: Mapping[str, str]) -> Program:
    """Our actions behind rasa-sdk's contract; `actions/server.py` binds loopback."""
    own = {"ACTIONS_PORT": str(settings.actions_port)}
    command = [sys.executable, "-m", "actions"]
    return Program("actions", command, {**_product(environment), **own})


def gateway(settings: Settings, environment: Mapping[str, str]) -> Program:
    """The portal page and the API."""
    command = [sys.executable, "-m", "gateway"]
    own = {"RASA_URL": environment.get("RASA_URL") or settings.rasa_url, "GATEWAY_PORT": str(settings.gateway_port)}
    return Program("gateway", command, {**_product(environment), **own})


def endpoints(settings: Settings) -> Path:
    """Rasa's endpoints file; one written for the purpose when the action server is not where it usually is."""
    if settings.actions_port == ports.DEFAULTS["ACTIONS_PORT"]:
        return ENDPOINTS
    named = yaml.safe_load((ROOT / ENDPOINTS).read_text(encoding="utf-8"))
    named["action_endpoint"]["url"] = f"{settings.actions_url}/webhook"
    other = Path(_OTHER_ENDPOINTS.format(port=settings.actions_port))
    (ROOT / other).parent.mkdir(parents=True, exist_ok=True)
    (ROOT / other).write_text(yaml.safe_dump(named), encoding="utf-8")
    return other


def _product(environment: Mapping[str, str]) -> dict[str, str]:
    return {**environment, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
