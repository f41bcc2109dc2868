"""The loop of the client between a server that a test plays, devices that a test holds, and a keyring of its own."""

import dataclasses
import hashlib
import threading

import pytest

from app import conductor as conductor_module
from app import sign_ins
from app.effects import call, notify
from app.keychain import WAITING
from app.media.types import DeviceBusy, DeviceDenied, DeviceMissing
from app.state import call_intents, effects, events, intents
from app.wire import accounts, lobby, media, notices, people, recap, recording, rooms
from app.wire.errors import Refused
from tests.fakes.headless import FakeRing
from tests.fakes.stage import ADA, CARD, ENTRY, SlowRing, settled, stages
from tests.fakes.story import change
from tests.patience import PATIENCE_S


@pytest.fixture
def make(tmp_path, monkeypatch):
    with stages(tmp_path, monkeypatch) as make:
        yield make


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
    stage.until(lambda state: state.page == "rooms")
    stage.conductor.close()
    assert ring.kept[ENTRY] == "new"


def test_a_keyring_that_asks_for_its_password_is_said_and_taken_up_later(make, monkeypatch):
    monkeypatch.setattr(sign_ins, "KEYRING_LIMIT_S", 0.05)
    ring = SlowRing()
    ring.kept[ENTRY] = "kept"
    stage = make(ring=ring)
    stage.greet()
    stage.until(lambda state: state.sign_in.keyring_words == WAITING and state.page == "sign_in")
    ring.unlocked.set()
    assert stage.server.wait_sent(accounts.Resume).token == "kept"


def test_a_keyring_that_still_asks_does_not_hold_up_coming_back(make):
    ring = SlowRing()
    stage = make(ring=ring)
    stage.greet()
    stage.conductor.do(intents.EnterAccount(email="ada@example.com", password="correct horse"))
    stage.server.wait_sent(accounts.SignIn)
    stage.tell(accounts.SignedIn(account=ADA, token="by hand", accepted_terms=1, rooms=()))
    stage.until(lambda state: state.page == "rooms")
    stage.link("offline")
    stage.greet()
    assert stage.server.wait_sent(accounts.Resume).token == "by hand"
    ring.unlocked.set()
    stage.conductor.close()
    assert ring.kept[ENTRY] == "by hand"


def test_a_token_goes_to_no_other_address_whatever_that_server_calls_itself(make):
    ring = FakeRing()
    ring.kept["Parley", "server https://elsewhere"] = "not for here"
    stage = make(ring=ring)
    stage.greet()
    stage.until(lambda state: state.page == "sign_in")
    assert not [one for one in stage.server.sent if isinstance(one, accounts.Resume)]


def test_the_owner_of_an_embedded_server_needs_no_keyring(make):
    stage = make(ring=SlowRing())
    stage.greet(is_embedded=True, secret="the secret of the child")
    sent = stage.server.wait_sent(accounts.SignInOwner)
    assert sent.secret == "the secret of the child"
    assert "the secret of the child" not in repr(stage.conductor.state)


def test_r11_r38_nothing_is_opened_before_the_terms_and_nothing_sent_before_join(stage):
    stage.sign_in(accepted_terms=0)
    stage.conductor.do(call_intents.GoToMeeting(meeting="m1"))
    stage.until(lambda state: state.prejoin and state.prejoin.asks_terms)
    assert not stage.devices.cameras
    stage.conductor.do(call_intents.ContinueTerms())
    stage.server.wait_sent(accounts.AcceptTerms)
    stage.tell(accounts.TermsAccepted(version=1))
    stage.until(lambda state: stage.devices.cameras and state.devices.found)
    assert not [one for one in stage.server.sent if isinstance(one, media.PublishOffer | people.JoinMeeting)]


