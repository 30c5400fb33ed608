"""Every mistake that an editor can make is told with file, line and reason, and nothing is loaded."""

from dataclasses import dataclass

import pytest

from knowledge.checks import contacts_in
from knowledge.errors import ContentError, Problem
from tests.tiny_content import TinyContent

KONTO, REGION = "norr/konto.yml", "norr/region.yml"


@dataclass(frozen=True)
class Mistake:
    """One text replaced in one file, and what the complaint must name."""

    name: str
    file: str
    old: str
    new: str
    says: str
    """The word of the editor's that the reason must repeat."""
    line: str | None
    """A text on the line that the complaint names; None where the whole file is meant."""
    at: str | None = None
    """The file complained of, where it is not the one that was changed."""


MISTAKES = [
    Mistake(
        "value not in the text", KONTO, "och kostar 690 kr i månaden.", "och kostar pengar.", "690 kr", "id: bestalla"
    ),
    Mistake(
        "an example that says the same as another",
        KONTO,
        "    examples: [undantag, kontot stängs inte, längre tid]",
        "    examples:\n      - kontot stängs inte\n      - längre tid\n      - Stängs inte kontot?",
        "kontot stängs inte",
        "- Stängs inte kontot?",
    ),
    Mistake("unknown source", KONTO, "source: lilla", "source: stora", "stora", "id: bestalla"),
    Mistake("unknown section", KONTO, "section: Konto", "section: Bilaga", "Bilaga", "id: bestalla"),
    Mistake(
        "fact of another section", KONTO, "section: Konto", "section: Kontakt", "verksamhetschefen", "id: bestalla"
    ),
    Mistake(
        "fact with no clause",
        KONTO,
        ", section: Konto}",
        "}",
        "section",
        "beställs av verksamhetschefen (skriftligt), s",
    ),
    Mistake(
        "phone without fact",
        KONTO,
        "efter 14 dagar.",
        "efter 14 dagar. Ring 012-99 88 77.",
        "012-99 88 77",
        "id: stanga",
    ),
    Mistake(
        "phone with the number in one piece",
        KONTO,
        "efter 14 dagar.",
        "efter 14 dagar. Ring 012-998877.",
        "012-998877",
        "id: stanga",
    ),
    Mistake("mailbox without fact", KONTO, "efter 14 dagar.", "efter 14 dagar. Mejla x@y.se", "x@y.se", "id: stanga"),
    Mistake(
        "url without fact",
        KONTO,
        "efter 14 dagar.",
        "efter 14 dagar. Se https://y.se/a",
        "https://y.se/a",
        "id: stanga",
    ),
    Mistake("url with no scheme", KONTO, "efter 14 dagar.", "efter 14 dagar. Se www.y.se", "www.y.se", "id: stanga"),
    Mistake("unknown desk", KONTO, "desk: support", "desk: vaktmastare", "vaktmastare", "id: bestalla"),
    Mistake("unknown service of a file", KONTO, "service: konto", "service: kaffe", "kaffe", "id: bestalla"),
    Mistake("unknown notice", KONTO, "notices: [C1]", "notices: [C7]", "C7", "id: stanga"),
    Mistake("unknown next step", KONTO, "norr/konto/stanga", "norr/konto/borta", "norr/konto/borta", "id: bestalla"),
    Mistake("duplicate topic", KONTO, "id: stanga-undantag", "id: stanga # igen", "norr/konto/stanga", "# igen"),
    Mistake(
        "answer with no fact", "shared/allmant.yml", "    outcome: declined\n", "", "shared/support/vader", "id: vader"
    ),
    Mistake("contradiction with no notice", KONTO, "    notices: [C1]\n", "", "konto-stangs", "id: stanga"),
    Mistake(
        "desk of a shared topic", "shared/allmant.yml", "outcome:", "desk: support\n    outcome:", "vader", "id: vader"
    ),
    Mistake("YAML syntax", KONTO, "[undantag, kontot", "]undantag, kontot", "", "]undantag"),
    Mistake(
        "duplicate YAML key",
        KONTO,
        "    title: Stänga konto\n",
        "    title: Stänga\n    title: Avsluta\n",
        "title",
        "title: Avsluta",
    ),
    Mistake("unknown field", KONTO, "    desk: support", "    deks: support", "deks", "deks"),
    Mistake("unknown aspect", KONTO, "aspect: order", "aspect: magi", "aspect", "aspect: magi"),
    Mistake("unknown kind of fact", KONTO, "kind: price", "kind: pris", "kind", "kind: pris"),
    Mistake(
        "too few examples", KONTO, "[undantag, kontot stängs inte, längre tid]", "[undantag]", "examples", "[undantag]"
    ),
    Mistake("text that is empty", KONTO, "text: Kontot stängs efter 14 dagar.", 'text: ""', "text", 'text: ""'),
    Mistake("id with capitals", KONTO, "id: bestalla", "id: Bestalla", "id", "id: Bestalla"),
    Mistake(
        "validity that ends before it begins",
        KONTO,
        "    desk: support",
        "    valid_from: 2027-01-01\n    valid_to: 2026-01-01\n    desk: support",
        "2026-01-01 ligger före 2027-01-01",
        "id: bestalla",
    ),
    Mistake("folder name", REGION, "code: Norr", "code: Nord", "nord", "code: Nord"),
    Mistake("unknown default desk", REGION, "default_desk: support", "default_desk: chefen", "chefen", "default_desk"),
    Mistake("unknown service of a desk", REGION, "services: [support]", "services: [kaffe]", "kaffe", "id: support"),
    Mistake("unknown notice of a desk", REGION, "services:", "notices: [C9]\n    services:", "C9", "id: support"),
    Mistake("contact not in the document", REGION, "012-34 56 78", "012-34 56 79", "012-34 56 79", "id: support"),
    Mistake("hours with no source", REGION, "    hours_fact:", "    # hours_fact:", "hours_fact", "id: support"),
    Mistake("a time past midnight", REGION, "times: [08:00-16:00]", "times: [08:00-24:30]", "times", "hours: {"),
    Mistake(
        "hours that end before they begin", REGION, "times: [08:00-16:00]", "times: [16:00-08:00]", "16:00", "hours: {"
    ),
    Mistake(
        "number of another's in a desk's words",
        REGION,
        "    handles: fel",
        "    handles: fel, annars 08-123 456",
        "08-123 456",
        "id: support",
    ),
    Mistake("empty file of topics", KONTO, "", "", "tom", None),
    Mistake(
        "same section twice",
        "sources.yml",
        "    - {name: Konto, ",
        "    - {name: Kontakt, starts: Konto}\n    - {name: Konto, ",
        "Kontakt",
        "{name: Kontakt, starts: Konto}",
    ),
    Mistake("impossible time", REGION, "times: [08:00-16:00]", "times: [08:00-26:00]", "times", "hours: {"),
    Mistake("unknown weekday", REGION, "days: [mon,", "days: [mån,", "days", "hours: {"),
    Mistake(
        "same desk twice",
        REGION,
        "desks:\n",
        "desks:\n  - {id: support, name: En till, handles: fel, contacts: "
        "[{kind: phone, value: 012-34 56 78, source: lilla, section: Kontakt}]}\n",
        "support",
        "- id: support",
    ),
    Mistake("empty region file", REGION, "", "", "tom", None),
    Mistake(
        "same service twice",
        "services.yml",
        "- {id: support",
        "- {id: konto, name: Igen}\n- {id: support",
        "konto",
        "Igen",
    ),
    Mistake("same notice twice", "notices.yml", "id: C2", "id: C1", "C1", "silent"),
    Mistake("not a list", "services.yml", "- {id: konto, name: Konto}\n- ", "", "", None),
    Mistake("entry is no mapping", "services.yml", "- {id: support, name: Support}", "- support", "", None),
    Mistake("source field missing", "sources.yml", "  issuer: Region Norr\n", "", "issuer", "id: lilla"),
    Mistake("document missing", "sources.yml", "file: lilla.txt", "file: borta.txt", "borta.txt", "id: lilla"),
    Mistake(
        "section not in the document", "sources.yml", "starts: Konto}", "starts: Bilaga}", "Konto", "starts: Bilaga"
    ),
    Mistake("section with no topic", "sources.yml", ", left_out: Bara rubriken.", "", "Huvud", "name: Huvud"),
    Mistake(
        "notice that nothing shows", "notices.yml", "- {id: C2", "- {id: C3, text: Hej.}\n- {id: C2", "C3", "id: C3"
    ),
    Mistake("notice with neither text", "notices.yml", ", silent: Stavfel utan betydelse.", "", "C2", "id: C2"),
    Mistake(
        "number of a notice in no document", "notices.yml", "två saker", "ring 012-99 88 77", "012-99 88 77", "id: C1"
    ),
]


