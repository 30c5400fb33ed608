"""`python -m gateway.channels.teams https://lotsen.example.se FILE`: make the app package for Teams."""

import argparse
import os
import sys
from pathlib import Path

from gateway.channels.teams.package import package
from gateway.channels.teams.settings import read_teams_settings
from gateway.errors import SettingsError


def main() -> int:
    """Write the package. Returns 2 for an address or a setting that cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m gateway.channels.teams", description=__doc__)
    parser.add_argument("gateway", help="the address at which users reach the gateway")
    parser.add_argument("file", type=Path, help="the zip file to write")
    asked = parser.parse_args()
    try:
        packed = package(read_teams_settings(os.environ), asked.gateway)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    asked.file.write_bytes(packed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
