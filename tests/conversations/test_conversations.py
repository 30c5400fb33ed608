"""Every conversation of the YAML files, held with the running system in its channels."""

import pytest

from knowledge.content import Content
from tests.conversations.cases import Case, read_cases
from tests.conversations.channels import Conversation, PortalConversation, RestConversation
from tests.conversations.verdict import Everywhere, problems
from tests.running_system import RunningSystem

pytestmark = pytest.mark.system

CHANNELS = ("rest", "portal")
CASES = [
    pytest.param(case, channel, id=f"{channel} {place}: {case.name}")
    for place, case in read_cases()
    for channel in CHANNELS
    if case.only in (channel, None)
]


@pytest.fixture(scope="module")
def everywhere(content: Content) -> Everywhere:
    """The rules for every turn."""
    return Everywhere(content)


@pytest.mark.parametrize(("case", "channel"), CASES)
def test_conversation(case: Case, channel: str, running_system: RunningSystem, everywhere: Everywhere) -> None:
    conversation: Conversation
    if channel == "rest":
        conversation = RestConversation(running_system.rasa_url, case.region)
    else:
        conversation = PortalConversation(running_system.portal_url, case.region)
    known = case.region
    transcript: list[str] = []
    found: list[str] = []
    for number, turn in enumerate(case.turns, 1):
        if turn.text is not None:
            transcript.append(f"{number}. > {turn.text[:200]}")
            said = conversation.say(turn.text)
        else:
            transcript.append(f"{number}. > [{turn.click}]")
            said = conversation.click(turn.click or "")
        transcript.append(f"{said.text}\n{[button['title'] for button in said.buttons]}\n{said.custom}")
        known = said.custom.get("region") or known
        about = turn.expect.regions or ([known] if known else [])
        wrong = [*problems(said, turn.expect), *everywhere.problems(said, about)]
        found += [f"turn {number}: {problem}" for problem in wrong]
    if found:
        pytest.fail("\n".join([*found, "", *transcript]), pytrace=False)
