"""Every door for text, with text as people and attackers write it: what is kept can be read, and harms nobody."""

import json
import re
import unicodedata
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from app.ui.text import TextBlock, initials
from app.ui.widgets.message_text import find_links, plain_address
from app.wire import addresses, text
from app.wire.accounts import SignIn, SignUp
from app.wire.chat import PostChat
from app.wire.links import BadLink, parse_link, parse_server
from app.wire.people import StartMeeting
from app.wire.rooms import CreateRoom, InviteMember, ListMessages, PostMessage, RenameRoom, Search
from app.wire.schedule import AskCalendarFile, Plan, ScheduleMeeting
from server_stub.recap.__main__ import main as recap
from server_stub.storage import mails as mails_table
from tests.fakes.server_client import story
from tests.people import ada, alan, join

CORPUS = json.loads((Path(__file__).resolve().parents[1] / "data" / "text_corpus.json").read_text(encoding="ascii"))
#: What must never stand in a line beside other words: it turns them round, breaks the line, or is half a letter.
HARM = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u061c\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)
BLANK = ("nothing to see",)
each = pytest.mark.parametrize("sort", CORPUS)


def is_line(line):
    """Whether a text is fit to stand among others: what every name and title promises."""
    return bool(line) and not HARM.search(line) and line == unicodedata.normalize("NFC", line) == " ".join(line.split())


def attempt(read, given):
    """What was read, or why not, in words."""
    try:
        return read(given), ""
    except (BadLink, addresses.BadAddress) as error:
        return None, str(error)


def spellings(given):
    return {given, unicodedata.normalize("NFC", given), unicodedata.normalize("NFD", given)}


@each
def test_a_name_a_room_and_a_title_are_one_clean_line_for_everybody(tmp_path, sort):
    @story()
    async def tell(server):
        given = CORPUS[sort][:50]
        host, client = await ada(server), await server.connect()
        room = (await host.ask(CreateRoom(name="Logo"))).room.id
        asks = [CreateRoom(name=given), RenameRoom(room=room, name=given)]
        if sort in BLANK:
            assert [await host.refused(ask) for ask in asks] == ["bad_name"] * 2
            signing = SignUp(email="x@example.org", name=given, kind="client", password="correct horse")
            assert await client.refused(signing) == "bad_name"
            return
        for ask in asks:
            kept = (await host.ask(ask)).room.name
            assert is_line(kept)
            assert text.fold(kept) == text.fold(text.one_line(given))
        signing = SignUp(email="x@example.org", name=given, kind="client", password="correct horse")
        assert is_line((await client.ask(signing)).account.name)
        card = (await host.ask(StartMeeting(room=room, key="s"))).meeting
        assert is_line(card.title)
        await join(host, card.id)
        guest = await alan(server, card, name=given)
        (waiting,) = [one for ongoing in server.backend.calls.all() for one in ongoing.meeting.waiting.values()]
        assert is_line(waiting.guest.name)
        assert guest is not None

    tell(tmp_path)


@each
def test_a_message_and_a_line_of_chat_come_back_as_everybody_reads_them_and_are_found(tmp_path, sort):
    @story()
    async def tell(server):
        given, host = CORPUS[sort], await ada(server)
        room = (await host.ask(CreateRoom(name="Logo"))).room.id
        card = (await host.ask(StartMeeting(room=room, key="s"))).meeting
        await join(host, card.id)
        asks = [PostMessage(room=room, text=given, key="k"), PostChat(meeting=card.id, text=given, key="k")]
        if sort in BLANK:
            assert [await host.refused(ask) for ask in asks] == ["malformed"] * 2
            return
        message, line = (await host.ask(asks[0])).message, (await host.ask(asks[1])).line
        assert message.text == line.text == text.paragraphs(given)
        for paragraph in message.text.split("\n"):
            assert not set(paragraph) & set("\0\r\x1b\u202e\u2066\u2067\u2069\ufeff\ufffe\uffff\u2028\u2029")
        listed = (await host.ask(ListMessages(room=room))).messages
        assert message.text in [one.text for one in listed]
        word = max(text.one_line(given).split(), key=len)
        for spelling in spellings(word):
            assert message.id in [one.id for one in (await host.ask(Search(words=spelling))).messages]

    tell(tmp_path)


@each
def test_mails_and_calendar_files_hold_one_title_and_no_header_of_its_own(tmp_path, sort):
    @story()
    async def tell(server):
        title, host = CORPUS[sort][:50], await ada(server)
        room = (await host.ask(CreateRoom(name="Logo"))).room.id
        plan = Plan(title=title, starts="2027-03-01T10:00", time_zone="Europe/Lisbon", invitees=("eva@faß.example",))
        ask = ScheduleMeeting(room=room, plan=plan, key="k")
        if sort in BLANK:
            assert await host.refused(ask) == "bad_name"
            return
        card = (await host.ask(ask)).meeting
        file = await host.ask(AskCalendarFile(meeting=card.id))
        (tmp_path / file.name).write_text(file.text, encoding="utf-8")
        assert [path.name for path in tmp_path.glob("*.ics")] == [file.name]
        from icalendar import Calendar

        (event,) = Calendar.from_ical(file.text).walk("VEVENT")
        assert str(event["summary"]) == card.title == text.one_line(title)
        assert "attendee" not in event
        await host.ask(InviteMember(room=room, email="eva@faß.example"))
        while await server.backend.store.do(mails_table.next_try) is not None:
            pass
        for path in (server.backend.settings.data / "outbox").glob("*.eml"):
            sent = message_from_bytes(path.read_bytes(), policy=default)
            assert sent["To"].addresses[0].addr_spec == "eva@xn--fa-hia.example"
            assert sent["Bcc"] is None
            assert set(sent.keys()) <= {
                "From", "To", "Subject", "Message-ID", "Auto-Submitted", "Date", "MIME-Version", "Content-Type",
                "Content-Transfer-Encoding",
            }  # fmt: skip
            assert is_line(sent["Subject"])

    tell(tmp_path)


