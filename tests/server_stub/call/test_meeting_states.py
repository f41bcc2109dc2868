"""Every state that a meeting can reach, whatever is asked of it in whatever order."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.wire.codec import MODULES
from app.wire.fields import Ask
from server_stub.call import host_rules, lobby_rules, recording_rules
from server_stub.call import meeting as rules
from server_stub.call.meeting import Origin
from server_stub.errors import Refusal
from tests.server_stub.meetings import person, started


def check_one_switch(before, now, act):
    """Recording and AI are one: there is one field, one act sets it, and what depends on it goes with it."""
    began = before.recording_since is None and now.recording_since is not None
    assert now.recordings == before.recordings + began
    assert not began or act == "record"
    if now.recording_since is None and now.ended_at is None:
        assert not any(one.consents for one in now.people)
        assert not any(entry.person.consents for entry in now.waiting.values())


def test_r64_r78_the_protocol_has_one_switch_for_recording_and_ai():
    asks = [kind for module in MODULES for kind in vars(module).values() if isinstance(kind, type)]
    asks = [kind for kind in asks if issubclass(kind, Ask) and kind is not Ask]
    named = {kind.__name__ for kind in asks if "Record" in kind.__name__}
    assert named == {"StartRecording", "StopRecording", "AcceptRecording"}
    fields = {name for kind in asks for name in kind.__struct_fields__}
    assert "record" in fields
    assert not fields & {"ai", "recap", "transcribe", "summary", "recording_on", "ai_on", "with_ai"}


def _steps():
    ids = st.sampled_from(["ada", "grace", "zoe", "g1", "g2", *(f"p{n}" for n in range(9))])
    return st.lists(st.tuples(st.sampled_from(sorted(_ACTS)), ids, st.sampled_from([1, 30, 130, 400])), max_size=40)


def _knock(m, id, now):
    knocker = person(id, consents=m.recording_since is not None)
    return lobby_rules.knock(m, knocker, now, origin=Origin(frozenset((id,))))


_ACTS = {
    "join": lambda m, id, now: rules.join(m, person(id), now) if id[0] != "g" or id == "grace" else None,
    "lose": lambda m, id, now: rules.lose(m, id, now),
    "leave": lambda m, id, now: rules.leave(m, id, now),
    "knock": lambda m, id, now: _knock(m, id, now) if id in ("g1", "g2") else None,
    "admit": lambda m, id, now: lobby_rules.admit(m, m.host, id, now),
    "record": lambda m, id, now: recording_rules.start_recording(m, id, now),
    "stop": lambda m, id, now: recording_rules.stop_recording(m),
    "consent": lambda m, id, now: recording_rules.consent(m, id),
    "remove": lambda m, id, now: host_rules.remove(m, m.host, id, now),
    "expel": lambda m, id, now: rules.expel(m, id, now),
    "mute": lambda m, id, now: host_rules.mute(m, m.host, id),
    "lock": lambda m, id, now: host_rules.lock(m, m.host, not m.is_locked),
    "tick": lambda m, id, now: rules.tick(m, now),
}


@settings(max_examples=300, deadline=None)
@given(_steps())
def test_r64_whatever_happens_the_rules_hold(steps):
    now, clock = started(), 0.0
    for act, id, seconds in steps:
        clock += seconds
        before = now
        try:
            out = _ACTS[act](now, id, clock)
        except Refusal:
            assert now == before
            continue
        now = out.meeting if out else now
        check_one_switch(before, now, act)
        assert len(now.seats) <= 10
        assert not now.seats or now.members or now.ended_at is not None
        assert now.host not in ("g1", "g2")
        assert all(not one.consents for one in now.people) or now.recording_since is not None or now.ended_at
        assert not (now.empty_since is not None and now.seats)
        assert not any(seat.origin.marks & now.barred for id, seat in now.seats.items() if id != now.host)
        assert not any(entry.origin.marks & now.barred for entry in now.waiting.values())
        assert now.seats or not now.is_locked or now.ended_at is not None
        assert now.was_used or not now.seats
        if before.is_locked and now.is_locked and act == "join":
            assert set(now.seats) <= {*before.seats, now.host}
        if now.ended_at is None:
            due = rules.next_due(now)
            after = rules.tick(now, max(clock, due or clock))
            assert after.meeting != now or due is None or due > clock
