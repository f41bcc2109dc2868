"""What somebody does on the first day: the real server, real processes with windows, every step a click."""

import os
import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from tests.steering import ROOT, SMALL_EAR, Client, Server, has_display, sign_up

pytestmark = pytest.mark.processes

DEMO = ROOT / "resources" / "demo"


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path / "server", *SMALL_EAR)
    yield server
    server.stop()


@pytest.fixture
def people(tmp_path, server):
    """Makes people's windows, with the demo's pictures and voices, and closes them."""
    open_windows = []

    def enter(name, *options, who="clara"):
        files = ("--fake-camera", DEMO / f"{who}.webm", "--fake-microphone", DEMO / f"{who}.opus")
        heard = ("--fake-speaker", tmp_path / f"{name}.wav")
        open_windows.append(Client(tmp_path / name, *files, *heard, *options, name=name))
        return open_windows[-1]

    yield enter
    for window in open_windows:
        window.quit()


def make_a_room(client, title):
    client.click("first-room")
    client.type("room-name-field", title)
    client.click("room-name-field-ok")
    client.wait(visible="room-composer")


def open_link_from_elsewhere(data, link):
    """What a browser does: starts the program again, with the link."""
    shown = {} if has_display() else {"QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "main.py", "--data", str(data), link]
    assert subprocess.run(command, cwd=ROOT, env={**os.environ, **shown}, timeout=30, check=False).returncode == 0


def test_r6_an_instant_meeting_goes_from_the_room_by_the_page_before_it_into_the_call(server, people):
    ada = people("ada", "--server", server.url)
    sign_up(ada, "Ada")
    make_a_room(ada, "Logo")
    ada.click("camera-button", "menu-video-meeting")
    ada.wait(page="prejoin", visible="terms-dialog")
    ada.click("terms-continue")
    ada.wait(page="prejoin", painted="own", enabled="prejoin-join")
    ada.click("prejoin-join")
    ada.wait(page="call", call_phase="in", people=1)
    assert ada.report()["is_host"]


def test_r20_r25_r37_r58_a_new_user_plans_a_meeting_and_reads_its_recap(tmp_path, server, people):
    ada = people("ada", "--server", server.url)
    sign_up(ada, "Ada")
    make_a_room(ada, "Website")
    plan(ada, "First talk", datetime.now() + timedelta(minutes=5))

    ada.click("join-planned")
    ada.wait(page="prejoin", visible="terms-dialog")
    ada.click("terms-continue", "record-switch", "prejoin-join")
    ada.wait(page="call", recording=True)
    link = ada.report()["link_to_meeting"]

    # A guest: no account here, only a Parley that was opened a moment ago, with a server of its own.
    alan = people("alan", who="felix")
    alan.wait(page="sign_in")
    open_link_from_elsewhere(tmp_path / "alan", link)
    alan.wait(visible="link-question-go")
    assert alan.read("link-server") == f"127.0.0.1:{server.port}"
    alan.click("link-question-go", "terms-continue")
    alan.type("guest-name", "Alan")
    alan.click("notice-read", "prejoin-join")
    alan.wait(page="waiting")
    assert (alan.report()["people"], alan.report()["tiles"]) == (0, {})
    ada.wait(waiting=1)
    ada.click("toast-admit")
    for one in (ada, alan):
        one.wait(page="call", people=2, painted="*", recording=True)

    alan.click("leave")
    alan.wait(page="ended")
    ada.wait(waiting=0)
    ada.click("leave", "menu-leave")
    ada.wait(page="recap", recap="ready", limit_s=60)
    assert ada.read("recap-title") == "First talk"
    ada.click("recap-back", "open-recap-newest")
    ada.wait(page="recap", recap="ready")
    # The guest is told nothing of it, and goes home to a server that knows nothing of the meeting.
    assert alan.report()["page"] == "ended"
    alan.click("close-call")
    alan.wait(page="sign_in", gone="go-home")


def plan(client, title, when):
    """Schedules by the dialog behind the calendar icon."""
    client.click("calendar-button")
    client.type("schedule-title", title)
    for field in ("schedule-date", "schedule-time"):
        client.type(field, when.isoformat(timespec="seconds"))
    client.click("schedule-ok")
    client.wait(gone="schedule-dialog", visible="join-planned")
