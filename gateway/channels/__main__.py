"""`python -m gateway.channels`: try the credentials and addresses of all channels; no user notices anything."""

import asyncio
import os
import sys
from collections.abc import Mapping

from gateway.channels.chosen import KINDS
from gateway.channels.kind import ChannelKind, Finding
from gateway.errors import SettingsError
from redaction.logs import protect_logs

PATIENCE = 60.0
"""Seconds for one channel."""


def main() -> int:
    """Print what was found, in Swedish. Returns 1 if anything that is switched on cannot work, else 0."""
    protect_logs()
    good = True
    for kind in KINDS:
        missing = kind.missing(os.environ)
        if missing:
            half = len(missing) < len(kind.needed)
            good = good and not half
            print(f"{kind.name}: av, {', '.join(missing)} saknas" if half else f"{kind.name}: av")
            continue
        for finding in asyncio.run(_findings(kind, os.environ)):
            good = good and finding.good
            print(f"{kind.name}: {'klart' if finding.good else 'FEL'}, {finding.text}")
    return 0 if good else 1


async def _findings(kind: ChannelKind, environment: Mapping[str, str]) -> list[Finding]:
    try:
        async with asyncio.timeout(PATIENCE):
            return list(await kind.check(environment))
    except SettingsError as error:
        return [Finding(False, str(error))]
    except TimeoutError:
        return [Finding(False, f"inget svar inom {PATIENCE:.0f} sekunder")]


if __name__ == "__main__":
    sys.exit(main())
