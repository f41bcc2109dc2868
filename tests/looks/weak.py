"""Calls over a weak connection, or none: what is said, at whose tile it is shown, and the figures."""

from tests.looks import call_states
from tests.looks.sizes import SLIM, SMALL

WEAK = {
    "call-blocked": (call_states.call_blocked, (SMALL, SLIM)),
    "call-reconnecting-panel": (lambda: call_states.call_reconnecting(panel="chat"), (SLIM,)),
    "call-weak": (call_states.call_weak, (SMALL, SLIM)),
    "call-weak-pair": (lambda: call_states.call_weak(2, held={("p1", "camera")}, weak={"p1"}), (SMALL, SLIM)),
    "call-weak-other": (lambda: call_states.call_weak(3, own=False, weak={"p1"}, panel="people"), (SLIM,)),
    "call-weak-ten": (call_states.call_weak_ten, (SMALL, SLIM)),
    "call-weak-long": (call_states.call_weak_long, (SMALL, SLIM)),
    "call-weak-pip": (lambda: call_states.pip(call_states.call_weak(2, held={("p1", "camera")}, weak={"p1"})), ()),
    "call-weak-open": (lambda: call_states.call_weak_ten(is_open=True), (SMALL, SLIM)),
    "call-weak-open-good": (lambda: call_states.call_weak(2, own=False, is_open=True), ()),
    "call-weak-open-new": (lambda: call_states.put(call_states.call(1), "call.quality.is_open", True), ()),
}
