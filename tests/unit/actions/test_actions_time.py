"""Opening hours, contacts and deadlines, computed for a moment that the test sets."""

from typing import Any

import pytest

from actions.answers.contact import contact
from actions.answers.deadline import deadline
from actions.answers.opening_hours import opening_hours
from actions.house import House
from actions.questions import GiveContact, TellDeadline, TellOpeningHours
from actions.talk import SetRegion
from knowledge.content import Content, default_desk
from tests.builders import REGIONS, Conversation, foreign_values, house_at, message, moment, ranking, turn
from tests.families import NAMES, PHONES, assert_asks_for_region

NOTHING_LIKELY = {code: ranking("shared/support/mitt-arende", confidence=0.02) for code in REGIONS}
OPENS = {"VGR": "07:30", "Dalarna": "07:30", "Uppsala": "08:00"}
CLOSES = {"VGR": "16:00", "Dalarna": "16:00", "Uppsala": "17:00"}


def asked(text: str, *, region: str | None = None, services: tuple[str, ...] = ()) -> dict[str, Any]:
    regions = [region] if region else []
    return message(text, "ask_opening_hours", regions=regions, services=services, topics=NOTHING_LIKELY)


def custom_of(house: House, now: str, text: str, region: str, *services: str) -> dict[str, Any]:
    """The machine-readable part of an answer about opening hours."""
    at_that_time = house_at(house, now)
    reply = opening_hours(turn(asked(text, region=region, services=services)), at_that_time)
    custom = reply.custom(house.knowledge)
    assert (custom["outcome"], custom["region"]) == ("answered", region)
    return custom


def is_at(iso: str | None, local: str) -> bool:
    """Whether a moment of the contract, which has an offset, is that local time."""
    return iso == moment(local).isoformat()


@pytest.mark.parametrize("region", REGIONS)
class TestNow:
    def test_open(self, house: House, content: Content, region: str) -> None:
        custom = custom_of(house, "2026-11-23T10:00", "Är supporten öppen nu?", region)
        assert custom["open"] is True
        assert is_at(custom["at"], "2026-11-23T10:00")
        assert is_at(custom["next_open"], f"2026-11-24T{OPENS[region]}")
        values = {fact["value"] for fact in custom["facts"]}
        hours = default_desk(content.regions[region]).hours_fact
        assert hours is not None
        assert {PHONES[region], hours.value} <= values
        assert not set(foreign_values(content, region)) & values
        assert custom["sources"]

    def test_closed_in_the_evening_until_the_next_morning(self, house: House, region: str) -> None:
        custom = custom_of(house, "2026-11-23T19:00", "Är supporten öppen nu?", region)
        assert custom["open"] is False
        assert is_at(custom["next_open"], f"2026-11-24T{OPENS[region]}")

    def test_closed_on_friday_evening_until_monday(self, house: House, region: str) -> None:
        custom = custom_of(house, "2026-11-27T18:00", "Har ni öppet nu?", region)
        assert custom["open"] is False
        assert is_at(custom["next_open"], f"2026-11-30T{OPENS[region]}")

    @pytest.mark.parametrize("clock", ["opens", "closes"])
    def test_on_the_minute(self, house: House, region: str, clock: str) -> None:
        at = OPENS[region] if clock == "opens" else CLOSES[region]
        custom = custom_of(house, f"2026-11-23T{at}", "Är supporten öppen nu?", region)
        assert custom["open"] is (clock == "opens")

    def test_easter_is_stepped_over(self, house: House, region: str) -> None:
        custom = custom_of(house, "2026-04-02T18:00", "Är supporten öppen nu?", region)
        assert is_at(custom["next_open"], f"2026-04-07T{OPENS[region]}")

    def test_the_offset_follows_summer_time(self, house: House, region: str) -> None:
        custom = custom_of(house, "2026-03-27T18:00", "Är supporten öppen nu?", region)
        assert custom["at"].endswith("+01:00")
        assert custom["next_open"].endswith("+02:00")

    def test_with_no_topics_understood(self, house: House, region: str) -> None:
        latest = message("/ask_opening_hours", "ask_opening_hours", regions=[region], topics={})
        reply = opening_hours(turn(latest), house)
        assert (reply.outcome, reply.region) == ("answered", region)


