"""States as they come up in real use, made by hand."""

from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from app.state.app_state import AppState
from app.state.slices.call import Call
from app.state.slices.chat import Chat
from app.state.slices.connection import Connection
from app.state.slices.devices import Choices, DeviceItem, Devices
from app.state.slices.drafts import Draft
from app.state.slices.lobby import Lobby
from app.state.slices.media import Media
from app.state.slices.prejoin import PreJoin
from app.state.slices.recap import RecapView
from app.state.slices.recording import Recording
from app.state.slices.rooms import Rooms, RoomView
from app.state.slices.toasts import Toast
from app.wire.accounts import Account
from app.wire.chat import ChatLine
from app.wire.links import parse_server
from app.wire.lobby import Guest
from app.wire.people import Person
from app.wire.privacy import Receipt
from app.wire.rooms import MeetingCard, Member, Message, RoomInfo
from tests.fakes.putting import put

TODAY = datetime.now().replace(hour=14, minute=20, second=0, microsecond=0)
NAMES = (
    "Felix Brandt",
    "Clara Nowak",
    "Amara Okafor",
    "Jonas Lind",
    "Priya Raman",
    "Mateo García",
    "Ines Duarte",
    "Yuki Tanaka",
    "Alexandria Featherstonehaugh-Montgomery",
    "Sam O'Neill",
)


def at(days=0, hours=0.0, minutes=0.0):
    return (TODAY - timedelta(days=days, hours=hours, minutes=minutes)).timestamp()


def card(key="m1", **changes):
    known = {
        "id": key,
        "room": "r1",
        "title": "Website relaunch",
        "link": f"https://meet.example.com/j/k3J9mQx7Vb2LtR8wZp4N{key}",
        "starter": "clara",
        "state": "ongoing",
        "started_at": at(minutes=24),
        "people": 2,
    }
    return MeetingCard(**{**known, **changes})


ENDED = card(
    "m0",
    title="Kick-off: brand and scope",
    state="ended",
    started_at=at(days=3, hours=2),
    ended_at=at(days=3, hours=1.2),
    people=0,
    recap="ready",
    expires_at=(TODAY + timedelta(days=180)).timestamp(),
)
UNRECORDED = card(
    "m9",
    title="Quick check-in",
    state="ended",
    started_at=at(days=1, hours=1),
    ended_at=at(days=1, minutes=49),
    people=0,
)
GENERATING = card(
    "m2",
    title="Photo selection",
    state="ended",
    started_at=at(hours=3),
    ended_at=at(hours=2.5),
    people=0,
    recap="generating",
)
MEMBERS = tuple(
    Member(id=key, name=name, is_online=online)
    for key, name, online in (
        ("felix", "Felix Brandt", True),
        ("clara", "Clara Nowak", True),
        ("amara", "Amara Okafor", False),
        ("long", NAMES[8], False),
    )
)


def message(number, author, name, text, when, **more):
    return Message(
        id=f"x{number:03}",
        room="r1",
        author=author,
        author_name=name,
        at=when,
        kind=more.pop("kind", "text"),
        text=text,
        **more,
    )


ADDRESS = "https://example.com/a/really/long/address/that/has/no/space/in/it/and/goes/on/and/on?with=parameters&more"
SAID_IN_ROOM = (
    ("clara", at(1, 4), "Thanks for the call! The three routes are in the shared folder. B is my favourite so far."),
    ("clara", at(1, 3.98), "Could you check how it reads at 16 px?"),
    ("felix", at(1, 3.5), "B reads best. I will put it on the dark packaging, too, and send a draft on Thursday."),
    ("amara", at(0, 1.2), "Notes on the contact form:\n- two fields are enough\n- no captcha, please"),
    ("felix", at(0, 1.1), f"Agreed. {ADDRESS}"),
)
TALK = (
    message(1, "clara", "Clara Nowak", "Kick-off: brand and scope", at(3, 2), kind="meeting", meeting=ENDED),
    message(2, "", "", "The recap is ready", at(3, 1), kind="recap", meeting=ENDED),
    *(
        message(number, who, {one.id: one.name for one in MEMBERS}[who], text, when)
        for number, (who, when, text) in enumerate(SAID_IN_ROOM, start=3)
    ),
)
RUNNING = message(
    8, "clara", "Clara Nowak", "Website relaunch", at(minutes=24), kind="meeting", meeting=card(recap="recording")
)


def rooms(**changes):
    running = changes.pop("running", True)
    talk = TALK + ((RUNNING,) if running else ())
    info = RoomInfo(
        id="r1",
        name="Website relaunch",
        members=MEMBERS,
        last_message=talk[-1],
        meeting=RUNNING.meeting if running else None,
    )
    others = (
        RoomInfo(
            id="r2",
            name="Bakery Sonnenschein: packaging, labels and the new shop sign",
            members=MEMBERS[:2],
            last_message=message(
                20, "clara", "Clara Nowak", "The printer needs the files by Friday noon at the latest", at(0, 5)
            ),
        ),
        RoomInfo(
            id="r3",
            name="Amara & Felix",
            members=(MEMBERS[0], MEMBERS[2]),
            last_message=message(21, "felix", "Felix Brandt", "See you tomorrow", at(2, 5)),
        ),
    )
    view = RoomView(messages=talk, is_loaded=True, recaps=(GENERATING, ENDED))
    state = AppState(
        page="rooms",
        connection=Connection(
            phase="online", address="127.0.0.1:8470", server_id="s", is_embedded=True, terms_version=1
        ),
        me=Account(id="felix", name="Felix Brandt", email="", kind="freelancer"),
        accepted_terms=1,
        rooms=Rooms(known=(info, *others), open="r1", views={"r1": view, "r2": RoomView(unread=3)}),
        devices=Devices(found=DEVICES),
    )
    return replace(state, **changes)