def test_joining_offers_microphone_and_camera(stage):
    stage.sign_in()
    stage.conductor.do(call_intents.GoToMeeting(meeting="m1"))
    stage.conductor.do(call_intents.Join())
    join = stage.server.wait_sent(people.JoinMeeting)
    ada = people.Person(id="ada", name="Ada")
    seat = people.Welcome(
        re=join.request, meeting=CARD, you="ada", host="ada", people=(ada,), chat=(), recording_since=None, now=1.0
    )
    stage.tell(seat)
    offer = stage.server.wait_sent(media.PublishOffer)
    assert sorted(offer.sources.values()) == ["camera", "microphone"]
    assert "m=application" not in offer.sdp
    assert offer.request >= 2**40
    # The relay's refusal is not the state's affair: new connections are made.
    stage.conductor.do(call_intents.Leave())
    stage.until(lambda state: state.call_phase == "ended")
    stage.tell(Refused(re=offer.request, reason="bad_sdp", words="no"))
    stage.conductor.do(call_intents.CloseCall())
    stage.until(lambda state: state.call_phase == "none")
    assert not stage.conductor.state.toasts.shown


@pytest.mark.parametrize("kind", ["camera", "microphone"])
def test_each_failure_of_a_device_has_words_of_its_own(make, kind):
    said = set()
    for failure in (DeviceMissing, DeviceDenied, DeviceBusy):
        stage = make()
        stage.devices.failures[kind] = failure(kind)
        stage.sign_in()
        stage.conductor.do(call_intents.GoToMeeting(meeting="m1"))
        stage.until(lambda state: state.prejoin and dict(state.prejoin.device_words).get(kind))
        said.add(dict(stage.conductor.state.prejoin.device_words)[kind])
        stage.conductor.close()
    assert len(said) == 3


def test_choices_do_not_wait_for_what_takes_long(stage, tmp_path, monkeypatch):
    held, begun = threading.Event(), threading.Event()
    monkeypatch.setattr("app.effects.devices.warm_up", lambda: (begun.set(), held.wait(10)))
    written = threading.Event()
    change = stage.parts.settings.change
    monkeypatch.setattr(stage.parts.settings, "change", lambda **more: (change(**more), written.set()))
    stage.sign_in()
    stage.conductor.do(call_intents.GoToMeeting(meeting="m1"))
    assert begun.wait(PATIENCE_S)
    stage.conductor.do(
        call_intents.Choose(choices=dataclasses.replace(stage.conductor.state.devices.chosen, background="blur"))
    )
    assert written.wait(PATIENCE_S)
    held.set()


def test_closing_while_joining_gives_the_seat_up(stage):
    stage.sign_in()
    stage.conductor.do(call_intents.GoToMeeting(meeting="m1"))
    stage.conductor.do(call_intents.Join())
    stage.server.wait_sent(people.JoinMeeting)
    stage.conductor.close()
    stage.server.wait_sent(people.LeaveMeeting)


@pytest.mark.parametrize("is_cancelled", [True, False], ids=["cancelled", "closed"])
def test_a_knock_names_this_installation_and_is_taken_back(stage, is_cancelled):
    stage.greet()
    stage.conductor.do(call_intents.FollowLink(link="http://127.0.0.1:1/j/abcdefghijklmnopqrstuv"))
    look = stage.server.wait_sent(lobby.LookAtLink)
    stage.tell(lobby.LinkShown(re=look.request, title="Website", is_recording=False))
    for step in (call_intents.ContinueTerms(), call_intents.NameGuest(name="Alan"), call_intents.Join()):
        stage.conductor.do(step)
    knock = stage.server.wait_sent(lobby.Knock)
    installation = stage.parts.settings.now.installation
    assert len(installation) == 32
    assert knock.installation == hashlib.sha256(f"{installation} server".encode()).hexdigest()[:32]
    assert installation not in repr(stage.conductor.state)
    stage.tell(lobby.KnockHeard(re=knock.request, guest="g", title="Website", is_recording=False))
    stage.until(lambda state: state.call_phase == "waiting")
    if is_cancelled:
        stage.conductor.do(call_intents.CancelJoin())
    else:
        stage.conductor.close()
    stage.server.wait_sent(lobby.WithdrawKnock)
    stage.until(lambda state: state.call_phase == "none")
    assert len([one for one in stage.server.sent if isinstance(one, accounts.Hello)]) == 1, "it does not hang up"


def test_levels_come_while_devices_are_open(stage):
    stage.sign_in()
    assert not stage.levels
    stage.conductor.do(call_intents.GoToMeeting(meeting="m1"))
    stage.until(lambda state: any("" in levels for levels in stage.levels))
    stage.conductor.do(call_intents.CancelJoin())
    stage.until(lambda state: stage.levels[-1] == {})


