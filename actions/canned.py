"""`python -m actions.canned FILE`: replies for when no action can make one, as JSON for Rasa's REST channel."""

import json
import sys
from pathlib import Path

from actions.answers.failure import busy, failed
from actions.phrases import say
from actions.reply import Reply
from knowledge.content import read_content
from knowledge.schema import Region


def replies(regions: dict[str, Region]) -> dict[str, Reply]:
    """By name: `empty`, `too_long`, `failed`, `busy` and, for each region code, `failed CODE` and `busy CODE`."""
    return {
        "empty": Reply(outcome="clarifying", text=say("empty")),
        "too_long": Reply(outcome="clarifying", text=say("too_long")),
        "failed": failed(regions, None),
        "busy": busy(regions, None),
        **{f"failed {code}": failed(regions, code) for code in regions},
        **{f"busy {code}": busy(regions, code) for code in regions},
    }


def main() -> None:
    """Write the file that the argument names."""
    path = Path(sys.argv[1])
    canned = {
        name: {"text": reply.text, "custom": reply.custom(None)}
        for name, reply in replies(read_content().regions).items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(canned, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
