"""The client's main loop: intents, messages and device events go in, the state changes, effects are carried out.

Everything here runs on the network loop, except where a method says "from any thread". What carries out an effect is in
`app/effects`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque

from app.call_media import CallMedia
from app.effects.call import CallEffects
from app.effects.context import Context
from app.effects.devices import DeviceEffects
from app.effects.files import FileEffects, FileReady
from app.effects.gestures import GestureEffects
from app.effects.link import watch_link
from app.effects.notify import NotifyEffects
from app.effects.quality import QualityEffects
from app.effects.servers import ServerEffects
from app.effects.sharing import SharingEffects
from app.effects.signing_in import SignInEffects
from app.media.types import Wanted
from app.net.peers import Peers
from app.net.signalling import Target
from app.net.usage import figures, share_figures
from app.parts import Audience, Parts
from app.servers import KnownServer
from app.state import call_intents, events
from app.state.app_state import AppState
from app.state.update import IllegalPhase, update
from app.wire.fields import Tell
from app.wire.pointing import PointAt, Pointed

_log = logging.getLogger(__name__)

_FAULT = "Something in Parley did not work. If it goes on, closing and opening Parley helps."
#: For a sign-in to reach the keyring at the program's end; a keyring that asks for its password is not waited for.
_KEYRING_LAST_S = 1.0
_CLOSE_LIMIT_S = 4.0
#: For the choices to be on the disk, and for sleep to be allowed again, at the program's end.
_LAST_S = 3.0


class Conductor:
    """Keeps the state of one client and does what it asks for.

    Attributes:
        state: the present state; read from any thread.
        media: the devices.
    """

    def __init__(self, parts: Parts, audience: Audience) -> None:
        """Joins the parts; nothing runs yet.

        Args:
            parts: what is conducted.
            audience: who is told.
        """
        self.state = AppState()
        self._parts = parts
        self._loop = parts.loop
        self._audience = audience
        self._queue: deque[events.Event] = deque()
        self._is_updating = False
        context = Context(parts, audience, state=lambda: self.state, happen=self._happen, do=self.do)
        self._context = context
        self._files = FileEffects(context)
        self._servers = ServerEffects(context, heard=self._heard, has_spoken=lambda: self.media.has_spoken)
        self._sign_ins = SignInEffects(context, self._servers, forget_files=self._files.forget)
        self._gestures = GestureEffects(context, is_quiet=lambda: not self.media.is_speaking)
        self._devices = DeviceEffects(context, self._gestures.over(parts.devices))
        self.media: CallMedia = self._devices.media
        self._call = CallEffects(context, self.media, say=self._servers.say)
        self._sharing = SharingEffects(context, lambda: self._call.peers)
        self._quality = QualityEffects(context, self._call)
        self._notify = NotifyEffects(context, self.media)

    # --- from any thread ----------------------------------------------------------------------------------------
    def start(self) -> None:
        """Begins, on the loop; from any thread."""
        self._loop.call(self._begin)

    def do(self, event: events.Event) -> None:
        """Takes an intent, or other news; from any thread."""
        self._loop.call(self._happen, event)

    def connect(self, target: Target, *, secret: str = "") -> None:
        """Says where the own server is, and goes there unless a link has led elsewhere; from any thread.

        Args:
            target: its websocket.
            secret: of the embedded server, which also signs its owner in; empty for any other.
        """
        self._loop.call(self._servers.set_home, KnownServer(target, secret))

    def miss_local(self, words: str) -> None:
        """Says that the server of this computer does not run, if that is the one that is wanted; from any thread."""
        self._loop.call(self._servers.miss_local, words)

    def want_pictures(self, wanted: Wanted) -> None:
        """Which pictures are on the screen; from any thread."""

        def want() -> None:
            self._call.want_pictures(wanted)
            self._sharing.want_pictures(wanted)

        self._loop.call(want)

    def point(self, ask: PointAt) -> None:
        """Tells the others where one points, if nothing waits to be sent; from any thread."""

        def tell() -> None:
            if self.state.is_seated and self.state.can_ask:
                self._servers.say_now(ask)

        self._loop.call(tell)

    def play_test_sound(self) -> None:
        """Plays the test sound on the chosen speaker; from any thread."""
        self.media.play("test")

    def devices_changed(self) -> None:
        """Sound devices have come or gone; from any thread."""
        self.media.look_again()

    def fetch_file(self, meeting: str, file: str, ready: FileReady) -> None:
        """Brings a recap's file here and calls `ready(path, "")` or `ready(None, words)`; from any thread."""

        def fetch() -> None:
            self._files.fetch(self._servers.now, self._sign_ins.token, meeting=meeting, file=file, ready=ready)

        self._loop.call(fetch)

    def close(self) -> None:
        """Leaves the call, closes the devices and ends the loop; from any other thread, takes a few seconds at most."""
        if self._loop.is_running:
            try:
                self._loop.submit(self._end()).result(_CLOSE_LIMIT_S)
            except TimeoutError:
                _log.warning("the network did not close in time")
        self._gestures.close()
        self.media.close()
        self._loop.stop()
        # What a recording's deletion could not reach: nothing of it stays here longer than the program runs.
        self._files.forget()
        if not (self._context.writer.end(_LAST_S) and self._context.chores.end(_LAST_S)):
            _log.warning("not all was done at the end")
        if not self._sign_ins.end(_KEYRING_LAST_S):
            _log.info("the keyring is still being asked at the end")

    @property
    def peers(self) -> Peers | None:
        """The media connections, for statistics."""
        return self._call.peers

    def figures(self) -> dict[str, float]:
        """How the present call goes, for benches and tests; from any thread: see `app.net.usage`."""
        return {**figures(self._call.receiver), **share_figures(self._sharing.share.figures())}

    # --- on the loop --------------------------------------------------------------------------------------------
    def _begin(self) -> None:
        self._files.forget()  # what a program that was killed left behind
        self._call.begin()
        self._quality.begin()
        # Made and written now, so that nothing waits for the disk when it is wanted.
        self._context.writer.submit(self._parts.settings.installation)
        self._devices.begin()
        self._servers.begin()
        if self._servers.signalling is not None and self._call.peers is not None:
            watch_link(self._context, self._servers.signalling, self._call.peers)

    def _happen(self, event: events.Event) -> None:
        """Changes the state and carries out what that asks for; in order, whoever calls from within."""
        self._queue.append(event)
        if self._is_updating:
            return
        self._is_updating = True
        try:
            while self._queue:
                self._update(self._queue.popleft())
        finally:
            self._is_updating = False

    def _update(self, event: events.Event) -> None:
        try:
            after, wanted = update(self.state, event)
        except IllegalPhase:
            _log.error("%s does not fit the call's phase %s", type(event).__name__, self.state.call_phase)
            return
        except Exception:
            _log.exception("the state could not take %s", type(event).__name__)
            self._tell_fault(event)
            return
        is_new = after is not self.state
        is_given_up = after.connection.phase == "refused" != self.state.connection.phase
        self.state = after
        if is_new:
            self._audience.show_state(after)
        for effect in wanted:
            try:
                self._context.carriers.carry_out(effect)
            except Exception:
                _log.exception("%s was not carried out", type(effect).__name__)
                self._tell_fault(event)
        if is_given_up:
            self._servers.give_up()

    def _tell_fault(self, event: events.Event) -> None:
        """A fault of ours is said in words; what cannot even be told is only in the log."""
        if not isinstance(event, events.Announced):
            self._queue.append(events.Announced(words=_FAULT, is_bad=True))

    def _heard(self, message: Tell) -> None:
        told = self._sign_ins.read(message)
        if isinstance(told, Pointed):
            # As pictures and levels it passes the state by: it comes many times a second, and nothing follows from it.
            self._audience.show_pointed(told)
        elif not self._call.heard(told):
            self._happen(events.Heard(message=told, at=time.time()))

    async def _end(self) -> None:
        if self.state.call_phase in ("in", "reconnecting"):
            self._happen(call_intents.Leave())
            # Gives the leave a moment to go out; the server frees the seat of a lost connection only later.
            await asyncio.sleep(0.05)
        elif self.state.call_phase in ("joining", "waiting"):
            self._happen(call_intents.CancelJoin())
            await asyncio.sleep(0.05)
        self._notify.end()
        self._sharing.end()
        await self._call.end()
