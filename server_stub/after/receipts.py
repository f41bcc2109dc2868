"""Receipts: what this server signs for a person to keep, so that it can be checked later without the server.

A receipt's body is JSON text with sorted keys; the signature (Ed25519) is over its UTF-8 bytes. The same facts give the
same receipt, byte for byte. `packaging/verify_receipt.py` checks one with nothing but its file.
"""

from __future__ import annotations

from datetime import UTC, datetime

from app.wire.fields import Tell
from app.wire.privacy import AskReceipt, Receipt, ReceiptGiven
from server_stub.after import recaps
from server_stub.errors import Refusal
from server_stub.kernel.context import Context
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.kernel.signing import Signer
from server_stub.storage import Connection
from server_stub.storage import deletions as deletions_table
from server_stub.storage import meetings as meetings_table
from server_stub.storage.meetings import Consent, MeetingRow

#: Signed with each consent: what is recorded, how long it is kept, and how to have it deleted before.
RECORDED = (
    "While AI recording is on: your voice and, as long as you show them, your camera and your shared screen; and "
    "when you raised your hand, reacted or marked a moment. What you say is shown as captions in the meeting. "
    "A transcript, a summary, action items and video highlights are made from them, which only members of the room "
    "can see. Faces, hands and voices are not measured or recognised."
)
KEPT = "Six calendar months after the end of the meeting; then everything of the meeting is deleted."
ASK_DELETION = (
    "A member of the room asks on the page of the recap; everyone else asks who runs the server, and names the "
    "recording. An administrator decides, and the members get a receipt of the deletion."
)


def stamp(at: float) -> str:
    """A moment as receipts write it: ISO 8601, UTC, whole seconds."""
    return datetime.fromtimestamp(int(at), UTC).isoformat().replace("+00:00", "Z")


def of_consent(context: Context, row: MeetingRow, consent: Consent) -> Receipt:
    """The receipt of who agreed to be recorded."""
    return context.part(Signer).sign(
        "consent",
        {
            "server": context.server_id,
            "meeting": row.title,
            "recording": consent.recording,
            "meeting_started": stamp(row.started_at),
            "person": consent.name,
            "told_and_agreed_at": stamp(consent.at),
            "notice_version": consent.notice_version,
            "how": consent.how,
            "recorded": RECORDED,
            "kept": KEPT,
            "deletion": ASK_DELETION,
            # A receipt that was given before keeps its bytes.
            **({"language_model": consent.model_words} if consent.model_words else {}),
        },
    )


def of_deletion(context: Context, row: MeetingRow, recording: str, at: float) -> Receipt:
    """The receipt that a recording and all that was made from it is deleted."""
    return context.part(Signer).sign(
        "deletion",
        {
            "server": context.server_id,
            "meeting": row.title,
            "recording": recording,
            "meeting_started": stamp(row.started_at),
            "deleted_at": stamp(at),
            "deleted": "The recording, transcript, summary, action items, highlights and video files of this meeting, "
            "and who agreed to be recorded. Copies that members had saved are theirs.",
        },
    )


def give(context: Context, session: Session | None, row: MeetingRow, consent: Consent) -> None:
    """Tells a person who agreed to be recorded their receipt, if they are still there."""
    if session is not None:
        session.tell(ReceiptGiven(meeting=row.id, receipt=of_consent(context, row, consent)))


async def ask_receipt(context: Context, session: Session, ask: AskReceipt) -> Tell:
    """Gives a member of the room their own consent receipt again, or the receipt of a deletion."""
    account = session.signed_in.id
    row, recording = await recaps.check_reader(context, account, ask.recording)
    # The answer names the card: that of a second recording has an id of its own.
    if ask.kind == "deletion":
        receipt = await context.store.do(lambda connection: deletions_table.receipt_of(connection, ask.recording))
        if receipt is None:
            raise Refusal("not_found", "This recording has not been deleted.")
        return ReceiptGiven(meeting=ask.recording, receipt=receipt)

    def mine(connection: Connection) -> Consent | None:
        given = meetings_table.consents_of(connection, ask.recording)
        return next((consent for consent in given if consent.person == account), None)

    consent = await context.store.do(mine)
    if consent is None and recording is not None and recording.recap == "deleted":
        raise Refusal("not_found", "This recording was deleted, and who agreed to it is no longer kept.")
    if consent is None:
        raise Refusal("not_found", "You did not agree to this recording, so there is no receipt for you.")
    return ReceiptGiven(meeting=ask.recording, receipt=of_consent(context, row, consent))


RULES = (Rule(AskReceipt, ask_receipt, needs="account"),)
