"""Consent receipts, and asking for a recording to be deleted."""

from __future__ import annotations

from dataclasses import replace

from app.state import intents
from app.state.app_state import AppState
from app.state.asking import NO_CONNECTION, ask
from app.state.tables import Step, Table
from app.state.toasts import complain
from app.wire import privacy as wire
from app.wire.errors import Refused
from app.wire.fields import Ask

TABLE = Table()


@TABLE.hears(wire.ReceiptGiven)
def given(state: AppState, message: wire.ReceiptGiven) -> Step:
    """A receipt: of the call, where it is about one's consent there, and of the recap page."""
    receipt = message.receipt
    is_consent = receipt.kind == "consent"
    if is_consent and state.call and state.call.meeting.id == message.meeting:
        state = replace(state, call=replace(state.call, recording=replace(state.call.recording, receipt=receipt)))
    elif is_consent and state.prejoin and state.call_phase in ("joining", "waiting"):
        # It is given the moment the consent is stored, which may be just before the welcome.
        state = replace(state, prejoin=replace(state.prejoin, receipt=receipt))
    view = state.recap
    if view is None or view.meeting.id != message.meeting:
        return state, ()
    view = replace(view, consent_receipt=receipt) if is_consent else replace(view, deletion_receipt=receipt)
    return replace(state, recap=view), ()


@TABLE.on(intents.GetReceipt)
def get_receipt(state: AppState, event: intents.GetReceipt) -> Step:
    """Asks for one."""
    return _ask(state, wire.AskReceipt(recording=event.recording, kind=event.kind))


@TABLE.on(intents.AskForDeletion)
def ask_for_deletion(state: AppState, event: intents.AskForDeletion) -> Step:
    """Asks for the recording to be deleted now; the card tells what becomes of it."""
    return _ask(state, wire.AskDeletion(recording=event.recording, reason=event.reason.strip()[:500]))


def _ask(state: AppState, message: Ask) -> Step:
    return ask(say(state, ""), message) if state.can_ask else (say(state, NO_CONNECTION), ())


@TABLE.refused(wire.AskReceipt, wire.AskDeletion)
def refused(state: AppState, asked: Ask, refused: Refused) -> Step:
    """Said on the recap page, where that is open still."""
    return (say(state, refused.words) if state.recap else complain(state, asked, refused.words)), ()


def say(state: AppState, words: str) -> AppState:
    """A sentence on the recap page."""
    return replace(state, recap=replace(state.recap, words=words) if state.recap else None)
