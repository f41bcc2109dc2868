"""The whole program as a process: window, embedded server, a second window on the same data, kill -9, the roles."""

import contextlib
import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.steering import ROOT, Client


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
        second = Client(tmp_path / "profile", log=tmp_path / "second.log")
        try:
            second.wait(link="refused")
            assert second.report()["page"] == "starting"
        finally:
            assert second.quit() == 0
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
