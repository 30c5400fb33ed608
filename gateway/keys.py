"""What the application carries for its handlers."""

from aiohttp import web

from gateway.failures import Failures
from gateway.rasa import Rasa
from gateway.sessions import Sessions
from gateway.turns import Turns

FAILURES = web.AppKey("failures", Failures)
RASA = web.AppKey("rasa", Rasa)
SESSIONS = web.AppKey("sessions", Sessions)
TURNS = web.AppKey("turns", Turns)
