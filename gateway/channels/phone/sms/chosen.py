"""The SMS provider that the settings name."""

from yarl import URL

from gateway.channels.phone.settings import SmsSettings
from gateway.channels.phone.sms.console import Console
from gateway.channels.phone.sms.elks46 import Elks46
from gateway.channels.phone.sms.provider import SmsProvider
from gateway.channels.phone.sms.twilio import Twilio
from gateway.channels.phone.texts import CheckTexts


def choose_provider(settings: SmsSettings, public_url: URL, texts: CheckTexts) -> SmsProvider:
    """Nothing is connected yet."""
    match settings.provider:
        case "46elks":
            return Elks46(settings, public_url, texts)
        case "twilio":
            return Twilio(settings, public_url, texts)
        case _:
            return Console(texts)
