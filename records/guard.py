"""One error for all that a database can do when it cannot be used."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from records.errors import RecordsUnavailable

PATIENCE = 2.0
"""Seconds that one look into the database, or one write, may take."""


@contextlib.asynccontextmanager
async def unavailable_when_broken() -> AsyncIterator[None]:
    """Raises RecordsUnavailable, which names the kind of error only: the driver's words quote values.

    IntegrityError is passed on, for it tells something about the data.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except IntegrityError:
        raise
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        raise RecordsUnavailable(type(error).__name__) from error