DEVICES = (
    DeviceItem("c1", "Integrated Webcam HD", "camera"),
    DeviceItem("c2", "Logitech BRIO Ultra HD Pro Business Webcam with a very long name (046d:085e)", "camera"),
    DeviceItem("a1", "Built-in Audio Analogue Stereo", "microphone"),
    DeviceItem("s1", "Headphones", "speaker"),
)


def with_drafts():
    state = rooms()
    drafts = (
        Draft("k1", "I can call you at three."),
        Draft(
            "k2", "The invoice is attached to my last mail.", has_failed=True, words="Not sent: there is no connection."
        ),
    )
    views = {**state.rooms.views, "r1": replace(state.view("r1"), drafts=drafts)}
    connection = replace(
        state.connection, phase="offline", words="The connection to the server is lost. Trying again in 4 seconds."
    )
    return replace(state, rooms=replace(state.rooms, views=views), connection=connection)


def with_notices():
    notices = (
        Toast(
            1, "This link belongs to another server, meet.example.com. Start Parley with --server to join there.", True
        ),
    )
    return put(rooms(running=False), "toasts.shown", notices)


MANY_NOTICES = (
    Toast(1, "The choice of the server could not be saved. Is the disk full?", True),
    Toast(2, "You are the host of this meeting now."),
    Toast(3, "The room could not be renamed.", True),
    Toast(
        4, "Donaudampfschifffahrtsgesellschaftskapitaensmuetzenabzeichenverordnungsbeauftragter is not one of yours."
    ),
    Toast(5, "You are in a meeting already. Leave it first to join another one."),
)


def cut_off(state, words="The connection to the server is lost. Trying again in 4 seconds.", link="offline"):
    """The same without its server."""
    return replace(state, connection=replace(state.connection, phase=link, words=words))


def no_rooms():
    return replace(rooms(), rooms=Rooms())


def silent_room():
    state = rooms(running=False)
    info = RoomInfo(id="r9", name="New project", members=MEMBERS[:1])
    return replace(state, rooms=replace(state.rooms, known=(info,), open="r9", views={"r9": RoomView(is_loaded=True)}))


def sign_in(**changes):
    connection = Connection(phase="online", address="meet.example.com", server_id="s")
    return AppState(page="sign_in", connection=replace(connection, **changes))


def prejoin(**changes):
    known = {"meeting": card(people=0), "title": "Website relaunch", "may_record": True, "record": True}
    return replace(rooms(), call_phase="prejoin", prejoin=PreJoin(**{**known, **changes}))


def guest_prejoin():
    state = replace(sign_in(), call_phase="prejoin", devices=Devices(Choices(background="blur"), DEVICES))
    invited = PreJoin(code="c" * 22, title="Website relaunch", host="Ada Lovelace", server="Example Ltd")
    return replace(state, prejoin=replace(invited, guest_name="Grace Hopper", is_recording=True))


def no_devices():
    words = (
        ("camera", "No camera was found. Plug one in, or choose another one."),
        (
            "microphone",
            "This computer does not allow Parley to use the microphone. Allow it in the system's privacy settings.",
        ),
        (
            "speaker",
            "The speaker is in use by another program or does not answer. Close the other program and try again.",
        ),
    )
    state = prejoin(
        may_record=False,
        device_words=words,
        words="There is no connection to the server. Please try again in a moment.",
    )
    return put(state, "devices.found", ())


def waiting():
    state = guest_prejoin()
    return replace(state, call_phase="waiting", prejoin=replace(state.prejoin, notice_read=False))


def person(number, **changes):
    known = {
        "id": f"p{number}",
        "name": NAMES[number],
        "microphone_on": number % 3 != 2,
        "camera_on": number not in (3, 8),
        "joined_at": float(number),
        "consents": True,
        "is_guest": number > 5,
    }
    return Person(**{**known, **changes})


def call(count=2, **changes):
    phase = changes.pop("phase", "in")
    choices = changes.pop("choices", Choices())
    known = {
        "meeting": card(recap="recording", people=count, started_at=datetime.now().timestamp() - 1458),
        "you": "p0",
        "host": "p1",
        "people": tuple(person(number) for number in range(count)),
        "recording": Recording(since=at(minutes=20)),
    }
    state = replace(rooms(), call_phase=phase, call=Call(**{**known, **changes}))
    return put(state, "devices.chosen", choices)


