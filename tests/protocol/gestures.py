"""Raised hands, reactions, gestures and pointing: who may, what it changes, who is told of it, and how often."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from app.wire import gestures, hands, pointing, reactions
from tests.protocol.shares import Shares
from tests.protocol.steps import anyone

#: What one person may do in this way in one meeting: (so many at once, more a second).
ALLOWANCES = {hands.RaiseHand: (5, 0.5), reactions.React: (5, 2.0), pointing.PointAt: (40, 25.0)}
whoever_shares = st.sampled_from(("the sharer", "the sharer", "the host", "someone inside", "mallory"))


class Gestures(Shares):
    """What people may do with their hands."""

    @precondition(lambda self: self.meeting)
    @rule(name=anyone, other=whoever_shares, does=st.integers(0, 8), members=st.booleans(), guests=st.booleans())
    def gesture(self, name, other, does, members, guests):
        """Any of it."""
        acts = (
            lambda: self.raise_hand(name),
            lambda: self.lower_hand(name),
            lambda: self.lower_hand_of(name, other),
            lambda: self.lower_all_hands(name),
            lambda: self.react(name),
            lambda: self.allow_pointing(other, members, guests),
            lambda: self.point(name, other),
            lambda: self.share(name, True),
            lambda: self.switch_gestures(name, members),
        )
        acts[does]()

    @precondition(lambda self: self.meeting and "hands" not in self.played)
    @rule(again=st.booleans())
    def all_hands(self, again):
        """A guest is let in; everybody gestures, somebody once too often; only the host takes hands down."""
        self.played.add("hands")
        self.let_a_guest_in()
        for someone in self.inside():
            self.raise_hand(someone.name)
            self.react(someone.name)
        if self.meeting is None:
            return
        for _ in range(ALLOWANCES[reactions.React][0] if again else 0):
            self.react("someone inside")
        self.lower_hand_of("someone inside", "the host")
        self.lower_all_hands("someone inside")
        self.lower_all_hands("the host")

    @precondition(lambda self: self.meeting and "watched hands" not in self.played)
    @rule(stops=st.booleans())
    def watched_hands(self, stops):
        """Somebody tries to have hands watched, then the host does, without a recording and with one; then it stops."""
        self.played.add("watched hands")
        for name in ("someone inside", "the host"):
            self.switch_gestures(name, True)
        self.record("the host")
        for name in ("someone inside", "the host"):
            self.switch_gestures(name, True)
        if stops:
            self.stop_recording("the host")
        self.switch_gestures("someone inside", False)

    @precondition(lambda self: self.meeting and "pen" not in self.played)
    @rule(name=st.sampled_from(("the host", "someone inside")), members=st.booleans(), guests=st.booleans())
    def a_pen_for_some(self, name, members, guests):
        """Somebody shares and lets some people point, then shares anew."""
        self.played.add("pen")
        self.let_a_guest_in()
        someone = self.who(name)
        if self.meeting is None or self.seat(someone) is None:
            return
        self.allow_pointing(someone.name, True, True)
        self.share(someone.name, True)
        self.allow_pointing(someone.name, members, guests)
        for one in self.inside():
            self.point(one.name, someone.name)
        self.share(someone.name, False)
        self.share(someone.name, True)
        self.point("someone inside" if self.is_host(someone) else "the host", someone.name)

    # --- hands ------------------------------------------------------------------------------------------------------
    def raise_hand(self, name):
        someone = self.who(name)
        seat = self.seat(someone)
        ask = hands.RaiseHand(meeting=self.meeting.id)
        granted = seat is not None and self.is_allowed(someone, ask)
        others = [one.raised_at for one in self.meeting.people if seat is None or one.id != seat.person.id]
        self.attempt(someone, ask, granted)
        if granted:
            since = self.seat(someone).person.raised_at
            assert since == seat.person.raised_at or (not seat.person.raised_at and since > max(others, default=0.0))

    def lower_hand(self, name):
        someone = self.who(name)
        granted, up = self.seat(someone) is not None, self.raised()
        self.attempt(someone, hands.LowerHand(meeting=self.meeting.id), granted)
        assert self.raised() == (up - {self.id_of(someone)} if granted else up)

    def lower_hand_of(self, name, other):
        someone, target, up = self.who(name), self.id_of(self.who(other)), self.raised()
        granted = self.is_host(someone) and bool(target) and target in self.meeting.seats
        ask = hands.LowerHandOf(meeting=self.meeting.id, person=target or "nobody")
        self.attempt(someone, ask, granted)
        assert self.raised() == (up - {target} if granted else up)

    def lower_all_hands(self, name):
        someone = self.who(name)
        granted = self.is_host(someone)
        self.check_told(someone, hands.LowerAllHands(meeting=self.meeting.id), granted, hands.HandsLowered)
        assert not granted or not self.raised()

    def raised(self):
        return {one.id for one in (self.meeting.people if self.meeting else ()) if one.raised_at}

    @invariant()
    def hands_stand_in_an_order(self):
        assert len({one.raised_at for one in self.meeting.people if one.raised_at} if self.meeting else ()) == len(
            self.raised()
        )

    # --- reactions --------------------------------------------------------------------------------------------------
    def react(self, name):
        someone = self.who(name)
        ask = reactions.React(meeting=self.meeting.id, reaction="heart")
        granted = self.seat(someone) is not None and self.is_allowed(someone, ask)
        self.check_told(someone, ask, granted, reactions.Reacted)

    # --- the switch for gestures ------------------------------------------------------------------------------------
    def switch_gestures(self, name, is_on):
        someone, meeting = self.who(name), self.meeting
        granted = self.is_host(someone) and (not is_on or meeting.recording_since is not None)
        ask = gestures.SwitchGestures(meeting=meeting.id, is_on=is_on)
        self.check_told(someone, ask, granted, gestures.GesturesSwitched)
        assert self.meeting.gestures_on == (is_on if granted else meeting.gestures_on)

    @invariant()
    def hands_are_watched_only_while_it_is_recorded(self):
        meeting = self.meeting
        assert meeting is None or not meeting.gestures_on or meeting.recording_since is not None

    # --- pointing ---------------------------------------------------------------------------------------------------
    def allow_pointing(self, name, members, guests):
        someone = self.who(name)
        seat = self.seat(someone)
        granted = seat is not None and seat.person.sharing
        ask = pointing.AllowPointing(meeting=self.meeting.id, members=members, guests=guests)
        self.attempt(someone, ask, granted)
        if granted:
            now = self.seat(someone).person
            assert (now.members_point, now.guests_point) == (members, guests)

    def point(self, name, other):
        someone, sharer = self.who(name), self.id_of(self.who(other))
        ask = pointing.PointAt(meeting=self.meeting.id, person=sharer or "nobody", kind="pointer", spots=((1, 2),))
        seat, shares = self.seat(someone), self.meeting.seats.get(sharer) if sharer else None
        may = (
            seat is not None
            and shares is not None
            and shares is not seat
            and shares.person.sharing
            and (shares.person.guests_point if seat.person.is_guest else shares.person.members_point)
        )
        # As clients do it, without asking for an answer, and then once more with one.
        silently = seat is not None and self.is_allowed(someone, ask) and may
        granted = seat is not None and self.is_allowed(someone, ask) and may
        self.check_told(someone, ask, granted, pointing.Pointed, silently=silently)

    # --- who, how often, and who hears of it ------------------------------------------------------------------------
    def inside(self):
        return [one for one in self.people.values() if self.seat(one) is not None]

    def is_allowed(self, someone, ask):
        """Counts a try of somebody inside."""
        at_once, per_s = ALLOWANCES[type(ask)]
        key = (self.meeting.id, self.id_of(someone), type(ask))
        now = self.world.backend.tick()
        left, at = self.tries.get(key, (at_once, now))
        left = min(at_once, left + (now - at) * per_s)
        self.tries[key] = (left - 1 if left >= 1 else left, now)
        return left >= 1

    def check_told(self, someone, ask, granted, kind, *, silently=None):
        """Asks; exactly those inside are told of it, each once.

        `silently`: whether it is granted when it is sent first without asking for an answer; None: it is not sent so.
        Who points silently hears nothing of it.
        """
        inside = {one.name for one in self.inside()}
        before = {one.name: len(one.client.heard) for one in self.people.values()}
        if silently is not None:
            self.world.say(someone, ask)
        self.attempt(someone, ask, granted)
        for one in self.people.values():
            told = sum(isinstance(tell, kind) for tell in one.client.heard[before[one.name] :])
            due = granted + (bool(silently) and one is not someone) if one.name in inside else 0
            assert told == due, f"{one.name} was told {told} times of {type(ask).__name__}, not {due} times"
