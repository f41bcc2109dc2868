"""Connections: who says that theirs is weak, and which pictures they show; everybody inside may, and for themselves."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from app.wire import media, quality
from tests.protocol.gestures import ALLOWANCES, Gestures
from tests.protocol.steps import anyone

#: As of gestures: (so many at once, more a second).
ALLOWANCES |= {quality.TellConnection: (4, 0.2), media.WantPictures: (20, 6.0)}


class Connections(Gestures):
    """What people say of their connections."""

    @precondition(lambda self: self.meeting)
    @rule(name=anyone, is_weak=st.booleans())
    def tell_connection(self, name, is_weak):
        someone = self.who(name)
        ask = quality.TellConnection(meeting=self.meeting.id, is_weak=is_weak)
        granted = self.seat(someone) is not None and self.is_allowed(someone, ask)
        was = self.weak()
        self.attempt(someone, ask, granted)
        own = {self.id_of(someone)}
        assert self.weak() == ((was | own if is_weak else was - own) if granted else was)

    def weak(self):
        return {one.id for one in (self.meeting.people if self.meeting else ()) if one.has_weak_connection}

    @precondition(lambda self: self.meeting)
    @rule(name=anyone, other=anyone, source=st.sampled_from(("camera", "screen")))
    def want_pictures(self, name, other, source):
        """Of somebody, of oneself and of nobody."""
        someone, meeting = self.who(name), self.meeting
        named = {self.id_of(one) for one in (self.who(other), someone)} - {""} | {"nobody"}
        wishes = tuple(media.PictureWish(person=one, source=source, height_px=180) for one in sorted(named))
        ask = media.WantPictures(meeting=meeting.id, pictures=wishes)
        granted = self.seat(someone) is not None and self.is_allowed(someone, ask)
        relay, key = self.world.server.relay, (meeting.id, self.id_of(someone))
        was = relay.wants.get(key)
        if granted:
            self.world.tell(someone, ask)
        else:
            self.attempt(someone, ask, granted)
        others = named & (meeting.seats.keys() - {self.id_of(someone)})
        assert relay.wants.get(key) == ({(one, source): 180 for one in others} if granted else was)

    @invariant()
    def nobody_is_wanted_by_who_has_gone(self):
        meeting = self.meeting
        for of, person in self.world.server.relay.wants:
            assert meeting is None or of != meeting.id or person in meeting.seats
