"""Imports every module that has tables, so that all of them are created. One line per module."""

import records.audit
import records.cases
import records.continuations
import records.erasures
import records.event_log
import records.feedback
import records.handoffs
import records.live_console
import records.outages
import records.overflow
import records.tickets  # noqa: F401
