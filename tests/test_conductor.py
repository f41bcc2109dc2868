"""The loop of the client between a server that a test plays, devices that a test holds, and a keyring of its own."""

import dataclasses
import json
import threading

import pytest

from app import conductor as conductor_module
from app.conductor import Audience, Conductor, Parts
from app.keychain import WAITING, Keychain
from app.media.mailbox import Mailbox
from app.media.types import Device, DeviceBusy, DeviceDenied, DeviceMissing
from app.net.loop import NetworkLoop
from app.net.signalling import target_of
from app.settings import SettingsFile
from app.state import events
from app.wire import accounts, lobby, media, people, recording, rooms
from app.wire.errors import Refused
from tests.fakes.camera import FakeCamera
from tests.fakes.headless import Ear, FakeRing
from tests.fakes.microphone import FakeMicrophone
from tests.fakes.signalling import FakeSignalling

ENTRY = ("Parley", "server ws://h:1/ws")
ADA = accounts.Account(id="ada", name="Ada", email="ada@example.com", kind="client")
CARD = rooms.MeetingCard(
    id="m1", room="r1", title="Website", link="http://h/j/x", starter="ada", state="ongoing", started_at=1.0
)
ROOM = rooms.RoomInfo(id="r1", name="Website", members=(rooms.Member(id="ada", name="Ada"),), meeting=CARD)


class FakeDevices:
    """Cameras and microphones of a test."""

    def __init__(self):
        self.cameras, self.microphones = [], []
        self.failures = {}

    def camera(self, device_id, on_lost):
        self.cameras.append(FakeCamera(failure=self.failures.get("camera")))
        return self.cameras[-1]

    def microphone(self, device_id, on_lost):
        self.microphones.append(FakeMicrophone(failure=self.failures.get("microphone")))
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
        assert self.unlocked.wait(10)
        return super().get_password(service, username)


class Stage:
    """A conductor with everything round it."""

    def __init__(self, folder, ring=None):
        self.devices = FakeDevices()
        self.changed = threading.Condition()
        self.levels, self.notified = [], []
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
            notify=lambda title, words: self.notified.append((title, words)),
        )
        self.conductor = Conductor(self.parts, audience)
        self.parts.loop.start()
        self.conductor.start()

    def notify(self):
        with self.changed:
            self.changed.notify_all()

    @property
    def server(self):
        return self.conductor._signalling

    def tell(self, message):
        self.parts.loop.call(self.server.on_message, message)

    def link(self, state, words=""):
        self.parts.loop.call(self.server.on_link, state, words)

    def until(self, is_true, limit_s=5.0):
        with self.changed:
            assert self.changed.wait_for(lambda: is_true(self.conductor.state), limit_s), self.conductor.state

    def greet(self, **more):
        self.conductor.connect(target_of("http://h:1"), base_url="http://h:1", secret=more.pop("secret", ""))
        self.until(lambda state: state.connection.link == "online")
        fields = {"is_embedded": False, "needs_owner": False, "terms_version": 1, "notice_version": 1, **more}
        self.tell(accounts.Greeting(version="0", protocol=1, server_id="server", **fields))

    def sign_in(self, accepted_terms=1):
        self.greet()
        self.until(lambda state: state.place == "sign_in")
        self.conductor.do(events.EnterAccount(email="ada@example.com", password="correct horse"))
        self.server.wait_sent(accounts.SignIn)
        self.tell(accounts.SignedIn(account=ADA, token="token", accepted_terms=accepted_terms, rooms=(ROOM,)))
        self.until(lambda state: state.place == "rooms")


@pytest.fixture
def make(tmp_path, monkeypatch):
    monkeypatch.setattr(conductor_module, "Signalling", FakeSignalling)
    made = []

    def make(**more):
        made.append(Stage(tmp_path, **more))
        return made[-1]

    yield make
    for stage in made:
        stage.conductor.close()


@pytest.fixture
def stage(make):
    return make()


def test_it_says_hello_looks_for_a_token_and_keeps_the_new_one(make):
    ring = FakeRing()
    ring.kept[ENTRY] = "old"
    stage = make(ring=ring)
    stage.greet()
    assert stage.server.wait_sent(accounts.Resume).token == "old"
    stage.tell(accounts.SignedIn(account=ADA, token="new", accepted_terms=1, rooms=()))
    stage.until(lambda state: state.place == "rooms")
    stage.conductor.close()
    assert ring.kept[ENTRY] == "new"


def test_a_keyring_that_asks_for_its_password_is_said_and_taken_up_later(make, monkeypatch):
    monkeypatch.setattr(conductor_module, "_KEYRING_LIMIT_S", 0.05)
    ring = SlowRing()
    ring.kept[ENTRY] = "kept"
    stage = make(ring=ring)
    stage.greet()
    stage.until(lambda state: state.keyring_words == WAITING and state.place == "sign_in")
    ring.unlocked.set()
    assert stage.server.wait_sent(accounts.Resume).token == "kept"


