"""AI recording: one switch, the host's; nothing of a person is stored before that person's consent is."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from app.wire.fields import Tell
from app.wire.people import Person
from app.wire.recording import (
    AcceptRecording,
    MarkMoment,
    MomentMarked,
    RecordingStarted,
    RecordingStopped,
    StartRecording,
    StopReason,
    StopRecording,
)
from server_stub.call import captions_rules, gestures_rules, meeting, recording_rules
from server_stub.call.kept import holding
from server_stub.call.ongoing import Ongoing
from server_stub.call.places import seat_in
from server_stub.errors import Refusal
from server_stub.kernel import links
from server_stub.kernel.context import Context
from server_stub.kernel.hub import Asker
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.relay.engine import NoSpace, RelayError
from server_stub.storage import Connection
from server_stub.storage import meetings as meetings_table
from server_stub.storage.meetings import Consent, MeetingRow, RecordingRow

log = logging.getLogger(__name__)
#: How a consent came about that was given to an earlier part.
CARRIED = "given to the part before, which ended as the server stopped"
_STOPPED: dict[StopReason, str] = {
    "host": "The host switched AI recording off.",
    "ended": "The meeting has ended.",
    "disk_full": "AI recording stopped: the server's disk is full. What was recorded is kept, and the call goes on.",
    "failed": "AI recording stopped because of a fault. What was recorded is kept, and the call goes on.",
}


@dataclass(frozen=True, slots=True)
class RecordingBegins:
    """Somebody will be recorded from now on; waited for, and what it raises ends the recording."""

    ongoing: Ongoing
    row: RecordingRow
    people: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RecordingFailed:
    """A recording did not begin after all; waited for. Its row goes with the meeting's own work."""

    recording: str


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """AI recording was switched off; waited for."""

    recording: str
    at: float


@dataclass(frozen=True, slots=True)
class PersonRecorded:
    """Somebody more is recorded."""

    recording: str
    person: str
    name: str


@dataclass(frozen=True, slots=True)
class ConsentKept:
    """A consent is kept; `session` is that of who gave it, if it is still there."""

    session: Session | None
    row: MeetingRow
    consent: Consent


async def start_recording(context: Context, session: Session, ask: StartRecording) -> Tell | None:
    """Switches AI recording on."""
    place = seat_in(session, ask.meeting)
    recordings = place.ongoing.recordings
    with recordings.beginning():
        async with recordings.switching:
            await _begin(context, place.ongoing, place.person, Asker(session, ask.request))
    return None


async def begin_with_join(context: Context, ongoing: Ongoing, session: Session) -> None:
    """Switches AI recording on as the host joins; when that fails, they are in the meeting anyway and are told.

    To be called while it is `beginning`, since they have their seat: who joins after them learns of it.
    """
    host = session.signed_in.id
    reason: StopReason
    async with ongoing.recordings.switching:
        if ongoing.meeting.recording_since is not None:  # by another connection of theirs, which was before this one
            return
        try:
            await _begin(context, ongoing, host)
        except Refusal as refusal:
            reason = "disk_full" if refusal.reason == "no_space" else "failed"
            stopped = RecordingStopped(meeting=ongoing.id, at=context.now(), reason=reason, words=refusal.words)
            if there := ongoing.inside.get(host):  # who may have moved to another connection meanwhile
                there.tell(stopped)


async def _begin(context: Context, ongoing: Ongoing, host: str, asker: Asker | None = None) -> None:
    """Keeps the host's consent, starts the relay's recording, and tells everyone; while it is `switching`.

    Raises:
        Refusal: not the host, already on, or no space.
    """
    recording_rules.check_may_record(ongoing.meeting, host)
    seat = meeting.seat_of(ongoing.meeting, host)
    row = _next_part(context, ongoing)
    given = _consent(context, row, seat.person, row.started_at, "switched on")

    def keep(connection: Connection) -> tuple[Consent, ...]:
        meetings_table.add_consent(connection, given)
        return (given,)

    outcome = await _start(
        context, ongoing, row, keep, lambda now: recording_rules.start_recording(ongoing.meeting, host, now)
    )
    started = RecordingStarted(meeting=ongoing.id, at=row.started_at, by=host)
    ongoing.tell_everyone(started, asker)
    ongoing.apply(outcome)
    ongoing.tell_card()
    context.events.say(ConsentKept(ongoing.inside.get(host), ongoing.row, given))


def _next_part(context: Context, ongoing: Ongoing) -> RecordingRow:
    part = len(ongoing.recordings.ids) + 1
    return RecordingRow(
        id=ongoing.id if part == 1 else links.new_id("v"),
        meeting=ongoing.id,
        part=part,
        started_at=context.now(),
        recap="recording",
    )


