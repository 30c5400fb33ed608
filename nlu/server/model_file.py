"""A model that is trained while the server runs is taken into use between two turns.

Stock takes a new model over its HTTP API (`PUT /model`, which loads any path or address that it is sent) or from a
model server. Here the server looks at its own file: `make train` replaces it whole, the new model is loaded beside the
old one and understands a message, and only then do the next turns run on it. Turns under way end on the old one.
"""

import asyncio
import logging
from pathlib import Path
from typing import NamedTuple

from rasa.core.channels.channel import UserMessage

from nlu.server.agent import HelpdeskAgent

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0


class _Stamp(NamedTuple):
    inode: int
    changed: int
    size: int


async def follow(path: Path, agent: HelpdeskAgent) -> None:
    """Until cancelled, keep the agent's model that of the file; a file that cannot be used leaves it as it is."""
    used = _stamp(path)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        now = _stamp(path)
        if now in (used, None):
            continue
        used = now
        try:
            processor = await asyncio.get_running_loop().run_in_executor(None, agent.processor_for, path)
            await processor.parse_message(UserMessage("hej"))
        except Exception:
            logger.exception("the new model cannot be used, the old one stays")
            continue
        agent.take(processor)
        logger.warning("a new model is in use: %s", processor.model_metadata.model_id)


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return _Stamp(found.st_ino, found.st_mtime_ns, found.st_size)
