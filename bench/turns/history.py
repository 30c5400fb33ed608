"""Conversations that are long already: the rows of a real turn, written as often as it takes."""

import json
import time
import uuid
from typing import Any

import sqlalchemy as sa

from bench.turns.systems import STOCK

_schema = sa.MetaData()
_STOCK = sa.Table(
    "events",
    _schema,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("sender_id", sa.String),
    sa.Column("type_name", sa.String),
    sa.Column("timestamp", sa.Float),
    sa.Column("intent_name", sa.String),
    sa.Column("action_name", sa.String),
    sa.Column("data", sa.Text),
)
_OURS = sa.Table(
    "rasa_events",
    _schema,
    sa.Column("sender_id", sa.String, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("type_name", sa.String),
    sa.Column("timestamp", sa.Float),
    sa.Column("data", sa.Text),
)
_TURN_SECONDS = 1.0


def lengthen(system: str, tracker: str, seed: str, turns: int) -> str:
    """Write a conversation of so many turns, made of those of the conversation `seed`. Returns its sender."""
    table = _STOCK if system == STOCK else _OURS
    order = table.c.id if system == STOCK else table.c.number
    engine = sa.create_engine(tracker)
    with engine.begin() as connection:
        rows = [
            dict(row)
            for row in connection.execute(sa.select(table).where(table.c.sender_id == seed).order_by(order)).mappings()
        ]
        sender = uuid.uuid4().hex
        written = list(_renumbered(_long(rows, turns), sender, system == STOCK))
        if written:
            connection.execute(sa.insert(table), written)
    engine.dispose()
    return sender


def _long(rows: list[dict[str, Any]], turns: int) -> list[list[dict[str, Any]]]:
    """The beginning of the session, and so many turns."""
    starts = [index for index, row in enumerate(rows) if row["type_name"] == "user"]
    ends = [*starts[1:], len(rows)]
    parts = [rows[start:end] for start, end in zip(starts, ends, strict=True)]
    return [rows[: starts[0]], *(parts[number % len(parts)] for number in range(turns))] if turns else []


def _renumbered(parts: list[list[dict[str, Any]]], sender: str, stock: bool) -> Any:
    began, number = time.time() - len(parts) * _TURN_SECONDS, 0
    for part_number, part in enumerate(parts):
        for offset, row in enumerate(part):
            number += 1
            at = began + part_number * _TURN_SECONDS + offset * 0.001
            data = json.dumps({**json.loads(row["data"]), "timestamp": at})
            fresh = {**row, "sender_id": sender, "timestamp": at, "data": data}
            if stock:
                del fresh["id"]
            else:
                fresh["number"] = number
            yield fresh
