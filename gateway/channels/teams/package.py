"""The app package that an administrator uploads: the manifest in `deploy/teams/` filled in, with its icons.

https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/apps-package
"""

import io
import zipfile
from pathlib import Path

from yarl import URL

from gateway.channels.teams.settings import TeamsSettings
from gateway.errors import SettingsError

SOURCES = Path(__file__).parents[3] / "deploy" / "teams"
ICONS = ("color.png", "outline.png")


def package(settings: TeamsSettings, gateway: str) -> bytes:
    """A zip file for the bot of the settings, whose gateway users reach at that address. Raises SettingsError."""
    try:
        url = URL(gateway)
        usable = url.scheme == "https" and str(url.origin()) == gateway.rstrip("/")
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(f"{gateway!r} is not the gateway's address; it is written as https://lotsen.example.se")
    template = (SOURCES / "manifest.json").read_text(encoding="utf-8")
    manifest = template.replace("%APP_ID%", settings.app_id).replace("%URL%", str(url.origin()))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("manifest.json", manifest)
        for icon in ICONS:
            file.write(SOURCES / icon, icon)
    return packed.getvalue()
