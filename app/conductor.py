"""The one loop of the client: intents, messages and device news go in, the state changes, effects are carried out.

Everything here runs on the network loop, except where a method says "from any thread".
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from app.call_media import CallMedia, DeviceMaker, MediaEvents
from app.keychain import WAITING, Keychain
from app.media.mailbox import Mailbox
from app.media.types import Device, DeviceKind
from app.media.worker import PatientWorker
from app.net.files import FileError, RecapFiles
from app.net.loop import NetworkLoop
from app.net.peers import Peers, Wishes
from app.net.receive import Receiver, Sinks
from app.net.signalling import LinkState, Signalling, Target
from app.settings import SettingsFile
from app.state import effects, events
from app.state.app_state import AppState, Choices, DeviceItem, Link
from app.state.update import IllegalPhase, update
from app.wire.accounts import Greeting, SignedIn, SignInOwner
from app.wire.fields import Tell

_log = logging.getLogger(__name__)

SECRET_HEADER = "X-Parley-Secret"
_FAULT = "Something in Parley did not work. If it goes on, closing and opening Parley helps."
_LEVELS_EVERY_S = 0.1
_DEVICES_EVERY_S = 3.0
_KEYRING_LIMIT_S = 3.0
#: For a sign-in to reach the keyring at the program's end; a keyring that asks for its password is not waited for.
_KEYRING_LAST_S = 1.0
_CLOSE_LIMIT_S = 4.0
#: For the choices to be on the disk, and for sleep to be allowed again, at the program's end.
_LAST_S = 3.0
_DEFAULT_TILE_PX = (640, 360)

Levels = dict[str, tuple[float, bool]]
TileSizes = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Audience:
    """Who is told; called on the network thread, must return at once.

    Attributes:
        show_state: the newest state, whenever it changed.
        show_levels: how loud everybody is, ten times a second while devices are open: dBFS, and whether it is speech.
        notify: a desktop notification of title and text.
    """

    show_state: Callable[[AppState], None]
    show_levels: Callable[[Levels], None] = lambda levels: None
    notify: Callable[[str, str], None] = lambda title, words: None


@dataclass(frozen=True, slots=True)
class Parts:
    """What the conductor conducts.

    Attributes:
        loop: the network thread, started or not.
        settings: what the user chose.
        keychain: sign-ins.
        devices: where cameras, microphones and speakers come from.
        mailbox: takes pictures by tile: a person's id, or "" for one's own.
        data: the data folder.
    """

    loop: NetworkLoop
    settings: SettingsFile
    keychain: Keychain
    devices: DeviceMaker
    mailbox: Mailbox
    data: Path


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
        self._target: Target | None = None
        self._base_url = ""
        self._secret = ""
        self._token = ""
        self._tiles: TileSizes | None = None
        self._are_devices_open = False
        self._chores = PatientWorker("chores")
        # Apart from the chores: a choice is on the disk at once, whatever else takes long.
        self._writer = PatientWorker("settings")
        self._ring_worker = PatientWorker("keyring")
        self._files = RecapFiles(parts.data)
        self._awake: Any = None
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
            effects.SaveChoices: self._save_choices,
            effects.StartDevices: lambda effect: self._start_devices(),
            effects.StopDevices: lambda effect: self._stop_devices(),
            effects.OpenPeers: self._open_peers,
            effects.ClosePeers: lambda effect: self._close_peers(),
            effects.PlaySound: lambda effect: self.media.play(effect.name),
            effects.Notify: lambda effect: self._audience.notify(effect.title, effect.words),
        }

    # --- from any thread ----------------------------------------------------------------------------------------
    def start(self) -> None:
        """Begins, on the loop; from any thread."""
        self._loop.call(self._begin)

    def do(self, event: events.Event) -> None:
        """Takes an intent, or other news; from any thread."""
        self._loop.call(self._happen, event)

    def connect(self, target: Target, *, base_url: str, secret: str = "") -> None:
        """Goes to a server; from any thread.

        Args:
            target: its websocket.
            base_url: its web address, for recap files.
            secret: of the embedded server, which also signs its owner in; empty for any other.
        """
        self._loop.call(self._aim, target, base_url, secret)

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
        if not (self._writer.end(_LAST_S) and self._chores.end(_LAST_S)):
            _log.warning("not all was done at the end")
        if not self._ring_worker.end(_KEYRING_LAST_S):
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
        """How the present call goes, for benches and tests; from any thread.

        Returns:
            pictures_shown: of all others, since they began. audio_gap_ms: longest run that was covered or silent though
            somebody spoke, the worst of all voices. audio_concealed_ms: covered in all, the worst. audio_delay_ms: kept
            in hand against jitter, the most. All 0.0 without a call.
        """
        receiver = self._receiver
        voices = list(receiver.voice_statistics().values()) if receiver else []
        pictures = list(receiver.picture_statistics().values()) if receiver else []
        return {
            "pictures_shown": float(sum(one.shown for one in pictures)),
            "audio_gap_ms": max((one.longest_gap_ms for one in voices), default=0.0),
            "audio_concealed_ms": max((one.concealed_ms for one in voices), default=0.0),
            "audio_delay_ms": max((one.delay_ms for one in voices), default=0.0),
        }

    # --- on the loop --------------------------------------------------------------------------------------------
    def _begin(self) -> None:
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
        self._happen(events.ChoicesLoaded(choices=_choices_of(self._parts.settings.now.choices)))
        if self._target is not None:
            self._signalling.aim(self._target)

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
        if isinstance(message, SignedIn):
            self._token = message.token
        if isinstance(message, Greeting) and message.server_id != self.state.connection.server_id:
            self._token = ""
        if self._peers is not None and self._peers.heard(message):
            return
        self._happen(events.Heard(message=message, at=time.time()))

    def _link_changed(self, state: LinkState, words: str) -> None:
        link: Link = state
        address = self._target.address if self._target else ""
        self._happen(events.LinkChanged(link=link, words=words, address=address))

    def _say(self, message: Any) -> None:
        if self._signalling is None or not self._signalling.send(message):
            _log.info("%s was not sent: there is no connection", type(message).__name__)

    def _aim(self, target: Target, base_url: str, secret: str) -> None:
        self._target, self._base_url, self._secret = target, base_url, secret
        if self._signalling is not None:
            self._signalling.aim(target)

    def _reconnect(self, effect: effects.Reconnect) -> None:
        if self._signalling is None:
            return
        if effect.is_anew and self._target is not None:
            self._signalling.aim(self._target)
        else:
            self._signalling.hurry()

    # --- signing in -----------------------------------------------------------------------------------------------
    def _send_owner(self, effect: effects.SendOwner) -> None:
        self._say(SignInOwner(secret=self._secret, name=effect.name, request=effect.request))

    def _entry(self, server_id: str) -> str:
        """The keyring's entry: with the address, because any server could call itself by the id of another one."""
        return f"{server_id} {self._target.url}" if self._target else server_id

    def _find_token(self, effect: effects.FindToken) -> None:
        known = None if effect.is_embedded else self._parts.keychain.known(self._entry(effect.server_id))
        if effect.is_embedded or known is not None:
            token = known.token if known else ""
            words = self.state.keyring_words if known else ""
            self._happen(events.TokenFound(server_id=effect.server_id, token=token, words=words))
            return
        self._loop.spawn(self._ask_keyring(effect.server_id), name="keyring")

    async def _ask_keyring(self, server_id: str) -> None:
        asked = asyncio.wrap_future(self._ring_worker.submit(self._parts.keychain.find, self._entry(server_id)))
        try:
            found = await asyncio.wait_for(asyncio.shield(asked), _KEYRING_LIMIT_S)
        except TimeoutError:
            self._happen(events.TokenFound(server_id=server_id, token="", words=WAITING))
            found = await asked
        self._happen(events.TokenFound(server_id=server_id, token=found.token, words=found.words))

    def _keep_token(self, effect: effects.KeepToken) -> None:
        if not effect.token:
            self._token = ""
            self._chores.submit(self._files.forget)
        entry = self._entry(effect.server_id)
        self._parts.keychain.remember(entry, effect.token)
        self._loop.spawn(self._keep_in_keyring(entry, effect.token), name="keyring")

    async def _keep_in_keyring(self, entry: str, token: str) -> None:
        words = await asyncio.wrap_future(self._ring_worker.submit(self._parts.keychain.keep, entry, token))
        # That there is no keyring at all was said at the sign-in already.
        if words and token and words != self.state.keyring_words:
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
            told=lambda words: self.do(events.Told(words=words)),
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
        self._writer.submit(self._write_choices, asdict(effect.choices))

    def _write_choices(self, choices: dict[str, str | bool]) -> None:
        try:
            self._parts.settings.change(choices=choices)
        except OSError as error:
            _log.warning("the choices were not written: %s", type(error).__name__)
            self.do(events.Told(words="Your choices could not be saved. Is the disk full?", is_bad=True))

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
            self._peers.open(effect.meeting)
        self._chores.submit(self._stay_awake)

    def _close_peers(self) -> None:
        if self._peers is not None:
            self._peers.close()
        self._chores.submit(self._may_sleep)

    def _stay_awake(self) -> None:
        if self._awake is not None:
            return
        try:
            from wakepy import keep

            # It logs each way that this desktop does not have, at length.
            logging.getLogger("wakepy").setLevel(logging.CRITICAL)
            mode = keep.presenting(on_fail="pass")
            mode.__enter__()
            self._awake = mode
            if not mode.active:
                _log.info("sleep is not inhibited: this desktop has no way to")
        except Exception as error:
            _log.warning("sleep is not inhibited: %s", type(error).__name__)

    def _may_sleep(self) -> None:
        mode, self._awake = self._awake, None
        if mode is not None:
            try:
                mode.__exit__(None, None, None)
            except Exception as error:
                _log.warning("sleep stays inhibited: %s", type(error).__name__)

    def _fetch(self, meeting: str, file: str, ready: Callable[[Path | None, str], None]) -> None:
        headers = {"Authorization": f"Bearer {self._token}"}
        if self._secret:
            headers[SECRET_HEADER] = self._secret

        async def fetch() -> None:
            try:
                path = await self._files.fetch(self._base_url, headers, meeting=meeting, file=file)
            except FileError as error:
                ready(None, error.words)
            else:
                ready(path, "")

        self._loop.spawn(fetch(), name="recap file")

    async def _end(self) -> None:
        if self.state.call_phase in ("in", "reconnecting"):
            self._happen(events.Leave())
            # Gives the leave a moment to go out; the server frees the seat of a lost connection only later.
            await asyncio.sleep(0.05)
        elif self.state.call_phase == "joining":
            self._happen(events.CancelJoin())
            await asyncio.sleep(0.05)
        if self._peers is not None:
            self._peers.close()
            await self._peers.closed()
        if self._receiver is not None:
            self._receiver.close()
        self._chores.submit(self._may_sleep)


def _choices_of(stored: dict[str, str | bool]) -> Choices:
    """Choices from the settings file; what is missing or of the wrong kind is the default."""
    plain = Choices()
    taken = {
        one.name: stored[one.name]
        for one in fields(Choices)
        if type(stored.get(one.name)) is type(getattr(plain, one.name))
    }
    return Choices(**taken)  # type: ignore[arg-type]
