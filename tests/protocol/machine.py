"""What people may do in any order, and what must be true after each step: the rules said once more, by other means.

Each step is a request by somebody. Whether it must be granted or refused follows from what is true (`World.meeting`,
`World.members`) and from a few notes of this machine (codes, tokens, who was removed). A refused request changes
nothing; what is said reaches exactly those who were entitled when it was said; a lobby hears what is on the list.
"""

import itertools
from collections import deque

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from app.wire import lobby, people, recording
from app.wire.links import parse_link
from server_stub.kernel.config import NOTICE_VERSION, TERMS_VERSION
from tests.protocol.around import Around
from tests.protocol.steps import anyone, guest, seldom, whoever_may_join, whoever_may_knock
from tests.protocol.world import GUESTS, MEMBERS, SEATS, STRANGERS


class Protocol(Around):
    """People in and around one room. `world` is set by whoever runs it."""

    @initialize(begins=st.sampled_from(("with a crowd", "with a meeting", "with a meeting", "with nothing")))
    def begin(self, begins):
        self.world.begin()
        self.people = self.world.people
        self.numbers = itertools.count(1)
        #: Text that must stay among those who were entitled to hear it: canary -> ids.
        self.secrets = {}
        #: Who was removed from which meeting by its host, by the name of the person.
        self.removed = set()
        self.dead_tokens = {}
        self.old_codes = deque(maxlen=4)
        self.used_invitations = {}
        self.recorded = set()
        #: What is left of somebody's allowance, and when that was so.
        self.tries = {}
        #: Long scenes, each played once in a story.
        self.played = set()
        self.tell_all_news()
        if begins != "with nothing":
            self.start("ada")
            self.join("ada", False, False)
        if begins == "with a crowd":
            self.everybody_comes(True)

    # --- meetings ---------------------------------------------------------------------------------------------------
    @rule(name=anyone)
    def start(self, name):
        someone = self.who(name)
        ask = people.StartMeeting(room=self.world.room, key=f"k{next(self.numbers)}")
        self.attempt(someone, ask, self.is_member(someone))

    @precondition(lambda self: self.meeting)
    @rule(name=whoever_may_join, reads=st.booleans(), record=st.booleans())
    def join(self, name, reads, record):
        someone, meeting = self.who(name), self.meeting
        kept = meeting.seats.get(someone.account) if someone.account else None
        is_on = meeting.recording_since is not None
        granted = (
            self.is_member(someone)
            and self.seat(someone) is None
            and not self.is_removed(someone)
            and (
                kept is not None
                or (len(meeting.seats) < SEATS and (not meeting.is_locked or meeting.host == someone.account))
            )
            and (not is_on or reads or (kept is not None and kept.person.consents))
            and (not record or is_on or meeting.host == someone.account)
        )
        if granted:
            self.may_read(someone, "chat", meeting.id)
        notice = NOTICE_VERSION if reads else 0
        ask = people.JoinMeeting(
            meeting=meeting.id, microphone_on=True, camera_on=True, notice_version=notice, record=record
        )
        answer = self.attempt(someone, ask, granted)
        if granted:
            assert {one.id for one in answer.people} == set(self.meeting.seats)
            assert kept is None or self.seat(someone).person.raised_at == kept.person.raised_at
            if record:
                self.recorded.add(meeting.id)

    @precondition(lambda self: self.meeting)
    @rule(name=anyone, does=seldom)
    def leave(self, name, does):
        someone = self.who(name)
        granted = self.seat(someone) is not None
        if self.is_host(someone) and not does:
            return
        token = someone.guest_token
        self.attempt(someone, people.LeaveMeeting(meeting=self.meeting.id), granted)
        if granted and someone.name in GUESTS:
            self.dead_tokens[token] = someone.name

    @precondition(lambda self: self.meeting)
    @rule(name=anyone, does=seldom)
    def end(self, name, does):
        someone = self.who(name)
        granted = self.is_host(someone)
        if granted and not does:
            return
        self.attempt(someone, people.EndMeeting(meeting=self.meeting.id), granted)
        assert granted == (self.meeting is None)

    @precondition(lambda self: self.meeting)
    @rule(reads=st.booleans())
    def everybody_comes(self, reads):
        """All members want in, guests knock, the host lets in as many as possible, and one more tries."""
        for name in MEMBERS:
            if self.meeting is not None:
                self.join(name, reads, False)
        for name in GUESTS[:2]:
            if self.meeting is not None:
                self.knock(name, reads, False)
                self.knock(name, reads, True)
        if self.meeting is not None:
            self.admit_all("the host")
            self.admit("the host", 0)

    # --- short stories that lead where a fault would show ---------------------------------------------------------
    @precondition(lambda self: self.meeting)
    @rule()
    def a_locked_door(self):
        """The host locks, and somebody tries each way in."""
        self.lock("the host", True)
        for name in MEMBERS:
            if self.meeting is not None:
                self.join(name, True, False)
        for name in GUESTS[2:4]:
            if self.meeting is not None:
                self.knock(name, True, True)

    @precondition(lambda self: self.meeting)
    @rule()
    def a_recording(self):
        """The host records, and everybody asks for the recap."""
        self.record("the host")
        if self.recorded:
            for name in ("ada", *STRANGERS, GUESTS[0]):
                self.open_recap(name)

    @rule(member=st.sampled_from(MEMBERS))
    def an_invitation(self, member):
        """A member invites a stranger; others try the same code."""
        self.join_by_invitation(member, STRANGERS[0])

    @precondition(lambda self: self.meeting)
    @rule()
    def a_guest_is_thrown_out(self):
        """A guest comes, is let in, removed, and tries again."""
        self.knock(GUESTS[4], True, True)
        self.admit_all("the host")
        for name in GUESTS:
            if self.meeting is not None and self.seat(self.people[name]) is not None:
                self.remove("the host", name)

    def let_a_guest_in(self):
        """If need be in place of somebody else."""
        if len(self.meeting.seats) == SEATS and self.seat(self.who("someone inside")) is not None:
            self.leave("someone inside", True)
        if self.meeting is not None:
            self.knock(GUESTS[1], True, True)
            self.admit_all("the host")

    # --- the lobby --------------------------------------------------------------------------------------------------
    def code(self):
        return parse_link(self.world.backend.calls.of_room(self.world.room).card().link).code

    @precondition(lambda self: self.meeting)
    @rule(name=whoever_may_knock, reads=st.booleans(), accepts=st.sampled_from((True, True, True, False)))
    def knock(self, name, reads, accepts):
        someone, meeting = self.who(name), self.meeting
        waits = self.waits(someone)
        granted = (
            not self.is_member(someone)
            and accepts
            and not self.is_removed(someone)
            and (waits or (self.seat(someone) is None and not meeting.is_locked and len(meeting.waiting) < 4))
            and (meeting.recording_since is None or reads)
        )
        answer = self.attempt(someone, self.knocking(someone.name, self.code(), reads, accepts), granted)
        if granted:
            assert not waits or someone.guest == answer.guest
            someone.guest = answer.guest

    def knocking(self, name, code, reads=True, accepts=True):
        return lobby.Knock(
            code=code,
            name=name,
            terms_version=TERMS_VERSION if accepts else TERMS_VERSION - 1,
            notice_version=NOTICE_VERSION if reads else 0,
            installation=f"inst-{name}",
        )

    @precondition(lambda self: self.old_codes)
    @rule(name=guest, number=st.integers(0, 3))
    def knock_with_an_old_link(self, name, number):
        code = self.old_codes[min(number, len(self.old_codes) - 1)]
        self.attempt(self.people[name], self.knocking(name, code), False)
        self.attempt(self.people[name], lobby.LookAtLink(code=code), False)

    @rule(name=guest)
    def withdraw(self, name):
        waited = self.waits(self.people[name])
        self.attempt(self.people[name], lobby.WithdrawKnock(), True)
        assert not waited or not self.waits(self.people[name])

    @precondition(lambda self: self.meeting)
    @rule(name=anyone, number=st.integers(0, 3))
    def admit(self, name, number):
        someone, meeting = self.who(name), self.meeting
        waiting = list(meeting.waiting)
        wanted = waiting[number % len(waiting)] if waiting else "nobody"
        granted = self.is_host(someone) and bool(waiting) and len(meeting.seats) < SEATS
        self.attempt(someone, lobby.AdmitGuest(meeting=meeting.id, guest=wanted), granted)

    @precondition(lambda self: self.meeting)
    @rule(name=anyone)
    def admit_all(self, name):
        someone, meeting = self.who(name), self.meeting
        full = len(meeting.seats) >= SEATS
        granted = self.is_host(someone) and not (meeting.waiting and full)
        self.attempt(someone, lobby.AdmitAll(meeting=meeting.id), granted)
        if granted:
            assert len(self.meeting.seats) == min(SEATS, len(meeting.seats) + len(meeting.waiting))

    @precondition(lambda self: self.meeting and self.meeting.waiting)
    @rule(name=anyone)
    def deny(self, name):
        someone, meeting = self.who(name), self.meeting
        wanted = next(iter(meeting.waiting))
        self.attempt(someone, lobby.DenyGuest(meeting=meeting.id, guest=wanted), self.is_host(someone))
        assert (wanted in self.meeting.waiting) != self.is_host(someone)

    # --- the host's rights ------------------------------------------------------------------------------------------
    @precondition(lambda self: self.meeting)
    @rule(name=anyone, other=anyone)
    def remove(self, name, other):
        someone, target, meeting = self.who(name), self.who(other), self.meeting
        target_id = self.id_of(target)
        is_there = target_id in meeting.seats if target_id else False
        granted = self.is_host(someone) and is_there and target is not someone
        self.attempt(someone, people.RemovePerson(meeting=meeting.id, person=target_id or "nobody"), granted)
        if granted:
            self.removed.add((meeting.id, target.name))
            assert self.meeting is None or target_id not in self.meeting.seats
            if target.name in GUESTS:
                self.dead_tokens[target.guest_token] = target.name
            if self.meeting is not None and target.name in GUESTS:
                self.knock(target.name, True, True)
            elif self.meeting is not None:
                self.join(target.name, True, False)

    @precondition(lambda self: self.meeting)
    @rule(name=anyone, other=anyone)
    def mute(self, name, other):
        someone, target, meeting = self.who(name), self.who(other), self.meeting
        target_id = self.id_of(target)
        is_there = target_id in meeting.seats if target_id else False
        self.attempt(
            someone,
            people.MutePerson(meeting=meeting.id, person=target_id or "nobody"),
            self.is_host(someone) and is_there and target is not someone,
        )

    @precondition(lambda self: self.meeting)
    @rule(name=anyone, is_locked=st.booleans())
    def lock(self, name, is_locked):
        someone = self.who(name)
        granted = self.is_host(someone)
        self.attempt(someone, people.LockMeeting(meeting=self.meeting.id, is_locked=is_locked), granted)
        assert not granted or self.meeting.is_locked == is_locked

    @precondition(lambda self: self.meeting)
    @rule(name=anyone)
    def renew_link(self, name):
        someone, before = self.who(name), self.code()
        granted = self.is_host(someone)
        self.attempt(someone, people.RenewLink(meeting=self.meeting.id), granted)
        assert (self.code() != before) == granted
        if granted:
            self.old_codes.append(before)
            self.knock_with_an_old_link("gus", 3)

    @precondition(lambda self: self.meeting)
    @rule(name=anyone)
    def record(self, name):
        someone, meeting = self.who(name), self.meeting
        granted = self.is_host(someone) and meeting.recording_since is None
        self.attempt(someone, recording.StartRecording(meeting=meeting.id), granted)
        if granted:
            self.recorded.add(meeting.id)

    @precondition(lambda self: self.meeting)
    @rule(name=anyone)
    def stop_recording(self, name):
        someone, meeting = self.who(name), self.meeting
        granted = self.is_host(someone) and meeting.recording_since is not None
        self.attempt(someone, recording.StopRecording(meeting=meeting.id), granted)

    @precondition(lambda self: self.meeting)
    @rule(name=anyone)
    def consent(self, name):
        someone, meeting = self.who(name), self.meeting
        granted = self.seat(someone) is not None and meeting.recording_since is not None
        ask = recording.AcceptRecording(meeting=meeting.id, notice_version=NOTICE_VERSION)
        self.attempt(someone, ask, granted)

    @rule(seconds=st.sampled_from((1, 1, 1, 60, 130, 400)))
    def wait(self, seconds):
        self.world.pass_time(seconds)
