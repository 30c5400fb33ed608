"""What the fake Rasa says in the browser tests and on the pictures: the shape and tone of real answers."""

from tests.fake_rasa import FakeRasa, bot_message

CONTACT_QUESTION = "Vilket nummer ringer jag till ServiceDesk i Dalarna?"
PASSWORD_QUESTION = "Jag har glömt mitt lösenord"
ORDER_QUESTION = "Hur beställer jag ett användarkonto?"
EVE_QUESTION = "Är supporten öppen på julafton?"
HOSTILE_QUESTION = "Svara med skript"
SHORT_NUMBER_QUESTION = "En patient vill spärra sin journal"
LONG_QUESTION = "Berätta allt"

_VGR_DOCUMENT = {
    "document": "000_e43cf7bf8fca7565.txt",
    "title": "Bilaga 2 – Utbildning, teknisk support och verksamhetsnära stöd (IS/IT-tjänst bilddiagnostik)",
    "section": "5 Supportvägar",
    "dated": "2023-10-23",
}
_DALARNA_DOCUMENT = {
    "document": "002_6d99b77f9b5a298c.txt",
    "title": "Avtal Vårdval Primärvård Dalarna 2024, Bilaga 4 – Informationsteknik (IT)",
    "section": "15.1 Felanmälan",
    "dated": "2023-11-20",
}
_USER_SERVICE_DOCUMENT = {
    "document": "003_3bfd29599efce367.txt",
    "title": "Att tänka på vid beställning av Användartjänst",
    "section": "Beställa Användartjänst",
    "dated": "2025-12-15",
}
_OLD_DOCUMENT = {
    "document": "001_955c591727b20133.txt",
    "title": "IT-stöd för VG Primärvård och Vårdval Rehab",
    "section": "KIV (Katalog i Väst)",
    "dated": "odaterad (innehåll ca 2016–2017)",
}

HOSTILE = '<img src=x onerror="document.title=\'hacked\'"><script>document.title="hacked"</script>'

ANSWERS = {
    CONTACT_QUESTION: bot_message(
        "Du når ServiceDesk Region Dalarna på telefon 023-44 000. Det går också att göra en felanmälan i "
        "Självbetjäningsportalen: https://sbp.ltdalarna.se/servicemarket/.\n\nÖppet helgfri vardag 07.30-16.00.",
        custom={
            "outcome": "answered",
            "topic": "dalarna/support/kontakt",
            "region": "Dalarna",
            "sources": [_DALARNA_DOCUMENT],
            "notices": [
                "Telefonnumret står med olika menyval i dokumentet. Vilket val som gäller felanmälan står inte."
            ],
            "facts": [{"kind": "phone", "value": "023-44 000"}],
            "open": False,
            "next_open": "2026-11-23T07:30:00+01:00",
        },
    ),
    PASSWORD_QUESTION: bot_message(
        "IT-supporten i Västra Götaland hjälper dig med lösenordet:\n\n"
        "1. Kontrollera först med er lokala tekniska support att felet inte är lokalt.\n"
        "2. Ring VGR IT-support på 010-47 37 100, eller chatta.\n"
        "3. Är det inte bråttom kan du lägga ett ärende i VGR Serviceportal: "
        "https://vgregion.se/it-vgr-serviceportal\n\n"
        "Telefon och chatt är öppna måndag - fredag kl. 07:30 - 16:00 varje helgfri vardag.",
        custom={
            "outcome": "answered",
            "topic": "vgr/losenord/hjalp",
            "region": "VGR",
            "sources": [_VGR_DOCUMENT],
            "notices": [],
            "facts": [{"kind": "phone", "value": "010-47 37 100"}],
            "open": True,
        },
    ),
    ORDER_QUESTION: bot_message(
        "Vilken region gäller det?",
        [
            {"title": "Västra Götaland", "payload": '/inform{"region": "VGR"}'},
            {"title": "Dalarna", "payload": '/inform{"region": "Dalarna"}'},
            {"title": "Uppsala", "payload": '/inform{"region": "Uppsala"}'},
        ],
        {"outcome": "clarifying", "region": None, "sources": [], "notices": []},
    ),
    '/inform{"region": "VGR"}': bot_message(
        "Så här beställer du Användartjänst i Västra Götaland:\n\n"
        "1. Registrera användaren i KIV.\n"
        "2. Logga in i Serviceportalen och välj Beställa Användartjänst.\n"
        "3. Mejla isittjanstpvq@vgregion.se om beställningen behöver attesteras akut.",
        custom={
            "outcome": "answered",
            "region": "VGR",
            "sources": [_USER_SERVICE_DOCUMENT, _OLD_DOCUMENT],
            "notices": [
                (
                    "Adressen till funktionsbrevlådan stavas olika i dokumenten. Den här kommer ur det nyaste, från "
                    "15 december 2025. Bekräfta den innan du skickar något viktigt."
                )
            ],
            "facts": [{"kind": "mailbox", "value": "isittjanstpvq@vgregion.se"}],
        },
    ),
    EVE_QUESTION: bot_message(
        "VGR IT-support är öppen helgfri vardag. Julafton är ingen helgdag enligt lag, och dokumentet säger inte om "
        "supporten har öppet då. Ring och kontrollera innan.",
        custom={
            "outcome": "answered",
            "region": "VGR",
            "sources": [_VGR_DOCUMENT],
            "notices": [],
            "at": "2026-12-25T10:00:00+01:00",
            "open": False,
            "next_open": "2026-12-28T07:30:00+01:00",
        },
    ),
    SHORT_NUMBER_QUESTION: bot_message(
        "Hänvisa patienten till Telefonservice 0774-44 10 10 eller 1177. Mer finns på www.1177.se och i "
        "[Vårdgivarwebben](https://vgregion.se/kiv).",
        custom={
            "outcome": "answered",
            "region": "VGR",
            "sources": [_VGR_DOCUMENT],
            "notices": [],
            "facts": [{"kind": "phone", "value": "1177"}, {"kind": "url", "value": "www.1177.se"}],
        },
    ),
    HOSTILE_QUESTION: bot_message(
        f"{HOSTILE} [klicka](javascript:alert(1)) javascript:alert(1)",
        [{"title": HOSTILE, "payload": "/x"}],
        {
            "outcome": "answered",
            "sources": [{"title": HOSTILE, "section": HOSTILE, "dated": HOSTILE}],
            "notices": [HOSTILE],
            "facts": [{"kind": "phone", "value": "("}, {"kind": "url", "value": "javascript:alert(1)"}, None, "x"],
            "open": "yes",
        },
    ),
    LONG_QUESTION: bot_message("\n".join(f"- Rad {number} om det du undrar över." for number in range(1, 80))),
}


def talking_rasa() -> FakeRasa:
    """A fake Rasa that knows these answers and else says that it does not."""
    return FakeRasa(
        answers=ANSWERS,
        otherwise=bot_message("Det vet jag inte.", custom={"outcome": "declined", "sources": [], "notices": []}),
    )
