"""The knowledge base's names in messages, by the real content's names."""

import pytest

from nlu.understanding.names import (
    FOREIGN_REGION,
    REGION,
    SERVICE,
    NameMatch,
    NameMatcher,
    without_regions,
)


def values(found: list[NameMatch], kind: str) -> set[str]:
    return {match.value for match in found if match.kind == kind}


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("Vi är en vårdcentral i Västra Götaland", "VGR"),
        ("vilket nummer har vgr it", "VGR"),
        ("VG-regionen", "VGR"),
        ("vastra gotaland", "VGR"),
        ("gäller det i västra götalandsregionen?", "VGR"),
        ("Region Dalarna", "Dalarna"),
        ("dalarnas servicedesk", "Dalarna"),
        ("LTDALARNA-konto", "Dalarna"),
        ("vi sitter i uppsala", "Uppsala"),
        ("Uppsalas support", "Uppsala"),
        ("region uppsala läkare", "Uppsala"),
    ],
)
def test_regions_by_their_names(real_names: NameMatcher, text: str, region: str) -> None:
    assert values(real_names.find(text), REGION) == {region}


@pytest.mark.parametrize(
    ("town", "region"),
    [
        ("Göteborg", "VGR"),
        ("goteborg", "VGR"),
        ("Borås", "VGR"),
        ("trollhattan", "VGR"),
        ("Skövde", "VGR"),
        ("Sahlgrenska", "VGR"),
        ("Falun", "Dalarna"),
        ("borlänge", "Dalarna"),
        ("Mora lasarett", "Dalarna"),
        ("Ludvika", "Dalarna"),
        ("Enköping", "Uppsala"),
        ("Knivsta", "Uppsala"),
        ("Akademiska sjukhuset", "Uppsala"),
        ("tierp", "Uppsala"),
    ],
)
def test_towns_and_hospitals_imply_their_region(real_names: NameMatcher, town: str, region: str) -> None:
    assert values(real_names.find(f"privat mottagning i {town} med tre anställda"), REGION) == {region}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hur spärrar jag journalen i Region Skåne?", "Skåne"),
        ("jobbar i malmö", "Skåne"),
        ("Region Stockholms e-tjänstekort", "Stockholm"),
        ("vardcentral i jonkoping", "Jönköpings län"),
        ("norrbottens support", "Norrbotten"),
        ("örebro", "Örebro län"),
    ],
)
def test_other_regions(real_names: NameMatcher, text: str, name: str) -> None:
    found = real_names.find(text)
    assert values(found, FOREIGN_REGION) == {name}
    assert values(found, REGION) == set()


@pytest.mark.parametrize(
    ("text", "service"),
    [
        ("SITHS-kortet", "etjanstekort"),
        ("sithskort", "etjanstekort"),
        ("säkert kort", "etjanstekort"),
        ("TjänsteID+", "etjanstekort"),
        ("hårda certifikat", "etjanstekort"),
        ("tjänstekorten", "etjanstekort"),
        ("användartjänsten", "anvandartjanst"),
        ("anvandartjanst", "anvandartjanst"),
        ("medarbetaruppdragen", "medarbetaruppdrag"),
        ("losenordet", "losenord"),
        ("Katalog i Väst", "kiv"),
        ("npö", "npo"),
        ("e-post", "epost"),
        ("e post", "epost"),
        ("AD-konto", "anvandartjanst"),
        ("adkonto", "anvandartjanst"),
        ("brickan", "etjanstekort"),
        ("plastkortet", "etjanstekort"),
        ("burken", "dator"),
    ],
)
def test_services_by_alias_and_inflection(real_names: NameMatcher, text: str, service: str) -> None:
    assert service in values(real_names.find(f"hur gör jag med {text} här"), SERVICE)


@pytest.mark.parametrize(
    ("compound", "service"),
    [
        ("sithskortsbeställning", "etjanstekort"),
        ("användartjänstbeställning", "anvandartjanst"),
        ("lösenordsbytet", "losenord"),
        ("sjunetanslutningen", "sjunet"),
        ("webcertproblem", "it-tjanster"),
    ],
)
def test_services_in_compounds(real_names: NameMatcher, compound: str, service: str) -> None:
    assert service in values(real_names.find(compound), SERVICE)


