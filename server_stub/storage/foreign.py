"""Rows that another server's database holds: taken only if a server of ours could have written them.

A file of that shape can be made by hand. What is taken from it names folders, is read by the server at its start, and
is shown to people who never saw the file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, get_args

import msgspec
from sqlalchemy import Boolean, Float, Integer, LargeBinary, Table

from app.wire.accounts import AccountKind
from app.wire.addresses import small
from app.wire.codec import MAX_TELL_BYTES
from app.wire.fields import Email, Id, Name
from app.wire.privacy import Receipt
from app.wire.rooms import ContractKind, FilmState, MeetingState, RecapState
from app.wire.schedule import Plan
from app.wire.zones import find_zone
from server_stub.storage.recaps import CERTAINTIES

#: As the wire's `Text`, which is the longest of all.
_LONGEST = 4000
#: Folders are named so: on many systems the same name in capitals is the same folder.
_FOLDER = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_CODE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_WORDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("accounts", "kind"): get_args(AccountKind),
    ("rooms", "contract"): get_args(ContractKind),
    ("meetings", "state"): get_args(MeetingState),
    ("recordings", "recap"): get_args(RecapState),
    ("recordings", "film"): get_args(FilmState),
    ("messages", "kind"): ("text", "meeting", "recap"),
    ("schedules", "state"): ("open", "cancelled", "over"),
    ("deletions", "state"): ("pending", "approved", "deleted", "refused"),
    ("action_items", "certainty"): CERTAINTIES,
}
_NAMES = {("accounts", "name"), ("messages", "author_name"), ("chat_lines", "author_name"), ("consents", "name")}
#: JSON lists of texts.
_LISTS = {("recaps", "notes"), ("highlights", "marked_by")}


def is_folder(name: object) -> bool:
    """Whether the id of a recording can name its folder, and no other place."""
    return isinstance(name, str) and bool(_FOLDER.fullmatch(name))


def check(table: Table, row: Mapping[str, Any]) -> None:
    """Looks at a row before it is taken.

    Args:
        table: in which it goes.
        row: its values by column; those that are left out are not looked at.

    Raises:
        ValueError: no server of ours writes such a row.
    """
    for column in table.columns:
        value = row.get(column.name)
        if column.name not in row or (value is None and column.nullable):
            continue
        if not (_fits(column.type, value) and _is_right(table.name, column.name, value)):
            raise ValueError(f"{table.name}.{column.name}")
    if table.name == "meetings" and row["state"] != "ended" and row["starts_at"] is None:
        raise ValueError("a meeting that is to come has no time")


def _fits(kind: object, value: object) -> bool:
    match kind:
        case Boolean():
            return isinstance(value, bool)
        case Float():
            return isinstance(value, int | float) and math.isfinite(value)
        case Integer():
            return isinstance(value, int) and abs(value) < 1 << 53
        case LargeBinary():
            return isinstance(value, bytes) and len(value) <= MAX_TELL_BYTES
        case _:
            return isinstance(value, str) and len(value) <= _LONGEST


def _is_right(table: str, column: str, value: Any) -> bool:
    """Whether a value can be what its column is for."""
    place = (table, column)
    try:
        if place in _WORDS:
            return value in _WORDS[place]
        if place in _NAMES:
            msgspec.convert(value, Name)
        elif place == ("accounts", "email"):
            return msgspec.convert(value, Email) in (value.lower(), small(value))
        elif place == ("schedules", "plan"):
            return _is_plan(msgspec.json.decode(value, type=Plan))
        elif place == ("deletions", "receipt"):
            msgspec.json.decode(value, type=Receipt)
        elif place in _LISTS:
            msgspec.json.decode(value, type=list[str])
        elif place == ("recordings", "id"):
            return is_folder(value)
        elif column == "id":
            msgspec.convert(value, Id)
        elif column == "code":
            return bool(_CODE.fullmatch(value))
    except msgspec.MsgspecError:
        return False
    return True


def _is_plan(plan: Plan) -> bool:
    """Whether the server can go on with a plan, which it does at its start."""
    try:
        days = [datetime.fromisoformat(plan.starts).date(), date.fromisoformat(plan.until or plan.starts[:10])]
    except ValueError:
        return False
    # A day of a century that nobody plans for would be reached by counting.
    return find_zone(plan.time_zone) is not None and all(2000 <= day.year < 2100 for day in days)
