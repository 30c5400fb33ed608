"""Puts the telephone queue into the gateway."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from aiohttp import web

from desks.errors import DesksError
from desks.service import DeskService, make_service
from gateway.app import Plug
from gateway.channels.kind import ChannelKind, Finding
from gateway.channels.phone.callback import Callback
from gateway.channels.phone.errors import HookRefused, SmsFailed
from gateway.channels.phone.invitations import BETWEEN_TEXTS, Invitations, check_invitation
from gateway.channels.phone.numbers import Numbers
from gateway.channels.phone.page_api import PageApi
from gateway.channels.phone.queue_control import SignedQueueControl
from gateway.channels.phone.settings import NEEDED, PhoneSettings, read_settings
from gateway.channels.phone.signing import key_of
from gateway.channels.phone.sms.chosen import choose_provider
from gateway.channels.phone.sms.provider import INCOMING, REPORT, SmsProvider
from gateway.channels.phone.sms_channel import SmsChannel
from gateway.channels.phone.systems.generic import Generic
from gateway.channels.phone.systems.system import TelephoneSystem
from gateway.channels.phone.systems.twilio import TwilioQueue
from gateway.channels.phone.texts import PhoneTexts, read_phone_texts
from gateway.core.conversations import Conversations
from gateway.errors import LogUnavailable, SettingsError
from gateway.hours import Openings, read_openings
from gateway.keys import CONTINUING, ENGINE, FAILURES, FEEDBACK, RATES, REDACTOR, SETTINGS, TEXTS, TOKENS
from records.errors import RecordsError, RecordsUnavailable
from records.overflow import Overflow

OVERFLOW = "/overflow"
"""Where the telephone system tells of callers."""
LOOK_EVERY = 300.0
"""Seconds between two looks at what is to be forgotten."""

log = logging.getLogger(__name__)


@dataclass
class PhoneQueue:
    """The plug."""

    settings: PhoneSettings
    texts: PhoneTexts
    provider: SmsProvider
    service: DeskService
    openings: Openings

    def __call__(self, app: web.Application, conversations: Conversations) -> None:
        """See gateway.app.Plug."""
        overflow, numbers = Overflow(app[ENGINE]), Numbers(app[SETTINGS].secrets)
        tokens, texts, failures = app[TOKENS], app[TEXTS], app[FAILURES]
        system = _system(self.settings)
        invitations = Invitations(
            self.settings, self.texts, overflow, numbers, self.provider, conversations, tokens, app[CONTINUING]
        )
        channel = SmsChannel(
            self.settings,
            self.texts,
            texts,
            overflow,
            numbers,
            self.provider,
            conversations,
            app[FEEDBACK],
            app[REDACTOR],
            app[RATES],
        )
        conversations.add_channel(channel)
        control = None
        if self.settings.queue_url is not None:
            control = SignedQueueControl(self.settings.queue_url, self.settings.secret)
        callback = Callback(self.service, self.openings, self.texts, texts)
        PageApi(
            overflow, numbers, tokens, conversations, failures, app[REDACTOR], callback, control, self.texts.page
        ).add_to(app)
        hooks = _Hooks(system, invitations, self.provider, channel, overflow)
        app.router.add_post(OVERFLOW, hooks.overflow)
        app.router.add_post(INCOMING, hooks.incoming)
        app.router.add_post(REPORT, hooks.report)

        async def forget(_: web.Application) -> AsyncIterator[None]:
            housekeeper = asyncio.create_task(_forget_now_and_then(overflow))
            yield
            housekeeper.cancel()
            await asyncio.gather(housekeeper, return_exceptions=True)

        async def let_go(_: web.Application) -> None:
            await self.provider.aclose()
            await self.service.aclose()
            await overflow.close()

        app.cleanup_ctx.append(forget)
        app.on_cleanup.append(let_go)


@dataclass(frozen=True)
class _Hooks:
    """What telephone systems and SMS providers call. A refusal says nothing; their operator's log has the status."""

    system: TelephoneSystem
    invitations: Invitations
    provider: SmsProvider
    channel: SmsChannel
    known: Overflow

    async def overflow(self, request: web.Request) -> web.Response:
        try:
            return self.system.answer(await self.invitations.take(await self.system.read(request)))
        except HookRefused as refused:
            log.warning("a request of the telephone system is refused: %d", refused.status)
            return web.Response(status=refused.status)
        except (LogUnavailable, RecordsUnavailable):
            return web.Response(status=503)

    async def incoming(self, request: web.Request) -> web.Response:
        try:
            await self.channel.hear(await self.provider.incoming(request))
        except HookRefused as refused:
            log.warning("an incoming SMS is refused: %d", refused.status)
            return web.Response(status=refused.status)
        except (LogUnavailable, RecordsUnavailable):
            return web.Response(status=503)  # the provider tells it again
        return self.provider.taken()

    async def report(self, request: web.Request) -> web.Response:
        try:
            report = await self.provider.report(request)
            if report is not None and not await self.known.reported(report.id, report.state):
                log.info("a report on an SMS that is not ours, or not any more")
        except HookRefused as refused:
            log.warning("a report on an SMS is refused: %d", refused.status)
            return web.Response(status=refused.status)
        except RecordsUnavailable:
            return web.Response(status=503)
        return self.provider.taken()


async def _forget_now_and_then(overflow: Overflow) -> None:
    while True:
        with suppress(RecordsUnavailable):
            await overflow.purge(datetime.now(UTC), BETWEEN_TEXTS)
        await asyncio.sleep(LOOK_EVERY)


def _system(settings: PhoneSettings) -> TelephoneSystem:
    if settings.system == "twilio":
        return TwilioQueue(settings.secret, settings.public_url)
    return Generic(settings.secret)


def _plug(environment: Mapping[str, str]) -> Plug:
    settings, texts = _checked(environment)
    openings, regions = read_openings(environment)
    try:
        service = make_service(environment, regions)
    except (DesksError, RecordsError) as error:
        raise SettingsError(str(error)) from error
    provider = choose_provider(settings.sms, settings.public_url, texts.check)
    return PhoneQueue(settings, texts, provider, service, openings)


def _checked(environment: Mapping[str, str]) -> tuple[PhoneSettings, PhoneTexts]:
    settings, texts = read_settings(environment), read_phone_texts()
    key_of(settings.secret)
    check_invitation(texts, settings)
    return settings, texts


async def _check(environment: Mapping[str, str]) -> Sequence[Finding]:
    settings, phone = _checked(environment)
    texts = phone.check
    provider = choose_provider(settings.sms, settings.public_url, texts)
    try:
        found = [await provider.check()]
    except SmsFailed as failure:
        found = [Finding(False, texts.unreachable.format(reason=failure))]
    finally:
        await provider.aclose()
    if settings.sms.provider != "console":
        found.append(Finding(True, texts.answers if settings.sms.answered else texts.no_answers))
    if settings.queue_url is None:
        found.append(Finding(True, texts.no_queue))
    else:
        reason = await SignedQueueControl(settings.queue_url, settings.secret).check()
        told = texts.queue if reason is None else texts.queue_unreachable.format(reason=reason)
        found.append(Finding(reason is None, told))
    return found


KIND = ChannelKind("telefon", NEEDED, _plug, _check)
