"""A whole client without a window: conductor, network and file devices, in this process."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Now, since a server and clients in one process would each import it in a thread of their own when they need it, and
# its modules import each other in a circle.
import aiortc.sdp  # noqa: F401
import numpy as np

from app.conductor import Conductor
from app.keychain import Keychain
from app.media.mailbox import Mailbox
from app.media.types import BLOCK, BLOCK_S, Picture
from app.media.voice_process import BUSY
from app.net.loop import NetworkLoop
from app.net.signalling import target_of
from app.parts import Audience, Parts
from app.rehearsal.device_maker import FileDevices
from app.settings import SettingsFile
from app.state import call_intents, intents
from app.state.app_state import AppState
from app.state.events import Event
from app.wire.pointing import Pointed
from tests.patience import PATIENCE_S

TILE_PX = (160, 90)


class FakeRing:
    """A keyring in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Ear:
    """A speaker that keeps the last seconds of what would be heard."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._blocks: list[np.ndarray] = []
        self.count = 0
        self.changed = threading.Condition()

    def start(self, pull: Callable[[int], np.ndarray]) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(pull, self._stopped), name="ear", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread:
            self._thread.join()
        self._thread = None

    def last(self, seconds: float) -> np.ndarray:
        """What was heard most recently, float32 [n]."""
        with self.changed:
            blocks = self._blocks[-round(seconds / BLOCK_S) :]
        return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)

    def _run(self, pull: Callable[[int], np.ndarray], stopped: threading.Event) -> None:
        due_s = time.monotonic()
        while not stopped.wait(max(0.0, due_s - time.monotonic())):
            due_s += BLOCK_S
            block = pull(BLOCK)
            with self.changed:
                self._blocks = [*self._blocks[-1000:], block]
                self.count += 1
                self.changed.notify_all()


class HeadlessDevices(FileDevices):
    """Files, and an `Ear` for a speaker."""

    def __init__(self, camera: Path | None, microphone: Path | None, ear: Ear, screen: Path | None) -> None:
        super().__init__(camera, microphone, speaker_file=Path("ear"), screen_file=screen)
        object.__setattr__(self, "ear", ear)

    def speaker(self, device_id: str, on_lost: Callable[[Any], None]) -> Ear:
        return self.ear  # type: ignore[attr-defined]


class HeadlessClient:
    """A client that a test drives by intents and watches by its state, its pictures and what it hears.

    Attributes:
        conductor: the real one.
        ear: what comes out of the speaker.
        notices: desktop notifications so far.
        pointed: where others pointed so far.
    """

    def __init__(
        self,
        server_url: str,
        data: Path,
        *,
        camera: Path | None = None,
        microphone: Path | None = None,
        screen: Path | None = None,
        ring: Any = None,
        steer_model: Callable[[str], None] = lambda wish: None,
        goes_to: Callable[[], object] = lambda: None,
    ) -> None:
        self.changed = threading.Condition()
        self.pictures: dict[str, Picture] = {}
        self.picture_counts: dict[str, int] = {}
        self.first_picture_s: dict[str, float] = {}
        self.notices: list[tuple[str, str, str]] = []
        self.pointed: list[Pointed] = []
        self._noted: list[AppState] = []
        self.ear = Ear()
        self.mailbox = Mailbox(self._take_pictures)
        self.ring = ring or FakeRing()
        data.mkdir(parents=True, exist_ok=True)
        parts = Parts(
            loop=NetworkLoop(),
            settings=SettingsFile(data),
            keychain=Keychain(self.ring),
            devices=HeadlessDevices(camera, microphone, self.ear, screen),
            mailbox=self.mailbox,
            data=data,
        )
        self.conductor = Conductor(
            parts,
            Audience(
                show_state=self._show, notify=self._notify, show_pointed=self._point, steer_model=steer_model
            ),
        )  # fmt: skip
        self._loop = parts.loop
        self._loop.start()
        # Into the network that it is to be in, before anything is opened there.
        self._loop.call(goes_to)
        self.conductor.start()
        if server_url:
            self.connect(server_url)

    def connect(self, server_url: str) -> None:
        self.conductor.connect(target_of(server_url))

    @property
    def state(self) -> AppState:
        return self.conductor.state

    @property
    def told(self) -> list[str]:
        """What is told now, without what only tells how busy this machine is."""
        return [one.words for one in self.state.toasts.shown if one.words != BUSY]

    def do(self, event: Event) -> None:
        self.conductor.do(event)

    def wait_for(self, is_true: Callable[[AppState], Any], limit_s: float = PATIENCE_S, what: str = "") -> Any:
        """Waits until something holds of the state, and returns it."""
        end_s = time.monotonic() + limit_s
        with self.changed:
            while not (found := is_true(self.state)):
                left_s = end_s - time.monotonic()
                if left_s <= 0 or not self.changed.wait(left_s):
                    state = self.state
                    raise AssertionError(f"not in {limit_s} s: {what or is_true}; {_told(state)}")
        return found

    def note(self) -> None:
        """Keeps the states from now on for `wait_seen`: what lasts for a moment is missed by who looks too rarely."""
        with self.changed:
            self._noted = [self.state]

    def wait_seen(self, is_true: Callable[[AppState], Any], what: str = "") -> None:
        """Waits until something held of any state since `note`."""
        with self.changed:
            assert self.changed.wait_for(lambda: any(is_true(one) for one in self._noted), PATIENCE_S), (
                f"never: {what or is_true}; {_told(self.state)}"
            )

    def wait_picture(
        self, key: str, is_right: Callable[[Picture], bool] = lambda picture: True, limit_s: float = PATIENCE_S
    ) -> Picture:
        """Waits for a tile's picture that is right, and returns it."""
        end_s = time.monotonic() + limit_s
        with self.changed:
            while key not in self.pictures or not is_right(self.pictures[key]):
                left_s = end_s - time.monotonic()
                if left_s <= 0 or not self.changed.wait(left_s):
                    raise AssertionError(f"no such picture in {limit_s} s; {_told(self.state)}")
            return self.pictures[key]

    def wait_heard(
        self, is_right: Callable[[np.ndarray], bool], *, seconds: float, limit_s: float = PATIENCE_S
    ) -> None:
        """Waits until the last seconds that were heard are right."""
        end_s = time.monotonic() + limit_s
        while not is_right(self.ear.last(seconds)):
            assert time.monotonic() < end_s, f"not heard in {limit_s} s; {_told(self.state)}"
            with self.ear.changed:
                self.ear.changed.wait(0.1)

    def wait_blocks(self, seconds: float) -> None:
        """Waits while this many seconds are heard from now on, silence included."""
        with self.ear.changed:
            until = self.ear.count + round(seconds / BLOCK_S)
            assert self.ear.changed.wait_for(lambda: self.ear.count >= until, seconds + PATIENCE_S)

    def cut(self) -> None:
        """The connection to the server breaks; the client makes a new one by itself."""
        signalling = self.conductor._servers.signalling
        self._loop.call(lambda: signalling._socket.transport.abort())

    def close(self) -> None:
        self.conductor.close()

    def _show(self, state: AppState) -> None:
        with self.changed:
            if self._noted:
                self._noted.append(state)
            self.changed.notify_all()

    def _notify(self, title: str, words: str, news: str) -> None:
        self.notices.append((title, words, news))

    def _point(self, told: Pointed) -> None:
        with self.changed:
            self.pointed.append(told)
            self.changed.notify_all()

    def _take_pictures(self) -> None:
        # The mailbox calls this from the thread that puts; another thread would be the window's.
        for ((person, source), _), picture in self.mailbox.take_all().items():
            key = person if source == "camera" else f"{person}:{source}"
            with self.changed:
                self.pictures[key] = picture
                self.picture_counts[key] = self.picture_counts.get(key, 0) + 1
                self.first_picture_s.setdefault(key, time.monotonic())
                self.changed.notify_all()