def problems_of(tiny: TinyContent) -> list[Problem]:
    with pytest.raises(ContentError) as raised:
        tiny.read()
    assert raised.value.problems
    return raised.value.problems


def complaints(tiny: TinyContent, mistake: Mistake) -> list[Problem]:
    if mistake.name.startswith("empty "):
        tiny.files[mistake.file] = ""
    else:
        tiny.change(mistake.file, mistake.old, mistake.new)
    return problems_of(tiny)


def about(problems: list[Problem], mistake: Mistake) -> list[Problem]:
    file = mistake.at or mistake.file
    return [
        problem for problem in problems if problem.file == file and mistake.says in problem.reason and problem.reason
    ]


def test_the_tiny_content_is_right(tiny: TinyContent) -> None:
    content = tiny.read()
    assert set(content.topics) == {
        "norr/konto/bestalla",
        "norr/konto/stanga",
        "norr/konto/stanga-undantag",
        "shared/support/vader",
    }
    assert set(content.regions) == {"Norr"}


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_told_with_file_line_and_reason(tiny: TinyContent, mistake: Mistake) -> None:
    problems = complaints(tiny, mistake)
    found = about(problems, mistake)
    assert found, problems
    if mistake.line is not None:
        assert tiny.line(mistake.at or mistake.file, mistake.line) in {problem.line for problem in found}


