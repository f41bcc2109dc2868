"""The planned meetings that are not over, and which of their doors were opened; all in memory."""

from __future__ import annotations

from server_stub.storage.meetings import MeetingRow


class Upcoming:
    """Planned meetings by id; `Timetable` alone changes them.

    Attributes:
        rows: those that are not over.
        opened: ids of those whose doors were opened: what is over before its time is not opened again.
    """

    def __init__(self) -> None:
        self.rows: dict[str, MeetingRow] = {}
        self.opened: set[str] = set()

    def of_room(self, room: str) -> tuple[MeetingRow, ...]:
        """The meetings of a room whose doors were not opened yet, soonest first."""
        found = (row for row in self.rows.values() if row.room == room and row.id not in self.opened)
        return tuple(sorted(found, key=soonest))

    def was_opened(self, meeting: str) -> bool:
        """Whether the doors of a planned meeting were opened: where it does not run, it is over."""
        return meeting in self.opened


def soonest(row: MeetingRow) -> tuple[float, str]:
    """Sorts planned meetings."""
    return row.starts_at or 0.0, row.id
