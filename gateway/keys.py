"""What the application carries for its handlers."""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from gateway.core.continuing import Continuing
from gateway.core.conversations import Conversations
from gateway.core.redacting import Redactor
from gateway.failures import Failures
from gateway.metrics import Metrics
from gateway.origins import Origins
from gateway.rasa import Rasa
from gateway.rates import Rates
from gateway.settings import Settings
from gateway.streams import Streams
from gateway.texts import Texts
from gateway.tokens import Tokens
from records.event_log import EventLog
from records.feedback import Feedback

CONTINUING = web.AppKey("continuing", Continuing)
CONVERSATIONS = web.AppKey("conversations", Conversations)
ENGINE = web.AppKey("engine", AsyncEngine)
EVENT_LOG = web.AppKey("event_log", EventLog)
FAILURES = web.AppKey("failures", Failures)
FEEDBACK = web.AppKey("feedback", Feedback)
METRICS = web.AppKey("metrics", Metrics)
ORIGINS = web.AppKey("origins", Origins)
RASA = web.AppKey("rasa", Rasa)
REDACTOR = web.AppKey("redactor", Redactor)
RATES = web.AppKey("rates", Rates)
SETTINGS = web.AppKey("settings", Settings)
STREAMS = web.AppKey("streams", Streams)
TEXTS = web.AppKey("texts", Texts)
TOKENS = web.AppKey("tokens", Tokens)