def test_a_keyring_that_still_asks_does_not_hold_up_coming_back(make):
    ring = SlowRing()
    stage = make(ring=ring)
    stage.greet()
    stage.conductor.do(events.EnterAccount(email="ada@example.com", password="correct horse"))
    stage.server.wait_sent(accounts.SignIn)
    stage.tell(accounts.SignedIn(account=ADA, token="by hand", accepted_terms=1, rooms=()))
    stage.until(lambda state: state.place == "rooms")
    stage.link("offline")
    stage.greet()
    assert stage.server.wait_sent(accounts.Resume).token == "by hand"
    ring.unlocked.set()
    stage.conductor.close()
    assert ring.kept[ENTRY] == "by hand"


def test_a_token_goes_to_no_other_address_whatever_that_server_calls_itself(make):
    ring = FakeRing()
    ring.kept["Parley", "server wss://elsewhere/ws"] = "not for here"
    stage = make(ring=ring)
    stage.greet()
    stage.until(lambda state: state.place == "sign_in")
    assert not [one for one in stage.server.sent if isinstance(one, accounts.Resume)]


def test_the_owner_of_an_embedded_server_needs_no_keyring(make):
    stage = make(ring=SlowRing())
    stage.greet(is_embedded=True, secret="the secret of the child")
    sent = stage.server.wait_sent(accounts.SignInOwner)
    assert sent.secret == "the secret of the child"
    assert "the secret of the child" not in repr(stage.conductor.state)


def test_nothing_is_opened_before_the_terms_and_nothing_sent_before_join(stage):
    stage.sign_in(accepted_terms=0)
    stage.conductor.do(events.GoToMeeting(meeting="m1"))
    stage.until(lambda state: state.prejoin and state.prejoin.asks_terms)
    assert not stage.devices.cameras
    stage.conductor.do(events.ContinueTerms())
    stage.server.wait_sent(accounts.AcceptTerms)
    stage.tell(accounts.TermsAccepted(version=1))
    stage.until(lambda state: stage.devices.cameras and state.devices)
    assert not [one for one in stage.server.sent if isinstance(one, media.PublishOffer | people.JoinMeeting)]


def test_joining_offers_microphone_and_camera(stage):
    stage.sign_in()
    stage.conductor.do(events.GoToMeeting(meeting="m1"))
    stage.conductor.do(events.Join())
    join = stage.server.wait_sent(people.JoinMeeting)
    ada = people.Person(id="ada", name="Ada")
    seat = people.Welcome(
        re=join.request, meeting=CARD, you="ada", host="ada", people=(ada,), chat=(), recording_since=None, now=1.0
    )
    stage.tell(seat)
    offer = stage.server.wait_sent(media.PublishOffer, limit_s=10)
    assert sorted(offer.sources.values()) == ["camera", "microphone"]
    assert "m=application" not in offer.sdp
    assert offer.request >= 2**40
    # The relay's refusal is not the state's affair: new connections are made.
    stage.conductor.do(events.Leave())
    stage.until(lambda state: state.call_phase == "ended")
    stage.tell(Refused(re=offer.request, reason="bad_sdp", words="no"))
    stage.conductor.do(events.CloseCall())
    stage.until(lambda state: state.call_phase == "none")
    assert not stage.conductor.state.notices


@pytest.mark.parametrize("kind", ["camera", "microphone"])
def test_each_failure_of_a_device_has_words_of_its_own(make, kind):
    said = set()
    for failure in (DeviceMissing, DeviceDenied, DeviceBusy):
        stage = make()
        stage.devices.failures[kind] = failure(kind)
        stage.sign_in()
        stage.conductor.do(events.GoToMeeting(meeting="m1"))
        stage.until(lambda state: state.prejoin and dict(state.prejoin.device_words).get(kind))
        said.add(dict(stage.conductor.state.prejoin.device_words)[kind])
        stage.conductor.close()
    assert len(said) == 3


def test_choices_are_written_at_once_and_read_at_the_next_start(make, tmp_path):
    stage = make()
    choices = dataclasses.replace(stage.conductor.state.choices, background="blur", noise_filter=False)
    stage.conductor.do(events.Choose(choices=choices))
    stage.until(lambda state: state.choices == choices)
    stage.conductor.close()
    assert json.loads((tmp_path / "settings.json").read_text())["choices"]["background"] == "blur"
    again = make()
    again.until(lambda state: state.choices == choices)


def test_choices_do_not_wait_for_what_takes_long(stage, tmp_path, monkeypatch):
    held, begun = threading.Event(), threading.Event()
    monkeypatch.setattr(conductor_module.Peers, "warm_up", staticmethod(lambda: (begun.set(), held.wait(10))))
    written = threading.Event()
    change = stage.parts.settings.change
    monkeypatch.setattr(stage.parts.settings, "change", lambda **more: (change(**more), written.set()))
    stage.sign_in()
    stage.conductor.do(events.GoToMeeting(meeting="m1"))
    assert begun.wait(5)
    stage.conductor.do(events.Choose(choices=dataclasses.replace(stage.conductor.state.choices, background="blur")))
    assert written.wait(5)
    held.set()


