"""The client at another server: what goes there, what stays, and the way home."""

import pytest

from app.net.signalling import target_of
from app.state import call_intents, intents
from app.wire import accounts
from tests.fakes.headless import FakeRing
from tests.fakes.stage import ADA, ENTRY, ROOM, SlowRing, settled, stages
from tests.patience import PATIENCE_S


@pytest.fixture
def make(tmp_path, monkeypatch):
    with stages(tmp_path, monkeypatch) as make:
        yield make


@pytest.fixture
def stage(make):
    return make()


THERE = "https://there.example/j/abcdefghijklmnopqrstuv"


class TestAnotherServer:
    def visit(self, stage):
        stage.conductor.do(call_intents.FollowLink(link=THERE))
        stage.until(lambda state: state.links.question)
        before = list(stage.server.sent)
        assert len(stage.server.targets) == 1
        stage.conductor.do(call_intents.AnswerLink(goes=True))
        stage.until(lambda state: len(stage.server.targets) == 2 and state.connection.phase == "online")
        return stage.server.sent[len(before) :]

    def greet_there(self, stage, **more):
        fields = {"is_embedded": False, "needs_owner": False, "terms_version": 1, "notice_version": 1, **more}
        stage.tell(accounts.Greeting(version="0", protocol=2, server_id="server", **fields))

    def test_nothing_of_home_goes_there_though_it_calls_itself_by_the_same_id(self, make):
        ring = FakeRing()
        ring.kept["Parley", "server https://there.example"] = "theirs"
        stage = make(ring=ring)
        stage.sign_in()
        sent = self.visit(stage)
        assert [type(one) for one in sent] == [accounts.Hello]
        target = stage.server.targets[-1]
        assert (target.url, target.headers) == ("wss://there.example/ws", ())
        self.greet_there(stage)
        assert stage.server.wait_sent(accounts.Resume).token == "theirs"
        state = stage.conductor.state
        assert (state.connection.is_home, state.connection.address, state.rooms.known) == (False, "there.example", ())
        assert ring.kept["Parley", "server http://127.0.0.1:1"] == "token", "it stays for the way home"

    def test_the_secret_of_the_own_server_stays_there(self, stage):
        stage.greet(is_embedded=True, secret="the secret of the child")
        stage.server.wait_sent(accounts.SignInOwner)
        stage.tell(accounts.SignedIn(account=ADA, token="token", accepted_terms=1, rooms=(ROOM,)))
        stage.until(lambda state: state.page == "rooms")
        self.visit(stage)
        self.greet_there(stage, is_embedded=True, needs_owner=True)
        stage.until(lambda state: state.page == "sign_in")
        assert not stage.conductor.state.connection.needs_owner, "one signs in there as anywhere"
        assert len([one for one in stage.server.sent if isinstance(one, accounts.SignInOwner)]) == 1

    def test_a_keyring_that_answers_late_answers_for_the_server_it_was_asked_for(self, make):
        ring = SlowRing()
        ring.kept[ENTRY] = "for home alone"
        stage = make(ring=ring)
        stage.greet()
        stage.parts.loop.submit(settled()).result(PATIENCE_S)
        self.visit(stage)
        self.greet_there(stage)
        ring.unlocked.set()
        stage.until(lambda state: state.page == "sign_in")
        assert not [one for one in stage.server.sent if isinstance(one, accounts.Resume)]

    def test_what_the_server_that_was_left_still_says_is_not_heard(self, stage, monkeypatch):
        stage.sign_in()
        monkeypatch.setattr(stage.server, "aim", stage.server.targets.append)
        stage.conductor.do(call_intents.FollowLink(link=THERE))
        stage.conductor.do(call_intents.AnswerLink(goes=True))
        stage.until(lambda state: not state.connection.is_home)
        stage.tell(accounts.SignedIn(account=ADA, token="late", accepted_terms=1, rooms=(ROOM,)))
        stage.link("offline", "gone")
        stage.parts.loop.submit(settled()).result(PATIENCE_S)
        assert (stage.conductor.state.me, stage.conductor.state.connection.phase) == (None, "connecting")
        stage.link("connecting")
        stage.link("online")
        stage.until(lambda state: state.connection.phase == "online")

    def test_home_is_where_it_was(self, stage):
        stage.sign_in()
        self.visit(stage)
        stage.conductor.do(intents.GoHome())
        stage.until(lambda state: state.connection.is_home and state.connection.phase == "online")
        assert stage.server.targets[-1] == stage.server.targets[0]

    def test_a_server_for_good_is_kept_and_the_one_of_this_computer_can_be_taken_again(self, stage):
        stage.sign_in()
        stage.conductor.do(intents.UseServer(address="parley://10.0.0.7:8440?pin=" + "p" * 43))
        stage.until(lambda state: len(stage.server.targets) == 2)
        stage.parts.loop.submit(settled()).result(PATIENCE_S)
        stage.conductor.do(intents.UseServer(address=""))
        stage.until(lambda state: state.connection.server is None)
        stage.parts.loop.submit(settled()).result(PATIENCE_S)
        assert stage.gone_local == [True]
        stage.conductor.connect(target_of("http://127.0.0.1:5"), secret="s")
        stage.until(lambda state: state.connection.address == "127.0.0.1:5")
        stage.conductor.close()
        assert stage.parts.settings.now.server == ""

    def test_a_server_for_good_is_in_the_settings(self, stage):
        stage.sign_in()
        pinned = "parley://10.0.0.7:8440?pin=" + "p" * 43
        stage.conductor.do(intents.UseServer(address=pinned))
        stage.until(lambda state: state.connection.address == "10.0.0.7:8440")
        stage.conductor.close()
        assert stage.parts.settings.now.server == pinned

    def test_reach_is_for_who_started_the_server(self, stage):
        stage.greet(is_embedded=True, secret="s")
        stage.server.wait_sent(accounts.SignInOwner)
        stage.conductor.do(intents.LetOthersReach(is_on=True))
        stage.until(lambda state: state.reach.is_changing)
        stage.parts.loop.submit(settled()).result(PATIENCE_S)
        assert stage.reached == [True]

    def test_a_server_of_this_computer_that_does_not_run_is_said_only_to_who_wants_it(self, stage):
        stage.conductor.miss_local("It is in use.")
        stage.until(lambda state: state.connection.words == "It is in use.")
        stage.sign_in()
        stage.conductor.miss_local("It is in use.")
        stage.parts.loop.submit(settled()).result(PATIENCE_S)
        assert stage.conductor.state.connection.phase == "online"

    def test_the_own_server_that_was_started_anew_is_still_the_same(self, stage, monkeypatch):
        stage.sign_in()
        monkeypatch.setattr(stage.server, "aim", stage.server.targets.append)
        stage.conductor.connect(target_of("http://127.0.0.1:2"))
        stage.link("offline", "gone")
        stage.until(lambda state: state.connection.phase == "offline")
        assert stage.conductor.state.me is not None
