"""Meetings that are running: the pure `Meeting` with the sessions in it, its timer, and who is told of each change."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.wire.chat import ChatLine
from app.wire.fields import Tell
from app.wire.gestures import GesturesSwitched
from app.wire.hands import HandsLowered
from app.wire.lobby import GuestDenied, LobbyChanged
from app.wire.people import (
    HostChanged,
    LeaveReason,
    MeetingEnded,
    MeetingLocked,
    Person,
    PersonChanged,
    PersonJoined,
    PersonLeft,
    Welcome,
)
from app.wire.rooms import MeetingCard
from server_stub.call import (
    captions_rules,
    changes,
    drawing,
    ending,
    events,
    gestures_rules,
    ice_rules,
    kept,
    lobby_rules,
    meeting,
)
from server_stub.call.changes import Change
from server_stub.call.kept import Before
from server_stub.call.meeting import Meeting, Outcome
from server_stub.call.recordings import Recordings
from server_stub.call.tries import PersonTries
from server_stub.call.written import Written
from server_stub.kernel import links
from server_stub.kernel.clock import Timer
from server_stub.kernel.context import Context
from server_stub.kernel.hub import Asker, tell_all
from server_stub.kernel.session import Session
from server_stub.storage import meetings as meetings_table
from server_stub.storage.meetings import MeetingRow, RecordingRow

#: Lines of chat that are kept in memory, for those who come later.
CHAT_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a meeting a session is: in a seat, or in the lobby."""

    ongoing: Ongoing
    person: str
    is_waiting: bool = False

    @property
    def meeting(self) -> str:
        """The meeting's id."""
        return self.ongoing.id

    def lose(self, session: Session) -> None:
        """The session is gone: its guest waits no longer, or its person's seat is kept."""
        self.ongoing.unseat_session(session)

    def leave(self, session: Session) -> None:
        """Gives up the seat, or the place in the lobby, at once."""
        self.ongoing.leave(session)