def test_closing_while_joining_gives_the_seat_up(stage):
    stage.sign_in()
    stage.conductor.do(events.GoToMeeting(meeting="m1"))
    stage.conductor.do(events.Join())
    stage.server.wait_sent(people.JoinMeeting)
    stage.conductor.close()
    stage.server.wait_sent(people.LeaveMeeting)


def test_a_knock_that_is_cancelled_is_taken_back_by_a_new_connection(stage):
    stage.conductor.connect(target_of("http://h:1"), base_url="http://h:1")
    stage.greet()
    stage.conductor.do(events.FollowLink(link="http://h:1/j/abcdefghijklmnopqrstuv"))
    look = stage.server.wait_sent(lobby.LookAtLink)
    stage.tell(lobby.LinkShown(re=look.request, title="Website", is_recording=False))
    for step in (events.ContinueTerms(), events.NameGuest(name="Alan"), events.Join()):
        stage.conductor.do(step)
    stage.server.wait_sent(lobby.Knock)
    hellos = len([one for one in stage.server.sent if isinstance(one, accounts.Hello)])
    stage.conductor.do(events.CancelJoin())
    stage.until(lambda state: state.call_phase == "none")
    stage.parts.loop.submit(settled()).result(5)
    assert len([one for one in stage.server.sent if isinstance(one, accounts.Hello)]) == hellos + 1


def test_wrong_choices_in_the_file_are_the_defaults(make, tmp_path):
    (tmp_path / "settings.json").write_text('{"choices": {"noise_filter": "yes", "camera": "c", "other": "x"}}')
    stage = make()
    stage.until(lambda state: state.choices.camera == "c")
    assert stage.conductor.state.choices.noise_filter is True


def test_levels_come_while_devices_are_open(stage):
    stage.sign_in()
    assert not stage.levels
    stage.conductor.do(events.GoToMeeting(meeting="m1"))
    stage.until(lambda state: any("" in levels for levels in stage.levels))
    stage.conductor.do(events.CancelJoin())
    stage.until(lambda state: stage.levels[-1] == {})


def test_a_server_of_another_version_is_not_asked_again(stage):
    stage.greet()
    stage.tell(Refused(reason="other_version", words="Please update Parley."))
    stage.until(lambda state: state.connection.link == "refused")
    stage.conductor.do(events.TryAgain())
    stage.conductor.do(events.Told(words="Something else."))
    stage.until(lambda state: state.notices)
    assert (stage.server.paused, stage.server.hurried) == (1, 1), "a retry is not taken back by the next event"


@pytest.mark.logs_warnings
def test_an_event_that_does_not_fit_is_logged_and_changes_nothing(stage, caplog, monkeypatch):
    stage.sign_in()
    before = stage.conductor.state

    def refuse(state, event):
        raise conductor_module.IllegalPhase("in -> prejoin")

    monkeypatch.setattr(conductor_module, "update", refuse)
    stage.conductor.do(events.Leave())
    stage.parts.loop.submit(settled()).result(5)
    assert stage.conductor.state is before
    assert "Leave does not fit" in caplog.text


@pytest.mark.logs_warnings
def test_a_fault_of_ours_is_said_in_words(stage, monkeypatch):
    stage.sign_in()
    sound = conductor_module.update

    def break_once(state, event):
        if isinstance(event, events.TryAgain):
            raise ValueError("a fault of ours")
        return sound(state, event)

    monkeypatch.setattr(conductor_module, "update", break_once)
    stage.conductor.do(events.TryAgain())
    stage.parts.loop.submit(settled()).result(5)
    assert [notice.is_bad for notice in stage.conductor.state.notices] == [True]
    assert "a fault of ours" not in stage.conductor.state.notices[0].words


async def settled():
    """Runs after what was put on the loop before."""


def test_notifications_reach_the_desktop(stage):
    stage.sign_in()
    stage.tell(recap_ready())
    stage.until(lambda state: stage.notified)
    assert stage.notified == [("The recap is ready", "Website")]


def recap_ready():
    from app.wire.recap import RecapReady

    return RecapReady(meeting=CARD)


def test_a_recording_that_starts_reaches_the_state(stage):
    stage.sign_in()
    stage.conductor.do(events.GoToMeeting(meeting="m1"))
    stage.until(lambda state: state.prejoin)
    stage.tell(recording.RecordingStarted(meeting="m1", at=1.0, by="grace"))
    stage.until(lambda state: state.prejoin.is_recording)


def test_a_file_without_a_server_is_said_in_words(stage):
    said = threading.Event()
    words = []
    stage.conductor.fetch_file("m1", "../x", lambda path, why: (words.append((path, why)), said.set()))
    assert said.wait(5)
    assert words == [(None, "The recap names a file that cannot be right.")]
