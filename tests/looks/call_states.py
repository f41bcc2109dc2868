"""States of a call, made by hand."""

from dataclasses import replace
from datetime import datetime

import msgspec

from app.net.refusals import no_media
from app.state.events import SpokeMuted
from app.state.slices.call import Call
from app.state.slices.captions import Caption, Captions, SoFar
from app.state.slices.chat import Chat, ChatLog
from app.state.slices.devices import Choices
from app.state.slices.drafts import Draft
from app.state.slices.gestures import Gestures
from app.state.slices.lobby import Lobby
from app.state.slices.media import Media
from app.state.slices.pip import Pip
from app.state.slices.quality import Figures, PersonFigures, PictureFigures, Quality, Strain, Way
from app.state.slices.reactions import Reactions, Shown
from app.state.slices.recording import Recording
from app.state.update import update
from app.wire.captions import Line, SummedUp
from app.wire.chat import ChatLine
from app.wire.lobby import Guest
from app.wire.people import Person
from app.wire.privacy import Receipt
from app.wire.recap import ActionItem, SummarySentence
from tests.fakes.putting import put
from tests.looks.states import NAMES, at, card, rooms


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


def call_with_share(count, lets=False, **changes):
    """Somebody shows their screen, and lets the others point at it or not."""
    shared = person(1, sharing=True, sharing_since=at(minutes=3), members_point=lets, guests_point=lets)
    people = (person(0), shared, *(person(number) for number in range(2, count)))
    return call(count, people=people, **changes)


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


def call_muted():
    """One speaks although the microphone is off; one of the others is heard more quietly."""
    state = call(4, choices=Choices(microphone_on=False, volumes='{"p2": 60}'))
    return update(state, SpokeMuted())[0]


def pip(state):
    return put(state, "call.pip", Pip("user"))


def sharing():
    return call(3, people=(person(0), person(1, sharing=True), person(2)))


def chat_further_up():
    lines = tuple(
        ChatLine(
            id=f"c{n}", author=f"p{n % 3}", author_name=NAMES[n % 3], at=at(minutes=40 - n), text=f"Thought {n} 👍"
        )
        for n in range(30)
    )
    return call(3, panel="chat", chat=Chat(lines, unread=2, is_at_end=False))


def past_chat():
    return replace(rooms(running=False), chat_log=ChatLog("m0", "Website relaunch", CHAT))


def call_reconnecting(**changes):
    people = (person(0), person(1, is_connected=False), person(2))
    return call(3, phase="reconnecting", people=people, **changes)


def call_blocked(**changes):
    """Media does not come through, and it is known why."""
    return call_reconnecting(media=Media(blocked_words=no_media(("refused",))), **changes)


RECEIPT = Receipt(
    kind="consent",
    body='{"deletion":"A member of the room asks on the page of the recap.","how":"joined",'
    '"kept":"Six calendar months after the end of the meeting; then everything of the meeting is deleted.",'
    '"meeting":"Website relaunch","meeting_started":"2026-05-15T09:00:00Z","notice_version":1,"person":"Grace Hopper",'
    '"receipt":"consent","recorded":"Your voice and your camera.","recording":"m1","server":"srv-1",'
    '"told_and_agreed_at":"2026-05-15T09:04:10Z"}',
    signature="c2lnbmF0dXJl",
    key="a2V5",
)


def call_locked(**changes):
    """As the host sees it: locked, somebody shares, somebody has not agreed to be recorded."""
    people = (person(0), person(1, sharing=True), person(8, consents=False, is_guest=True))
    known = {"host": "p0", "panel": "people", "is_locked": True, "people": people}
    recording = Recording(since=at(minutes=20), receipt=RECEIPT)
    return call(3, **{**known, "recording": recording, "media": Media(used_bytes=128_400_000), **changes})


def call_with_hands(count=6, **changes):
    """Three hands are up, one's own is the second."""
    hands = {0: 20.0, 2: 10.0, 4: 30.0}
    people = tuple(person(number, raised_at=hands.get(number, 0.0)) for number in range(count))
    return call(count, **{"people": people, "host": "p0", **changes})


def call_with_reactions(count=6, **changes):
    """Three people have just reacted, oneself among them."""
    now = datetime.now().timestamp()
    shown = (Shown(1, "p1", "clap", now), Shown(2, "p4", "heart", now), Shown(3, "p0", "party", now))
    return call(count, **{"reactions": Reactions(shown, 4), **changes})


def call_with_gestures(count=3, **changes):
    """The host has allowed gestures."""
    return call(count, **{"host": "p0", "panel": "", "gestures": Gestures(is_on=True), **changes})


