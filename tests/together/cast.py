"""A real server in this process, clients with an account, a colour and a tone, and how they meet in a room."""

from __future__ import annotations

import asyncio
import functools
import io
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import av
import numpy as np

from app.media.types import RATE_HZ
from app.state import call_intents, intents
from server_stub.kernel.config import PasswordCost, ServerSettings
from server_stub.serving import running
from tests.fakes.clips import write_wav
from tests.fakes.headless import HeadlessClient

ADA, GRACE = (40, 60, 200), (200, 120, 40)
ADA_HZ, GRACE_HZ = 440.0, 900.0
#: Of a screen that never moves.
PAGE = (60, 180, 60)


class ServerThread:
    """The real server on a loop of its own."""

    def __init__(self, data: Path) -> None:
        self.settings = ServerSettings(data=data, port=0, password_cost=PasswordCost(passes=1, memory_kib=64, lanes=1))
        self._ready = threading.Event()
        self._stop: Callable[[], object] = lambda: None
        self.url = ""
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="server", daemon=True)
        self._thread.start()
        assert self._ready.wait(20), "the server did not start"

    def stop(self) -> None:
        self._stop()
        self._thread.join(20)
        assert not self._thread.is_alive()

    async def _serve(self) -> None:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._stop = lambda: loop.call_soon_threadsafe(stopped.set)
        async with running(self.settings) as server:
            self.server: Any = server
            self.url = f"http://127.0.0.1:{server.port}"
            self._ready.set()
            await stopped.wait()


@dataclass
class Cast:
    """Makes clients and remembers to close them.

    Attributes:
        goes_to: called on the network thread of each new client before it connects.
    """

    server: str
    folder: Path
    clients: list[HeadlessClient] = field(default_factory=list)
    goes_to: Callable[[], object] = lambda: None

    def enter(
        self, name: str, colour: tuple[int, int, int], tone_hz: float, *, screen: Path | None = None
    ) -> HeadlessClient:
        """A new account, signed in, with a camera of one colour, a voice of one tone, and a screen to share."""
        client = self._open(name, colour, tone_hz, screen)
        client.do(
            intents.MakeAccount(email=f"{name}@example.com", name=name.title(), kind="client", password="correct horse")
        )
        client.wait_for(lambda state: state.page == "rooms", what="signed in")
        # A steady tone is noise to the filter.
        client.do(call_intents.Choose(choices=replace(client.state.devices.chosen, noise="off")))
        return client

    def _open(self, name: str, colour: tuple[int, int, int], tone_hz: float, screen: Path | None) -> HeadlessClient:
        home = self.folder / name
        home.mkdir()
        client = HeadlessClient(
            self.server,
            home,
            camera=write_colour(home / "camera.mkv", colour),
            microphone=write_tone(home / "voice.wav", tone_hz),
            screen=screen,
            goes_to=self.goes_to,
        )
        self.clients.append(client)
        client.wait_for(lambda state: state.page == "sign_in", what="the sign-in page")
        return client

    def arrive(self, link: str, name: str = "Alan", *, screen: Path | None = None) -> HeadlessClient:
        """A guest without an account follows the link and knocks."""
        guest = self._open(name, GRACE, GRACE_HZ, screen)
        # A steady tone is noise to the filter.
        guest.do(call_intents.Choose(choices=replace(guest.state.devices.chosen, noise="off")))
        guest.do(call_intents.FollowLink(link=link))
        guest.wait_for(lambda state: state.call_phase == "prejoin", what="the page before the call")
        guest.do(call_intents.ContinueTerms())
        guest.do(call_intents.NameGuest(name=name))
        guest.do(call_intents.Join())
        guest.wait_for(lambda state: state.call_phase == "waiting", what="the lobby")
        return guest


def write_colour(path: Path, bgr: tuple[int, int, int]) -> Path:
    """A video of one colour with a moving bar, three seconds, 30 a second."""
    path.write_bytes(_film(bgr))
    return path


@functools.cache
def _film(bgr: tuple[int, int, int]) -> bytes:
    made = io.BytesIO()
    with av.open(made, "w", format="matroska") as container:
        stream = container.add_stream("libvpx", rate=30)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        stream.options = {"deadline": "realtime", "cpu-used": "8"}
        stream.codec_context.thread_count = 1
        for number in range(90):
            picture = np.full((360, 640, 3), bgr, np.uint8)
            picture[300:, number * 7 : number * 7 + 40] = 255
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="bgr24")))
        container.mux(stream.encode(None))
    return made.getvalue()


def write_tone(path: Path, tone_hz: float, seconds: float = 40.0) -> Path:
    """A steady tone."""
    times = np.arange(round(RATE_HZ * seconds)) / RATE_HZ
    return write_wav(path, (0.2 * np.sin(2 * np.pi * tone_hz * times)).astype(np.float32))


def has_colour(bgr: tuple[int, int, int]) -> Callable[[Any], bool]:
    """Whether a picture's middle is of that colour, as far as a codec keeps it."""

    def is_so(picture: Any) -> bool:
        middle = picture.pixels[picture.height_px // 3, picture.width_px // 2, :3].astype(int)
        return bool(np.abs(middle - np.array(bgr)).max() < 30)

    return is_so


def has_tone(tone_hz: float) -> Callable[[np.ndarray], bool]:
    """Whether a sound is loud and its strongest frequency is that one."""

    def is_so(sound: np.ndarray) -> bool:
        if len(sound) < RATE_HZ // 4:
            return False
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
        strongest = np.argmax(spectrum) * RATE_HZ / len(sound)
        return bool(np.abs(sound).max() > 0.02 and abs(strongest - tone_hz) < 12)

    return is_so


def share_a_room(host: HeadlessClient, member: HeadlessClient) -> str:
    """The host makes a room, the member enters it by an invitation code; returns its id."""
    host.do(intents.MakeRoom(name="Website"))
    room = host.wait_for(lambda state: state.rooms.open, what="the room")
    host.do(intents.Invite(room=room))
    code = host.wait_for(lambda state: state.view(room).invitation, what="the invitation")
    member.do(intents.EnterRoomByCode(code=code))
    member.wait_for(lambda state: state.room_info(room), what="the room at the member")
    return room


def go_in(client: HeadlessClient) -> None:
    """From the page before the call into the call."""
    client.wait_for(lambda state: state.call_phase == "prejoin", what="the page before the call")
    if client.state.prejoin.asks_terms:
        client.do(call_intents.ContinueTerms())
        client.wait_for(lambda state: state.prejoin and not state.prejoin.asks_terms, what="the terms")
    client.do(call_intents.Join())
    client.wait_for(lambda state: state.call_phase == "in", what="in the call")


def meet(host: HeadlessClient, member: HeadlessClient, room: str) -> str:
    """The host starts a meeting, both go in; returns its id."""
    host.do(call_intents.BeginMeeting(room=room, key="first"))
    go_in(host)
    card = member.wait_for(lambda state: state.room_info(room).meeting, what="the card at the member")
    member.do(call_intents.GoToMeeting(meeting=card.id))
    go_in(member)
    return card.id


def begin(client: HeadlessClient) -> None:
    """Shares the first screen that can be chosen."""
    client.do(call_intents.OpenSharePicker())
    sources = client.wait_for(
        lambda state: state.call.sharing.picker and state.call.sharing.picker.sources, what="something to share"
    )
    client.do(call_intents.StartShare(source=sources[0]))


def shares(person: str) -> Callable[[Any], bool]:
    """Whether somebody shares a screen."""
    return lambda state: any(one.id == person and one.sharing for one in state.call.people)
