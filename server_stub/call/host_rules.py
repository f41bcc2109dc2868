"""The host's rights over people and the lobby, pure: as in `meeting`, an `Outcome` is returned or `Refusal` raised."""

from __future__ import annotations

from dataclasses import replace

from server_stub.call import sharing_rules
from server_stub.call.changes import Change, LobbyMoved, Locked, TurnedAway
from server_stub.call.meeting import Meeting, Outcome, Seat, check_host_inside, leave, show
from server_stub.errors import Refusal


def remove(meeting: Meeting, by: str, person: str, now: float) -> Outcome:
    """The host takes someone out for good, with all other seats and places in the lobby that bear the same marks."""
    check_host_inside(meeting, by)
    if person == by:
        raise Refusal("not_allowed", "You cannot remove yourself. Leave the meeting instead.")
    marks = _other_seat(meeting, by, person).origin.marks
    same = [id for id, seat in meeting.seats.items() if id not in (by, person) and seat.origin.marks & marks]
    after = replace(meeting, barred=meeting.barred | marks)
    changes: tuple[Change, ...] = ()
    for id in (person, *same):
        out = leave(after, id, now, reason="removed")
        after, changes = out.meeting, changes + out.changes
    turned = [id for id, entry in after.waiting.items() if entry.origin.marks & marks]
    if turned:
        waiting = {id: entry for id, entry in after.waiting.items() if id not in turned}
        after = replace(after, waiting=waiting)
        changes += (*(TurnedAway(id) for id in turned), LobbyMoved())
    return Outcome(after, changes)


def mute(meeting: Meeting, by: str, person: str) -> Outcome:
    """The host switches someone's microphone off; that person may switch it on again."""
    check_host_inside(meeting, by)
    _other_seat(meeting, by, person)
    return show(meeting, person, microphone_on=False)


def stop_share(meeting: Meeting, by: str, person: str) -> Outcome:
    """The host ends someone's share; that person may begin another."""
    check_host_inside(meeting, by)
    _other_seat(meeting, by, person)
    return sharing_rules.stop(meeting, person)


def lock(meeting: Meeting, by: str, is_locked: bool) -> Outcome:
    """The host lets nobody new in or knock, or opens again. Kept seats, and those who wait already, are not touched."""
    check_host_inside(meeting, by)
    return Outcome(replace(meeting, is_locked=is_locked), (Locked(is_locked),))


def _other_seat(meeting: Meeting, by: str, person: str) -> Seat:
    if person == by:
        raise Refusal("not_allowed", "As the host you do this to others. For yourself there are your own buttons.")
    found = meeting.seats.get(person)
    if found is None:
        raise Refusal("not_found", "This person is no longer in the meeting.")
    return found