@pytest.mark.parametrize("region", REGIONS)
class TestAnotherDay:
    def test_christmas_eve_is_left_open_by_the_documents(self, house: House, region: str) -> None:
        custom = custom_of(house, "2026-11-23T10:00", "Är supporten öppen på julafton?", region)
        assert custom["open"] is None
        assert custom["at"].startswith("2026-12-24T")
        assert is_at(custom["next_open"], f"2026-12-28T{OPENS[region]}")

    def test_christmas_eve_on_the_day_itself(self, house: House, region: str) -> None:
        custom = custom_of(house, "2026-12-24T10:00", "Är ni öppna nu?", region)
        assert custom["open"] is None

    def test_a_public_holiday_is_closed(self, house: House, region: str) -> None:
        custom = custom_of(house, "2026-11-23T10:00", "Är supporten öppen på juldagen?", region)
        assert custom["open"] is False
        assert custom["at"].startswith("2026-12-25T")

    def test_a_saturday_is_closed(self, house: House, region: str) -> None:
        custom = custom_of(house, "2026-11-23T10:00", "Är supporten öppen på lördag kl 10?", region)
        assert custom["open"] is False
        assert is_at(custom["at"], "2026-11-28T10:00")
        assert is_at(custom["next_open"], f"2026-11-30T{OPENS[region]}")

    def test_tomorrow_is_open(self, house: House, region: str) -> None:
        custom = custom_of(house, "2026-11-23T19:00", "Har supporten öppet i morgon?", region)
        assert custom["open"] is True
        assert custom["at"].startswith("2026-11-24T")

    def test_a_time_tomorrow(self, house: House, region: str) -> None:
        custom = custom_of(house, "2026-11-23T10:00", "Är supporten öppen i morgon kl 06:00?", region)
        assert custom["open"] is False
        assert is_at(custom["at"], "2026-11-24T06:00")
        assert is_at(custom["next_open"], f"2026-11-24T{OPENS[region]}")

    def test_a_whole_christmas_tells_each_day(self, house: House, region: str) -> None:
        at_that_time = house_at(house, "2026-12-21T10:00")
        reply = opening_hours(turn(asked("Vilka öppettider har supporten under jul?", region=region)), at_that_time)
        assert reply.outcome == "answered"
        assert all(day in reply.text for day in ("24 december", "25 december", "26 december"))

    def test_asked_back_first(self, house: House, conversation: Conversation, region: str) -> None:
        first = conversation.send(TellOpeningHours(house), asked("Är supporten öppen på julafton?"))
        assert_asks_for_region(first)
        said = conversation.send(SetRegion(house), message(region, "inform_region", regions=[region]))
        assert (said.custom["outcome"], said.custom["region"]) == ("answered", region)
        assert said.custom["open"] is None
        assert said.custom["at"].startswith("2026-12-24T")
        assert is_at(said.custom["next_open"], f"2026-12-28T{OPENS[region]}")
        assert said.custom["sources"]


class TestOnCall:
    """VGR has on-call; the other documents describe none."""

    @pytest.mark.parametrize(
        "now", ["2026-11-23T19:00", "2026-11-24T05:00", "2026-11-28T12:00", "2026-11-29T23:59", "2026-05-14T18:00"]
    )
    def test_nights_and_weekends(self, house: House, now: str) -> None:
        custom = custom_of(house, now, "Är supporten öppen nu?", "VGR")
        assert (custom["open"], custom["on_call"]) == (False, True)

    def test_not_in_office_hours(self, house: House) -> None:
        custom = custom_of(house, "2026-11-23T10:00", "Är supporten öppen nu?", "VGR")
        assert (custom["open"], custom["on_call"]) == (True, False)

    @pytest.mark.parametrize("now", ["2026-05-14T10:00", "2026-01-01T07:30", "2026-01-06T15:59", "2026-12-25T12:00"])
    def test_a_holiday_on_a_weekday_is_in_neither(self, house: House, now: str) -> None:
        custom = custom_of(house, now, "Är supporten öppen nu?", "VGR")
        assert custom["open"] is False
        assert custom["on_call"] is None

    def test_the_hole_is_told(self, house: House) -> None:
        said = opening_hours(turn(asked("Är ni öppna nu?", region="VGR")), house_at(house, "2026-05-14T10:00"))
        assert "beredskap" in said.text.lower()
        assert "07.30" in said.text
        assert "16.00" in said.text
        assert PHONES["VGR"] in said.text

    def test_the_hole_is_told_when_the_holiday_is_named(self, house: House) -> None:
        custom = custom_of(house, "2026-05-04T10:00", "Är ni öppna på Kristi himmelsfärdsdag kl 10?", "VGR")
        assert is_at(custom["at"], "2026-05-14T10:00")
        assert (custom["open"], custom["on_call"]) == (False, None)

    @pytest.mark.parametrize("region", ["Dalarna", "Uppsala"])
    def test_none_where_none_is_described(self, house: House, region: str) -> None:
        custom = custom_of(house, "2026-11-28T12:00", "Är supporten öppen nu?", region)
        assert (custom["open"], custom["on_call"]) == (False, False)


