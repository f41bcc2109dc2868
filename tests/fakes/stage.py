"""A conductor between a server that a test plays, devices that a test holds, and a keyring of its own."""

import contextlib
import threading

from app.conductor import Conductor
from app.effects import servers as server_effects
from app.keychain import Keychain
from app.media.mailbox import Mailbox
from app.media.types import Device
from app.net.loop import NetworkLoop
from app.net.signalling import target_of
from app.parts import Audience, Parts
from app.settings import SettingsFile
from app.state import intents
from app.wire import accounts, rooms
from tests.fakes.camera import FakeCamera
from tests.fakes.headless import Ear, FakeRing
from tests.fakes.media_desk import NearbyFilters
from tests.fakes.microphone import FakeMicrophone
from tests.fakes.signalling import FakeSignalling
from tests.patience import PATIENCE_S

ENTRY = ("Parley", "server http://127.0.0.1:1")
ADA = accounts.Account(id="ada", name="Ada", email="ada@example.com", kind="client")
CARD = rooms.MeetingCard(
    id="m1",
    room="r1",
    title="Website",
    link="http://127.0.0.1:1/j/abcdefghijklmnopqrstuv",
    starter="ada",
    state="ongoing",
    started_at=1.0,
)
ROOM = rooms.RoomInfo(id="r1", name="Website", members=(rooms.Member(id="ada", name="Ada"),), meeting=CARD)


class FakeDevices:
    """Cameras and microphones of a test; `started` is called when a microphone runs."""

    def __init__(self, started):
        self._started = started
        self.cameras, self.microphones = [], []
        self.failures = {}

    def camera(self, device_id, on_lost, size_px):
        self.cameras.append(FakeCamera(failure=self.failures.get("camera")))
        return self.cameras[-1]

    def microphone(self, device_id, on_lost):
        self.microphones.append(FakeMicrophone(failure=self.failures.get("microphone"), started=self._started))
        return self.microphones[-1]

    def speaker(self, device_id, on_lost):
        return Ear()

    def list_all(self):
        return (Device("cam", "A camera", "camera"),)


class SlowRing(FakeRing):
    """A keyring that asks for its password first."""

    def __init__(self):
        super().__init__()
        self.unlocked = threading.Event()

    def get_password(self, service, username):
        assert self.unlocked.wait(PATIENCE_S)
        return super().get_password(service, username)


class Stage:
    """A conductor with everything round it."""

    def __init__(self, folder, ring=None):
        self.changed = threading.Condition()
        self.devices = FakeDevices(self.notify)
        self.levels, self.notified = [], []
        self.reached, self.gone_local = [], []
        self.parts = Parts(
            loop=NetworkLoop(),
            settings=SettingsFile(folder),
            keychain=Keychain(ring or FakeRing()),
            devices=self.devices,
            mailbox=Mailbox(lambda: None),
            data=folder,
        )
        audience = Audience(
            show_state=lambda state: self.notify(),
            show_levels=lambda levels: (self.levels.append(levels), self.notify()),
            notify=lambda title, words, news: (self.notified.append((title, words, news)), self.notify()),
            set_reach=self.reached.append,
            go_local=lambda: self.gone_local.append(True),
        )
        self.conductor = Conductor(self.parts, audience)
        self.conductor.media._voice.make_filters = NearbyFilters
        self.parts.loop.start()
        self.conductor.start()

    def notify(self):
        with self.changed:
            self.changed.notify_all()

    @property
    def server(self):
        return self.conductor._servers.signalling

    def tell(self, message):
        self.parts.loop.call(self.server.on_message, message)

    def link(self, state, words=""):
        self.parts.loop.call(self.server.on_link, state, words)

    def until(self, is_true, limit_s=PATIENCE_S):
        with self.changed:
            assert self.changed.wait_for(lambda: is_true(self.conductor.state), limit_s), self.conductor.state

    def greet(self, **more):
        self.conductor.connect(target_of("http://127.0.0.1:1"), secret=more.pop("secret", ""))
        self.until(lambda state: state.connection.phase == "online")
        fields = {"is_embedded": False, "needs_owner": False, "terms_version": 1, "notice_version": 1, **more}
        self.tell(accounts.Greeting(version="0", protocol=1, server_id="server", **fields))

    def sign_in(self, accepted_terms=1):
        self.greet()
        self.until(lambda state: state.page == "sign_in")
        self.conductor.do(intents.EnterAccount(email="ada@example.com", password="correct horse"))
        self.server.wait_sent(accounts.SignIn)
        self.tell(accounts.SignedIn(account=ADA, token="token", accepted_terms=accepted_terms, rooms=(ROOM,)))
        self.until(lambda state: state.page == "rooms")


@contextlib.contextmanager
def stages(folder, monkeypatch):
    """Makes stages in one data folder, and closes them."""
    monkeypatch.setattr(server_effects, "Signalling", FakeSignalling)
    made = []

    def make(**more):
        made.append(Stage(folder, **more))
        return made[-1]

    yield make
    for stage in made:
        stage.conductor.close()


async def settled():
    """Runs after what was put on the loop before."""