async def _start(
    context: Context,
    ongoing: Ongoing,
    row: RecordingRow,
    keep: Callable[[Connection], tuple[Consent, ...]],
    rule: Callable[[float], meeting.Outcome],
) -> meeting.Outcome:
    """Keeps the first consents of a recording, then records those people; nothing stays where it does not begin.

    Args:
        context: of the server.
        ongoing: the meeting, while it is `switching`.
        row: the recording.
        keep: keeps and returns the consents.
        rule: says at the end whether it may still begin.

    Raises:
        Refusal: it may not, there is no space, or something failed.
    """
    begun = ongoing.recordings.ids

    def keep_all(connection: Connection) -> tuple[Consent, ...]:
        # Of a try whose traces could not be taken back then.
        meetings_table.drop_unbegun(connection, ongoing.id, begun)
        meetings_table.add_recording(connection, row)
        return keep(connection)

    try:
        people = {given.person: given.name for given in await context.store.do(keep_all)}
        await context.events.wait(RecordingBegins(ongoing, row, people))
        await context.relay.start_recording(ongoing.id, context.settings.meetings_folder / row.id, people)
        # Time has passed: who began it may have gone meanwhile, or the meeting be over.
        outcome = rule(context.now())
    except Exception as error:
        await _take_back(context, ongoing, row.id)
        raise _refusal(error) from error
    ongoing.recordings.begun(row, people)
    return outcome


async def _carry_on(context: Context, ongoing: Ongoing) -> None:
    """Begins the next part of a recording that the server's stop has cut off, where that is still to be done.

    Consents that were given to the part before hold for this one as well, of those who have kept their seats.
    """
    recordings = ongoing.recordings
    async with recordings.switching:
        if not recordings.is_cut_off or ongoing.meeting.recording_since is None:
            return
        before, row = recordings.rows[-1], _next_part(context, ongoing)
        kept = frozenset(person.id for person in ongoing.meeting.people if person.consents)

        def keep(connection: Connection) -> tuple[Consent, ...]:
            given = (one for one in meetings_table.consents_of(connection, before.id) if one.person in kept)
            carried = tuple(replace(one, recording=row.id, how=CARRIED) for one in given if _holds(context, one))
            for one in carried:
                meetings_table.add_consent(connection, one)
            return carried

        try:
            outcome = await _start(
                context, ongoing, row, keep, lambda now: recording_rules.carry_on(ongoing.meeting, now)
            )
        except Refusal as refusal:
            recordings.is_cut_off = False
            _tell_stopped(context, ongoing, "disk_full" if refusal.reason == "no_space" else "failed")
        else:
            ongoing.apply(outcome)
            ongoing.tell_card()


def _holds(context: Context, given: Consent) -> bool:
    settings = context.settings
    return bool(holding((given,), notice_version=settings.notice_version, model_words=settings.model_words))


async def _take_back(context: Context, ongoing: Ongoing, recording: str) -> None:
    """Leaves nothing of a recording that did not begin; what the disk keeps now goes with the next try or the end."""
    begun = ongoing.recordings.ids
    steps: tuple[Callable[[], Awaitable[None]], ...] = (
        lambda: context.relay.stop_recording(ongoing.id),
        lambda: context.events.wait(RecordingFailed(recording)),
        lambda: context.store.do(lambda connection: meetings_table.drop_unbegun(connection, ongoing.id, begun)),
    )
    for step in steps:
        try:
            await step()
        except Exception:  # why it did not begin is what the host is told
            log.exception("a recording that did not begin could not be taken back")


def _consent(context: Context, row: RecordingRow, person: Person, at: float, how: str) -> Consent:
    """That somebody agrees to a recording, having been told what this server's notice says now."""
    settings = context.settings
    return Consent(row.id, person.id, person.name, at, settings.notice_version, how, settings.model_words)


