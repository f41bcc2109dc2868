"""The client's process on a desktop of the test's own: links that others open, notifications, the keyring."""

import contextlib
import queue
import re
import shlex
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.fakes.private_bus import NotificationService, keyring_daemon, private_bus
from tests.steering import PASSWORD, ROOT, SLOW_TO_LOAD, SMALL_EAR, Client, Server, loaded, share_a_room, sign_up

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="this desktop is Linux's"),
]

DEMO = ROOT / "resources" / "demo"
SHORT_KNOCK = """
    import sys
    import app.effects.notify
    app.effects.notify.KNOCK_EVERY_S = 0.5
    from app.start import main
    sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def desktop(tmp_path):
    """The environment of a session of its own."""
    (tmp_path / "session").mkdir()
    with private_bus(tmp_path / "session") as environment:
        environment["QT_QPA_PLATFORM"] = "offscreen"
        yield environment


@pytest.fixture
def running(tmp_path):
    """Ends the processes that a test made, whatever happens."""
    with contextlib.ExitStack() as stack:

        def run(process):
            stack.callback(process.stop)
            return process

        yield run


def opened_by_the_desktop(environment, link):
    """Does what xdg-open does with a link; returns the exit code of what it starts, and what that loaded."""
    data, config = environment["XDG_DATA_HOME"], environment["XDG_CONFIG_HOME"]
    defaults = Path(config, "mimeapps.list").read_text(encoding="utf-8")
    entry = re.search(r"^x-scheme-handler/parley=(.+)$", defaults, re.MULTILINE).group(1)
    text = Path(data, "applications", entry).read_text(encoding="utf-8")
    line = re.search(r"^Exec=(.+)$", text, re.MULTILINE).group(1)
    command = [link if word == "%u" else word.replace("%%", "%") for word in shlex.split(line.replace("\\\\", "\\"))]
    if not link:
        command.remove("")
    environment = {**environment, "PYTHONPROFILEIMPORTTIME": "1"}
    done = subprocess.run(
        command, env=environment, cwd="/", timeout=60, check=False, stderr=subprocess.PIPE, text=True
    )  # fmt: skip
    return done.returncode, loaded(done.stderr)


def registered(environment, client, limit_s=20.0):
    """Waits until a client has registered itself, which comes after the window; its answers are the pauses."""
    end_s = time.monotonic() + limit_s
    while not Path(environment["XDG_CONFIG_HOME"], "mimeapps.list").exists():
        assert time.monotonic() < end_s, "not registered"
        client.report()


@pytest.mark.parametrize("is_broken", [True, False])
def test_r25_a_desktop_that_cannot_be_written_to_is_only_logged(tmp_path, desktop, running, is_broken):
    server = running(Server(tmp_path / "server"))
    if is_broken:
        Path(desktop["XDG_CONFIG_HOME"]).rmdir()
        Path(desktop["XDG_CONFIG_HOME"]).write_text("no folder")
    start = ["main.py", "--server", server.url]
    client = running(Client(None, start=start, environment=desktop, log=tmp_path / "client.log"))
    client.wait(page="sign_in")
    assert client.quit() == 0
    log = next(Path(desktop["XDG_DATA_HOME"]).rglob("parley.log")).read_text(encoding="utf-8")
    assert ("links are not registered" in log) == is_broken
    assert client.log.read_text(encoding="utf-8").count("Traceback") == 0


def start_a_meeting(host, *switches):
    """A room and a meeting in it; returns the meeting's link."""
    host.click("first-room")
    host.type("room-name-field", "Logo")
    host.click("room-name-field-ok", "camera-button", "menu-video-meeting", "terms-continue", *switches, "prejoin-join")
    host.wait(call_phase="in")
    return host.report()["link_to_meeting"]


def test_r25_a_link_that_the_desktop_opens_comes_to_the_window_that_is_open(tmp_path, desktop, running):
    server = running(Server(tmp_path / "server"))
    host = running(Client(tmp_path / "host", "--server", server.url, environment=desktop))
    sign_up(host, "Ada")
    client = running(Client(None, start=["main.py"], environment=desktop, log=tmp_path / "client.log"))
    client.wait(page="sign_in")
    link = start_a_meeting(host)
    registered(desktop, client)
    assert not list(Path(desktop["HOME"]).iterdir())
    code, modules = opened_by_the_desktop(desktop, "")
    assert code == 0
    assert SLOW_TO_LOAD.isdisjoint(modules)
    code, _ = opened_by_the_desktop(desktop, "parley" + link[link.index(":") :])
    assert code == 0
    client.wait(visible="link-question-go")
    assert client.read("link-server") == f"127.0.0.1:{server.port}"
    client.click("link-question-go", "terms-continue")
    client.wait(page="prejoin", visible="guest-name")


@pytest.mark.parametrize("options", [("--no-registration",), ("--data", "profile")])
def test_r25_who_does_not_want_it_is_not_registered(tmp_path, desktop, running, options):
    server = running(Server(tmp_path / "server"))
    options = [str(tmp_path / one) if one == "profile" else one for one in options]
    start = ["main.py", *options, "--server", server.url]
    client = running(Client(None, start=start, environment=desktop, log=tmp_path / "client.log"))
    client.wait(page="sign_in")
    # It waits for all that belongs to the start.
    assert client.quit() == 0
    assert not list(Path(desktop["XDG_CONFIG_HOME"]).iterdir())
    assert not (Path(desktop["XDG_DATA_HOME"]) / "applications").exists()


