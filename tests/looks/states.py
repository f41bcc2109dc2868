"""States as they come up in real use, made by hand."""

from dataclasses import replace
from datetime import datetime, timedelta

from app.state.app_state import AppState
from app.state.slices.connection import Connection
from app.state.slices.devices import Choices, DeviceItem, Devices
from app.state.slices.drafts import Draft
from app.state.slices.prejoin import PreJoin
from app.state.slices.rooms import Rooms, RoomView
from app.state.slices.speech import SpeechModel
from app.state.slices.toasts import Toast
from app.wire.accounts import Account
from app.wire.links import parse_server
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


def trying_prejoin():
    """A long name is chosen, a voice is being tried, and a microphone is not there."""
    state = prejoin(device_words=(("speaker", no_devices_words("speaker")),))
    choices = Choices(camera="c2", microphone="a1", push_to_talk="F8", low_light=True, picture="hd")
    state = replace(state, devices=Devices(choices, DEVICES, trial="recording"))
    told = "“Jabra Evolve2 65 UC Stereo” is not plugged in. Your system's default microphone is used now."
    return put(state, "toasts.shown", (Toast(1, told),))


def guest_prejoin():
    state = replace(sign_in(), call_phase="prejoin", devices=Devices(Choices(background="blur"), DEVICES))
    invited = PreJoin(code="c" * 22, title="Website relaunch", host="Ada Lovelace", server="Example Ltd")
    return replace(state, prejoin=replace(invited, guest_name="Grace Hopper", is_recording=True))


def no_devices_words(kind):
    """What is said where there is none of a kind."""
    return f"No {kind} was found. Plug one in, or choose another one."


def no_devices():
    words = (
        ("camera", no_devices_words("camera")),
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


def closed_prejoin(is_guest=False):
    """A planned meeting whose doors are not open yet."""
    opens_at = at(hours=-1)
    if is_guest:
        state = guest_prejoin()
        return replace(state, prejoin=replace(state.prejoin, opens_at=opens_at, is_recording=False))
    return prejoin(opens_at=opens_at, meeting=card(state="scheduled", people=0, starts_at=opens_at))


def moving_prejoin():
    return prejoin(asks_move=True, may_record=False, meeting=card(people=2))


def with_mail():
    """A server of a team that sends mail."""
    state = rooms()
    connection = replace(
        state.connection, address="parley.example.com", is_embedded=False, talks_to=("smtp.example.com",),
        receipt_key="Vt1oK4p2m3a0zE5r9QxS7cWnB8yL6uJdHfGiTbOvXwA=", server_id="s",
        server=parse_server("https://parley.example.com"),
    )  # fmt: skip
    return replace(state, connection=connection)


def with_model(state, phase, **changes):
    """How it is with the models for recaps of this computer."""
    known = {"name": "base", "whole": 1_241_134_900, **changes}
    return replace(state, speech=SpeechModel(phase, **known))


def model_making(state):
    """All has come."""
    return with_model(state, "fetching", done=1_241_134_900, is_asked=True)


def model_failed(state, **changes):
    words = "Neither the Python package index nor the model hub (huggingface.co) can be reached from here."
    return with_model(state, "missing", done=364_300_000, can_remove=True, words=words, **changes)
