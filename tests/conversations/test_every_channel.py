"""One conversation held on the page, in Slack, in Teams and by SMS: the same facts and the same sources in each."""

import asyncio
import re
from pathlib import Path

import pytest
from yarl import URL

from knowledge.content import Content
from tests.contract.channels.ways import Way, four_ways, until
from tests.conversations.cases import Case, read_cases
from tests.conversations.channels import PATIENCE, RestConversation
from tests.running_system import new_system

pytestmark = pytest.mark.system

(CASE,) = [case for place, case in read_cases() if place.endswith("the_same_in_every_channel")]
ANNA = 1


async def test_the_same_facts_in_every_channel(tmp_path: Path, content: Content) -> None:
    async with four_ways("VGR") as ways:
        system = new_system(tmp_path, content, **ways.environment("VGR"))
        try:
            system.start()
            ways.find(URL(system.portal_url))
            wanted = told_by_rasa(CASE, system.rasa_url)
            for name, way in ways.by_name.items():
                for turn, values in zip(CASE.turns, wanted, strict=True):
                    shown = even(await answer(way, turn.text or ""))
                    missing = [value for value in values if even(value) not in shown]
                    assert not missing, f"{name}: {turn.text} -> {shown}"
            assert ways.slack.workspace.complaints == []
        finally:
            system.stop()


def told_by_rasa(case: Case, url: str) -> list[list[str]]:
    """For each turn, the values of its facts that are told in its text, and the titles and sections of its sources."""
    conversation, found = RestConversation(url), []
    for turn in case.turns:
        said = conversation.say(turn.text or "")
        values = [fact["value"] for fact in said.custom["facts"] if fact["value"] in said.text]
        sources = [source[part] for source in said.custom["sources"] for part in ("title", "section")]
        assert values and sources, f"{turn.text}: {said.text}"
        found.append([*values, *sources])
    return found


async def answer(way: Way, text: str) -> str:
    """All that is shown to Anna for a message: what greets her first, too, and a long answer in its parts."""
    before = len(way.shown(ANNA))
    await way.ask(ANNA, text)
    assert await until(lambda: len(way.shown(ANNA)) > before, PATIENCE)
    seen = 0
    while seen < (count := len(way.shown(ANNA))):
        seen = count
        await asyncio.sleep(1.0)
    return "\n".join(way.shown(ANNA)[before:])


def even(text: str) -> str:
    """White space, the marks of a message's parts, and the dashes and quotes that SMS has not, made one."""
    text = re.sub(r"\(\d+/\d+\)", " ", text)
    for given, plain in (("–", "-"), ("—", "-"), ("”", '"'), ("“", '"'), ("’", "'"), ("\N{NO-BREAK SPACE}", " ")):
        text = text.replace(given, plain)
    return " ".join(text.split()).lower()