def knock(guest, link, name):
    guest.type("guest-link", link)
    guest.click("guest-join")
    guest.wait(page="prejoin")
    if guest.report()["asks_terms"]:
        guest.click("terms-continue")
    guest.type("guest-name", name)
    guest.click("prejoin-join")
    guest.wait(call_phase="waiting")


def test_r82_the_desktop_says_that_somebody_knocks_and_says_it_again_while_he_waits(tmp_path, desktop, running):
    server = running(Server(tmp_path / "server"))
    start = ["-c", textwrap.dedent(SHORT_KNOCK), "--data", tmp_path / "host", "--server", server.url]
    host = running(Client(None, start=start, environment=desktop, log=tmp_path / "host.log"))
    sign_up(host, "Ada")
    link = start_a_meeting(host)
    service = NotificationService(desktop["DBUS_SESSION_BUS_ADDRESS"])
    try:
        guest = running(Client(tmp_path / "guest", "--server", server.url, environment=desktop))
        guest.wait(page="sign_in")
        # While the call is in front, the window itself says it, and no note is shown.
        knock(guest, link, "Bo")
        host.wait(visible="toast-admit")
        guest.click("waiting-cancel")
        host.wait(gone="toast-admit")
        host.click("show-rooms-in-call")
        knock(guest, link, "Alan <b>")
        first, again = service.shown.get(timeout=20), service.shown.get(timeout=20)
        assert (first["title"], first["words"]) == ("Someone is waiting", "Alan &lt;b&gt; asks to join the meeting.")
        assert again["title"] == "Someone is still waiting"
        assert host.report()["page"] == "rooms"
        service.click(again["number"])
        host.wait(page="call")
        host.click("toast-admit")
        guest.wait(call_phase="in")
    finally:
        service.close()


def test_r56_a_recap_rings_once_however_many_devices_one_has_and_a_click_opens_it(tmp_path, running):
    server = running(Server(tmp_path / "server", *SMALL_EAR))
    files = ("--fake-camera", DEMO / "clara.webm", "--fake-microphone", DEMO / "clara.opus")
    with contextlib.ExitStack() as stack:
        buses = []
        for name in ("host", "one", "other"):
            (tmp_path / f"session-{name}").mkdir()
            environment = stack.enter_context(private_bus(tmp_path / f"session-{name}"))
            buses.append({**environment, "QT_QPA_PLATFORM": "offscreen"})
        shown = queue.Queue()
        services = [NotificationService(one["DBUS_SESSION_BUS_ADDRESS"], shown=shown) for one in buses[1:]]
        for service in services:
            stack.callback(service.close)
        host, one, other = (
            running(Client(tmp_path / name, "--server", server.url, *files, environment=environment, name=name))
            for name, environment in zip(("host", "one", "other"), buses, strict=True)
        )
        sign_up(host, "Ada")
        sign_up(one, "Grace")
        sign_in(other, "Grace")
        share_a_room(host, one, "Logo")
        host.click("camera-button", "menu-video-meeting", "terms-continue", "record-switch", "prejoin-join")
        host.wait(call_phase="in", recording=True, painted="own")
        host.click("leave", "menu-leave")
        for device in (one, other):
            device.wait(news=1, limit_s=60)
        note = shown.get(timeout=20)
        assert note["title"] == "The recap is ready"
        [(client, service)] = [pair for pair in zip((one, other), services, strict=True) if pair[1].count]
        service.click(note["number"])
        client.wait(page="recap", recap="ready")
        # It has been seen, so the note goes.
        assert service.closed.get(timeout=10) == note["number"]
        assert [one.count for one in services].count(1) == 1
        assert shown.empty()


def sign_in(client, name):
    client.wait(place="sign_in")
    for field, text in (("email", f"{name.lower()}@example.com"), ("password", PASSWORD)):
        client.type(f"sign-in-{field}", text)
    client.click("sign-in-go")
    client.wait(place="rooms")


def test_a_sign_in_is_kept_in_the_keyring_over_a_restart_and_nowhere_else(tmp_path, desktop, running):
    server = running(Server(tmp_path / "server"))
    with keyring_daemon(desktop, tmp_path / "session"):
        client = Client(tmp_path / "profile", "--server", server.url, environment=desktop)
        sign_up(client, "Ada")
        assert client.quit() == 0
        client = running(Client(tmp_path / "profile", "--server", server.url, environment=desktop))
        client.wait(place="rooms")
        assert client.report()["notices"] == []


def test_without_a_keyring_one_is_told_and_signs_in_again(tmp_path, desktop, running):
    server = running(Server(tmp_path / "server"))
    client = Client(tmp_path / "profile", "--server", server.url, environment=desktop)
    sign_up(client, "Ada")
    assert client.quit() == 0
    client = running(Client(tmp_path / "profile", "--server", server.url, environment=desktop))
    client.wait(page="sign_in", visible="keyring-words")
    assert "until you close Parley" in client.read("keyring-words")
