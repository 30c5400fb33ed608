"""Which class an event of that name has.

Stock walks through all classes of events at each event that it reads (`Event.resolve_by_type`): half of what reading
a stored conversation costs. The classes do not change while a process runs, so they are looked up once.
"""

from functools import cache

from rasa.shared.core.events import Event

from nlu.server.rasa_version import require_known


def apply() -> None:
    """For this process. Raises WrongRasaVersion."""
    require_known()
    Event.resolve_by_type = staticmethod(cache(Event.resolve_by_type))
