"""What the agents get to read first: summary, facts, and the transcript if the user agreed to it."""

from collections.abc import Mapping, Sequence
from typing import Any

from desks.live.desk import FINISH_COMMAND
from gateway.core.events import AGENT_MESSAGE, BOT_MESSAGE
from gateway.handoff.texts import DeskTexts
from records.event_log import USER_MESSAGE, Event

LATEST = 40
"""Messages of the transcript."""
LONGEST = 12_000
"""Characters of the transcript; its oldest messages are left out first."""


def opening(texts: DeskTexts, handover: Mapping[str, Any], said: str) -> str:
    """The text; `said` is the transcript, empty without the user's consent."""
    lines = [texts.summary.format(summary=summary_of(handover))]
    if facts := facts_of(handover):
        lines += [texts.facts, *(texts.fact.format(label=label, value=value) for label, value in facts.items())]
    lines += ["", texts.transcript, said] if said else ["", texts.no_transcript]
    return "\n".join([*lines, "", texts.how.format(command=FINISH_COMMAND)])


def summary_of(handover: Mapping[str, Any]) -> str:
    """The summary on one line."""
    return " ".join(str(handover.get("summary") or "").split())


def facts_of(handover: Mapping[str, Any]) -> dict[str, str]:
    """The facts collected: a mapping, or a list of {"label" or "kind", "value"}."""
    facts = handover.get("facts") or {}
    if isinstance(facts, Mapping):
        return {str(label): str(value) for label, value in facts.items() if value}
    return {str(each.get("label") or each.get("kind")): str(each.get("value")) for each in facts}


def transcript(texts: DeskTexts, handover: Mapping[str, Any], log: Sequence[Event]) -> str:
    """A line for each message, when `handover` says `transcript: true`: the user agreed. Otherwise nothing."""
    if handover.get("transcript") is not True:
        return ""
    names = {USER_MESSAGE: texts.user, BOT_MESSAGE: texts.bot}
    lines = []
    for event in log:
        name = event.content["agent"]["name"] if event.kind == AGENT_MESSAGE else names.get(event.kind)
        if name is not None and event.content.get("text"):
            lines.append(f"{name}: {event.content['text']}")
    lines = lines[-LATEST:]
    while lines and sum(map(len, lines)) > LONGEST:
        lines = lines[1:]
    return "\n".join(lines)


def since_handover(log: Sequence[Event]) -> list[Event]:
    """What the user has written since the message that the bot answered with the hand-off: it is for the agents."""
    handed_over = [each for each in log if each.kind == BOT_MESSAGE and _outcome(each) == "handed_over"]
    if not handed_over:
        return []
    asked = handed_over[-1].content.get("in_reply_to")
    after = [number for number, each in enumerate(log) if each.kind == USER_MESSAGE and each.key == asked]
    return [each for each in log[after[-1] + 1 :] if each.kind == USER_MESSAGE] if after else []


def _outcome(event: Event) -> object:
    return (event.content.get("custom") or {}).get("outcome")
