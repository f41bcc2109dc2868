"""Receipts: saved as JSON or PDF, and checked by the script that is given along with Parley, without the server."""

import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QApplication, QFileDialog

from app.state import intents
from app.ui.panels.receipt_file import ReceiptButton, receipt_json, receipt_lines, receipt_pdf, write_receipt
from server_stub.kernel.signing import Signer
from tests.looks import call_states, recap_states

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "verify_receipt.py"
FACTS = {
    "server": "srv-1",
    "meeting": "Café <b>relaunch</b> & “more”",
    "recording": "m0",
    "meeting_started": "2026-05-15T09:00:00Z",
    "person": "Łucja Ó Briain",
    "told_and_agreed_at": "2026-05-15T09:04:10Z",
    "notice_version": 1,
    "how": "joined",
    "recorded": "Your voice and your camera.",
    "kept": "Six calendar months after the end of the meeting; then everything of the meeting is deleted.",
    "deletion": "A member of the room asks on the page of the recap.",
}


def load_script():
    spec = importlib.util.spec_from_file_location("verify_receipt", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def receipt(tmp_path):
    return Signer.open(tmp_path).sign("consent", FACTS)


@pytest.mark.parametrize("ending", ["json", "pdf", "PDF"])
def test_r31_a_saved_receipt_is_verified_without_the_server(qtbot, tmp_path, capsys, receipt, ending):
    verify = load_script()
    file = tmp_path / f"receipt.{ending}"
    write_receipt(receipt, file)
    assert verify.main([str(file), "--key", receipt.key]) == 0
    assert "Łucja Ó Briain" in capsys.readouterr().out
    other = "A" * 43 + "="
    assert verify.main([str(file), "--key", other]) == 1


@pytest.mark.parametrize("make", [receipt_json, receipt_pdf])
def test_r31_a_receipt_that_was_changed_is_not_genuine(qtbot, tmp_path, receipt, make):
    verify = load_script()
    forged = msgspec.structs.replace(receipt, body=receipt.body.replace("Briain", "Brian"))
    file = tmp_path / "receipt.pdf"
    file.write_bytes(make(forged))
    assert verify.main([str(file)]) == 1


def test_the_pdf_is_one_that_can_be_read_and_shows_the_statement(qtbot, tmp_path, receipt):
    from PySide6.QtPdf import QPdfDocument

    file = tmp_path / "receipt.pdf"
    write_receipt(receipt, file)
    document = QPdfDocument()
    document.load(str(file))
    assert document.status() == QPdfDocument.Status.Ready
    text = " ".join(document.getAllText(page).text() for page in range(document.pageCount()))
    document.close()
    flat = "".join(text.split())
    for part in (
        "Receipt of your consent",
        "<b>relaunch</b>",
        "Friday, 15 May 2026, 09:04:10 UTC",
        receipt.signature,
        receipt.key,
    ):
        assert "".join(part.split()) in flat


def test_what_is_no_statement_gives_no_lines():
    broken = call_states.RECEIPT
    for body in ("", "[1]", "nothing", "[" * 100_000):
        assert receipt_lines(msgspec.structs.replace(broken, body=body)) == []


def dialog_of(scene):
    (dialog,) = [one for one in scene.window.findChildren(QFileDialog, "save-receipt") if one.isVisible()]
    return dialog


@pytest.mark.parametrize(("make", "button"), [
    (lambda: call_states.ended(is_guest=True), "ended-receipt"), (call_states.call_locked, "call-receipt"),
])  # fmt: skip
def test_r31_it_is_saved_from_the_page_after_the_call_and_from_the_call(scene, tmp_path, make, button):
    scene.show(make()).click(button)
    dialog = dialog_of(scene)
    assert [one.split("*")[1] for one in dialog.nameFilters()] == [".pdf)", ".json)"]
    dialog.fileSelected.emit(str(tmp_path / "mine.json"))
    dialog.close()
    QApplication.processEvents()
    assert json.loads((tmp_path / "mine.json").read_bytes())["body"] == call_states.RECEIPT.body
    assert scene.find(button).text() == "Receipt saved"
    # Without a consent there is nothing to save.
    bare = make()
    scene.show(replace(bare, call=replace(bare.call, recording=replace(bare.call.recording, receipt=None))))
    assert not scene.is_visible(button)


def test_a_receipt_that_cannot_be_written_is_offered_again(scene, tmp_path):
    scene.show(call_states.ended(is_guest=True))
    scene.find("ended-receipt", ReceiptButton).save(call_states.RECEIPT, tmp_path / "no such folder" / "mine.pdf")
    QApplication.processEvents()
    assert scene.is_visible("receipt-not-saved-dialog")
    scene.click("receipt-not-saved-cancel")
    assert scene.find("ended-receipt").text() != "Receipt saved"


@pytest.mark.parametrize(
    ("make", "button", "kind", "field"),
    [
        (recap_states.recap_state, "recap-consent-receipt", "consent", "consent_receipt"),
        (
            lambda: recap_states.kept_recap("deleted", recap="deleted"), "progress-recap-deletion-receipt", "deletion",
            "deletion_receipt",
        ),
    ],
)  # fmt: skip
def test_r31_r70_on_the_recap_page_it_is_fetched_first(scene, make, button, kind, field):
    state = make()
    scene.show(state).click(button)
    assert scene.take() == [intents.GetReceipt(recording="m0", kind=kind)]
    assert not [one for one in scene.window.findChildren(QFileDialog) if one.isVisible()]
    receipt = msgspec.structs.replace(call_states.RECEIPT, kind=kind)
    scene.show(replace(state, recap=replace(state.recap, **{field: receipt})))
    dialog_of(scene).close()


def test_what_was_asked_for_on_another_recap_opens_no_dialog(scene):
    state = recap_states.recap_state()
    scene.show(state).click("recap-consent-receipt")
    other = msgspec.structs.replace(state.recap.meeting, id="m7")
    scene.show(replace(state, recap=replace(state.recap, meeting=other)))
    scene.show(replace(state, recap=replace(state.recap, consent_receipt=call_states.RECEIPT)))
    assert not [one for one in scene.window.findChildren(QFileDialog) if one.isVisible()]
