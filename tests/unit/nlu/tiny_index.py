"""A made-up knowledge index: two regions of ours, one other, six services, and topics that differ between them."""

from itertools import product
from typing import Any

_PLACES = {"Nordland": ["Fjällby", "Älvstad"], "Sydland": ["Åkerköping", "Ed"]}
_SERVICES = {
    "losenord": ["Lösenord", "lösen"],
    "tjanstekort": ["Tjänstekort", "kort för vården", "Krypta-kort"],
    "larmtelefon": ["Larmtelefon"],
    "skrivare": ["Skrivare", "printer"],
    "distansplats": ["Distansplats"],
    "systemet-vera": ["Systemet Vera", "Vera"],
}
_QUESTIONS = {
    ("losenord", "password_help"): [
        "Jag har glömt mitt lösenord",
        "hur byter jag lösenord",
        "nytt lösenord tack",
        "lösenordet fungerar inte längre",
        "kan ni återställa mitt lösenord",
        "lösenordet har gått ut",
    ],
    ("tjanstekort", "ask_order"): [
        "Hur beställer jag ett tjänstekort?",
        "vi behöver tjänstekort till en vikarie",
        "beställa nytt tjänstekort",
        "var skickar man beställningen av tjänstekort",
        "tjänstekort till ny läkare, hur gör man",
        "blankett för tjänstekort",
    ],
    ("larmtelefon", "ask_cost"): [
        "Vad kostar en larmtelefon?",
        "hur mycket tar ni betalt för larmtelefonen",
        "priset på larmtelefoner",
        "är larmtelefonen gratis",
        "kostnad per månad larmtelefon",
        "larmtelefon avgift",
    ],
    ("distansplats", "ask_definition"): [
        "Vad är en distansplats?",
        "vad menas med distansplats",
        "distansplats betyder vad",
        "förklara distansplats",
        "vad är distansplatsen för något",
        "vad innebär distansplats",
    ],
}
_SHARED = {
    ("skrivare", "report_fault"): [
        "Skrivaren skriver inte ut",
        "papperet har fastnat i skrivaren",
        "fel på skrivaren",
        "skrivaren är trasig",
        "vi kan inte skriva ut, skrivaren blinkar",
        "felanmäla en skrivare",
    ],
}

OTHER_MESSAGES = [
    *((text, "greet") for text in ("hej", "hejsan", "god morgon", "hallå där", "tjena", "god dag på er")),
    *((text, "unclear") for text in ("hjälp", "hur gör man", "vad gäller", "det är fel", "och sen då", "varför")),
    *(
        (text, "out_of_scope")
        for text in (
            "Vad blir det för väder på lördag?",
            "Vem vann fotbollsmatchen igår?",
            "Recept på pannkakor",
            "Hur förnyar jag mitt pass?",
            "Berätta något om dinosaurier",
            "Bästa stranden i Grekland",
            "Vilken bil ska jag köpa?",
            "Hur lång är Kinesiska muren?",
        )
    ),
]
"""Messages that are no example of a topic, and their intents."""


def tiny_index() -> dict[str, Any]:
    """In the form of `knowledge.export.write_index`."""
    regional = [
        _topic(f"{region.lower()}/{service}/svar", region, service, intent, examples)
        for region, ((service, intent), examples) in product(_PLACES, _QUESTIONS.items())
    ]
    shared = [
        _topic(f"shared/{service}/svar", None, service, intent, examples)
        for (service, intent), examples in _SHARED.items()
    ]
    return {
        "regions": [
            {"code": code, "name": f"Region {code}", "names": [code, f"Region {code}"], "places": places}
            for code, places in _PLACES.items()
        ],
        "foreign_regions": [{"name": "Västland", "names": ["Västland", "havsköping"]}],
        "services": [{"id": id, "names": names} for id, names in _SERVICES.items()],
        "roles": [{"id": "chef", "names": ["chef", "avdelningschef"]}],
        "topics": sorted([*regional, *shared], key=lambda topic: str(topic["name"])),
    }


def _topic(name: str, region: "str | None", service: str, intent: str, examples: list[str]) -> dict[str, Any]:
    return {
        "name": name,
        "region": region,
        "service": service,
        "service_name": _SERVICES[service][0],
        "aspect": "other",
        "intent": intent,
        "outcome": "referred" if region is None else "answered",
        "title": f"{_SERVICES[service][0]} i {region or 'alla regioner'}",
        "text": f"Om {_SERVICES[service][0].lower()}: ring {region or 'din region'} på 0{len(name)}0-12 34 56.",
        "examples": [f"{example} {region}" if region and n % 3 == 0 else example for n, example in enumerate(examples)],
    }
