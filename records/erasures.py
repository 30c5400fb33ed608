"""Conversations that are to be erased, of which something is kept because a desk still works with it."""

from sqlalchemy import Column, String, Table

from records.database import Base, Moment

erasures = Table(
    "erasures",
    Base.metadata,
    Column("conversation", String(200), primary_key=True),
    Column("asked", Moment, nullable=False),
)
