"""The desks that the settings name."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from desks.database_desk import DatabaseDesk
from desks.desk import Desk
from desks.django_helpdesk import DjangoHelpdesk
from desks.easit import Easit, read_fields
from desks.request_tracker import RequestTracker
from desks.servicenow import ServiceNow
from desks.settings import DeskSettings, read_settings
from records.cases import Cases


def choose_desks(
    environment: Mapping[str, str], regions: Iterable[str], engine: AsyncEngine, now: Callable[[], datetime]
) -> dict[str, Desk]:
    """Region code -> its desk; nothing is connected yet. Raises SettingsError."""
    cases = Cases(engine)
    return {
        region: _desk(settings) or DatabaseDesk(cases, region, now)
        for region, settings in read_settings(environment, regions).items()
    }


def _desk(settings: DeskSettings) -> Desk | None:
    match settings.kind:
        case "servicenow":
            return ServiceNow(settings)
        case "easit":
            return Easit(settings, read_fields(settings.fields))
        case "request_tracker":
            return RequestTracker(settings)
        case "django_helpdesk":
            return DjangoHelpdesk(settings)
        case _:
            return None