def test_a_server_of_another_version_is_not_asked_again(stage):
    stage.greet()
    stage.tell(Refused(reason="other_version", words="Please update Parley."))
    stage.until(lambda state: state.connection.phase == "refused")
    stage.conductor.do(intents.TryAgain())
    stage.conductor.do(events.Announced(words="Something else."))
    stage.until(lambda state: state.toasts.shown)
    assert (stage.server.paused, stage.server.hurried) == (1, 1), "a retry is not taken back by the next event"


@pytest.mark.logs_warnings
def test_an_event_that_does_not_fit_is_logged_and_changes_nothing(stage, caplog, monkeypatch):
    stage.sign_in()
    before = stage.conductor.state

    def refuse(state, event):
        raise conductor_module.IllegalPhase("in -> prejoin")

    monkeypatch.setattr(conductor_module, "update", refuse)
    stage.conductor.do(call_intents.Leave())
    stage.parts.loop.submit(settled()).result(PATIENCE_S)
    assert stage.conductor.state is before
    assert "Leave does not fit" in caplog.text


@pytest.mark.logs_warnings
def test_a_fault_of_ours_is_said_in_words(stage, monkeypatch):
    stage.sign_in()
    sound = conductor_module.update

    def break_once(state, event):
        if isinstance(event, intents.TryAgain):
            raise ValueError("a fault of ours")
        return sound(state, event)

    monkeypatch.setattr(conductor_module, "update", break_once)
    stage.conductor.do(intents.TryAgain())
    stage.parts.loop.submit(settled()).result(PATIENCE_S)
    assert [notice.is_bad for notice in stage.conductor.state.toasts.shown] == [True]
    assert "a fault of ours" not in stage.conductor.state.toasts.shown[0].words


def test_r56_one_notification_for_a_recap_and_a_click_opens_it(stage):
    notice = notices.NoticeInfo(id="n1", kind="recap_ready", room="r1", subject="m1", words="Website", at=1.0)
    ready = change(CARD, state="ended", recap="ready")
    stage.sign_in()
    stage.tell(recap.RecapReady(meeting=ready))
    stage.tell(notices.NoticeTold(notices=(notice,), rings=True))
    stage.tell(notices.NoticeTold(notices=(notice,), rings=True))
    stage.until(lambda state: state.news and stage.notified)
    stage.parts.loop.submit(settled()).result(PATIENCE_S)
    assert stage.notified == [("The recap is ready", "Website", "n1")]
    stage.conductor.do(intents.OpenNews(id="n1"))
    assert stage.server.wait_sent(recap.OpenRecap).meeting == "m1"
    assert stage.server.wait_sent(notices.SeeNotices).ids == ("n1",)
    assert (stage.conductor.state.page, stage.conductor.state.news) == ("recap", ())


def test_a_recording_that_starts_reaches_the_state(stage):
    stage.sign_in()
    stage.conductor.do(call_intents.GoToMeeting(meeting="m1"))
    stage.until(lambda state: state.prejoin)
    stage.tell(recording.RecordingStarted(meeting="m1", at=1.0, by="grace"))
    stage.until(lambda state: state.prejoin.is_recording)


def test_a_file_without_a_server_is_said_in_words(stage):
    said = threading.Event()
    words = []
    stage.greet()
    stage.conductor.fetch_file("m1", "../x", lambda path, why: (words.append((path, why)), said.set()))
    assert said.wait(PATIENCE_S)
    assert words == [(None, "The recap names an invalid file.")]


def test_r69_no_copy_of_a_recording_outlives_the_program_that_played_it(tmp_path, monkeypatch):
    kept = tmp_path / "recap-cache" / "server" / "m1"
    kept.mkdir(parents=True)
    (kept / "reel.webm").write_bytes(b"a program that was killed left this")
    with stages(tmp_path, monkeypatch) as make:
        stage = make()
        stage.greet()
        stage.conductor._context.chores.submit(lambda: None).result(PATIENCE_S)
        assert not kept.exists()
        kept.mkdir(parents=True)
        (kept / "reel.webm").write_bytes(b"this was played now")
        stage.conductor.close()
    assert not kept.exists()


