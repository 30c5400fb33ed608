"""An event as SMS: in the alphabet of SMS, in as few messages as it takes, no fact and no address cut apart."""

from collections.abc import Iterator

from gateway.channels.phone.gsm import EACH_PART, in_gsm, septets
from gateway.channels.phone.texts import PhoneTexts, SmsTexts
from gateway.channels.telling import Block, Line, Told, pieces
from gateway.texts import Answers, Texts

LONGEST = 3 * EACH_PART
"""Septets of one message: three parts, which phones put together again."""
_ROOM = len("(99/99) ")
_SHRINK = 20


def messages(told: Told, phone: PhoneTexts, texts: Texts) -> list[str]:
    """The messages, in order; numbered "(1/2)" when there are several."""
    text = in_gsm(_whole(told, phone.sms, texts.answers))
    if septets(text) <= LONGEST:
        return [text]
    keep = [in_gsm(fact) for fact in told.facts]
    longest = LONGEST - _ROOM
    cut = pieces(text, longest, keep)
    while any(septets(piece) > LONGEST - _ROOM for piece in cut) and longest > _SHRINK:  # letters of two septets
        longest -= _SHRINK
        cut = pieces(text, longest, keep)
    number = [texts.answers.part.format(number=place, of=len(cut)) for place in range(1, len(cut) + 1)]
    return [phone.sms.part.format(part=part, text=piece) for part, piece in zip(number, cut, strict=True)]


def _whole(told: Told, sms: SmsTexts, answers: Answers) -> str:
    paragraphs = ["\n".join(_lines(block, sms)) for block in told.blocks]
    if told.speaker:
        paragraphs[0] = sms.speaker.format(name=told.speaker, text=paragraphs[0])
    if told.badge:
        paragraphs.append(f"{told.badge}.")
    paragraphs += [sms.notice.format(label=answers.notice, text=notice) for notice in told.notices]
    if told.sources:
        paragraphs.append(sms.sources.format(label=answers.sources, sources="; ".join(told.sources)))
    if told.buttons:
        choices = enumerate(told.buttons, 1)
        paragraphs.append("\n".join(sms.choice.format(number=n, title=button.title) for n, button in choices))
    elif told.judged:
        paragraphs.append(sms.judge)
    return "\n\n".join(paragraphs)


def _lines(block: Block, sms: SmsTexts) -> Iterator[str]:
    for number, line in enumerate(block.lines, block.start):
        item = _line(line, sms)
        if block.kind == "steps":
            yield sms.step.format(number=number, item=item)
        elif block.kind == "bullets":
            yield sms.list.format(item=item)
        else:
            yield item


def _line(line: Line, sms: SmsTexts) -> str:
    return "".join(
        sms.link.format(label=run.text, url=run.url) if run.url and run.url != run.text else run.text for run in line
    )