def test_a_value_that_the_document_does_not_hold_is_told(tiny: TinyContent) -> None:
    tiny.document = tiny.document.replace("690", "790")
    (found,) = problems_of(tiny)
    assert (found.file, found.line) == (KONTO, tiny.line(KONTO, "id: bestalla"))
    assert "690 kr i månaden" in found.reason


def test_a_missing_region_file_is_told(tiny: TinyContent) -> None:
    del tiny.files[REGION]
    assert REGION in {problem.file for problem in problems_of(tiny)}


@pytest.mark.parametrize("file", ["sources.yml", "services.yml", "notices.yml", "foreign_regions.yml", "roles.yml"])
def test_a_missing_list_is_told(tiny: TinyContent, file: str) -> None:
    del tiny.files[file]
    assert file in {problem.file for problem in problems_of(tiny)}


def test_bytes_that_are_no_utf_8_are_told(tiny: TinyContent) -> None:
    (tiny.folder / "content" / "norr").mkdir(parents=True)
    (tiny.folder / "content" / "norr" / "trasig.yml").write_bytes(b"service: k\xf6nto\n")
    assert "norr/trasig.yml" in {problem.file for problem in problems_of(tiny)}


def test_all_mistakes_are_told_at_once(tiny: TinyContent) -> None:
    tiny.change(KONTO, "desk: support", "desk: vaktmastare")
    tiny.change(REGION, "services: [support]", "services: [kaffe]")
    tiny.change("services.yml", "- {id: konto", "- {idd: x, id: konto")
    files = {problem.file for problem in problems_of(tiny)}
    assert {KONTO, REGION, "services.yml"} <= files


def test_the_error_reads_as_lines_that_an_editor_can_follow(tiny: TinyContent) -> None:
    tiny.change(KONTO, "desk: support", "desk: vaktmastare")
    with pytest.raises(ContentError) as raised:
        tiny.read()
    line = tiny.line(KONTO, "id: bestalla")
    assert f"{KONTO}:{line}: " in str(raised.value)


def test_an_inferred_fact_need_not_stand_in_the_document(tiny: TinyContent) -> None:
    tiny.change(KONTO, "690 kr i månaden.", "690 kr varje månad.")
    tiny.change(KONTO, "value: 690 kr i månaden,", "value: 690 kr varje månad, inferred: Månadspris,")
    assert tiny.read().topics["norr/konto/bestalla"].topic.facts[1].inferred == "Månadspris"


def test_an_inferred_fact_must_still_stand_in_the_text(tiny: TinyContent) -> None:
    tiny.change(KONTO, "value: 690 kr i månaden,", "value: 8280 kr om året, inferred: 12 gånger 690,")
    assert "8280 kr" in "".join(problem.reason for problem in problems_of(tiny))


