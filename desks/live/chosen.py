"""The live desks that the settings name."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncEngine

from desks.live.console import ConsoleDesk
from desks.live.desk import AgentDesk
from desks.live.matrix import Matrix
from desks.live.settings import LiveSettings
from desks.live.slack import Slack


def choose_live_desks(settings: Mapping[str, LiveSettings], engine: AsyncEngine) -> dict[str, AgentDesk]:
    """Region code -> its live desk; nothing is connected yet. All regions with a console share one."""
    console = ConsoleDesk(engine)
    return {region: _desk(each, console) for region, each in settings.items()}


def _desk(settings: LiveSettings, console: ConsoleDesk) -> AgentDesk:
    match settings.kind:
        case "matrix":
            return Matrix(settings)
        case "slack":
            return Slack(settings)
        case _:
            return console
