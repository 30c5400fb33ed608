"""The contacts of last resort, from content that was read at the start."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.fallback import ContactFact, ContentFallback, Opening, opening_by
from knowledge.content import Content
from knowledge.schema import Region, Source

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def region(code: str, **desk: object) -> Region:
    fact = {"source": "doc", "section": "4 Support"}
    own = {
        "id": "support",
        "name": f"Support {code}",
        "handles": "allt",
        "contacts": [
            {"kind": "url", "value": "https://example.org/", **fact},
            {"kind": "phone", "value": f"010-{code}", **fact},
        ],
        "hours": {
            "days": ["mon", "tue", "wed", "thu", "fri"],
            "times": ["08:00-17:00"],
            "holidays": "closed",
            "eves": "unclear",
        },
        "hours_fact": {"kind": "hours", "value": "vardagar 08-17", **fact},
        **desk,
    }
    other = {"id": "other", "name": "Annan", "handles": "annat", "contacts": [{"kind": "phone", "value": "1", **fact}]}
    return Region.model_validate(
        {
            "code": code,
            "name": f"Region {code}",
            "in_sentence": code,
            "aliases": [code],
            "default_desk": "support",
            "desks": [other, own],
        }
    )


def content(*regions: Region) -> Content:
    source = Source.model_validate(
        {
            "id": "doc",
            "file": "doc.txt",
            "title": "Beskrivning",
            "issuer": "Regionen",
            "region": "A",
            "dated": "2020-12-03",
            "scope": "gäller alla",
            "checked": "2026-11-22",
            "sections": [{"name": "4 Support", "starts": "4"}],
        }
    )
    return Content({"doc": source}, {each.code: each for each in regions}, [], {}, {}, {})


def at(hour: int, day: int = 23) -> ContentFallback:
    moment = datetime(2026, 11, day, hour, tzinfo=STOCKHOLM)
    return ContentFallback(content(region("A"), region("B", hours=None, hours_fact=None)), opening_by(lambda: moment))


def test_a_region_has_its_default_desk_with_the_phone_first() -> None:
    (desk,) = at(10).contacts("A")

    assert (desk.region, desk.region_name, desk.name, desk.hours) == ("A", "Region A", "Support A", "vardagar 08-17")
    assert desk.ways == (ContactFact("phone", "010-A"), ContactFact("url", "https://example.org/"))
    assert [(source.document, source.dated) for source in desk.sources] == [("doc.txt", "2020-12-03")]


@pytest.mark.parametrize("unknown", [None, "", "C"])
def test_no_known_region_gives_all(unknown: str | None) -> None:
    assert [desk.region for desk in at(10).contacts(unknown)] == ["A", "B"]


def test_open_is_told_by_the_clock() -> None:
    assert at(10).contacts("A")[0].opening.open is True
    closed = at(18).contacts("A")[0].opening
    assert closed == Opening(False, datetime(2026, 11, 24, 8, tzinfo=STOCKHOLM), False)


def test_no_hours_in_the_documents_is_told_as_unknown() -> None:
    assert at(10).contacts("B")[0].opening.open is None


def test_the_number_comes_even_if_the_calendar_fails() -> None:
    fallback = ContentFallback(content(region("A")), opening_by(lambda: datetime(2026, 11, 23, 10)))  # no offset

    (desk,) = fallback.contacts("A")

    assert desk.ways[0].value == "010-A"
    assert desk.opening == Opening()