def test_facts_of_one_key_may_differ_between_regions(tiny: TinyContent) -> None:
    tiny.files["syd/region.yml"] = tiny.files[REGION].replace("Norr", "Syd")
    tiny.files["syd/konto.yml"] = tiny.files[KONTO].replace("norr/", "syd/")
    tiny.change("syd/konto.yml", "    notices: [C1]\n", "")
    tiny.change("syd/konto.yml", "    notices: [C1]\n", "")
    tiny.change("syd/konto.yml", "30 dagar", "14 dagar")
    tiny.change("syd/konto.yml", "30 dagar", "14 dagar")
    assert set(tiny.read().regions) == {"Norr", "Syd"}


@pytest.mark.parametrize("file", ["sources.yml", "services.yml"])
def test_an_id_that_stands_twice_is_told_where_it_stands_again(tiny: TinyContent, file: str) -> None:
    tiny.files[file] += tiny.files[file]
    (problem, *_) = problems_of(tiny)
    assert problem.file == file
    assert problem.line > len(tiny.files[file].splitlines()) // 2
    assert "finns redan" in problem.reason


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("aspect: order", "aspect: magi", "ska vara något av definition"),
        ("    desk: support", "    deks: support", "det fältet finns inte"),
        ("title: Beställa konto", "title: 12", "citattecken"),
        ("[undantag, kontot stängs inte, längre tid]", "[undantag]", "ska ha minst 3 (har 1)"),
        ("[undantag, kontot stängs inte, längre tid]", "undantag", "ska vara en lista"),
        ("id: bestalla", "id: Beställa", "bindestreck"),
        ("    desk: support", "    checked: igår\n    desk: support", "datum"),
        ("    aspect: order\n", "", "fältet saknas"),
        ("    facts:\n      - {kind: text,", "    facts:\n      - konto\n      - {kind: text,", "ska ha fält"),
    ],
)
def test_the_reason_is_swedish(tiny: TinyContent, old: str, new: str, says: str) -> None:
    tiny.change(KONTO, old, new)
    reasons = [problem.reason for problem in problems_of(tiny) if problem.file == KONTO]
    assert any(says in reason for reason in reasons), reasons
    english = ("should", "Input", "Field", "required", "permitted", " or ")
    assert not [reason for reason in reasons if any(word in reason for word in english)]


def test_a_complaint_that_nobody_foresaw_is_swedish_too(tiny: TinyContent) -> None:
    tiny.change(KONTO, "    desk: support", "    checked: true\n    desk: support")
    assert [problem.reason for problem in problems_of(tiny) if "checked" in problem.reason]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ring 012-34 56 78.", ["012-34 56 78"]),
        ("Ring 012-998877 nu", ["012-998877"]),
        ("Ring 0129988770", ["0129988770"]),
        ("Ring +46 12 99 88 77", ["+46 12 99 88 77"]),
        ("Ring 0700 - 82 43 53", ["0700 - 82 43 53"]),
        ("Ring 08-123 456", ["08-123 456"]),
        ("Se www.y.se.", ["www.y.se"]),
        ("Se https://y.se/a)", ["https://y.se/a"]),
        ("Skriv till x.y@z.se", ["x.y@z.se"]),
        ("2026-01-01 kl. 08:00-16:00 kostar det 1 234 kr", []),
        ("vardagar 07.30-16.00, 0,5 procent, rum 0123", []),
    ],
)
def test_contacts_are_found_in_a_text(text: str, found: list[str]) -> None:
    assert [contact for _, contact in contacts_in(text)] == found


def test_the_facts_of_desks_can_contradict_a_topic(tiny: TinyContent) -> None:
    tiny.change(REGION, "value: it@exempel.se, source: lilla", "value: it@exempel.se, key: konto-stangs, source: lilla")
    (problem,) = problems_of(tiny)
    assert (problem.file, problem.line) == (REGION, tiny.line(REGION, "id: support"))
    assert "konto-stangs" in problem.reason


def test_a_file_that_cannot_be_read_is_the_only_complaint(tiny: TinyContent) -> None:
    """Not also that its topics' sections and notices are used nowhere."""
    tiny.change(KONTO, "aspect: order", "aspect: magi")
    (problem,) = problems_of(tiny)
    assert problem.file == KONTO
