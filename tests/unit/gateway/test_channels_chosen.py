"""Which channels are on, and what an administrator is told of the others."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from gateway.app import Plug
from gateway.channels.chosen import choose_channels
from gateway.channels.kind import ChannelKind, Finding
from gateway.core.conversations import Conversations


def plugged(app: web.Application, conversations: Conversations) -> None: ...


def plug(_: Mapping[str, str]) -> Plug:
    return plugged


async def check(_: Mapping[str, str]) -> Sequence[Finding]:
    return []


KIND = ChannelKind("pigeon", ("PIGEON_LOFT", "PIGEON_SECRET"), plug, check)


def test_off_and_silent_without_any_setting() -> None:
    assert choose_channels({}, [KIND]) == choose_channels({"PIGEON_LOFT": " "}, [KIND])
    assert choose_channels({}, [KIND]).plugs == () == choose_channels({}, [KIND]).remarks


def test_half_set_up_is_off_and_says_what_is_missing() -> None:
    chosen = choose_channels({"PIGEON_LOFT": "x"}, [KIND])
    assert chosen.plugs == ()
    assert chosen.remarks == ("pigeon is off: PIGEON_SECRET not set",)


def test_on_with_all_settings() -> None:
    chosen = choose_channels({"PIGEON_LOFT": "x", "PIGEON_SECRET": "y"}, [KIND])
    assert chosen.plugs == (plugged,)
    assert chosen.remarks == ("pigeon is on",)
