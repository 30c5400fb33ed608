"""Every answer that the content holds is shown in Slack whole: its facts, its words, its sources, its notices."""

import re

from actions.reply import topic_reply
from gateway.channels.slack.rendering import render
from gateway.channels.slack.texts import read_slack_texts
from gateway.texts import read_texts
from knowledge.database import KnowledgeBase
from records.event_log import Event
from tests.builders import moment
from tests.contract.slack import complaints, texts

AT = moment("2026-11-23T10:00")


def words(text: str) -> list[str]:
    """Without what marks lists and links."""
    text = re.sub(r"\[([^\]\n]+)\]\(https?://[^\s)]+\)", r"\1", text)
    return re.sub(r"(?m)^\s*(?:[-–•]|\d{1,3}[.)])\s+", "", text).split()


def test_no_answer_loses_a_fact_or_its_source(knowledge: KnowledgeBase) -> None:
    own, general = read_slack_texts(), read_texts()
    every = knowledge.every_topic()
    assert len(every) > 100
    for placed in every:
        reply = topic_reply(placed)
        custom = reply.custom(knowledge)
        buttons = [{"title": placed.topic.title, "token": "t"}]
        content = {"text": reply.text, "custom": custom, "buttons": buttons}
        messages = render(Event("slack-1", "abc", 1, AT, "bot_message", content), general, own)
        shown = "\n".join(text for each in messages for text in texts(list(each.blocks)))
        answer = " ".join("".join(texts(list(each.blocks[:1]))) for each in messages)
        assert [each for message in messages for each in complaints(message.blocks, most=50)] == [], placed.name
        assert "".join(words(answer)) == "".join(words(reply.text)), placed.name
        for fact in custom["facts"]:
            if fact["value"] in reply.text and not fact["value"].startswith("http"):
                assert fact["value"] in answer, placed.name
        for source in custom["sources"]:
            assert source["title"] in shown, placed.name
        for notice in custom["notices"]:
            assert "".join(words(notice)) in "".join(shown.split()), placed.name
