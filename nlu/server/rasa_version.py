"""The one version of Rasa whose insides this package knows."""

from importlib.metadata import version

from nlu.server.errors import WrongRasaVersion

KNOWN = "3.6.21"


def require_known(installed: str | None = None) -> None:
    """Nothing for the known version. Raises WrongRasaVersion for any other: its insides may differ."""
    installed = installed or version("rasa")
    if installed != KNOWN:
        raise WrongRasaVersion(
            f"Rasa {installed} is installed, but nlu/server is made for {KNOWN}: compare its modules with the new"
            " version, and change KNOWN in nlu/server/rasa_version.py when its tests agree with stock again"
        )
