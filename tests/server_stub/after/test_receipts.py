import importlib.util
import json
import os
import zlib
from pathlib import Path

import msgspec
import pytest

from app.wire.people import EndMeeting
from app.wire.privacy import AskReceipt, Receipt, ReceiptGiven
from app.wire.recap import RecapReady
from app.wire.recording import AcceptRecording, StartRecording, StopRecording
from app.wire.rooms import RemoveMember
from server_stub.errors import ServerError
from server_stub.kernel.config import NOTICE_VERSION
from server_stub.kernel.signing import Signer
from server_stub.storage import meetings as meetings_table
from tests.fakes.server_client import running_server, story
from tests.people import alan, alan_inside, in_a_meeting, sign_up

SCRIPT = Path(__file__).resolve().parents[3] / "packaging" / "verify_receipt.py"


def load_script():
    spec = importlib.util.spec_from_file_location("verify_receipt", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


verify = load_script()


def as_dict(receipt):
    return msgspec.to_builtins(receipt)


async def given_to(client):
    return (await client.expect(ReceiptGiven)).receipt


@story()
async def test_r31_who_consents_gets_a_signed_receipt_the_moment_it_is_kept_guests_too(server):
    host, member, card = await in_a_meeting(server)
    guest = await alan_inside(server, host, card)
    await host.ask(StartRecording(meeting=card.id))
    for one in (member, guest):
        assert not [tell for tell in one.heard if isinstance(tell, ReceiptGiven)]
        await one.ask(AcceptRecording(meeting=card.id, notice_version=NOTICE_VERSION))
    kept = {
        consent.name: consent
        for consent in await server.backend.store.do(lambda c: meetings_table.consents_of(c, card.id))
    }
    for one, name, how in ((host, "Ada", "switched on"), (member, "Grace", "accepted"), (guest, "Alan", "accepted")):
        receipt = await given_to(one)
        assert verify.is_genuine(as_dict(receipt), server.backend.receipts.public_key)
        facts = json.loads(receipt.body)
        assert (facts["person"], facts["how"], facts["meeting"]) == (name, how, "Website")
        assert (facts["recording"], facts["server"], facts["notice_version"]) == (
            card.id,
            server.backend.server_id,
            NOTICE_VERSION,
        )
        assert (kept[name].how, kept[name].notice_version) == (how, NOTICE_VERSION)
        assert {"told_and_agreed_at", "meeting_started", "kept", "recorded", "deletion"} <= set(facts)
        assert receipt.body == json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


@story()
async def test_r31_who_read_the_notice_before_coming_in_gets_his_receipt_with_his_seat(server):
    host, member, card = await in_a_meeting(server, record=True)
    guest = await alan_inside(server, host, card, notice_version=NOTICE_VERSION)
    for one, name, how in ((host, "Ada", "switched on"), (member, "Grace", "joined"), (guest, "Alan", "")):
        facts = json.loads((await given_to(one)).body)
        assert facts["person"] == name
        assert how in facts["how"]
    waiting = await alan(server, card, name="Eve", notice_version=NOTICE_VERSION)
    await waiting.settle()
    assert not [tell for tell in waiting.heard if isinstance(tell, ReceiptGiven)], "nothing is kept of who waits"


@story()
async def test_each_recording_has_a_receipt_of_its_own(server):
    host, _, card = await in_a_meeting(server, record=True)
    await host.ask(StopRecording(meeting=card.id))
    await host.ask(StartRecording(meeting=card.id))
    first, second = [json.loads((await given_to(host)).body)["recording"] for _ in range(2)]
    assert first == card.id != second
    await host.ask(EndMeeting(meeting=card.id))
    await host.expect(RecapReady, lambda tell: tell.meeting.id == second)
    given = await host.ask(AskReceipt(recording=second, kind="consent"))
    assert (given.meeting, json.loads(given.receipt.body)["recording"]) == (second, second)


@story()
async def test_a_member_gets_the_same_receipt_later_and_nobody_elses(server):
    host, member, card = await in_a_meeting(server, record=True)
    stranger = await sign_up(server, email="eve@example.org", name="Eve")
    guest = await alan_inside(server, host, card, notice_version=NOTICE_VERSION)
    mine = await given_to(member)
    asked = await member.ask(AskReceipt(recording=card.id, kind="consent"))
    assert asked.receipt == mine
    assert (await host.ask(AskReceipt(recording=card.id, kind="consent"))).receipt == await given_to(host)
    assert await stranger.refused(AskReceipt(recording=card.id, kind="consent")) == "not_found"
    assert await guest.refused(AskReceipt(recording=card.id, kind="consent")) == "not_signed_in"
    assert await member.refused(AskReceipt(recording=card.id, kind="deletion")) == "not_found"
    assert await member.refused(AskReceipt(recording="v" + "0" * 32, kind="consent")) == "not_found"
    await host.ask(RemoveMember(room=card.room, account=member.account.id))
    assert await member.refused(AskReceipt(recording=card.id, kind="consent")) == "not_found"


@story()
async def test_who_did_not_agree_has_no_receipt(server):
    host, member, card = await in_a_meeting(server)
    await host.ask(StartRecording(meeting=card.id))
    assert await member.refused(AskReceipt(recording=card.id, kind="consent")) == "not_found"


def test_the_key_stays_the_same_and_is_nobody_elses(tmp_path):
    first = Signer.open(tmp_path)
    again = Signer.open(tmp_path)
    assert again.public_key == first.public_key
    assert again.sign("consent", {"a": 1}) == first.sign("consent", {"a": 1})
    if os.name == "posix":
        assert (tmp_path / "receipt-key.pem").stat().st_mode & 0o777 == 0o600


def test_a_damaged_key_is_not_replaced(tmp_path):
    (tmp_path / "receipt-key.pem").write_text("not a key")
    with pytest.raises(ServerError, match="cannot be read"):
        Signer.open(tmp_path)
    assert (tmp_path / "receipt-key.pem").read_text() == "not a key"


def test_the_script_of_everyone_knows_the_genuine_from_the_changed(tmp_path, capsys):
    signer, other = Signer.open(tmp_path), Signer.open(tmp_path_of(tmp_path, "other"))
    receipt = signer.sign("consent", {"person": "Zoë", "how": "accepted\n\x1b[31m"})
    path = tmp_path / "receipt.json"
    path.write_bytes(msgspec.json.encode(receipt))
    assert verify.main([str(path)]) == 0
    assert verify.main([str(path), "--key", signer.public_key]) == 0
    shown = capsys.readouterr().out
    assert "person: Zoë" in shown
    assert "\x1b" not in shown
    assert verify.main([str(path), "--key", other.public_key]) == 1
    for changed in (
        {"body": receipt.body.replace("Zoë", "Eve")},
        {"key": other.public_key},
        {"signature": "AAAA"},
        {"key": "?"},
    ):
        path.write_bytes(msgspec.json.encode({**as_dict(receipt), **changed}))
        assert verify.main([str(path)]) == 1
    path.write_text("{}")
    assert verify.main([str(path)]) == 2
    assert verify.main([str(tmp_path / "missing.json")]) == 2


@pytest.mark.parametrize("pack", [bytes, zlib.compress])
def test_the_script_reads_the_receipt_inside_a_pdf(tmp_path, pack):
    receipt = msgspec.json.encode(Signer.open(tmp_path).sign("consent", {"person": "Ada"}))
    path = tmp_path / "receipt.pdf"
    path.write_bytes(
        b"%PDF-1.6\n1 0 obj\n<<>>\nstream\nBT (words) ET\nendstream\nendobj\n"
        b"2 0 obj\n<</Type /EmbeddedFile>>\nstream\n" + pack(receipt) + b"\nendstream\nendobj\n%%EOF\n"
    )
    assert verify.main([str(path)]) == 0
    path.write_bytes(path.read_bytes().replace(pack(receipt), pack(receipt.replace(b"Ada", b"Eve"))))
    assert verify.main([str(path)]) == 1
    path.write_bytes(b"%PDF-1.6\nstream\nnothing\nendstream\n")
    assert verify.main([str(path)]) == 2


def test_receipts_survive_a_restart(tmp_path):
    import asyncio

    from app.wire.accounts import Resume

    async def tell():
        async with running_server(tmp_path) as server:
            host, _, card = await in_a_meeting(server, record=True)
            first = await given_to(host)
        async with running_server(tmp_path) as server:
            client = await server.connect()
            await client.ask(Resume(token=host.token))
            again = await client.ask(AskReceipt(recording=card.id, kind="consent"))
            assert again.receipt == first
            assert isinstance(again.receipt, Receipt)

    asyncio.run(tell())


def tmp_path_of(tmp_path, name):
    (tmp_path / name).mkdir()
    return tmp_path / name