class TestItInkop:
    """Dalarna 5: Mån-fre 08.00-12.00 -- 13.00-15.00."""

    def test_lunch(self, house: House) -> None:
        custom = custom_of(house, "2026-11-23T12:30", "Är IT-inköp öppet nu?", "Dalarna", "it-inkop")
        assert custom["open"] is False
        assert is_at(custom["next_open"], "2026-11-23T13:00")

    @pytest.mark.parametrize(
        ("now", "open_now"),
        [("T08:00", True), ("T11:59", True), ("T12:00", False), ("T13:00", True), ("T14:59", True), ("T15:00", False)],
    )
    def test_its_hours(self, house: House, now: str, open_now: bool) -> None:
        custom = custom_of(house, f"2026-11-23{now}", "Är IT-inköp öppet nu?", "Dalarna", "it-inkop")
        assert custom["open"] is open_now

    def test_the_document_says_nothing_of_holidays(self, house: House) -> None:
        custom = custom_of(house, "2026-12-25T10:00", "Är IT-inköp öppet nu?", "Dalarna", "it-inkop")
        assert custom["open"] is None


@pytest.mark.parametrize("region", REGIONS)
class TestContact:
    def test_the_number(self, house: House, content: Content, conversation: Conversation, region: str) -> None:
        conversation.slots["region"] = region
        said = conversation.send(
            GiveContact(house), message("Vilket nummer ringer jag?", "ask_contact", topics=NOTHING_LIKELY)
        )
        assert (said.custom["outcome"], said.custom["region"], said.custom["open"]) == ("answered", region, True)
        assert PHONES[region] in said.values
        assert PHONES[region] in said.text
        assert [value for value in foreign_values(content, region) if value in said.whole] == []
        own = {source.file for source in content.sources.values() if source.region == region}
        assert said.documents
        assert said.documents <= own

    def test_at_night_it_says_when_it_opens(self, house: House, region: str) -> None:
        latest = message("Vilket nummer ringer jag?", "ask_contact", regions=[region], topics=NOTHING_LIKELY)
        reply = contact(turn(latest), house_at(house, "2026-11-27T22:00"))
        assert reply.times["open"] is False
        assert is_at(reply.times["next_open"], f"2026-11-30T{OPENS[region]}")

    def test_asked_back_first(self, house: House, conversation: Conversation, region: str) -> None:
        latest = message("Vilket nummer ringer jag?", "ask_contact", topics=NOTHING_LIKELY)
        assert_asks_for_region(conversation.send(GiveContact(house), latest))
        said = conversation.send(SetRegion(house), message(region, "inform_region", regions=[region]))
        assert (said.custom["outcome"], said.custom["region"]) == ("answered", region)
        assert PHONES[region] in said.values
        assert conversation.slots["pending"] is None


@pytest.mark.parametrize(
    ("region", "service", "value"),
    [
        ("VGR", "bfr", "bfr.forvaltning@vgregion.se"),
        ("VGR", "kiv", "ekonomi.privera@vgregion.se"),
        ("VGR", "sparr", "0774-44 10 10"),
        ("Dalarna", "hsa", "hsa.organisation@regiondalarna.se"),
        ("Uppsala", "easit", "https://easit.regionuppsala.se/zk/ss2"),
    ],
)
def test_a_service_has_a_desk_of_its_own(house: House, region: str, service: str, value: str) -> None:
    latest = message("Vem kontaktar jag?", "ask_contact", regions=[region], services=[service], topics=NOTHING_LIKELY)
    reply = contact(turn(latest), house)
    assert value in {fact.value for fact in reply.facts}
    assert value in reply.text


@pytest.mark.parametrize("function", [contact, opening_hours, deadline])
def test_a_foreign_region_is_declined(house: House, function: Any) -> None:
    latest = message(
        "Vilket nummer, och är det öppet i Skåne?", "ask_contact", foreign=["Skåne"], topics=NOTHING_LIKELY
    )
    reply = function(turn(latest, {"region": "VGR"}), house)
    assert (reply.outcome, reply.facts, reply.times) == ("declined", (), {})


