"""What people may do around a meeting: talk, come into the room and leave it, sign in and out, read recaps."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from app.wire import accounts, chat, people, recap, rooms
from app.wire.errors import Refused
from tests.protocol.connections import Connections
from tests.protocol.steps import ACCOUNTS, account, anyone, guest, seldom
from tests.protocol.world import GUESTS


class Around(Connections):
    """The rules of the room, its talk and its recaps, and of sign-ins."""

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
        """Somebody posts; somebody else, or the author, changes or deletes it."""
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

    # --- sign-ins and connections -----------------------------------------------------------------------------------
    @rule(name=account, does=seldom)
    def lose_connection(self, name, does):
        """The connection breaks; the same person signs in again by their token."""
        if not does:
            return
        someone = self.who(name)
        self.tell_all_news()
        up = self.raised()
        self.world.reconnect(someone)
        self.attempt(someone, accounts.Resume(token=someone.token), True)
        assert self.raised() == up, "a hand stays up while the connection is lost"

    @precondition(lambda self: self.meeting)
    @rule(name=anyone)
    def lose_connection_with_a_hand_up(self, name):
        someone = self.who(name)
        if self.seat(someone) is not None and someone.account:
            self.raise_hand(someone.name)
            self.lose_connection(someone.name, True)

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
        """A guest's connection breaks; they come back by their token as long as their seat is kept."""
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

    # --- recaps -----------------------------------------------------------------------------------------------------
    @precondition(lambda self: self.recorded)
    @rule(name=anyone)
    def open_recap(self, name):
        someone = self.who(name)
        meeting = sorted(self.recorded)[-1]
        self.attempt(someone, recap.OpenRecap(meeting=meeting), self.is_member(someone))
        self.attempt(someone, recap.ListRecaps(room=self.world.room), self.is_member(someone))
