"""The whole program as a process: window, embedded server, a second start on the same data, kill -9, the roles."""

import contextlib
import os
import select
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from app.shell.options import read_options
from app.wire.links import NO_LINK
from tests.steering import ROOT, SLOW_TO_LOAD, Client, Server, has_display, loaded

pytestmark = pytest.mark.processes

OTHER_SERVER = "parley://127.0.0.1:1/j/abcdefghijklmnopqrstuv"


def child_of(pid):
    """The id of a process's first child, from Linux's own tables."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            if int(stat.read_text().rsplit(")", 1)[1].split()[1]) == pid:
                return int(stat.parent.name)
    raise AssertionError(f"{pid} has no child")


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux to watch a process that is not a child")
def test_it_opens_with_a_server_of_its_own_which_ends_with_it(tmp_path):
    client = Client(tmp_path / "profile", "--theme", "dark")
    try:
        client.wait(page="sign_in")
        assert client.report()["link"] == "online"
        assert 0 < client.report()["first_paint_s"] - client.started_at < 10
        child = child_of(client.pid)
        with os.fdopen(os.pidfd_open(child)) as handle:
            client.kill()
            assert select.select([handle], [], [], 10)[0], "the embedded server outlived its client"
    finally:
        client.stop()
    log = (tmp_path / "profile" / "logs" / "parley.log").read_text(encoding="utf-8")
    assert "Traceback" not in log


def test_it_ends_in_good_order_when_asked_to(tmp_path):
    client = Client(tmp_path / "profile", "--server", "http://127.0.0.1:9")
    client.wait(page="starting")
    assert client.stop() == 0


def start_again(data, *options):
    """A second start on the same data: its exit code, and what it loaded for that."""
    command = [sys.executable, "main.py", "--data", str(data), *options]
    environment = {**os.environ, **({} if has_display() else {"QT_QPA_PLATFORM": "offscreen"})}
    environment["PYTHONPROFILEIMPORTTIME"] = "1"
    done = subprocess.run(
        command, cwd=ROOT, env=environment, timeout=60, check=False, stderr=subprocess.PIPE, text=True
    )  # fmt: skip
    return done.returncode, loaded(done.stderr)


def test_r25_a_second_start_gives_its_link_to_the_first_window_and_ends(tmp_path):
    client = Client(tmp_path / "profile", "--server", "http://127.0.0.1:9")
    try:
        client.wait(first_paint=True)
        code, modules = start_again(tmp_path / "profile", OTHER_SERVER)
        assert code == 0
        assert SLOW_TO_LOAD.isdisjoint(modules), "it is there at once: what a meeting needs is not loaded for it"
        client.wait(visible="link-question-go")
        assert client.read("link-server") == "127.0.0.1:1"
        client.click("link-question-cancel")
        client.wait(gone="link-question-go")
        # Only wants to be seen.
        assert start_again(tmp_path / "profile")[0] == 0
        assert client.report()["notices"] == []
    finally:
        assert client.quit() == 0


@pytest.mark.parametrize(
    "link",
    ["parley://127.0.0.1:1/j/" + "a" * 200, "parley://a b --server c", "x" * 9000],
    ids=["too long", "more than a link", "far too long"],
)
def test_r25_what_is_no_link_is_refused_in_words(tmp_path, link):
    client = Client(tmp_path / "profile", "--server", "http://127.0.0.1:9")
    try:
        client.wait(first_paint=True)
        assert start_again(tmp_path / "profile", f"--link={link}")[0] == 0
        client.wait(told=NO_LINK)
        assert client.report()["notices"] == [NO_LINK]
    finally:
        assert client.quit() == 0


@pytest.mark.parametrize(
    ("argv", "link"),
    [
        ([OTHER_SERVER], OTHER_SERVER),
        (["--theme", "dark", OTHER_SERVER], OTHER_SERVER),
        (["--theme", "dark", "--link", OTHER_SERVER], OTHER_SERVER),
        (["--link", OTHER_SERVER], OTHER_SERVER),
        (["--link"], ""),
        (["--link", "parley://a", "--fake-speaker", "/etc/file"], "parley://a --fake-speaker /etc/file"),
    ],
)
def test_r25_a_link_is_taken_in_each_way_and_one_from_a_desktop_adds_no_option(argv, link):
    options = read_options(argv)
    assert options.link == link
    assert options.rehearsal is None


def test_r25_a_link_that_macos_sends_as_an_event_is_opened(tmp_path):
    code = f"""
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QFileOpenEvent
        from app.shell.single_instance import LinkApplication
        qt = LinkApplication([])
        qt.link_opened.connect(print)
        for url in (QUrl({OTHER_SERVER!r}), QUrl.fromLocalFile("/etc/hosts")):
            qt.sendEvent(qt, QFileOpenEvent(url))
    """
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert done.stdout.split() == [OTHER_SERVER]


def test_r25_a_link_at_the_start_names_its_server_before_anything_is_sent_there(tmp_path):
    home = Server(tmp_path / "home")
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.setblocking(False)
        link = f"parley://127.0.0.1:{elsewhere.getsockname()[1]}/j/abcdefghijklmnopqrstuv"
        client = Client(tmp_path / "profile", "--server", home.url, "--link", link)
        try:
            client.wait(visible="link-server")
            with pytest.raises(BlockingIOError):
                elsewhere.accept()
            client.click("link-question-go")
            elsewhere.settimeout(10)
            elsewhere.accept()[0].close()
        finally:
            assert client.quit() == 0
            home.stop()


@pytest.mark.parametrize(("options", "is_rehearsed"), [((), False), (("--fake-speaker", "heard.wav"), True)])
def test_a_start_loads_nothing_that_only_a_rehearsal_needs(tmp_path, options, is_rehearsed):
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPROFILEIMPORTTIME": "1"}
        command = [sys.executable, "main.py", "--data", str(tmp_path / "profile"), "--server", address, *options]
        client = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
        try:
            # It knocks at its server once all that belongs to a start has been loaded.
            server.accept()[0].close()
        finally:
            client.terminate()
            _, errors = client.communicate(timeout=30)
    assert client.returncode == 0
    modules = loaded(errors)
    assert "app.effects.context" in modules
    assert any(one.split(".")[:2] == ["app", "rehearsal"] for one in modules) == is_rehearsed


def test_an_address_that_is_none_is_said(tmp_path):
    client = Client(tmp_path / "profile", "--server", "ftp://nowhere")
    try:
        client.wait(link="refused")
    finally:
        assert client.quit() == 0


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--version"], 0, "Parley 0."),
        (["--help"], 0, "--fake-camera"),
        (["--role", "server", "--help"], 0, "The Parley server"),
        (["--role", "cook"], 2, "There is no role 'cook'"),
    ],
)
def test_one_entry_for_all_roles(options, code, words):
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "main.py", *options], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert words in done.stdout + done.stderr
