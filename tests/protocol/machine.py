"""What people may do in any order, and what must be true after each step: the rules said once more, by other means.

Each step is a request by somebody. Whether it must be granted or refused follows from what is true (`World.meeting`,
`World.members`) and from a few notes of this machine (codes, tokens, who was removed). A refused request changes
nothing; what is said reaches exactly those who were entitled when it was said; a lobby hears what is on the list.
"""

import itertools
from collections import deque

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from app.wire import accounts, chat, lobby, people, recap, recording, rooms
from app.wire.errors import Refused
from app.wire.links import parse_link
from server_stub.config import NOTICE_VERSION, TERMS_VERSION
from tests.protocol.watching import Watching
from tests.protocol.world import GUESTS, MEMBERS, SEATS, STRANGERS

ACCOUNTS = (*MEMBERS, *STRANGERS)
ALL = (*ACCOUNTS, *GUESTS)
#: Who does it: somebody by name, or by what he is at that moment, so that stories get far enough to go wrong.
anyone = st.sampled_from(("the host", "the host", "someone inside", "someone waiting", *ALL))
whoever_may_join = st.sampled_from((*MEMBERS, *MEMBERS, *ALL))
whoever_may_knock = st.sampled_from((*GUESTS, *GUESTS, *ALL))
account, guest = st.sampled_from(ACCOUNTS), st.sampled_from(GUESTS)
#: Steps after which little else can happen are seldom taken.
seldom = st.integers(0, 7).map(lambda number: number == 0)