SAID = (
    ("p1", "Good, then let us go through the open points before the fair, and there are quite a few of them."),
    ("p2", "I will send the second draft by Friday."),
    ("p1", "We decided to go with route B, as it is the only one that reads well at sixteen pixels on the dark box."),
    ("p3", "And the price stays at twelve hundred dollars for the whole project, including the three extra languages."),
)


def said_lines(count=4):
    return tuple(
        Line(number=n, person=who, name=NAMES[int(who[1])], at=at(minutes=12 - n / 8), text=text)
        for n, (who, text) in enumerate((SAID[place % 4] for place in range(count)), start=1)
    )


def call_with_captions(count=6, lines=2, share=False, **changes):
    """Two people have just spoken."""
    now = datetime.now().timestamp()
    shown = tuple(Caption(n + 1, line, now) for n, line in enumerate(said_lines()[-lines:]))
    make = call_with_share if share else call
    return make(count, captions=Captions(shown, lines + 1), choices=Choices(captions=True), **changes)


def call_so_far(count=12, **changes):
    recording = changes.pop("recording", Recording(since=at(minutes=20)))
    known = {"is_known": True, "lines": said_lines(count), "last": count, **changes}
    return call(4, panel="so-far", recording=recording, so_far=SoFar(**known))


def call_caught_up():
    gist = SummedUp(
        meeting="m7", since=at(minutes=14), lines=12,
        summary=tuple(
            SummarySentence(text=text, evidence=(evidence,), topic=topic)
            for topic, text, evidence in (
                ("Route B", f"{NAMES[1]} announced the decision to go with route B.", "3"),
                ("Twelve hundred dollars", f"{NAMES[3]} said that the price stays at twelve hundred dollars.", "4"),
                ("Twelve hundred dollars", f"{NAMES[3]} said that three extra languages are included.", "4"),
            )
        ),
        action_items=(
            ActionItem(text="Send the second draft", owner=NAMES[2], due="2026-11-27", evidence=("2",)),
            ActionItem(text="Ask the printer for a quote", owner=None, due=None, evidence=("4",), due_words="soon"),
        ),
    )  # fmt: skip
    return call_so_far(gist=gist)


MEASURED = Figures(
    up=Way(642_000, 0.004, 1_250_000),
    down=Way(1_830_000, 0.031, None),
    round_trip_s=0.048,
    sent=(
        PictureFigures("camera", 640, 360, 29.6, 480_000),
        PictureFigures("camera-low", 320, 180, 15.0, 100_000, is_small=True),
    ),
)


def _face(n):
    """Whose tiles are small get the small face."""
    if n % 3:
        return PictureFigures("camera", 640, 360, 28.0 - n, 560_000 - 40_000 * n)
    return PictureFigures("camera", 320, 180, 15.0, 90_000, is_small=True)


def call_weak(count=3, *, is_open=False, held=(), weak=(), own=True, **changes):
    """One's own connection is weak, and those of others; some pictures are paused."""
    people = changes.pop("people", None) or tuple(person(number) for number in range(count))
    people = tuple(msgspec.structs.replace(one, has_weak_connection=one.id in weak) for one in people)
    kinds = tuple(
        PersonFigures(
            f"p{n}", 80 + n, 0.012 * n, 610_000 - 40_000 * n, 60.0 + 10 * n, 0.0,
            (_face(n),),
        )
        for n in range(1, count)
    )  # fmt: skip
    strain = Strain(8, own)
    quality = Quality(
        up=strain, down=strain if held or own else Strain(), held=frozenset(held), is_open=is_open,
        figures=replace(MEASURED, people=kinds) if is_open else None,
    )  # fmt: skip
    return call(count, people=people, quality=quality, media=Media(used_bytes=128_400_000), **changes)


def call_weak_ten(**changes):
    held = {(f"p{n}", "camera") for n in range(4, 10)}
    return call_weak(10, held=held, weak={"p2", "p5"}, **changes)


def call_weak_long(**changes):
    """Long names, a mark beside the sign, and a paused screen."""
    people = (
        person(0),
        person(1, sharing=True, sharing_since=at(minutes=3), name="Maximiliane Wolkenstein-Trostburg the Third"),
        person(2, consents=False, name="Johann Wolfgang Amadeus von und zu Hohenzollern"),
        person(4),
    )
    held = {("p1", "screen"), ("p4", "camera")}
    return call_weak(4, people=people, held=held, weak={"p1", "p2", "p4"}, **changes)


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
