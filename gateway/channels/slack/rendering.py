"""An event of a conversation as the messages that Slack shows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from desks.live.slack_text import escaped
from gateway.channels.slack.blocks import (
    LABEL,
    LONGEST,
    MOST_BUTTONS,
    MOST_OPTIONS,
    Json,
    actions,
    button,
    context,
    menu,
    packed,
    paragraphs,
    rows,
)
from gateway.channels.slack.texts import SlackTexts
from gateway.channels.telling import Told, pieces, tell
from gateway.core.events import NOTICE, STATUS
from gateway.replies import Button
from gateway.texts import Texts
from records.event_log import Event

CHOICE, JUDGE = "choice", "judge"
"""How the ids of blocks and actions begin that belong to a choice or to a judgement."""
_ABOUT_PERSONS = ("redacted", "patient")
"""Notices of something that was not kept here, and stands in Slack still."""
_LABELLED = re.compile(r"\[[^\]\n]+\]\(https?://[^\s)]+\)")


@dataclass(frozen=True)
class SlackMessage:
    """One message: blocks for the eye, `text` for notifications, screen readers and where blocks are not shown."""

    text: str
    blocks: Sequence[Json]


def render(event: Event, texts: Texts, own: SlackTexts) -> list[SlackMessage]:
    """The messages that show the event, in order; none for one that says nothing."""
    if event.kind == STATUS:
        said = getattr(own.status, str(event.content.get("status")), None)
        return [SlackMessage(escaped(said), [context(said)])] if said else []
    told = tell(event, texts)
    if told is None:
        return []
    cut = pieces(told.text, LONGEST, [*told.facts, *_LABELLED.findall(told.text)])
    heading = None if told.speaker is None else own.speaker.format(name=told.speaker)
    messages = []
    for number, piece in enumerate(cut, 1):
        shown, said = [paragraphs(piece, heading)], [*([heading] if heading else []), piece]
        if len(cut) > 1:
            part = texts.answers.part.format(number=number, of=len(cut))
            shown.append(context(part))
            said.append(part)
        if number == len(cut):
            remains = event.kind == NOTICE and event.content.get("code") in _ABOUT_PERSONS
            shown += [*_beside(told, texts), *([context(own.remains)] if remains else []), *_choices(told, own)]
            shown += judging(told.id, {}, texts) if told.judged else []
            said += [*_said_beside(told, texts), *([own.remains] if remains else []), *_said_choices(told, own)]
        messages.append(SlackMessage(escaped("\n".join(said)), shown))
    return messages


def judging(event_id: str, judgement: Json, texts: Texts) -> list[Json]:
    """What to ask of an answer, with what has been said of it: did it help, what was wrong, is it solved; thanks."""
    answers = texts.answers

    def offered(stage: str, options: Sequence[tuple[str, Json]], title: str | None) -> list[Json]:
        buttons = [
            button(label, f"{JUDGE}.{number}", packed({"event": event_id, **judgement, **more}))
            for number, (label, more) in enumerate(options)
        ]
        asked = [] if title is None else [context(title, f"{JUDGE}.{stage}.title")]
        return [*asked, actions(buttons, f"{JUDGE}.{stage}")]

    if "helpful" not in judgement:
        thumbs = [
            (f":+1: {answers.helpful}", {"helpful": True}),
            (f":-1: {answers.unhelpful}", {"helpful": False}),
        ]
        return offered("helpful", thumbs, None)
    if not judgement["helpful"] and "reason" not in judgement:
        return offered("reason", [(title, {"reason": code}) for code, title in answers.reasons.items()], answers.why)
    if "solved" not in judgement:
        return offered("solved", [(answers.yes, {"solved": True}), (answers.no, {"solved": False})], answers.solved)
    return [context(answers.thanks, f"{JUDGE}.thanks")]


def _beside(told: Told, texts: Texts) -> list[Json]:
    """Notices, open or closed, sources."""
    found = [
        paragraphs(piece, f"⚠️ {texts.answers.notice}")
        for notice in told.notices
        for piece in pieces(notice, LONGEST, _LABELLED.findall(notice))
    ]
    if told.badge is not None:
        found.append(context(f"{'🟢' if told.open else '🔴'} {told.badge}"))
    if told.sources:
        found.append(context(f"📄 {texts.answers.sources}: {'; '.join(told.sources)}"))
    return found


def _said_beside(told: Told, texts: Texts) -> list[str]:
    said = [f"{texts.answers.notice}: {notice}" for notice in told.notices]
    said += [told.badge] if told.badge is not None else []
    return [*said, *([f"{texts.answers.sources}: {'; '.join(told.sources)}"] if told.sources else [])]


def _choices(told: Told, own: SlackTexts) -> list[Json]:
    """Buttons, or a menu of many; titles that fit on neither are told in full before."""
    titles = _titles(told.buttons)
    values = [f"{told.id}:{number}" for number in range(len(titles))]
    shown = [paragraphs("\n".join(titles))] if titles != [each.title for each in told.buttons] else []
    if len(titles) <= MOST_BUTTONS:
        buttons = [button(title, f"{CHOICE}.{value}", value) for title, value in zip(titles, values, strict=True)]
        return [*shown, *rows(buttons, CHOICE)]
    options = list(zip(titles, values, strict=True))
    return [
        *shown,
        *(
            actions([menu(options[start : start + MOST_OPTIONS], own.choose, f"{CHOICE}.{start}")], f"{CHOICE}.{start}")
            for start in range(0, len(options), MOST_OPTIONS)
        ),
    ]


def _said_choices(told: Told, own: SlackTexts) -> list[str]:
    return [own.choices, *(f"- {each.title}" for each in told.buttons)] if told.buttons else []


def _titles(buttons: Sequence[Button]) -> list[str]:
    """As on the buttons: numbered if one of them has to be cut, so that it can be told by its number."""
    if all(len(each.title) <= LABEL for each in buttons):
        return [each.title for each in buttons]
    return [f"{number}. {each.title}" for number, each in enumerate(buttons, 1)]
