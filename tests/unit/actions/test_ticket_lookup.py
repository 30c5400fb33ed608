"""Tickets that exist: who is told how they stand, what is added to them, and that they are closed."""

from typing import Any

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions.forms.ticket_lookup import TellTicket, ValidateTicketLookupForm
from actions.house import House
from actions.tickets.followed import code_in, comment_in, number_in
from desks.errors import Unavailable
from desks.model import Impact, Kind, NewTicket, Receipt, Urgency
from records.cases import Cases
from tests.builders import assert_contract, message, tracker, turn
from tests.families import PHONES
from tests.unit.actions.conftest import with_records

WISHES = {"ticket_status": "status", "ticket_comment": "comment", "ticket_close": "close"}
OTHER = "somebody else"


async def registered(house: House, conversation: str = "test", key: str = "k") -> Receipt:
    """A ticket at Dalarna's desk."""
    return await house.desks.submit(
        NewTicket(
            conversation=conversation,
            key=key,
            region="Dalarna",
            kind=Kind.incident,
            summary="Sidan är blank",
            description="NPÖ visar en blank sida.",
            impact=Impact.one,
            urgency=Urgency.hindered,
            contact=None,
        )
    )


async def delivered(house: House) -> None:
    """What waits in the outbox has reached the desk."""
    while claims := await house.desks.tickets.claim_due(house.desks.now()):
        for claim in claims:
            await house.desks.outbox.attempt(claim)


