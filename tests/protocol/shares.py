"""Screens: everybody inside may share one, only the host ends another's, and the relay lets no other screen through."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from app.wire import sharing
from tests.protocol.steps import Steps, anyone


class Shares(Steps):
    """What people may do with screens."""

    @precondition(lambda self: self.meeting)
    @rule(name=anyone, is_on=st.sampled_from((True, True, False)))
    def share(self, name, is_on):
        someone = self.who(name)
        granted = self.seat(someone) is not None
        since = max((one.sharing_since for one in self.meeting.people), default=0.0)
        was = granted and self.seat(someone).person
        ask = sharing.StartSharing if is_on else sharing.StopSharing
        self.attempt(someone, ask(meeting=self.meeting.id), granted)
        if granted:
            now = self.seat(someone).person
            assert now.sharing == is_on
            assert not is_on or (now == was if was.sharing else now.sharing_since > since), "not the newest"
            assert not is_on or was.sharing or not (now.members_point or now.guests_point), "pointed at unasked"

    @precondition(lambda self: self.meeting)
    @rule(name=anyone, other=anyone)
    def stop_share_of(self, name, other):
        someone, target, meeting = self.who(name), self.who(other), self.meeting
        target_id = self.id_of(target)
        granted = self.is_host(someone) and bool(target_id) and target_id in meeting.seats and target is not someone
        ask = sharing.StopShareOf(meeting=meeting.id, person=target_id or "nobody")
        self.attempt(someone, ask, granted)
        assert not granted or not self.meeting.seats[target_id].person.sharing

    @invariant()
    def only_what_is_shared_is_let_through(self):
        meeting = self.meeting
        for id, seat in (meeting.seats if meeting else {}).items():
            person = seat.person
            assert person.sharing == (person.sharing_since > 0)
            assert not person.sharing or person.is_connected
            assert self.world.server.relay.may_send(meeting.id, id, "screen") == person.sharing
