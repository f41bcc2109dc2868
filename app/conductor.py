"""The one loop of the client: intents, messages and device news go in, the state changes, effects are carried out.

Everything here runs on the network loop, except where a method says "from any thread".
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.awake import Awake
from app.call_media import CallMedia, MediaEvents
from app.media.types import Device, DeviceKind
from app.media.worker import PatientWorker
from app.net.files import FileError, RecapFiles
from app.net.peers import Peers, Wishes
from app.net.receive import Receiver, Sinks
from app.net.signalling import LinkState, Signalling, Target
from app.net.usage import Usage, figures
from app.parts import Audience, Parts, TileSizes, choices_of
from app.servers import Place, Servers, name_for
from app.sign_ins import SignIns
from app.state import call_intents, effects, events
from app.state.accounts import for_visitors
from app.state.app_state import AppState, DeviceItem, Link
from app.state.lobby import named
from app.state.update import IllegalPhase, update
from app.wire.accounts import Greeting, SignedIn, SignInOwner
from app.wire.fields import Ask, Tell

_log = logging.getLogger(__name__)

SECRET_HEADER = "X-Parley-Secret"
_FAULT = "Something in Parley did not work. If it goes on, closing and opening Parley helps."
_LEVELS_EVERY_S = 0.1
_DEVICES_EVERY_S = 3.0
_USAGE_EVERY_S = 2.0
#: Somebody waits: heard again this often. Source: a phone's ring is forgotten after about as long.
KNOCK_EVERY_S = 20.0
#: For a sign-in to reach the keyring at the program's end; a keyring that asks for its password is not waited for.
_KEYRING_LAST_S = 1.0
_CLOSE_LIMIT_S = 4.0
#: For the choices to be on the disk, and for sleep to be allowed again, at the program's end.
_LAST_S = 3.0
_DEFAULT_TILE_PX = (640, 360)


class Conductor:
    """Keeps the state of one client and does what it asks for.

    Attributes:
        state: the present state; read from any thread.
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
        self._servers = Servers()
        # From leaving a server to being connected to the next one: what still comes is of the one that was left.
        self._is_between = False
        self._token = ""
        self._tiles: TileSizes | None = None
        self._are_devices_open = False
        self._chores = PatientWorker("chores")
        # Apart from the chores: a choice is on the disk at once, whatever else takes long.
        self._writer = PatientWorker("settings")
        self._sign_ins = SignIns(parts.keychain, parts.loop, is_at=lambda place: place is self._servers.now)
        self._files = RecapFiles(parts.data)
        self._awake = Awake()
        self._usage = Usage()
        self._used = 0
        self._knocking: asyncio.Task[None] | None = None
        self.media = CallMedia(parts.devices, self._media_events())
        self._signalling: Signalling | None = None
        self._peers: Peers | None = None
        self._receiver: Receiver | None = None
        self._effects: dict[type, Callable[[Any], object]] = {
            effects.Send: lambda effect: self._say(effect.message),
            effects.SendOwner: self._send_owner,
            effects.FindToken: self._find_token,
            effects.KeepToken: self._keep_token,
            effects.Reconnect: self._reconnect,
            effects.ForgetFiles: lambda effect: self._chores.submit(self._files.forget, effect.meeting),
            effects.SaveChoices: self._save_choices,
            effects.StartDevices: lambda effect: self._start_devices(),
            effects.StopDevices: lambda effect: self._stop_devices(),
            effects.OpenPeers: self._open_peers,
            effects.ClosePeers: lambda effect: self._close_peers(),
            effects.PlaySound: lambda effect: self.media.play(effect.name),
            effects.Notify: lambda effect: self._audience.notify(effect.title, effect.words, effect.news),
            effects.RepeatKnock: self._repeat_knock,
            effects.SendKnock: self._send_knock,
            effects.VisitServer: self._visit,
            effects.GoHome: self._go_home,
            effects.SetReach: lambda effect: self._audience.set_reach(effect.is_on),
        }

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
        self._loop.call(self._set_home, Place(target, secret))

    def miss_local(self, words: str) -> None:
        """Says that the server of this computer does not run, if that is the one that is wanted; from any thread."""
        self._loop.call(self._miss_local, words)

    def set_tile_sizes(self, sizes: TileSizes) -> None:
        """Which tiles are shown, in device pixels; what is not named is not scaled for; from any thread."""
        self._tiles = dict(sizes)
        if "" in sizes:
            self.media.set_own_tile_size(sizes[""])

    def play_test_sound(self) -> None:
        """Plays the test sound on the chosen speaker; from any thread."""
        self.media.play("test")

    def fetch_file(self, meeting: str, file: str, ready: Callable[[Path | None, str], None]) -> None:
        """Brings a recap's file here and calls `ready(path, "")` or `ready(None, words)`; from any thread."""
        self._loop.call(self._fetch, meeting, file, ready)

    def close(self) -> None:
        """Leaves the call, closes the devices and ends the loop; from any other thread, takes a few seconds at most."""
        if self._loop.is_running:
            try:
                self._loop.submit(self._end()).result(_CLOSE_LIMIT_S)
            except TimeoutError:
                _log.warning("the network did not close in time")
        self.media.close()
        self._loop.stop()
        # What a recording's deletion could not reach: nothing of it stays here longer than the program runs.
        self._chores.submit(self._files.forget)
        if not (self._writer.end(_LAST_S) and self._chores.end(_LAST_S)):
            _log.warning("not all was done at the end")
        if not self._sign_ins.end(_KEYRING_LAST_S):
            _log.info("the keyring is still being asked at the end")

    @property
    def receiver(self) -> Receiver | None:
        """What is received, for statistics."""
        return self._receiver

    @property
    def peers(self) -> Peers | None:
        """The media connections, for statistics."""
        return self._peers

    def figures(self) -> dict[str, float]:
        """How the present call goes, for benches and tests; from any thread: see `app.net.usage.figures`."""
        return figures(self._receiver)

    # --- on the loop --------------------------------------------------------------------------------------------
    def _begin(self) -> None:
        self._chores.submit(self._files.forget)  # what a program that was killed left behind
        self._signalling = Signalling(on_message=self._heard, on_link=self._link_changed)
        self._receiver = Receiver(self._sinks())
        wishes = Wishes(
            send=self._say,
            lost=lambda: self._happen(events.PeersLost()),
            found=lambda: self._happen(events.PeersFound()),
            tracks=self.media.send_by,
        )
        self._peers = Peers(self._receiver, wishes)
        self._loop.spawn(self._signalling.run(), name="signalling")
        self._loop.spawn(self._tell_levels(), name="levels")
        self._loop.spawn(self._tell_usage(), name="usage")
        # Made and written now, so that nothing waits for the disk when it is wanted.
        self._writer.submit(self._parts.settings.installation)
        self._happen(events.ChoicesLoaded(choices=choices_of(self._parts.settings.now.choices)))
        if self._servers.now is not None:
            self._aim(self._servers.now)

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
        is_given_up = after.connection.link == "refused" != self.state.connection.link
        self.state = after
        if is_new:
            self._audience.show_state(after)
        for effect in wanted:
            try:
                self._effects[type(effect)](effect)
            except Exception:
                _log.exception("%s was not carried out", type(effect).__name__)
                self._tell_fault(event)
        if is_given_up and self._signalling is not None:
            self._signalling.pause()

    def _tell_fault(self, event: events.Event) -> None:
        """A fault of ours is said in words; what cannot even be told is only in the log."""
        if not isinstance(event, events.Told):
            self._queue.append(events.Told(words=_FAULT, is_bad=True))

    def _heard(self, message: Tell) -> None:
        if self._is_between:
            return
        if isinstance(message, SignedIn):
            self._token = message.token
        if isinstance(message, Greeting):
            self._token = self._token if message.server_id == self.state.connection.server_id else ""
            message = message if self._secret else for_visitors(message)
        if self._peers is not None and self._peers.heard(message):
            return
        self._happen(events.Heard(message=message, at=time.time()))

    def _link_changed(self, state: LinkState, words: str) -> None:
        if self._is_between and state == "offline":
            return
        self._is_between = False
        link: Link = state
        server = self._servers.now.server if self._servers.now else None
        address = server.address if server else ""
        self._happen(events.LinkChanged(link=link, words=words, address=address, server=server))

    def _say(self, message: Ask) -> None:
        if self._is_between or self._signalling is None or not self._signalling.send(message):
            _log.info("%s was not sent: there is no connection", type(message).__name__)

    @property
    def _secret(self) -> str:
        """Of the present server, if it is that of this computer."""
        return self._servers.now.secret if self._servers.now else ""

    # --- servers --------------------------------------------------------------------------------------------------
    def _set_home(self, place: Place) -> None:
        if self._servers.set_home(place) and self._signalling is not None:
            self._aim(place)

    def _miss_local(self, words: str) -> None:
        if self._servers.is_at_local:
            self._happen(events.LinkChanged(link="refused", words=words))

    def _aim(self, place: Place) -> None:
        if self._signalling is not None:
            self._signalling.aim(place.target)

    def _leave_for(self, place: Place) -> None:
        if self._signalling is not None:
            self._is_between = self._signalling.is_online
            self._aim(place)

    def _pause(self) -> None:
        if self._signalling is not None:
            self._is_between = True
            self._signalling.pause()

    def _visit(self, effect: effects.VisitServer) -> None:
        self._token = ""
        place = self._servers.visit(effect.server, is_for_good=effect.is_for_good)
        if effect.is_for_good:
            self._keep_setting(server=effect.server.text)
        self._leave_for(place)

    def _go_home(self, effect: effects.GoHome) -> None:
        self._token = ""
        if effect.is_local:
            self._keep_setting(server="")
        place = self._servers.go_home(is_local=effect.is_local)
        if place is not None:
            self._leave_for(place)
        else:
            self._pause()
        if effect.is_local:
            self._audience.go_local()

    def _keep_setting(self, **changes: str) -> None:
        self._writer.submit(self._write, changes, "The choice of the server could not be saved. Is the disk full?")

    def _write(self, changes: dict[str, Any], words: str) -> None:
        try:
            self._parts.settings.change(**changes)
        except OSError as error:
            _log.warning("the settings were not written: %s", type(error).__name__)
            self.do(events.Told(words=words, is_bad=True))

    def _reconnect(self, effect: effects.Reconnect) -> None:
        if self._signalling is not None:
            self._signalling.hurry()

    # --- signing in -----------------------------------------------------------------------------------------------
    def _send_owner(self, effect: effects.SendOwner) -> None:
        self._say(SignInOwner(secret=self._secret, name=effect.name, request=effect.request))

    def _send_knock(self, effect: effects.SendKnock) -> None:
        name = name_for(self._parts.settings.installation(), self.state.connection.server_id)
        self._say(named(effect.message, name))

    def _find_token(self, effect: effects.FindToken) -> None:
        place = self._servers.now

        def found(token: str, words: str) -> None:
            self._happen(events.TokenFound(server_id=effect.server_id, token=token, words=words))

        if effect.is_embedded or place is None:
            found("", "")
        else:
            self._sign_ins.find(place, effect.server_id, found)

    def _keep_token(self, effect: effects.KeepToken) -> None:
        if not effect.token:
            self._token = ""
            self._chores.submit(self._files.forget)
        if self._servers.now is not None:
            self._sign_ins.keep(self._servers.now, effect.server_id, effect.token, self._not_kept)

    def _not_kept(self, words: str) -> None:
        # That there is no keyring at all was said at the sign-in already.
        if words != self.state.keyring_words:
            self._happen(events.Told(words=words))

    # --- devices --------------------------------------------------------------------------------------------------
    def _media_events(self) -> MediaEvents:
        def told(kind: DeviceKind, words: str) -> None:
            self.do(events.DeviceTold(kind=kind, words=words))

        def listed(devices: tuple[Device, ...]) -> None:
            items = tuple(DeviceItem(one.id, one.name, one.kind) for one in devices)
            self._loop.call(self._devices_listed, items)

        return MediaEvents(
            show_own=lambda picture: self._parts.mailbox.put("", picture),
            device_told=told,
            told=lambda words: self.do(events.Told(words=words, about=("devices",))),
            listed=listed,
        )

    def _sinks(self) -> Sinks:
        return Sinks(
            show=self._parts.mailbox.put,
            sound=self.media.mixer.put,
            silence=self.media.mixer.remove,
            tile_px=self._tile_px,
        )

    def _tile_px(self, key: str) -> tuple[int, int] | None:
        return _DEFAULT_TILE_PX if self._tiles is None else self._tiles.get(key)

    def _devices_listed(self, items: tuple[DeviceItem, ...]) -> None:
        if items != self.state.devices:
            self._happen(events.DevicesListed(devices=items))

    def _save_choices(self, effect: effects.SaveChoices) -> None:
        self.media.follow(effect.choices)
        words = "Your choices could not be saved. Is the disk full?"
        self._writer.submit(self._write, {"choices": asdict(effect.choices)}, words)

    def _start_devices(self) -> None:
        self._are_devices_open = True
        self.media.start(self.state.choices)
        self._chores.submit(self._warm_up)

    def _warm_up(self) -> None:
        try:
            Peers.warm_up()
        except Exception:
            _log.exception("the media libraries did not load")
            self.do(events.Told(words="Sound and picture cannot be sent: a library is missing.", is_bad=True))

    def _stop_devices(self) -> None:
        self._are_devices_open = False
        self.media.stop()
        self._audience.show_levels({})

    async def _tell_levels(self) -> None:
        listed_s = time.monotonic()
        while True:
            await asyncio.sleep(_LEVELS_EVERY_S)
            if not self._are_devices_open:
                continue
            levels = self.media.levels()
            self._audience.show_levels({key: (one.level_db, one.is_speaking) for key, one in levels.items()})
            if time.monotonic() - listed_s > _DEVICES_EVERY_S:
                listed_s = time.monotonic()
                self.media.refresh_devices()

    # --- the call -------------------------------------------------------------------------------------------------
    def _open_peers(self, effect: effects.OpenPeers) -> None:
        if self._peers is not None:
            self._usage.count(self._peers.connections)
            self._usage.begin(effect.meeting)
            self._peers.open(effect.meeting)
        self._chores.submit(self._awake.begin)

    def _close_peers(self) -> None:
        if self._peers is not None:
            self._tell_used()
            self._peers.close()
        self._chores.submit(self._awake.end)

    async def _tell_usage(self) -> None:
        while True:
            await asyncio.sleep(_USAGE_EVERY_S)
            self._tell_used()

    def _tell_used(self) -> None:
        connections = self._peers.connections if self._peers else ()
        if connections and (used := self._usage.count(connections)) != self._used:
            self._used = used
            self._happen(events.UsageTold(used_bytes=used))

    def _repeat_knock(self, effect: effects.RepeatKnock) -> None:
        if self._knocking is not None:
            self._knocking.cancel()
            self._knocking = None
        if effect.is_on:
            self._knocking = asyncio.get_running_loop().create_task(self._knock_again(), name="knock")

    async def _knock_again(self) -> None:
        is_first = True
        while True:
            await asyncio.sleep(KNOCK_EVERY_S)
            self.media.play("knock")
            if is_first:
                self._audience.notify("Someone is still waiting", "They ask to join your meeting.", "")
            is_first = False

    def _fetch(self, meeting: str, file: str, ready: Callable[[Path | None, str], None]) -> None:
        place = self._servers.now
        if place is None:
            ready(None, "There is no connection to the server.")
            return
        headers = {"Authorization": f"Bearer {self._token}"}
        if place.secret:
            headers[SECRET_HEADER] = place.secret

        async def fetch() -> None:
            try:
                path = await self._files.fetch(place.server, headers, meeting=meeting, file=file)
            except FileError as error:
                ready(None, error.words)
            else:
                ready(path, "")

        self._loop.spawn(fetch(), name="recap file")

    async def _end(self) -> None:
        if self.state.call_phase in ("in", "reconnecting"):
            self._happen(call_intents.Leave())
            # Gives the leave a moment to go out; the server frees the seat of a lost connection only later.
            await asyncio.sleep(0.05)
        elif self.state.call_phase in ("joining", "waiting"):
            self._happen(call_intents.CancelJoin())
            await asyncio.sleep(0.05)
        if self._knocking is not None:
            self._knocking.cancel()
        if self._peers is not None:
            self._peers.close()
            await self._peers.closed()
        if self._receiver is not None:
            self._receiver.close()
        self._chores.submit(self._awake.end)