CHAT = tuple(
    ChatLine(id=f"c{n}", author=who, author_name=name, at=at(minutes=20 - 3 * n), text=text)
    for n, (who, name, text) in enumerate(
        (
            ("p1", "Clara Nowak", "Here are the three routes we talked about. B is my favourite."),
            ("p2", "Amara Okafor", "B reads best at 16 px. Can we see it on the dark packaging?"),
            ("p0", "Felix Brandt", "Yes, I will add it to the board before Thursday."),
            ("p3", "Jonas Lind", "<img src='file:///etc/passwd'> my network is weak today, I may drop the camera."),
        )
    )
)


def call_with_chat(count=4):
    drafts = (
        Draft("d1", "Sending this now"),
        Draft("d2", "And this was not sent", has_failed=True, words="Not sent: the connection was lost."),
    )
    return call(count, panel="chat", chat=Chat(CHAT, drafts))


def call_as_host(count=3, panel="people", **changes):
    guests = (Guest(id="g1", name="Grace Hopper", since=at(minutes=1)), Guest(id="g2", name="Alan T.", since=at()))
    return call(count, host="p0", panel=panel, lobby=Lobby(guests), **changes)


def call_with_consent():
    words = (("camera", "Your camera is in use by another program."),)
    asked = Recording(since=at(minutes=20), asks_consent=True)
    choices = Choices(camera_on=False)
    return call(3, recording=asked, media=Media(words=words), choices=choices, chat=Chat(unread=2))


def call_reconnecting(**changes):
    people = (person(0), person(1, is_connected=False), person(2))
    return call(3, phase="reconnecting", people=people, **changes)


RECEIPT = Receipt(
    kind="consent",
    body='{"deletion":"A member of the room asks on the page of the recap.","how":"joined",'
    '"kept":"Six calendar months after the end of the meeting; then everything of the meeting is deleted.",'
    '"meeting":"Website relaunch","meeting_started":"2026-05-15T09:00:00Z","notice_version":1,"person":"Grace Hopper",'
    '"receipt":"consent","recorded":"Your voice and your camera.","recording":"m1","server":"srv-1",'
    '"told_at":"2026-05-15T09:04:10Z"}',
    signature="c2lnbmF0dXJl",
    key="a2V5",
)


def call_locked(**changes):
    """As the host sees it: locked, somebody shares, somebody has not agreed to be recorded."""
    people = (person(0), person(1, sharing=True), person(8, consents=False, is_guest=True))
    known = {"host": "p0", "panel": "people", "is_locked": True, "people": people}
    recording = Recording(since=at(minutes=20), receipt=RECEIPT)
    return call(3, **{**known, "recording": recording, "media": Media(used_bytes=128_400_000), **changes})


def closed_prejoin(is_guest=False):
    """A planned meeting whose doors are not open yet."""
    opens_at = at(hours=-1)
    if is_guest:
        state = guest_prejoin()
        return replace(state, prejoin=replace(state.prejoin, opens_at=opens_at, is_recording=False))
    return prejoin(opens_at=opens_at, meeting=card(state="scheduled", people=0, starts_at=opens_at))


def moving_prejoin():
    return prejoin(asks_move=True, may_record=False, meeting=card(people=2))


def kept_recap(deletion="none", answer="", recap="ready", **changes):
    """A recap whose early deletion was asked for."""
    from tests.looks.recaps import RECAP

    meeting = msgspec.structs.replace(ENDED, deletion=deletion, deletion_words=answer, recap=recap)
    view = RecapView(meeting=meeting, recap=RECAP if recap == "ready" else None, **changes)
    return replace(rooms(), page="recap", shows_call=False, recap=view)


def with_mail():
    """A server of a team that sends mail."""
    state = rooms()
    connection = replace(
        state.connection, address="parley.example.com", is_embedded=False, talks_to=("smtp.example.com",),
        receipt_key="Vt1oK4p2m3a0zE5r9QxS7cWnB8yL6uJdHfGiTbOvXwA=", server_id="s",
        server=parse_server("https://parley.example.com"),
    )  # fmt: skip
    return replace(state, connection=connection)


def ended(is_guest=False):
    state = call(2, ended_words="You left the meeting.", can_rejoin=True, recording=Recording())
    state = replace(state, call_phase="ended")
    if is_guest:
        state = replace(
            state,
            me=None,
            page="sign_in",
            call=replace(
                state.call,
                guest_token="t",
                can_rejoin=False,
                ended_words="You left the meeting.",
                recording=replace(state.call.recording, receipt=RECEIPT),
            ),
        )
    return state


def recap_state(recap="ready"):
    from tests.looks.recaps import RECAP

    state = rooms()
    if recap == "ready":
        return replace(state, page="recap", shows_call=False, recap=RecapView(meeting=ENDED, recap=RECAP))
    if recap == "ongoing":
        running = card(recap="generating")
        return replace(ended(), page="recap", shows_call=False, recap=RecapView(meeting=running))
    words = "The recording ended early because the disk of the server was full." if recap == "failed" else ""
    meeting = card("m2", state="ended", ended_at=at(), recap=recap, recap_words=words)
    return replace(state, page="recap", shows_call=False, recap=RecapView(meeting=meeting))
