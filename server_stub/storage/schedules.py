"""Plans: a series is one row here; each of its meetings is a row of `meetings`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import msgspec
from sqlalchemy import Connection, Row, func, insert, select, update

from app.wire.schedule import Plan
from server_stub.storage.tables import accounts, meetings, members, schedules

ScheduleState = Literal["open", "cancelled", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRow:
    """A plan as it is kept. `code` is the link of all its meetings, `sequence` counts changes."""

    id: str
    room: str
    by: str
    key: str
    plan: Plan
    code: str
    created_at: float
    state: ScheduleState = "open"
    sequence: int = 0


def add(connection: Connection, row: ScheduleRow) -> None:
    """Keeps a plan; the same account has none with the same key."""
    connection.execute(
        insert(schedules).values(
            id=row.id,
            room=row.room,
            by=row.by,
            key=row.key,
            plan=msgspec.json.encode(row.plan),
            code=row.code,
            state=row.state,
            sequence=row.sequence,
            created_at=row.created_at,
        )
    )


def find_by_key(connection: Connection, room: str, by: str, key: str) -> ScheduleRow | None:
    """What an account has planned in a room with a key."""
    same = (schedules.c.room == room, schedules.c.by == by, schedules.c.key == key)
    row = connection.execute(select(schedules).where(*same)).first()
    return _schedule(row) if row else None


def find(connection: Connection, schedule: str) -> ScheduleRow | None:
    """The plan of this id."""
    row = connection.execute(select(schedules).where(schedules.c.id == schedule)).first()
    return _schedule(row) if row else None


def find_by_code(connection: Connection, code: str) -> ScheduleRow | None:
    """The plan that a link leads to."""
    row = connection.execute(select(schedules).where(schedules.c.code == code)).first()
    return _schedule(row) if row else None


def find_open(connection: Connection) -> tuple[ScheduleRow, ...]:
    """Plans that still go on, oldest first."""
    rows = connection.execute(select(schedules).where(schedules.c.state == "open").order_by(schedules.c.created_at))
    return tuple(_schedule(row) for row in rows)


def change(connection: Connection, row: ScheduleRow, plan: Plan) -> ScheduleRow:
    """Keeps another plan, and counts the change; returns it as it is then."""
    values = {"plan": msgspec.json.encode(plan), "sequence": row.sequence + 1}
    connection.execute(update(schedules).where(schedules.c.id == row.id).values(values))
    return replace(row, plan=plan, sequence=row.sequence + 1)


def set_state(connection: Connection, schedule: str, state: ScheduleState) -> None:
    """Keeps that a plan is cancelled or over; that it came to its end is no change."""
    counted = schedules.c.sequence + (1 if state == "cancelled" else 0)
    connection.execute(update(schedules).where(schedules.c.id == schedule).values(state=state, sequence=counted))


def count_change(connection: Connection, schedule: str) -> None:
    """Counts a change that is none of the plan itself: one meeting of it was cancelled."""
    mine = schedules.c.id == schedule
    connection.execute(update(schedules).where(mine).values(sequence=schedules.c.sequence + 1))


def set_code(connection: Connection, schedule: str, code: str) -> None:
    """Keeps another link; the old one is dead."""
    connection.execute(update(schedules).where(schedules.c.id == schedule).values(code=code))


def cancelled_starts(connection: Connection, schedule: str) -> frozenset[float]:
    """Planned starts of the meetings that were cancelled alone."""
    query = select(meetings.c.starts_at).where(meetings.c.schedule == schedule, meetings.c.state == "cancelled")
    return frozenset(float(start) for start in connection.execute(query).scalars() if start is not None)


def last_ended(connection: Connection, schedule: str, over_by: float) -> float:
    """Planned start of the last meeting of a plan that is over and was to be by a moment; 0.0: there is none."""
    planned_end = meetings.c.starts_at + 60 * meetings.c.length_min
    mine = (meetings.c.schedule == schedule, meetings.c.state == "ended", planned_end <= over_by)
    query = select(func.max(meetings.c.starts_at)).where(*mine)
    return float(connection.execute(query).scalar() or 0.0)


def count_open(connection: Connection, room: str) -> int:
    """How many plans of a room still go on."""
    query = select(func.count()).where(schedules.c.room == room, schedules.c.state == "open")
    return int(connection.execute(query).scalar_one())


def mail_addresses(connection: Connection, room: str) -> dict[str, str]:
    """Mail addresses of the members of a room that have one, by account."""
    query = (
        select(accounts.c.id, accounts.c.email)
        .join(members, members.c.account == accounts.c.id)
        .where(members.c.room == room, accounts.c.email.is_not(None), accounts.c.is_closed.is_(False))
        .order_by(members.c.since)
    )
    return {str(row.id): str(row.email) for row in connection.execute(query)}


def _schedule(row: Row[tuple[object, ...]]) -> ScheduleRow:
    return ScheduleRow(
        id=row.id,
        room=row.room,
        by=row.by,
        key=row.key,
        plan=msgspec.json.decode(row.plan, type=Plan),
        code=row.code,
        state=row.state,
        sequence=row.sequence,
        created_at=row.created_at,
    )
