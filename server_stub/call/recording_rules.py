"""The rules of recording, pure: as in `meeting`, an `Outcome` is returned or `Refusal` raised."""

from __future__ import annotations

from dataclasses import replace

from msgspec.structs import replace as with_

from server_stub.call.changes import Changed
from server_stub.call.meeting import Meeting, Outcome, check_host_inside, check_open, seat_of, show
from server_stub.errors import Refusal


def check_may_record(meeting: Meeting, by: str) -> None:
    """Raises `Refusal` when that person may not switch AI recording on now."""
    check_host_inside(meeting, by)
    if meeting.recording_since is not None:
        raise Refusal("already_in", "AI recording is already on.")


def start_recording(meeting: Meeting, by: str, now: float) -> Outcome:
    """Recorded from now on: the host by switching it on, everyone else once they have agreed to this recording."""
    check_may_record(meeting, by)
    seats = {id: replace(seat, person=with_(seat.person, consents=id == by)) for id, seat in meeting.seats.items()}
    waiting = {id: replace(entry, person=with_(entry.person, consents=False)) for id, entry in meeting.waiting.items()}
    after = replace(meeting, seats=seats, waiting=waiting, recording_since=now, recordings=meeting.recordings + 1)
    changed = (
        Changed(seat.person) for id, seat in seats.items() if seat.person.consents != meeting.seats[id].person.consents
    )
    return Outcome(after, tuple(changed))


def carry_on(meeting: Meeting, now: float) -> Outcome:
    """Another part of the recording that the server's stop has cut off begins; who consents goes on consenting."""
    check_open(meeting)
    if meeting.recording_since is None:
        raise Refusal("not_ready", "AI recording is not on.")
    return Outcome(replace(meeting, recording_since=now, recordings=meeting.recordings + 1))


def stop_recording(meeting: Meeting) -> Outcome:
    """No longer recorded; consents end with it."""
    if meeting.recording_since is None:
        raise Refusal("not_ready", "AI recording is not on.")
    seats = {id: replace(seat, person=with_(seat.person, consents=False)) for id, seat in meeting.seats.items()}
    waiting = {id: replace(entry, person=with_(entry.person, consents=False)) for id, entry in meeting.waiting.items()}
    return Outcome(replace(meeting, seats=seats, waiting=waiting, recording_since=None))


def consent(meeting: Meeting, person: str) -> Outcome:
    """A person in the meeting agrees to the recording that runs."""
    seat = seat_of(meeting, person)
    if meeting.recording_since is None:
        raise Refusal("not_ready", "AI recording is not on.")
    return show(meeting, seat.person.id, consents=True)
