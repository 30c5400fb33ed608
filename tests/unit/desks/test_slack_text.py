"""Slack's markup, read and written."""

import time

import pytest

from desks.live.slack_text import escaped, plain, unescaped


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Mejla <mailto:it@vard.se|it@vard.se>", "Mejla it@vard.se"),
        ("Ring <tel:0104737100|010-47 37 100>", "Ring 010-47 37 100"),
        ("Ring <tel:0104737100>", "Ring 0104737100"),
        ("Se <https://vard.se/a?b=1&amp;c=2>", "Se https://vard.se/a?b=1&c=2"),
        ("Se <http://vard.se|vard.se>", "Se vard.se"),
        ("Se <https://vard.se/x|guiden>", "Se guiden (https://vard.se/x)"),
        ("Fråga <@U123ABC> om det", "Fråga @kollega om det"),
        ("Fråga <@U123ABC|anna> om det", "Fråga @kollega om det"),
        ("Se <#C123|it-support>", "Se #it-support"),
        ("Se <#C123|>", "Se"),
        ("<!here> inget fungerar", "inget fungerar"),
        ("<!channel|@channel> inget fungerar", "inget fungerar"),
        ("<!subteam^S1|@it> hjälp", "@it hjälp"),
        ("Stängt <!date^1392734382^{date}|18 februari>", "Stängt 18 februari"),
        ("Om temp &lt; 5 &amp; &gt; 1", "Om temp < 5 & > 1"),
        ("&amp;lt; är en kod", "&lt; är en kod"),
        ("*Hjälp* med _KIV_ och ~NPÖ~", "Hjälp med KIV och NPÖ"),
        ("*_~allt~_*", "allt"),
        ("2*3*4 och fil_namn_här", "2*3*4 och fil_namn_här"),
        ("Felet är `kod_1_x` igen", "Felet är kod_1_x igen"),
        ("```\nrad 1\nrad 2\n```", "rad 1\nrad 2"),
        ("&gt; Citerat\nMin fråga", "Citerat\nMin fråga"),
        ("Hej :wave::skin-tone-2: hur gör jag?", "Hej hur gör jag?"),
        (":+1:", ":+1:"),
        ("Möte 10:30:00 idag", "Möte 10:30:00 idag"),
    ],
)
def test_what_people_meant_is_read(written: str, read: str) -> None:
    assert plain(written, "@kollega") == read


@pytest.mark.parametrize("text", ["a < b & c > d", "&lt;", "<!channel>", "*_`", "å ä ö"])
def test_what_is_written_is_shown_as_it_was(text: str) -> None:
    assert unescaped(escaped(text)) == text
    assert "<" not in escaped(text) and ">" not in escaped(text)


@pytest.mark.parametrize("word", ["*a ", "*_", "<@U1|", ":a", "`", "&gt;", "<https://a|", "*a_ b~ c"])
def test_a_text_made_to_be_hard_to_read_is_read_quickly(word: str) -> None:
    text = word * (20_000 // len(word))
    began = time.process_time()
    plain(text)
    assert time.process_time() - began < 2
