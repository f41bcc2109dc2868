"""Closing windows of real processes while one meets: the question, and the ends at which nobody is asked."""

import signal

import pytest

from tests.steering import ROOT, Client, Server, meet

pytestmark = pytest.mark.processes

DEMO = ROOT / "resources" / "demo"
FILES = ("--fake-camera", DEMO / "clara.webm", "--fake-microphone", DEMO / "clara.opus")


@pytest.fixture
def host(tmp_path):
    """Somebody with a server of their own, in a meeting on it."""
    client = Client(tmp_path / "host", *FILES, "--fake-speaker", tmp_path / "host.wav")
    client.wait(place="sign_in", enabled="sign-in-name")
    client.type("sign-in-name", "Ada")
    client.click("sign-in-go", "first-room")
    client.type("room-name-field", "Logo")
    client.click("room-name-field-ok", "camera-button", "menu-video-meeting", "terms-continue", "prejoin-join")
    client.wait(call_phase="in", people=1)
    yield client
    client.stop()


def test_the_host_on_their_own_computer_is_asked_and_a_yes_ends_the_application(host):
    host.close()
    host.wait(visible="close-parley-dialog")
    host.click("close-parley-cancel")
    host.wait(gone="close-parley-dialog", call_phase="in")
    host.click("leave", "menu-leave")
    # Left, but not over: nobody is in it, so nothing is asked.
    host.wait(page="ended", met_here=0)
    host.close()
    assert host.process.wait(30) == 0


def test_a_yes_closes_the_application_out_of_the_call(host):
    host.close()
    host.click("close-parley-ok")
    assert host.process.wait(30) == 0


def test_a_signal_ends_the_application_in_a_call_without_a_question(host):
    host.process.send_signal(signal.SIGTERM)
    assert host.process.wait(30) == 0


def test_a_member_leaves_by_closing_and_the_meeting_goes_on(tmp_path):
    server = Server(tmp_path / "server")
    ada, grace = (Client(tmp_path / name, "--server", server.url, *FILES, name=name) for name in ("ada", "grace"))
    try:
        meet(ada, grace)
        grace.close()
        grace.wait(visible="close-parley-dialog")
        grace.click("close-parley-ok")
        assert grace.process.wait(30) == 0
        assert ada.report()["call_phase"] == "in"
        ada.wait(enabled="leave")
    finally:
        for one in (ada, grace, server):
            one.stop()
