"""The same queue and conversation with Twilio as the SMS provider."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio
from aiohttp.test_utils import TestServer

from gateway.channels.phone.settings import SmsSettings
from gateway.channels.phone.sms.twilio import Twilio
from tests.contract.channels.phone.conftest import ANNA, PUBLIC, TEXTS, Phone, StartPhone, eventually, link_in
from tests.contract.channels.phone.test_phone_overflow import conversation_of
from tests.contract.channels.phone.twilio_account import ACCOUNT, TOKEN, TwilioAccount


@pytest_asyncio.fixture
async def account() -> TwilioAccount:
    return TwilioAccount()


@pytest_asyncio.fixture
async def sms(account: TwilioAccount) -> AsyncIterator[SmsSettings]:
    async with TestServer(account.app()) as server:
        yield SmsSettings("twilio", server.make_url("/"), ACCOUNT, TOKEN, "+46766861004")


@pytest_asyncio.fixture
async def phone(start_phone: StartPhone, sms: SmsSettings, account: TwilioAccount) -> Phone:
    phone = await start_phone(sms=sms)
    account.gateway = phone.gateway
    return phone


async def test_an_invitation_and_its_report(phone: Phone, account: TwilioAccount) -> None:
    assert (await phone.telephone.tell(number=ANNA, position=2))["result"] == "sent"
    (sent,) = account.sent
    assert (sent["To"], sent["From"]) == (ANNA, "+46766861004")
    assert sent["StatusCallback"] == f"{PUBLIC}/sms/report"
    assert (await phone.claim(link_in(sent["Body"])))[0] == 200

    for status in ("queued", "sent", "delivered"):
        assert await account.tell("/sms/report", {"MessageSid": sent["sid"], "MessageStatus": status}) == (
            200,
            "<Response/>",
        )

    assert await phone.overflow.states(await conversation_of(phone)) == {("invitation", 1): "delivered"}


async def test_a_conversation(phone: Phone, account: TwilioAccount) -> None:
    fields = {"MessageSid": "SM1", "From": ANNA, "To": "+46766861004", "Body": "Hej på er, åäö", "NumMedia": "0"}

    answers = [await account.tell("/sms/incoming", fields) for _ in range(2)]

    assert answers == [(200, "<Response/>")] * 2
    await eventually(lambda: len(account.sent) >= 2)
    assert [sent["Body"] for sent in account.sent][1] == "Hej!"
    assert len(account.sent) == 2


async def test_a_recipient_who_has_stopped_at_twilio_is_stopped_with_us(phone: Phone, account: TwilioAccount) -> None:
    account.unsubscribed.add(ANNA)

    assert (await phone.telephone.tell(number=ANNA))["result"] == "stopped"

    account.unsubscribed.clear()
    assert (await phone.telephone.tell(call="call-2", number=ANNA))["result"] == "stopped"


async def test_what_is_not_signed_by_twilio_is_refused(phone: Phone, account: TwilioAccount) -> None:
    fields = {"MessageSid": "SM1", "From": ANNA, "Body": "Hej"}

    assert await account.tell("/sms/incoming", fields, token="another token") == (403, "")
    assert await account.tell("/sms/report", fields, token="another token") == (403, "")
    response = await phone.gateway.post("/sms/incoming", data=fields)
    assert response.status == 403
    assert account.sent == []


async def test_the_credentials_are_checked_without_sending(sms: SmsSettings, account: TwilioAccount) -> None:
    good, bad = (Twilio(each, PUBLIC, TEXTS.check) for each in (sms, replace(sms, secret="wrong")))
    try:
        assert (await good.check()).good
        found = await bad.check()
        assert not found.good
        assert "PHONE_SMS_SECRET" in found.text
    finally:
        await good.aclose()
        await bad.aclose()
    assert account.sent == []