def _refusal(error: Exception) -> Refusal:
    """Why a recording did not begin, in words."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, RelayError):
        return Refusal("no_space" if isinstance(error, NoSpace) else "failed", str(error))
    log.error("a recording could not begin", exc_info=error)
    return Refusal("failed", "AI recording could not begin because of a fault on the server.")


async def stop_recording(context: Context, session: Session, ask: StopRecording) -> Tell | None:
    """Switches AI recording off."""
    place = seat_in(session, ask.meeting)
    meeting.check_host(place.ongoing.meeting, place.person)
    await _stop(context, place.ongoing, "host", Asker(session, ask.request))
    return None


async def stopped_unasked(context: Context, ongoing: Ongoing, reason: str) -> None:
    """The relay could not go on recording."""
    try:
        await _stop(context, ongoing, "disk_full" if reason == "disk_full" else "failed")
    except Refusal:
        log.info("a recording had stopped already")


async def accept_recording(context: Context, session: Session, ask: AcceptRecording) -> Tell | None:
    """A person in the meeting agrees; they are recorded once that is stored."""
    place = seat_in(session, ask.meeting)
    if ask.notice_version != context.settings.notice_version:
        raise Refusal("notice_needed", "Please read the current notice about the recording first.")
    outcome = recording_rules.consent(place.ongoing.meeting, place.person)
    place.ongoing.apply(outcome, Asker(session, ask.request))
    await keep_consent(context, place.ongoing, place.person, how="accepted")
    return None


async def keep_consent(context: Context, ongoing: Ongoing, person: str, *, how: str) -> None:
    """Keeps a person's consent and then records them, if it is still that recording and they are still there.

    Only who has read the present wording of the notice is asked to consent; who comes back has consented already. Where
    it cannot be kept they are not recorded, and everyone sees that.
    """
    if ongoing.recordings.is_cut_off and ongoing.meeting.recording_since is not None:
        # Beside what they ask next: nobody's media waits for a recorder.
        context.chores.start(_keep_in_next_part(context, ongoing, person, how), "going on with a recording")
        return
    row, seat = ongoing.recording, ongoing.meeting.seats.get(person)
    if row is None or seat is None or not seat.person.consents:
        return
    given = _consent(context, row, seat.person, context.now(), how)
    try:
        await _keep(context, ongoing, given)
    except Exception:
        log.exception("a consent could not be kept")
        if _still_consents(ongoing, given) and (row.id, person) not in ongoing.recordings.consented:
            ongoing.apply(meeting.show(ongoing.meeting, person, consents=False))


async def _keep_in_next_part(context: Context, ongoing: Ongoing, person: str, how: str) -> None:
    """Keeps a consent once the next part of a recording that was cut off runs; none is kept where it does not begin."""
    await _carry_on(context, ongoing)
    if not ongoing.recordings.is_cut_off:
        await keep_consent(context, ongoing, person, how=how)


async def _keep(context: Context, ongoing: Ongoing, given: Consent) -> None:
    def keep(connection: Connection) -> Consent:
        meetings_table.add_consent_once(connection, given)
        known = meetings_table.consents_of(connection, given.recording)
        return next(one for one in known if one.person == given.person)

    kept = await context.store.do(keep)
    # Also to someone who comes back: the connection may have been lost before their receipt arrived.
    context.events.say(ConsentKept(ongoing.inside.get(given.person), ongoing.row, kept))
    if _still_consents(ongoing, given):
        context.events.say(PersonRecorded(given.recording, given.person, given.name))
        await context.relay.record_person(ongoing.id, given.person, given.name)
        ongoing.recordings.consented.add((given.recording, given.person))


def _still_consents(ongoing: Ongoing, given: Consent) -> bool:
    """Whether it is still that recording, and that person is still there and shown to consent."""
    now, seat = ongoing.recording, ongoing.meeting.seats.get(given.person)
    return now is not None and now.id == given.recording and seat is not None and seat.person.consents


async def mark_moment(context: Context, session: Session, ask: MarkMoment) -> Tell:
    """Keeps the present moment as one that a member wants to find again."""
    place = seat_in(session, ask.meeting)
    captions_rules.check_marker(place.ongoing.meeting, place.person)
    if not place.ongoing.tries.mark.take(place.person, context.tick()):
        raise Refusal("too_much", "You marked very many moments just now. Please wait a moment.")
    place.ongoing.note_moment(place.person, "mark")
    return MomentMarked(meeting=ask.meeting, at=context.now())


async def _stop(context: Context, ongoing: Ongoing, reason: StopReason, asker: Asker | None = None) -> None:
    async with ongoing.recordings.switching:
        recording_rules.stop_recording(ongoing.meeting)  # or it is refused
        row, now = ongoing.recordings.rows[-1], context.now()
        ongoing.recordings.is_cut_off = False
        _tell_stopped(context, ongoing, reason, asker)
        try:
            await context.relay.stop_recording(ongoing.id)
        finally:
            await context.events.wait(RecordingEnded(row.id, now))


def _tell_stopped(context: Context, ongoing: Ongoing, reason: StopReason, asker: Asker | None = None) -> None:
    """Nothing is recorded any more, and everyone is told."""
    if ongoing.meeting.recording_since is None:
        return
    words = _STOPPED[reason]
    stopped = RecordingStopped(meeting=ongoing.id, at=context.now(), reason=reason, words=words)
    ongoing.tell_everyone(stopped, asker)
    ongoing.apply(recording_rules.stop_recording(ongoing.meeting))
    need_recording = context.settings.gestures_need_recording
    ongoing.apply(gestures_rules.recording_stopped(ongoing.meeting, need_recording=need_recording))


RULES = (
    Rule(StartRecording, start_recording, needs="seat", is_heavy=True),
    Rule(StopRecording, stop_recording, needs="seat"),
    Rule(AcceptRecording, accept_recording, needs="seat"),
    Rule(MarkMoment, mark_moment, needs="seat"),
)
