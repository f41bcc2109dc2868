"""What is true at a moment, and what must be true after each step: seats, host, and who hears what."""

from hypothesis.stateful import RuleBasedStateMachine, invariant

from app.wire import lobby, people, recap, rooms
from tests.protocol.world import GUESTS, SEATS, text_of

#: All that may ever be told to who waits, said here once more and not taken from the server.
LOBBY_LIST = (
    "Greeting", "Refused", "LinkShown", "KnockHeard", "KnockWithdrawn", "GuestDenied", "RecordingStarted",
    "RecordingStopped", "MeetingEnded", "Welcome",
)  # fmt: skip


class Watching(RuleBasedStateMachine):
    """Reads the world and checks it after each step. `world` is set by whoever runs it."""

    world = None

    # --- reading what is true ---------------------------------------------------------------------------------------
    @property
    def meeting(self):
        return self.world.meeting()

    def who(self, name):
        """The person of that name, or who is that now; ada where nobody is."""
        if name in self.people:
            return self.people[name]
        everyone = list(self.people.values())
        if name == "the host":
            found = [one for one in everyone if self.is_host(one)]
        elif name == "the sharer":
            found = [one for one in everyone if self.seat(one) is not None and self.seat(one).person.sharing]
        elif name == "someone inside":
            found = [one for one in everyone if self.seat(one) is not None and not self.is_host(one)]
        else:
            found = [one for one in everyone if self.waits(one)]
        return found[0] if found else self.people["ada"]

    def id_of(self, someone):
        """Their id in the meeting: also somebody with an account may have come in as a guest."""
        is_guest = self.meeting is not None and someone.guest in self.meeting.seats
        return someone.guest if is_guest else someone.account or someone.guest

    def seat(self, someone):
        """The seat of this connection: of a person who is connected."""
        meeting = self.meeting
        ongoing = self.world.backend.calls.of_room(self.world.room)
        id = self.id_of(someone)
        if meeting is None or id not in meeting.seats:
            return None
        return meeting.seats[id] if id in ongoing.inside else None

    def waits(self, someone):
        return self.meeting is not None and bool(someone.guest) and someone.guest in self.meeting.waiting

    def is_member(self, someone):
        return bool(someone.account) and someone.account in self.world.members()

    def is_host(self, someone):
        return self.seat(someone) is not None and self.meeting.host == self.id_of(someone)

    def is_removed(self, someone):
        return self.meeting is not None and (self.meeting.id, someone.name) in self.removed

    # --- what must be true after each step ----------------------------------------------------------------------------
    @invariant()
    def seats_and_host_are_right(self):
        meeting = self.meeting
        if meeting is None:
            return
        assert len(meeting.seats) <= SEATS
        assert not set(meeting.seats) & set(meeting.waiting)
        members = self.world.members()
        for id, seat in meeting.seats.items():
            assert seat.person.is_guest or id in members, "somebody sits who does not belong to the room"
            assert not seat.person.consents or meeting.recording_since is not None
        assert meeting.host not in {id for id, seat in meeting.seats.items() if seat.person.is_guest}

    @invariant()
    def nobody_hears_what_is_not_for_him(self):
        self.tell_all_news()

    def tell_all_news(self):
        for someone in self.people.values():
            for tell in someone.news():
                self.look_at(someone, tell)

    def look_at(self, someone, tell):
        kind = type(tell).__name__
        if isinstance(tell, people.Welcome) and tell.guest_token:
            someone.guest_token = tell.guest_token
            someone.guest = tell.you
        text = text_of(tell)
        # Who became a member of the room while they waited hears what its members hear.
        if self.waits(someone) and not self.is_member(someone):
            assert kind in LOBBY_LIST, f"{someone.name} waits and was told {kind}"
        if someone.name in GUESTS:
            assert self.world.room not in text, f"{someone.name} was told the room's id in {kind}"
            assert not isinstance(tell, recap.RecapOpened | recap.RecapsListed | rooms.MessagePosted)
        for words in self.secrets:
            if words in text:
                assert someone.name in self.secrets[words][0], f"{someone.name} was told what was not for them: {kind}"
        if isinstance(tell, lobby.LobbyChanged) and not tell.re:
            assert someone.account, f"{someone.name} was told who waits"
