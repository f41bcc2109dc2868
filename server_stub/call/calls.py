"""The meetings that run, found by what leads to them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from server_stub.call.ongoing import Ongoing
from server_stub.kernel import links
from server_stub.storage.meetings import MeetingRow


class Calls:
    """All running meetings, found by what leads to them."""

    def __init__(self) -> None:
        self._by_id: dict[str, Ongoing] = {}
        self._by_code: dict[str, Ongoing] = {}
        self._by_room: dict[str, list[Ongoing]] = {}
        #: Called when a meeting began, is over, or somebody came or went.
        self.changed: Callable[[], None] = lambda: None

    def add(self, ongoing: Ongoing) -> None:
        """A meeting began."""
        self._by_id[ongoing.id] = ongoing
        self._by_code[links.fingerprint(ongoing.row.link_code)] = ongoing
        self._by_room.setdefault(ongoing.row.room, []).append(ongoing)
        self.changed()

    def remove(self, meeting: str) -> None:
        """A meeting is over."""
        ongoing = self._by_id.pop(meeting, None)
        if ongoing is None:
            return
        self._forget_code(ongoing)
        in_room = self._by_room[ongoing.row.room]
        in_room.remove(ongoing)
        if not in_room:
            del self._by_room[ongoing.row.room]
        self.changed()

    def renew_code(self, ongoing: Ongoing, row: MeetingRow) -> None:
        """A meeting has another link; the old one leads nowhere."""
        self._forget_code(ongoing)
        ongoing.row = row
        self._by_code[links.fingerprint(row.link_code)] = ongoing

    def _forget_code(self, ongoing: Ongoing) -> None:
        mark = links.fingerprint(ongoing.row.link_code)
        if self._by_code.get(mark) is ongoing:  # meetings of one plan share a link
            del self._by_code[mark]

    def find(self, meeting: str) -> Ongoing | None:
        """The running meeting of this id."""
        return self._by_id.get(meeting)

    def of_room(self, room: str) -> Ongoing | None:
        """The meeting of a room that has run longest."""
        return next(iter(self._by_room.get(room, ())), None)

    def of_code(self, code: str) -> Ongoing | None:
        """The running meeting that a link leads to."""
        return self._by_code.get(links.fingerprint(code))

    def of_guest_token(self, token: str) -> tuple[Ongoing, str] | None:
        """The running meeting and the guest that a token leads back to."""
        mark = links.fingerprint(token)
        for ongoing in self._by_id.values():
            if guest := ongoing.guest_tokens.get(mark):
                return ongoing, guest
        return None

    def people(self) -> dict[str, int]:
        """How many people are in each running meeting now, those aside whose connection is lost."""
        return {
            ongoing.id: sum(seat.lost_at is None for seat in ongoing.meeting.seats.values())
            for ongoing in self._by_id.values()
        }

    def all(self) -> Iterable[Ongoing]:
        """Every running meeting."""
        return tuple(self._by_id.values())