class Talk:
    """One conversation about tickets, through the form and its action as Rasa runs them."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.slots: dict[str, Any] = {"region": "Dalarna", "requested_slot": None}

    async def says(self, text: str, intent: str = "unclear") -> dict[str, Any] | None:
        """The reply, an empty one while the form goes on, None for a digression."""
        latest = message(text, intent)
        if intent in WISHES:
            self.slots |= {"ticket_wish": WISHES[intent], "requested_slot": None}
        before = tracker(latest, self.slots)
        events = await ValidateTicketLookupForm(self._house).run(CollectingDispatcher(), before, {})
        changed = {event["name"]: event["value"] for event in events}
        self.slots |= changed
        if not changed.keys() - {"requested_slot"}:
            return None
        if self.slots["requested_slot"] is not None:
            return {}
        dispatcher = CollectingDispatcher()
        told = await TellTicket(self._house).run(dispatcher, tracker(latest, self.slots), {})
        self.slots |= {event["name"]: event["value"] for event in told}
        (said,) = dispatcher.messages
        assert_contract(said["custom"])
        return dict(said)


class TestReading:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("hur går det med sl-7kq2mx9p", "SL-7KQ2MX9P"),
            ("hur går det med ärende 7?", "7"),
            ("ärende nr 12 då", "12"),
            ("hur går det med mitt ärende", None),
            ("vi är 12 stycken", None),
        ],
    )
    def test_the_number(self, text: str, number: str | None) -> None:
        assert number_in(turn(message(text))) == number

    @pytest.mark.parametrize(
        ("text", "code"),
        [("koden är k7pm-2xqd", "K7PM-2XQD"), ("SL-7KQ2MX9P", None), ("2026-11-23", None), ("vet inte", None)],
    )
    def test_the_code(self, text: str, code: str | None) -> None:
        assert code_in(text) == code

    @pytest.mark.parametrize(
        ("text", "comment"),
        [
            ("lägg till i ärendet att receptionen är drabbad", "receptionen är drabbad"),
            ("komplettera ärende 7: felet är kvar i dag", "felet är kvar i dag"),
            ("kan du lägga till en sak i mitt ärende", None),
        ],
    )
    def test_what_is_added(self, text: str, comment: str | None) -> None:
        assert comment_in(turn(message(text))) == comment


def test_the_conversations_own_ticket_needs_no_number(house: House) -> None:
    async def work(house: House) -> None:
        receipt = await registered(house)
        said = await Talk(house).says("hur går det med mitt ärende", "ticket_status")
        assert said is not None
        assert said["custom"]["ticket"] == {**receipt.custom(), "status": "new"}
        assert f"Ärende {receipt.number} " in said["text"]

    with_records(house, work)


def test_all_of_the_conversations_tickets_are_told(house: House) -> None:
    async def work(house: House) -> None:
        receipts = [await registered(house, key=key) for key in ("a", "b")]
        said = await Talk(house).says("hur går det med mina ärenden", "ticket_status")
        assert said is not None
        assert all(f"Ärende {receipt.number} " in said["text"] for receipt in receipts)

    with_records(house, work)


def test_somebody_elses_ticket_is_told_to_whoever_has_its_code(house: House) -> None:
    async def work(house: House) -> None:
        receipt = await registered(house, OTHER)
        talk = Talk(house)
        assert await talk.says(f"hur går det med ärende {receipt.number}", "ticket_status") == {}
        assert talk.slots["requested_slot"] == "ticket_code"
        said = await talk.says(f"koden är {receipt.code.lower()}")
        assert said is not None
        assert said["custom"]["ticket"]["number"] == receipt.number
        assert talk.slots["ticket_code"] is None

    with_records(house, work)


@pytest.mark.parametrize("there", [True, False])
def test_a_wrong_code_tells_nothing_not_even_that_the_ticket_exists(house: House, there: bool) -> None:
    async def work(house: House) -> None:
        if there:
            await registered(house, OTHER)
        talk = Talk(house)
        assert await talk.says("hur går det med ärende 1", "ticket_status") == {}
        assert await talk.says("AAAA-2222") == {}
        said = await talk.says("BBBB-2222")
        assert said is not None
        assert said["custom"]["outcome"] == "referred"
        assert "ticket" not in said["custom"]
        assert PHONES["Dalarna"] in said["text"]
        assert "ärende 1 som du har rätt att se" in said["text"]

    with_records(house, work)


def test_another_question_instead_of_the_code(house: House) -> None:
    async def work(house: House) -> None:
        talk = Talk(house)
        assert await talk.says("hur går det med ärende 1", "ticket_status") == {}
        assert await talk.says("Vad är Sjunet?", "ask_definition") is None

    with_records(house, work)


@pytest.mark.parametrize("intent", WISHES)
def test_without_any_ticket_the_desk_is_named(house: House, intent: str) -> None:
    async def work(house: House) -> None:
        said = await Talk(house).says("mitt ärende", intent)
        assert said is not None
        assert (said["custom"]["outcome"], PHONES["Dalarna"] in said["text"]) == ("referred", True)

    with_records(house, work)


def test_what_is_added_reaches_the_desk(house: House) -> None:
    async def work(house: House) -> None:
        receipt = await registered(house)
        talk = Talk(house)
        said = await talk.says("lägg till i ärendet att receptionen är drabbad", "ticket_comment")
        assert said is not None
        assert said["custom"]["outcome"] == "ticketed"
        assert await talk.says("kan du lägga till en sak i mitt ärende", "ticket_comment") == {}
        assert await talk.says("felet är kvar efter omstart") is not None
        await delivered(house)
        texts = [each.text for each in await Cases(house.desks.engine).comments(int(receipt.number or 0))]
        assert texts == ["receptionen är drabbad", "felet är kvar efter omstart"]

    with_records(house, work)


def test_a_personal_number_is_not_added(house: House) -> None:
    async def work(house: House) -> None:
        await registered(house)
        talk = Talk(house)
        assert await talk.says("lägg till i ärendet att 19121212-1212 saknas", "ticket_comment") == {}
        assert await talk.says("det gäller 19121212-1212 hos oss") == {}
        assert talk.slots["ticket_note"] == "wrong"
        assert await house.desks.tickets.outbox() == {"done": 1}

    with_records(house, work)


@pytest.mark.parametrize(("intent", "outcome", "waiting"), [("affirm", "ticketed", 1), ("deny", "smalltalk", 0)])
def test_closing_is_asked_about_first(house: House, intent: str, outcome: str, waiting: int) -> None:
    async def work(house: House) -> None:
        await registered(house)
        talk = Talk(house)
        assert await talk.says("stäng ärendet", "ticket_close") == {}
        assert talk.slots["requested_slot"] == "ticket_sure"
        said = await talk.says("svar", intent)
        assert said is not None
        assert said["custom"]["outcome"] == outcome
        assert (await house.desks.tickets.outbox()).get("waiting", 0) == waiting

    with_records(house, work)


def test_of_several_tickets_the_one_to_be_closed_is_asked_for(house: House) -> None:
    async def work(house: House) -> None:
        receipts = [await registered(house, key=key) for key in ("a", "b")]
        talk = Talk(house)
        assert await talk.says("stäng ärendet", "ticket_close") == {}
        assert talk.slots["requested_slot"] == "ticket_asked"
        assert await talk.says(str(receipts[0].number)) == {}
        said = await talk.says("ja", "affirm")
        assert said is not None
        assert f"Ärende {receipts[0].number} " in said["text"]

    with_records(house, work)


def test_a_desk_that_does_not_answer_is_said_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def dead(number: str) -> None:
        raise Unavailable("down")

    async def work(house: House) -> None:
        await registered(house)
        monkeypatch.setattr(house.desks.desks["Dalarna"], "get", dead)
        said = await Talk(house).says("hur går det med mitt ärende", "ticket_status")
        assert said is not None
        assert "svarar inte just nu" in said["text"]

    with_records(house, work)