class Ongoing:
    """One running meeting.

    Attributes:
        meeting: what is true now; only `apply` changes it.
        row: the meeting as it is kept.
        lines: the newest lines of its chat.
        inside: the session of each connected person with a seat.
        outside: the session of each guest in the lobby.
        recordings: all so far; the last one runs while `meeting.recording_since` is set.
        written: keeps what it consists of.
    """

    def __init__(self, context: Context, row: MeetingRow) -> None:
        self._context = context
        self._timer: Timer | None = None
        self._is_over = False
        self._media_locks: dict[str, asyncio.Lock] = {}
        self.row = row
        self.meeting: Meeting = meeting.newly_begun(row, context.settings.limits)
        self.lines: deque[ChatLine] = deque(maxlen=CHAT_SHOWN)
        #: The last line of the chat before somebody came.
        self._said_before: dict[str, str] = {}
        self.inside: dict[str, Session] = {}
        self.outside: dict[str, Session] = {}
        self.guest_tokens: dict[str, str] = {}
        self.recordings = Recordings()
        self.tries = PersonTries()
        self.gist_lock = asyncio.Lock()
        #: When members were last in it who are not now: what was recorded since then they have missed.
        self._away_since: dict[str, float] = {}
        self.written = Written(context, row.id, self._look)
        context.relay.prepare()
        self._plan()
        self.written.wake()

    def take_up(self, before: Before) -> None:
        """Goes on where a server that stopped has left it, before anybody asks."""
        self.meeting = before.meeting
        self.lines.extend(before.lines)
        self._said_before, self.guest_tokens = dict(before.said_before), dict(before.tokens)
        self.recordings.take_up(before.recordings, is_cut_off=before.is_recording)
        self._plan()

    def _look(self) -> bytes | None:
        """The meeting as it is kept for a server that is started again; None before it begins and once it is over."""
        if self._is_over or self.row.state != "ongoing":
            return None
        return kept.write(
            self.meeting,
            recordings=(row.id for row in self.recordings.rows),
            tokens=self.guest_tokens,
            said_before=self._said_before,
        )

    @property
    def id(self) -> str:
        """The meeting's id."""
        return self.row.id

    @property
    def recording(self) -> RecordingRow | None:
        """The recording that runs; none while the next part of one that was cut off has not begun."""
        rows = self.recordings.rows
        is_on = self.meeting.recording_since is not None and not self.recordings.is_cut_off
        return rows[-1] if rows and is_on else None

    def card(self) -> MeetingCard:
        """What the room shows of it now."""
        running = self if self.meeting.ended_at is None else None
        # While it runs, the newest recording counts; afterwards each has a card of its own, the first the meeting's.
        rows = self.recordings.rows
        shown = rows[-1 if running else 0] if rows else None
        return drawing.draw(self._context.address, self.row, shown, running=running)

    def media_lock(self, person: str) -> asyncio.Lock:
        """Orders what the relay is asked about one person."""
        return self._media_locks.setdefault(person, asyncio.Lock())

    def welcome(self, person: str, guest_token: str = "") -> Welcome:
        """Everything that a person needs who has just got a seat."""
        seat = self.meeting.seats[person].person
        card, lines = self.card(), list(self.lines)
        if seat.is_guest:
            # A guest learns nothing of the room, and of the chat only what is said while they are present.
            card = drawing.for_guest(card)
            # Counted by lines, not by the clock: two things can happen in the same tick of it.
            names = [line.id for line in lines]
            last = self._said_before[person]
            lines = lines[names.index(last) + 1 :] if last in names else lines
        return Welcome(
            meeting=card,
            you=person,
            host=self.meeting.host,
            people=self.meeting.people,
            chat=tuple(lines),
            recording_since=self.meeting.recording_since,
            now=self._context.now(),
            guest_token=guest_token,
            is_locked=self.meeting.is_locked,
            gestures_on=self.meeting.gestures_on,
            missed_since=captions_rules.missed_since(self.meeting, person, self._away_since.pop(person, None)),
        )

    def seat_session(self, person: str, session: Session) -> None:
        """A session is in the meeting now; another one of the same person is told that the seat has moved."""
        old = self.inside.get(person)
        if old is not None and old is not session:
            old.give_way(session, PersonLeft(meeting=self.id, person=person, reason="moved"))
        self.inside[person] = session
        self._context.relay.want(self.id, person, None)  # what another connection showed says nothing of this one
        session.place = Place(self, person)
        for news in ice_rules.news_for(self._context.settings.ice, self.id, person, self._context.now()):
            session.tell(news)

    def wait_session(self, guest: str, session: Session) -> None:
        """A session waits in the lobby now."""
        self.outside[guest] = session
        session.place = Place(self, guest, is_waiting=True)

    def unseat_session(self, session: Session) -> None:
        """The session is gone: its guest waits no longer, or its person's seat is kept."""
        place = session.place
        session.place = None
        if not isinstance(place, Place):
            return
        if place.is_waiting:
            self.outside.pop(place.person, None)
            self.apply(lobby_rules.withdraw(self.meeting, place.person))
        elif self.inside.get(place.person) is session:
            del self.inside[place.person]
            self._away_since[place.person] = self._context.now()
            self.apply(meeting.lose(self.meeting, place.person, self._context.now()))

    def leave(self, session: Session) -> None:
        """Gives up the seat of a session, or its place in the lobby, at once."""
        place = session.place
        if isinstance(place, Place) and not place.is_waiting:
            self.apply(meeting.leave(self.meeting, place.person, self._context.now()))
        else:
            self.unseat_session(session)

    def note_moment(self, person: str, kind: events.MomentKind) -> None:
        """Somebody raised a hand, reacted or marked it: told of who is recorded, and consents to it."""
        row, seat = self.recording, self.meeting.seats.get(person)
        if row is not None and seat is not None and seat.person.consents:
            self._context.events.say(events.MomentGiven(row.id, person, kind, self._context.now()))

    def new_guest_token(self, guest: str) -> str:
        """Lets a guest come back to the seat until the meeting is over."""
        token = links.new_token(self._context.server_id)
        self.guest_tokens[links.fingerprint(token)] = guest
        return token

    def tell_inside(self, tell: Tell, asker: Asker | None = None) -> None:
        """Tells everyone with a seat."""
        tell_all(self.inside.values(), tell, asker)

    def tell_everyone(self, tell: Tell, asker: Asker | None = None) -> None:
        """Tells everyone with a seat and, as far as it may be told there, everyone in the lobby."""
        self.tell_inside(tell, asker)
        self.tell_outside(self.outside.values(), tell)

    def tell_outside(self, guests: Iterable[Session], tell: Tell) -> None:
        """Tells guests in the lobby: the only way from a meeting to them, and it lets nothing else through."""
        allowed = lobby_rules.for_lobby(tell)
        if allowed is not None:
            tell_all(guests, allowed)

    def lobby(self) -> LobbyChanged:
        """Who waits, and how many seats are taken."""
        return LobbyChanged(
            meeting=self.id,
            waiting=tuple(entry.guest for entry in self.meeting.waiting.values()),
            taken=len(self.meeting.seats),
            seats=self.meeting.limits.seats,
        )

    def tell_lobby(self, asker: Asker | None = None) -> None:
        """Tells the host who waits."""
        if host := self.inside.get(self.meeting.host):
            tell_all((host,), self.lobby(), asker)

    def tell_card(self) -> None:
        """Tells the room's members that the card is different."""
        self._context.events.say(events.CardChanged(self.row.room, self.card()))

    def remove_member(self, account: str, *, reason: LeaveReason = "removed") -> None:
        """Removes a person who is no longer a member of the room; no effect if they are not in the meeting."""
        seat = self.meeting.seats.get(account)
        if self.meeting.ended_at is None and seat is not None and not seat.person.is_guest:
            self.apply(meeting.expel(self.meeting, account, self._context.now(), reason=reason))

    def apply(self, outcome: Outcome, asker: Asker | None = None) -> None:
        """Applies an outcome and tells everyone concerned; the asker gets the first message as the answer."""
        if outcome.meeting.was_used and not self.meeting.was_used:
            # Until now it was only made: its timer and how long it lasted count from here.
            self.row = replace(self.row, state="ongoing", started_at=self._context.now())
            self._context.chores.start(self._begin(), "beginning a meeting")
        before, self.meeting = self.meeting, outcome.meeting
        for change in outcome.changes:
            self._carry_out(change, asker)
        if before.seats != self.meeting.seats:
            self._context.events.say(events.SeatsChanged())
        if self.meeting.ended_at is not None:
            return
        self.written.wake()
        self._plan()
        has_other_seats = len(before.seats) != len(self.meeting.seats)
        if has_other_seats or before.is_locked != self.meeting.is_locked:
            self.tell_card()
        if has_other_seats and self.meeting.waiting and changes.LobbyMoved() not in outcome.changes:
            self.tell_lobby()

    async def _begin(self) -> None:
        """Keeps that the first person has come in."""
        row = self.row
        await self._context.unkept.keep(
            f"the beginning of {row.id}", lambda connection: meetings_table.begin(connection, row.id, row.started_at)
        )

    def stop_timer(self) -> None:
        """Nothing happens by itself any more."""
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _plan(self) -> None:
        self.stop_timer()
        due = meeting.next_due(self.meeting)
        if due is not None:
            delay = max(0.0, due - self._context.now())
            self._timer = self._context.clock.call_later(delay, self._tick)

    def _tick(self) -> None:
        # The loop's clock may run a little ahead of the wall clock: then nothing is due, and the timer is set again.
        self.apply(meeting.tick(self.meeting, self._context.now()))

    def _carry_out(self, change: Change, asker: Asker | None) -> None:
        match change:
            case changes.Came(person):
                self._said_before[person.id] = self.lines[-1].id if self.lines else ""
                self._allow(person)
                others = (session for id, session in self.inside.items() if id != person.id)
                tell_all(others, PersonJoined(meeting=self.id, person=person), asker)
            case changes.Changed(person):
                self._allow(person)
                self.tell_inside(PersonChanged(meeting=self.id, person=person), asker)
            case changes.Went(person, reason):
                self.tell_inside(PersonLeft(meeting=self.id, person=person, reason=reason), asker)
                self._let_go(person)
            case changes.HostMoved(host):
                self.tell_inside(HostChanged(meeting=self.id, host=host))
                self.tell_lobby()
            case changes.LobbyMoved():
                self.tell_lobby(asker)
            case changes.TurnedAway(guest):
                self.turn_away(guest, "The host has removed you from this meeting.")
            case changes.Locked(is_locked):
                self.tell_inside(MeetingLocked(meeting=self.id, is_locked=is_locked), asker)
            case gestures_rules.Switched(is_on, words):
                self.tell_inside(GesturesSwitched(meeting=self.id, is_on=is_on, words=words), asker)
            case changes.HandsDown():
                self.tell_inside(HandsLowered(meeting=self.id), asker)
            case changes.Ended(words):
                self._end(words, asker)

    def turn_away(self, guest: str, words: str) -> None:
        """A guest waits no longer, and is told why."""
        session = self.outside.pop(guest, None)
        if session:
            session.place = None
            self.tell_outside((session,), GuestDenied(words=words))

    def _allow(self, person: Person) -> None:
        """Lets the relay forward only what the person is shown to send."""
        shown = {"microphone": person.microphone_on, "camera": person.camera_on, "screen": person.sharing}
        sources = frozenset(source for source, is_on in shown.items() if is_on)
        self._context.relay.allow(self.id, person.id, sources)

    def _let_go(self, person: str) -> None:
        self._said_before.pop(person, None)
        session = self.inside.pop(person, None)
        if session:
            session.place = None
            self._away_since[person] = self._context.now()
        # The connections end a little later; nothing more is sent on or recorded from this moment.
        self._context.relay.allow(self.id, person, frozenset())
        self.guest_tokens = {token: guest for token, guest in self.guest_tokens.items() if guest != person}
        self._context.chores.start(self._leave_relay(person), "leaving the relay")
        self._context.events.say(events.SeatFreed(self.id, is_over=self.meeting.ended_at is not None))

    async def join_relay(self, person: str) -> None:
        """Lets the relay know a person with a seat; to be called under their `media_lock`."""
        if person not in self.meeting.seats or self.meeting.ended_at is not None:
            return
        await self._context.relay.join(self.id, person)
        if self._is_over:  # it has ended meanwhile: what that closed is open again
            await self._context.relay.close(self.id)

    async def _leave_relay(self, person: str) -> None:
        async with self.media_lock(person):
            if person not in self.meeting.seats:  # else they are back already, and their new connections stay
                await self._context.relay.leave(self.id, person)

    def _end(self, words: str, asker: Asker | None) -> None:
        at = self.meeting.ended_at or self._context.now()
        self.stop_timer()
        self.tell_everyone(MeetingEnded(meeting=self.id, at=at, words=words), asker)
        for session in (*self.inside.values(), *self.outside.values()):
            session.place = None
        self.inside.clear()
        self.outside.clear()
        self.guest_tokens.clear()
        self._is_over = True
        self._context.events.say(events.DoorsClosed(self.id))
        self.row = drawing.ended(self.row, at, words, was_used=self.meeting.was_used)
        self._context.events.say(events.SeatFreed(self.id, is_over=True))
        self.tell_card()
        finish = ending.finish(self._context, self.row, self.recordings, at=at, was_used=self.meeting.was_used)
        self._context.chores.start(finish, "ending a meeting")
