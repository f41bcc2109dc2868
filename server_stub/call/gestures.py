"""Gesture detection: the host's switch. What hands show is seen on each person's own computer and never comes here."""

from __future__ import annotations

from app.wire.fields import Tell
from app.wire.gestures import GesturesSwitched, SwitchGestures
from server_stub.call import gestures_rules
from server_stub.call.ongoing import Ongoing
from server_stub.call.places import decide
from server_stub.errors import Refusal
from server_stub.kernel.context import Context
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session


async def switch_gestures(context: Context, session: Session, ask: SwitchGestures) -> Tell | None:
    """The host lets everyone use gestures, or no more."""
    need_recording = context.settings.gestures_need_recording
    decide(
        session, ask, lambda held, who: gestures_rules.switch(held, who, ask.is_on, need_recording=need_recording)
    )  # fmt: skip
    return None


def switch_with_join(context: Context, ongoing: Ongoing, session: Session) -> None:
    """Switches gestures on as the host joins; when that fails, they are in the meeting anyway and are told."""
    need_recording = context.settings.gestures_need_recording
    try:
        outcome = gestures_rules.switch(ongoing.meeting, session.signed_in.id, True, need_recording=need_recording)
    except Refusal as refusal:
        session.tell(GesturesSwitched(meeting=ongoing.id, is_on=False, words=refusal.words))
    else:
        ongoing.apply(outcome)


RULES = (Rule(SwitchGestures, switch_gestures, needs="seat"),)