@pytest.mark.parametrize("function", [contact, opening_hours])
def test_two_regions_are_both_told(house: House, function: Any) -> None:
    latest = message(
        "Vilka öppettider och nummer har VGR och Dalarna?",
        "ask_contact",
        regions=["VGR", "Dalarna"],
        topics=NOTHING_LIKELY,
    )
    reply = function(turn(latest), house)
    assert {PHONES["VGR"], PHONES["Dalarna"]} <= {fact.value for fact in reply.facts}
    assert NAMES["VGR"] in reply.text
    assert NAMES["Dalarna"] in reply.text


class TestDeadline:
    def custom(self, house: House, now: str, text: str, topic: str) -> dict[str, Any]:
        latest = message(text, "ask_deadline", regions=["VGR"], topics={"VGR": ranking(topic)})
        reply = deadline(turn(latest), house_at(house, now))
        custom = reply.custom(house.knowledge)
        assert (custom["outcome"], custom["topic"], custom["region"]) == ("answered", topic, "VGR")
        assert custom["sources"]
        return custom

    @pytest.mark.parametrize(
        ("now", "open_now", "earliest", "closes"),
        [
            ("2026-11-23T10:00", False, "2026-12-01T00:00", "2026-12-03T15:00"),
            ("2026-12-02T10:00", True, "2026-12-01T00:00", "2026-12-03T15:00"),
            ("2026-12-03T15:00", False, "2027-01-04T00:00", "2027-01-07T15:00"),
            ("2026-05-01T10:00", False, "2026-05-04T00:00", "2026-05-06T15:00"),
        ],
    )
    def test_the_file_is_delivered_in_the_first_three_weekdays(
        self, house: House, now: str, open_now: bool, earliest: str, closes: str
    ) -> None:
        custom = self.custom(house, now, "När ska filen lämnas?", "vgr/filleverans/nar")
        assert custom["open"] is open_now
        assert is_at(custom["earliest"], earliest)
        assert is_at(custom["deadline"], closes)

    def test_a_user_account_at_the_earliest_14_days_before(self, house: House) -> None:
        custom = self.custom(
            house,
            "2026-11-23T10:00",
            "När kan jag beställa till någon som börjar den 15 januari?",
            "vgr/anvandartjanst/tidigast",
        )
        assert custom["earliest"] == "2027-01-01"

    def test_with_no_date_the_rule_alone_is_told(self, house: House) -> None:
        custom = self.custom(house, "2026-11-23T10:00", "Hur tidigt kan man beställa?", "vgr/anvandartjanst/tidigast")
        assert "earliest" not in custom

    def test_fourteen_days_for_access_to_systems(self, house: House) -> None:
        topic = "vgr/systematkomst/leveranstid"
        custom = self.custom(house, "2026-11-02T10:00", "Hur lång är leveranstiden?", topic)
        assert custom["earliest"] == "2026-11-16"

    @pytest.mark.parametrize("now", ["2026-06-15T10:00", "2026-07-31T10:00"])
    def test_nothing_is_configured_in_june_and_july(self, house: House, now: str) -> None:
        custom = self.custom(house, now, "Hur lång är leveranstiden?", "vgr/systematkomst/leveranstid")
        assert custom["earliest"] >= "2026-08-01"

    def test_another_topic_is_simply_answered(self, house: House) -> None:
        custom = self.custom(house, "2026-11-23T10:00", "När betalas ersättningen ut?", "vgr/vgpv/utbetalning")
        assert not custom.keys() & {"deadline", "earliest"}

    def test_asked_back_first(self, house: House, conversation: Conversation) -> None:
        topics = {code: ranking("shared/support/mitt-arende", confidence=0.02, best=-9.0) for code in REGIONS}
        topics["VGR"] = ranking("vgr/filleverans/nar")
        latest = message("När stänger filinlämningen?", "ask_deadline", topics=topics)
        said = conversation.send(TellDeadline(house), latest)
        if said.custom["outcome"] == "clarifying":
            said = conversation.send(SetRegion(house), message("VGR", "inform_region", regions=["VGR"]))
        assert (said.custom["topic"], said.custom["region"]) == ("vgr/filleverans/nar", "VGR")
        assert is_at(said.custom["deadline"], "2026-12-03T15:00")