@pytest.mark.parametrize(
    ("misspelt", "kind", "value"),
    [
        ("medarbetarupdrag", SERVICE, "medarbetaruppdrag"),
        ("användatjänst", SERVICE, "anvandartjanst"),
        ("bolränge", REGION, "Dalarna"),
        ("enköpnig", REGION, "Uppsala"),
        ("gotebrog", REGION, "VGR"),
        ("dalrana", REGION, "Dalarna"),
    ],
)
def test_one_slip_in_a_long_name(real_names: NameMatcher, misspelt: str, kind: str, value: str) -> None:
    assert value in values(real_names.find(f"gäller {misspelt}"), kind)


@pytest.mark.parametrize(
    "text",
    [
        "Vad är orsaken till detta?",
        "vad kan orsaka felet",
        "marken är våt",
        "i en mark utanför",
        "hur ska det vara",
        "det får vara som det är",
        "ale eller annat öl",
        "han kommer i morgon med sin mormor",
        "Sätter du på den så är det bra",
        "vi behöver en sådan",
        "dalar och berg",
    ],
)
def test_everyday_words_are_no_places(real_names: NameMatcher, text: str) -> None:
    found = real_names.find(text)
    assert values(found, REGION) == set()
    assert values(found, FOREIGN_REGION) == set()


@pytest.mark.parametrize("text", ["patienten ligger på salen", "en stor skara barn"])
def test_everyday_words_that_are_places_too(real_names: NameMatcher, text: str) -> None:
    assert values(real_names.find(text), REGION) == set()


def test_a_slip_goes_before_a_compound(real_names: NameMatcher) -> None:
    assert values(real_names.find("etjänstekrot"), SERVICE) == {"etjanstekort"}


def test_a_short_town_takes_no_noun_ending(real_names: NameMatcher) -> None:
    assert values(real_names.find("moran tog med sig hunden"), REGION) == set()


def test_the_genitive_of_a_name_of_several_words(real_names: NameMatcher) -> None:
    assert values(real_names.find("västra götalandsregionens support"), REGION) == {"VGR"}


def test_offsets_count_in_the_text_as_it_came(real_names: NameMatcher) -> None:
    text = "Hej,  hur får   GÖTEBORG ett SITHS-kort?"
    found = {match.value: text[match.start : match.end] for match in real_names.find(text)}
    assert found["VGR"] == "GÖTEBORG"
    assert found["etjanstekort"] == "SITHS-kort"


def test_of_overlapping_names_the_longest(tiny_names: NameMatcher) -> None:
    found = tiny_names.find("kort för vården")
    assert [(match.value, match.start, match.end) for match in found] == [("tjanstekort", 0, 15)]
    assert [match.value for match in tiny_names.find("Systemet Vera")] == ["systemet-vera"]


def test_surer_of_an_exact_name_than_of_an_inflected_compound_or_misspelt_one(tiny_names: NameMatcher) -> None:
    forms = ("Larmtelefon", "larmtelefonen", "larmtelefonsladdar", "larmtelfon")
    sure = [tiny_names.find(form)[0].confidence for form in forms]
    assert sure == sorted(sure, reverse=True) and len(set(sure)) == 4
    assert all(tiny_names.find(form)[0].value == "larmtelefon" for form in forms)


@pytest.mark.parametrize("text", ["", "   ", "🙂", "?" * 500, "a" * 3000])
def test_nothing_is_found_in_nothing(real_names: NameMatcher, text: str) -> None:
    assert real_names.find(text) == []


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Hur gör vi i Nordland?", "Hur gör vi i regionen?"),
        ("Region Nordland och Sydland", "regionen och regionen"),
        ("Regionen Nordland", "regionen"),
        ("Fjällbys lösenord", "regionen lösenord"),
        ("lösenord", "lösenord"),
        ("Västland", "Västland"),
    ],
)
def test_without_regions(tiny_names: NameMatcher, text: str, masked: str) -> None:
    assert without_regions(text, tiny_names.find(text)) == masked
