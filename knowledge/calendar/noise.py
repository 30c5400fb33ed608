"""Numbers in users' messages that are no times: telephone numbers, personnummer, prices, versions, tickets, durations.

So are wishes ("trevlig helg") and since when a fault has been there ("sedan i morse").
"""

import re

_LABELS = (
    "version|ver|windows|win|office|java|chrome|edge|firefox|citrix|ios|android|macos|steg|punkt|avsnitt|kapitel|kap|sida|"
    "bilaga|nivå|rad|paragraf|val|alternativ|nr|nummer|ärende|ärendet|ärendenummer|bygg|build|release|ritm|inc|req|fel|"
    "felkod|kod|port|rum|plan|§"
)
_UNITS = (
    "timm|tim\\b|h\\b|minut|min\\b|sekund|dag(?:ar|ars|en)?\\b|dygn|veck|månad|år\\b|gång|kr\\b|kronor|sek\\b|:-|€|euro|"
    "mbit|gbit|mb\\b|gb\\b|tb\\b|procent|%|st\\b|stycken|person|användare|enhet|fil(?:er|erna)?\\b|försök|av\\b|"
    "i rad\\b|steg|kollegor|anställda|ärenden"
)
_WISHES = "jul|påsk|midsommar|nyår|helg|morgon|förmiddag|eftermiddag|kväll|natt|dag|vecka"
_NOISE = re.compile(
    "|".join(
        (
            r"https?://\S+|\S+@\S+",
            r"(?<!den )\b24/7\b",
            r"(?<!\d)(?:\d\d)?\d{6}[-+]\d{4}(?!\d)",
            r"(?<![\d.:/-])(?:\+\d\d|0)\d{1,3}[ /-]?\d[\d ]{3,}\d(?![.:/\d-])|(?<![\d.:/-])0\d{1,3}-[\d -]{5,}\d",
            r"(?<![\d-])\d+-\d+-\d{5,}",
            r"\d{5,}",
            r"\b0x[0-9a-f]+|\b(?!v\d|kl\d)[a-zåäö]+\d\w*",
            r"(?<![\d.])\d+\.\d+\.(?!20\d\d(?!\d))\d+(?:\.\d+)*",
            rf"\b(?:{_LABELS})(?::| |\.|nr|nummer)*\d[\d.,/]*(?![:\d-])(?: +version [\d.,]+)?",
            rf"(?<![\d.,])(?<!\bom )\d[\d.,/]*(?:-\d+)?[ -]?(?:{_UNITS})(?:\w* i (?:veckan|månaden))?",
            r"\b(?:gång|dag|timme)(?:en|er|ar)? i (?:veckan|månaden)",
            rf"\b(?:god|gott|glad|trevlig|skön|fin|härlig) (?:fortsatt )?(?:{_WISHES})\b",
            r"\b(?:sedan|sen) (?:i ?morse|i ?går|i ?förrgår|i \w+dags)\b",
        )
    )
)


def blanked(text: str) -> str:
    """The text (lower case, composed) with such numbers replaced by as many `#`."""
    return _NOISE.sub(lambda match: "#" * len(match[0]), text)
