"""The families of questions that the bot is for: in each region the topic that answers, and what it must say."""

from dataclasses import dataclass
from typing import Any

from tests.builders import REGIONS, Said, message, ranking


@dataclass(frozen=True)
class Expected:
    """One region's answer."""

    topic: str
    says: tuple[str, ...]
    """What must stand in the text, and in the facts."""
    outcome: str = "answered"
    open: bool | None = None
    """On the Monday morning of the tests; None where the desk of the answer has no hours."""


@dataclass(frozen=True)
class Family:
    """One question."""

    text: str
    intent: str
    services: tuple[str, ...]
    answers: dict[str, Expected]

    def message(self, **known: Any) -> dict[str, Any]:
        """The question as Rasa understands it: all regions' topics fit equally well."""
        topics = {region: ranking(expected.topic) for region, expected in self.answers.items()}
        return message(self.text, self.intent, services=self.services, topics=topics, **known)


FAMILIES = {
    "order account": Family(
        "Hur beställer jag ett konto till en ny kollega?",
        "ask_order",
        ("anvandarkonto",),
        {
            "VGR": Expected(
                "vgr/anvandartjanst/bestalla",
                ("Skapa engagemang i KIV", "Behörighetsportalen"),
            ),
            "Dalarna": Expected("dalarna/anvandarkonto/bestalla-konto", ("https://sbp.ltdalarna.se/servicemarket/",)),
            "Uppsala": Expected(
                "uppsala/anvandarkonto/bestalla-konto",
                ("018-611 77 10", "vardagar kl 08.00-17.00"),
                open=True,
            ),
        },
    ),
    "forgotten password": Family(
        "Jag har glömt mitt lösenord",
        "password_help",
        ("losenord",),
        {
            "VGR": Expected("vgr/losenord/glomt", ("010-47 37 100",), open=True),
            "Dalarna": Expected(
                "dalarna/losenord/losenord-hjalp",
                ("023-44 000", "helgfri vardag 07.30-16.00", "https://sbp.ltdalarna.se/servicemarket/"),
                open=True,
            ),
            "Uppsala": Expected(
                "uppsala/losenord/glomt-losenord",
                ("018-611 77 10", "https://easit.regionuppsala.se/zk/ss2"),
                open=True,
            ),
        },
    ),
    "block journal": Family(
        "En patient vill spärra sin journal",
        "block_journal",
        ("sparr",),
        {
            "VGR": Expected(
                "vgr/sparr/patient-vill-sparra",
                (
                    "0774-44 10 10",
                    "https://www.1177.se/Vastra-Gotaland/sa-fungerar-varden/sa-skyddas-och-hanteras-dina-uppgifter"
                    "/sparra-journal/",
                ),
            ),
            "Dalarna": Expected(
                "dalarna/sparr/sparra-journal",
                ("Regionen ansvarar därefter för att aktuell patients patientjournal spärras",),
            ),
            "Uppsala": Expected("uppsala/sparr/sparra-journal", ("018-611 77 10",), outcome="referred", open=True),
        },
    ),
    "log extract": Family(
        "Vem har läst journalen? Patienten vill ha loggutdrag",
        "log_extract",
        ("logg",),
        {
            "VGR": Expected(
                "vgr/logg/begara-loggutdrag",
                (
                    "0774-44 10 10",
                    "https://www.1177.se/Vastra-Gotaland/sa-fungerar-varden/sa-skyddas-och-hanteras-dina-uppgifter"
                    "/din-journal/",
                ),
            ),
            "Dalarna": Expected("dalarna/logg/loggutdrag", ("023-44 000",), outcome="referred", open=True),
            "Uppsala": Expected("uppsala/logg/loggutdrag", ("018-611 77 10",), outcome="referred", open=True),
        },
    ),
}
PHONES = {"VGR": "010-47 37 100", "Dalarna": "023-44 000", "Uppsala": "018-611 77 10"}
NAMES = {"VGR": "Västra Götaland", "Dalarna": "Dalarna", "Uppsala": "Uppsala"}
"""As the answers call the regions."""


def assert_asks_for_region(said: Said) -> None:
    """A question back with one button a region, which asserts nothing."""
    assert said.custom["outcome"] == "clarifying"
    assert (said.custom["topic"], said.custom["region"], said.custom["facts"]) == (None, None, [])
    assert sorted(said.payloads) == [f'/inform_region{{"region": "{code}"}}' for code in REGIONS]
    assert {button["title"] for button in said.buttons} == set(NAMES.values())
