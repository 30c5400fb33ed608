"""YAML as Rasa reads it, and documents freed of what layout puts between the words."""

from pathlib import Path
from typing import Any

import pytest

from knowledge import located_yaml
from knowledge.documents import cut, normalise
from knowledge.schema import Source
from tests.tiny_content import TinyContent


def read(folder: Path, text: str) -> Any:
    path = folder / "x.yml"
    path.write_text(text, encoding="utf-8")
    return located_yaml.read(path, folder)


@pytest.mark.parametrize(
    "written",
    [
        "no",
        "yes",
        "on",
        "off",
        "No",
        "07:30",
        "16:00",
        "2026-11-22",
        "1.0",
        "1e3",
        "012",
        "0x1F",
        "1_000",
        "018-611 77 10",
    ],
)
def test_what_yaml_1_1_would_change_stays_text(tmp_path: Path, written: str) -> None:
    assert read(tmp_path, f"x: {written}\n") == {"x": written}


@pytest.mark.parametrize(
    ("written", "value"),
    [("true", True), ("false", False), ("12", 12), ("-3", -3), ("0", 0), ("null", None), ("~", None), ("", None)],
)
def test_the_core_schema_has_values(tmp_path: Path, written: str, value: object) -> None:
    found = read(tmp_path, f"x: {written}\n")["x"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("written", ['"12"', "'true'", '"null"', "|\n  12", '""'])
def test_what_is_quoted_is_text(tmp_path: Path, written: str) -> None:
    assert isinstance(read(tmp_path, f"x: {written}\n")["x"], str)


def test_a_key_is_text_too(tmp_path: Path) -> None:
    assert read(tmp_path, "no: 1\non: 2\n") == {"no": 1, "on": 2}


def test_mappings_know_their_lines(tmp_path: Path) -> None:
    found = read(tmp_path, "# först\na: 1\nb:\n  - c: 2\n    d: 3\n")
    assert found.lines == {"a": 2, "b": 3}
    assert (found["b"][0].line, found["b"][0].lines) == (4, {"c": 4, "d": 5})


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("verk-\nsamhetschefen", "verksamhetschefen"),
        ("e-post", "e-post"),
        ("IT-\nsupport", "IT- support"),
        ("mån-\nfre 08", "månfre 08"),
        (r"\(se bilaga\) \[1\]", "(se bilaga) [1]"),
        ("**690 kr** i <b>månaden</b>", "690 kr i månaden"),
        ("<https://exempel.se/a>", "https://exempel.se/a"),
        ("två\n   rader\toch  mer\u00a0", "två rader och mer"),
        ("noll\u200bbredd", "nollbredd"),
    ],
)
def test_layout_is_taken_away(raw: str, plain: str) -> None:
    assert normalise(raw) == plain


@pytest.mark.parametrize("raw", ["verk-\nsamhet **x**", r"\(a\)", "<b>a</b>  b"])
def test_what_is_normal_stays_as_it_is(raw: str) -> None:
    assert normalise(normalise(raw)) == normalise(raw)


def source(*sections: tuple[str, str]) -> Source:
    return Source.model_validate(
        {
            "id": "d",
            "file": "d.txt",
            "title": "D",
            "issuer": "N",
            "region": "N",
            "dated": "2024",
            "scope": "gäller",
            "checked": "2026-01-01",
            "sections": [{"name": name, "starts": starts} for name, starts in sections],
        }
    )


def test_a_section_goes_to_the_next_ones_first_line() -> None:
    document, missing = cut(
        source(("A", "1 Först"), ("B", "2 Sedan")), "1 Först\nett\n**2 Sedan**\ntvå\n2 Sedan igen\n"
    )
    assert missing == []
    assert document.sections == {"A": "1 Först ett", "B": "2 Sedan två 2 Sedan igen"}


def test_a_section_that_is_not_there_is_named_and_the_rest_still_cut() -> None:
    document, missing = cut(source(("A", "Ett"), ("B", "Två"), ("C", "Tre")), "Ett\nx\nTre\ny\n")
    assert missing == ["B"]
    assert document.sections == {"A": "Ett x", "C": "Tre y"}


def test_sections_come_in_their_order() -> None:
    _, missing = cut(source(("B", "Två"), ("A", "Ett")), "Ett\nTvå\n")
    assert missing == ["A"]


def test_a_value_is_found_across_a_broken_word_and_markup(tiny: TinyContent) -> None:
    values = {fact.value for fact in tiny.read().topics["norr/konto/bestalla"].topic.facts}
    assert values == {"beställs av verksamhetschefen (skriftligt)", "690 kr i månaden"}