@each
def test_a_password_is_kept_as_it_is_and_opens_from_every_keyboard(tmp_path, sort):
    @story()
    async def tell(server):
        password = (CORPUS[sort] + " correct horse")[:200]
        made = await (await server.connect()).ask(
            SignUp(email="x@example.org", name="X", kind="client", password=password)
        )
        for spelling in spellings(password):
            signed = await (await server.connect()).ask(SignIn(email="x@example.org", password=spelling[:256]))
            assert signed.account == made.account
        wrong = SignIn(email="x@example.org", password=password + "x")
        assert await (await server.connect()).refused(wrong) == "wrong_password"

    tell(tmp_path)


@each
def test_a_transcript_with_such_names_and_words_gives_whole_files(tmp_path, sort):
    given = CORPUS[sort]
    lines = [
        {"speaker": f"{given} A", "start_s": 0.0, "end_s": 2.0, "text": f"{given} I will send the logo by Friday."},
        {"speaker": "Felix", "start_s": 3.0, "end_s": 4.0, "text": "Thank you."},
    ]
    source, out = tmp_path / "talk.json", tmp_path / "out"
    source.write_text(json.dumps(lines), encoding="utf-8")
    assert recap(["from-transcript", str(source), "--out", str(out), "--date", "2026-11-20", "--zone", "UTC"]) == 0
    made = json.loads((out / "recap.json").read_text(encoding="utf-8"))
    for person in made["people"]:
        assert is_line(person["name"])
    for said in made["transcript"]:
        assert not HARM.search(said["text"])
    captions = (out / "transcript.vtt").read_text(encoding="utf-8")
    cues = [block for block in captions.split("\n\n") if "-->" in block]
    assert len(re.findall(r"^\d\d:\d\d(?::\d\d)?\.\d{3} --> ", captions, re.MULTILINE)) == len(cues)
    assert not re.search(r"^NOTE", captions, re.MULTILINE)
    assert "<script" not in captions
    markdown = (out / "recap.md").read_text(encoding="utf-8")
    assert not HARM.search(markdown.replace("\n", ""))
    assert "<img" not in markdown.replace("\\<", "")


@each
def test_links_and_addresses_are_read_as_one_thing_or_refused_in_words(sort):
    given = CORPUS[sort]
    code = "Vb3kPq81sLw0ZtYcX5nDGg"
    for pasted in (
        given,
        f"https://{given}/j/{code}",
        f"https://h.example/j/{code}{given}",
        f"{given}https://h.example",
    ):
        for read in (parse_link, parse_server):
            found, words = attempt(read, pasted)
            assert not HARM.search(words)
            if found is not None:
                assert found.text.isascii()
                assert read(found.text) == found
    for typed in (f"{given}@example.org", f"ada@{given}.example", given):
        found, words = attempt(addresses.read, typed)
        assert not HARM.search(words)
        if found is not None:
            assert addresses.read(found.mailed) == addresses.read(found.text) == found
            assert is_line(found.text)
    for start, end in find_links(f"see https://h.example/{given} and https://{given}"):
        link = f"see https://h.example/{given} and https://{given}"[start:end]
        assert plain_address(link).isascii()
        assert not set(link) & set(" \n\u202e\u200b\u2066\ufeff")


@each
def test_what_is_shown_is_whole_letters_of_one_direction(qtbot, sort):
    given = CORPUS[sort]
    block = TextBlock(given)
    qtbot.addWidget(block)
    assert not set(block.text()) & set("\0\r\x1b\u202e\u2066\u2067\u2069\ufeff\u2028")
    block.resize(200, block.heightForWidth(200))
    assert not block.grab().isNull()
    assert 1 <= len(text.letters(initials(given))) <= 4
    for most in range(1, 12):
        kept = text.cut(text.one_line(given), most)
        assert len(kept) <= most
    name = text.file_name(given, ".pdf", otherwise="receipt")
    assert name == Path(name).name
    assert len(name.encode()) <= 255


def test_composed_and_decomposed_text_is_one_text_and_look_alikes_are_told_apart():
    from server_stub.kernel import names

    assert text.one_line(CORPUS["composed"]) == text.one_line(CORPUS["decomposed"])
    assert names.distinct(text.one_line(CORPUS["look-alike"]), ["Ada Lovelace"]).endswith("(2)")
    for sort in ("joined emoji", "new emoji", "flags", "persian half-space", "malayalam joiner", "turkish", "german"):
        assert text.one_line(CORPUS[sort]) == CORPUS[sort]