def test_r69_the_copy_of_a_recording_goes_as_soon_as_it_is_deleted(stage):
    stage.sign_in()
    kept = stage.conductor._files._files._folder / "server" / "m1"
    kept.mkdir(parents=True)
    (kept / "meeting.webm").write_bytes(b"this is open here")
    stage.tell(rooms.MeetingChanged(meeting=change(CARD, state="ended", recap="deleted")))
    stage.until(lambda state: state.view(CARD.room).recaps)
    stage.conductor._context.chores.submit(lambda: None).result(PATIENCE_S)
    assert not kept.exists()


def join(stage, *, is_signed_in=False):
    if not is_signed_in:
        stage.sign_in()
    stage.conductor.do(call_intents.GoToMeeting(meeting="m1"))
    stage.conductor.do(call_intents.Join())
    asked = stage.server.wait_sent(people.JoinMeeting)
    ada = people.Person(id="ada", name="Ada", microphone_on=True, camera_on=True)
    stage.tell(
        people.Welcome(
            re=asked.request, meeting=CARD, you="ada", host="ada", people=(ada,), chat=(), recording_since=None, now=1.0
        )
    )
    stage.until(lambda state: state.call_phase == "in")


def test_r82_the_knock_is_repeated_while_someone_waits_and_stops_with_the_call(stage, monkeypatch):
    monkeypatch.setattr(notify, "KNOCK_EVERY_S", 0.05)
    played = []
    monkeypatch.setattr(stage.conductor.media, "play", lambda name: (played.append(name), stage.notify()))
    join(stage)
    guest = lobby.Guest(id="g", name="Alan", since=1.0)
    stage.tell(lobby.LobbyChanged(meeting="m1", waiting=(guest,)))
    stage.until(lambda state: played.count("knock") >= 4)
    assert [title for title, _, _ in stage.notified] == ["Someone is waiting", "Someone is still waiting"]
    stage.conductor.do(call_intents.Leave())
    stage.until(lambda state: state.call_phase == "ended" and stage.conductor._notify.knocking is None)
    stage.tell(lobby.LobbyChanged(meeting="m1", waiting=()))
    stage.parts.loop.submit(settled()).result(PATIENCE_S)


def test_muted_by_the_host_nothing_leaves_the_microphone(stage, monkeypatch):
    stage.sign_in()
    # The track is the test's own: the connections would put theirs in its place as soon as they are made.
    monkeypatch.setattr(stage.conductor.peers, "open", lambda *asked, **more: None)
    join(stage, is_signed_in=True)
    heard = []

    class Track:
        def hear(self, block, said_s):
            heard.append(block)

        def rest(self):
            """Muted: nothing of it is kept."""

    stage.until(lambda state: stage.devices.microphones and stage.devices.microphones[0].is_running)
    stage.conductor.media.send_by({"microphone": Track()})
    microphone = stage.devices.microphones[0]
    microphone.give()
    assert len(heard) == 1
    off = people.Person(id="ada", name="Ada", camera_on=True)
    stage.tell(people.PersonChanged(meeting="m1", person=off))
    stage.until(lambda state: not state.devices.chosen.microphone_on)
    stage.parts.loop.submit(settled()).result(PATIENCE_S)
    microphone.give()
    assert len(heard) == 1


def test_r75_what_the_connections_carried_is_told(stage, monkeypatch):
    monkeypatch.setattr(call, "_USAGE_EVERY_S", 0.02)
    counted = iter(range(100, 10_000_000, 100))
    monkeypatch.setattr(stage.conductor._call.usage, "count", lambda connections: next(counted))
    join(stage)
    stage.until(lambda state: state.call.media.used_bytes >= 300)


def test_every_effect_has_exactly_one_carrier(stage):
    carriers = stage.conductor._context.carriers
    kinds = [one for one in vars(effects).values() if isinstance(one, type) and issubclass(one, effects.Effect)]
    assert carriers.kinds == {*kinds} - {effects.Effect}
    with pytest.raises(ValueError, match="PlaySound has two carriers"):
        carriers.add(effects.PlaySound, lambda effect: None)
