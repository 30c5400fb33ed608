"""The alphabet of SMS (3GPP TS 23.038, 6.2.1): what is written in it takes 160 letters, all else 70."""

import unicodedata

ONE_PART = 160
"""Septets of a message that is sent as one."""
EACH_PART = 153
"""Septets in each part of a longer one (3GPP TS 23.040, 9.2.3.24.1)."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
_WRITTEN = str.maketrans(
    {
        "–": "-",
        "—": "-",
        "\N{NON-BREAKING HYPHEN}": "-",
        "\N{HYPHEN}": "-",
        "\N{MINUS SIGN}": "-",
        "”": '"',
        "“": '"',
        "„": '"',
        "»": '"',
        "«": '"',
        "’": "'",
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "´": "'",
        "`": "'",
        "…": "...",
        "•": "-",
        "·": "-",
        "→": "->",
        "\t": " ",
        "\N{NO-BREAK SPACE}": " ",
        "\N{NARROW NO-BREAK SPACE}": " ",
        "\N{THIN SPACE}": " ",
        "\N{ZERO WIDTH SPACE}": "",
        "\N{SOFT HYPHEN}": "",
    }
)


def in_gsm(text: str) -> str:
    """The text in this alphabet: dashes and quotation marks as plain ones, other letters without their accents.

    What has no likeness there, such as a pictogram, is left out.
    """
    return "".join(_letter(letter) for letter in unicodedata.normalize("NFC", text).translate(_WRITTEN))


def septets(text: str) -> int:
    """How much of a message the text takes. Raises ValueError for a text that is not in this alphabet."""
    count = 0
    for letter in text:
        if letter in _BASIC:
            count += 1
        elif letter in _EXTENDED:
            count += 2
        else:
            raise ValueError("a letter is not in the alphabet of SMS")
    return count


def _letter(letter: str) -> str:
    if letter in _BASIC or letter in _EXTENDED:
        return letter
    plain = unicodedata.normalize("NFKD", letter)
    return "".join(each for each in plain if each in _BASIC)
