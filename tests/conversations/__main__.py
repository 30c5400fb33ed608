"""`make demo-conversations`: plays whole conversations against the running system and prints them for a reader.

Needs SUPPORTLOTSEN_URL, as `python -m scripts.run COMMAND` sets it. 1 when a reply is not as its conversation expects.
"""

import os
import sys
import textwrap
from collections.abc import Iterator
from typing import Any

import yaml

from knowledge.content import read_content
from tests.builders import Said
from tests.conversations.cases import FOLDER, Case, read_cases
from tests.conversations.channels import PortalConversation
from tests.conversations.verdict import Everywhere, problems

WIDTH = 100
LIST = FOLDER / "demo.yml"


def chosen() -> Iterator[tuple[str, Case]]:
    """The conversations of the list, each with its place. Raises KeyError for one that there is not."""
    known: dict[str, tuple[str, Case]] = {}
    for place, case in read_cases():
        known.setdefault(place, (place, case))
        known[f"{place}: {case.name}"] = (place, case)
    for name in yaml.safe_load(LIST.read_text(encoding="utf-8")):
        yield known[name]


def play(case: Case, url: str, everywhere: Everywhere) -> Iterator[str]:
    """The lines of one conversation; what is not as expected begins with "!!"."""
    conversation = PortalConversation(url, case.region)
    known = case.region
    outcome = ""
    for turn in case.turns:
        yield from _paragraphs("User", f"[{turn.click}]" if turn.text is None else turn.text)
        said = conversation.say(turn.text) if turn.text is not None else conversation.click(turn.click or "")
        yield from shown(said)
        known, outcome = said.custom.get("region") or known, said.custom["outcome"]
        about = turn.expect.regions or ([known] if known else [])
        # What is between the bot and a person does not leave the gateway.
        expected = turn.expect.model_copy(update={"transcript": None})
        wrong = [*problems(said, expected), *everywhere.problems(said, about)]
        yield from (f"  !! {problem}" for problem in wrong)
    for event in conversation.events(conversation.after, wait=5 if outcome == "handed_over" else 0):
        yield from _paragraphs("System", str(event.get("text") or f"{event['kind']}: {event.get('status', '')}"))


def shown(said: Said) -> Iterator[str]:
    """A turn of the bot: text, buttons, sources and outcome."""
    yield from _paragraphs("Bot", said.text)
    if said.buttons:
        yield "        " + " ".join(f"[{button['title']}]" for button in said.buttons)
    for source in said.custom["sources"]:
        yield f"        source: {source['document']}, {source['section']} ({source['dated']})"
    yield f"        {_facts(said.custom)}"
    yield ""


def main() -> int:
    """Play them all."""
    url = os.environ["SUPPORTLOTSEN_URL"]
    everywhere = Everywhere(read_content())
    deviating: list[str] = []
    number = 0
    for number, (place, case) in enumerate(chosen(), 1):
        print(f"{'=' * WIDTH}\n{number}. {place}: {case.name}{f' (region {case.region})' if case.region else ''}\n")
        for line in play(case, url, everywhere):
            print(line, flush=True)
            if line.startswith("  !!"):
                deviating.append(place)
    print("=" * WIDTH)
    print(f"{number} conversations, {number - len(set(deviating))} as expected. {', '.join(dict.fromkeys(deviating))}")
    return 1 if deviating else 0


def _paragraphs(who: str, text: str) -> Iterator[str]:
    first = f"{who + ':':8}"
    for line in text.splitlines() or [""]:
        wrapped = textwrap.wrap(line, WIDTH - 8) or [""]
        for part in wrapped:
            yield f"{first}{part}".rstrip()
            first = " " * 8


def _facts(custom: dict[str, Any]) -> str:
    told = {name: custom.get(name) for name in ("outcome", "region", "topic", "asks", "open", "deadline", "earliest")}
    told["ticket"] = (custom.get("ticket") or {}).get("number") or (custom.get("ticket") or {}).get("reference")
    told["urgent"] = custom.get("urgent")
    return ", ".join(f"{name} {value}" for name, value in told.items() if value is not None)


if __name__ == "__main__":
    sys.exit(main())