def _told(state: AppState) -> str:
    words = [state.connection.phase, state.connection.words, state.page, state.call_phase, state.sign_in.words]
    words += [notice.words for notice in state.toasts.shown]
    words += [state.prejoin.words] if state.prejoin else []
    return " | ".join(word for word in words if word)


def main(url: str, folder: str, email: str, camera: str, voice: str) -> None:
    """A client in a process of its own: signs in, joins the meeting of its room, says "in", and stays."""
    client = HeadlessClient(url, Path(folder), camera=Path(camera), microphone=Path(voice))
    client.wait_for(lambda state: state.page == "sign_in")
    client.do(intents.EnterAccount(email=email, password="correct horse"))
    card = client.wait_for(lambda state: next((room.meeting for room in state.rooms.known if room.meeting), None))
    client.do(call_intents.GoToMeeting(meeting=card.id))
    client.wait_for(lambda state: state.call_phase == "prejoin")
    if client.state.prejoin and client.state.prejoin.asks_terms:
        client.do(call_intents.ContinueTerms())
        client.wait_for(lambda state: state.prejoin and not state.prejoin.asks_terms)
    client.do(call_intents.Join())
    client.wait_for(lambda state: state.call_phase == "in")
    print("in", flush=True)
    sys.stdin.read()
    client.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