class Protocol(Watching):
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
        self.tell_all_news()
        if begins != "with nothing":
            self.start("ada")
            self.join("ada", False, False)
        if begins == "with a crowd":
            self.everybody_comes(True)

    def attempt(self, someone, ask, granted):
        """Asks; checks that the answer is what the rules say, and that a refusal has changed nothing."""
        before = None if granted else self.world.snapshot()
        answer = self.world.ask(someone, ask)
        is_refused = isinstance(answer, Refused)
        assert is_refused != granted, f"{someone.name} {type(ask).__name__}: {answer}"
        if is_refused:
            assert self.world.snapshot() == before, f"{type(ask).__name__} was refused and changed something"
        return answer

    def may_read(self, someone, kind, meeting=""):
        """Who has come may read what was said there before."""
        for words, (entitled, of_kind, of_meeting) in self.secrets.items():
            if (of_kind, of_meeting) == (kind, meeting):
                self.secrets[words] = (entitled | {someone.name}, kind, meeting)

    def canary(self):
        return f"canary-{self.world.story}-{next(self.numbers)}-end"

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
        """All members want in, guests knock, the host lets in whom he can, and one more tries."""
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
        is_there = target.id in meeting.seats if target.id else False
        granted = self.is_host(someone) and is_there and target.id != someone.id
        self.attempt(someone, people.RemovePerson(meeting=meeting.id, person=target.id or "nobody"), granted)
        if granted:
            self.removed.add((meeting.id, target.name))
            assert self.meeting is None or target.id not in self.meeting.seats
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
        is_there = target.id in meeting.seats if target.id else False
        if target is someone and self.is_host(someone):
            return  # whether the host mutes himself by this or by his button is all the same
        self.attempt(
            someone,
            people.MutePerson(meeting=meeting.id, person=target.id or "nobody"),
            self.is_host(someone) and is_there,
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

    # --- what is said -----------------------------------------------------------------------------------------------
    @precondition(lambda self: self.meeting)
    @rule(name=anyone)
    def chat(self, name):
        someone, words = self.who(name), self.canary()
        granted = self.seat(someone) is not None
        entitled = {one.name for one in self.people.values() if self.seat(one) is not None}
        meeting = self.meeting.id
        self.secrets[words] = (entitled, "chat", meeting)
        self.attempt(someone, chat.PostChat(meeting=meeting, text=words, key=words), granted)

    @rule(name=anyone)
    def post(self, name):
        someone, words = self.who(name), self.canary()
        self.secrets[words] = ({one.name for one in self.people.values() if self.is_member(one)}, "room", "")
        ask = rooms.PostMessage(room=self.world.room, text=words, key=words)
        self.attempt(someone, ask, self.is_member(someone))

    @rule(name=anyone)
    def read_messages(self, name):
        someone = self.who(name)
        granted = self.is_member(someone)
        self.attempt(someone, rooms.ListMessages(room=self.world.room), granted)

    @rule(author=account, other=account, deletes=st.booleans())
    def change_a_message(self, author, other, deletes):
        """Somebody posts; somebody else, or he himself, changes or deletes it."""
        poster, changer = self.people[author], self.people[other]
        words, fresh = self.canary(), self.canary()
        members = {one.name for one in self.people.values() if self.is_member(one)}
        self.secrets[words] = self.secrets[fresh] = (members, "room", "")
        ask = rooms.PostMessage(room=self.world.room, text=words, key=words)
        posted = self.attempt(poster, ask, self.is_member(poster))
        if isinstance(posted, Refused):
            return
        number = posted.message.id
        ask = rooms.DeleteMessage(message=number) if deletes else rooms.EditMessage(message=number, text=fresh)
        self.attempt(changer, ask, changer is poster)

    # --- the room ---------------------------------------------------------------------------------------------------
    @rule(name=account, does=seldom)
    def leave_room(self, name, does):
        someone = self.who(name)
        if self.is_member(someone) and not does:
            return
        self.attempt(someone, rooms.LeaveRoom(room=self.world.room), self.is_member(someone))
        assert not self.is_member(someone)

    @rule(name=account, other=account)
    def remove_member(self, name, other):
        someone, target = self.people[name], self.people[other]
        if someone is target:
            return
        granted = self.is_member(someone) and self.world.owner() == someone.account and self.is_member(target)
        self.attempt(someone, rooms.RemoveMember(room=self.world.room, account=target.account), granted)

    @rule(inviter=account, name=account)
    def join_by_invitation(self, inviter, name):
        someone = self.who(name)
        ask = rooms.InviteMember(room=self.world.room)
        made = self.attempt(self.people[inviter], ask, self.is_member(self.people[inviter]))
        if isinstance(made, Refused) or self.is_member(someone):
            return
        self.may_read(someone, "room")
        self.attempt(someone, rooms.JoinRoom(code=made.code), True)
        assert self.is_member(someone)
        self.used_invitations[made.code] = name
        for other in ACCOUNTS:
            self.join_by_a_used_invitation(other)

    @precondition(lambda self: self.used_invitations)
    @rule(name=account)
    def join_by_a_used_invitation(self, name):
        someone = self.who(name)
        code = next(reversed(self.used_invitations))
        if self.is_member(someone):
            return
        self.attempt(someone, rooms.JoinRoom(code=code), False)

    # --- sign-ins and connections -------------------------------------------------------------------------------------
    @rule(name=account, does=seldom)
    def lose_connection(self, name, does):
        """The connection breaks; the same person signs in again by his token."""
        if not does:
            return
        someone = self.who(name)
        self.tell_all_news()
        self.world.reconnect(someone)
        self.attempt(someone, accounts.Resume(token=someone.token), True)

    @rule(name=account, does=seldom)
    def sign_out_and_replay(self, name, does):
        """Signs out; the old token opens nothing any more; signs in again."""
        if not does:
            return
        someone, old = self.people[name], self.people[name].token
        self.attempt(someone, accounts.SignOut(), True)
        self.attempt(someone, accounts.Resume(token=old), False)
        self.attempt(someone, rooms.ListMessages(room=self.world.room), False)
        email = f"{name}{self.world.story}@parley.test"
        answer = self.attempt(someone, accounts.SignIn(email=email, password="correct horse"), True)
        someone.token = answer.token

    @precondition(lambda self: any(self.people[name].guest_token for name in GUESTS))
    @rule(name=guest)
    def lose_connection_as_guest(self, name):
        """A guest's connection breaks; he comes back by his token as long as his seat is kept."""
        someone = self.who(name)
        if not someone.guest_token:
            return
        self.tell_all_news()
        self.world.reconnect(someone)
        meeting = self.meeting
        granted = meeting is not None and someone.guest in meeting.seats and someone.guest_token not in self.dead_tokens
        ask = people.RejoinAsGuest(token=someone.guest_token)
        self.attempt(someone, ask, granted)
        if not granted:
            someone.guest = someone.guest_token = ""

    @precondition(lambda self: self.dead_tokens)
    @rule(name=guest)
    def replay_a_guest_token(self, name):
        token = next(reversed(self.dead_tokens))
        if token and self.seat(self.people[name]) is None and not self.waits(self.people[name]):
            self.attempt(self.people[name], people.RejoinAsGuest(token=token), False)

    @rule(seconds=st.sampled_from((1, 1, 1, 60, 130, 400)))
    def wait(self, seconds):
        self.world.pass_time(seconds)

    # --- recaps -----------------------------------------------------------------------------------------------------
    @precondition(lambda self: self.recorded)
    @rule(name=anyone)
    def open_recap(self, name):
        someone = self.who(name)
        meeting = sorted(self.recorded)[-1]
        self.attempt(someone, recap.OpenRecap(meeting=meeting), self.is_member(someone))
        self.attempt(someone, recap.ListRecaps(room=self.world.room), self.is_member(someone))
