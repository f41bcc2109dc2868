"""Recap files over HTTP, from a server that gives, refuses, breaks off and is not there."""

import asyncio
import os
import stat
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.net.files import FileError, RecapFiles

CONTENT = bytes(range(256)) * 1000


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append((self.path, self.headers["Authorization"]))
        status = self.server.status
        self.send_response(status)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[:100] if self.server.breaks_off else CONTENT)

    def log_message(self, *words):
        pass


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.seen, server.status, server.breaks_off = [], 200, False
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def fetch(files, server, *, meeting="m1", file="reel.mp4", token="t"):
    headers = {"Authorization": f"Bearer {token}"}
    return asyncio.run(files.fetch(server.url, headers, meeting=meeting, file=file))


def test_a_file_is_fetched_once_and_only_for_this_user(server, tmp_path):
    files = RecapFiles(tmp_path)
    path = fetch(files, server)
    assert path.read_bytes() == CONTENT
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert fetch(files, server) == path
    assert server.seen == [("/recap/m1/reel.mp4", "Bearer t")]


def test_another_sign_in_does_not_read_what_the_first_one_fetched(server, tmp_path):
    files = RecapFiles(tmp_path)
    assert fetch(files, server) != fetch(files, server, token="other")
    assert len(server.seen) == 2


def test_signing_out_deletes_the_cache(server, tmp_path):
    files = RecapFiles(tmp_path)
    path = fetch(files, server)
    files.forget()
    assert not path.exists()
    assert not list((tmp_path / "recap-cache").iterdir())


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "Only members"), (403, "Only members"), (404, "no longer"), (410, "no longer"), (500, "could not hand out")],
)
def test_a_refusal_is_said_in_words_and_leaves_nothing(server, tmp_path, status, words):
    server.status = status
    with pytest.raises(FileError, match=words):
        fetch(RecapFiles(tmp_path), server)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_file_that_breaks_off_is_not_taken_for_whole(server, tmp_path):
    server.breaks_off = True
    with pytest.raises(FileError, match="cannot be reached"):
        fetch(RecapFiles(tmp_path), server)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_server_that_is_not_there_is_said(tmp_path):
    with pytest.raises(FileError, match="cannot be reached"):
        asyncio.run(RecapFiles(tmp_path).fetch("http://127.0.0.1:1", {}, meeting="m", file="f"))


@pytest.mark.parametrize("file", ["", "../secret", "a/b", "a.b.c", "..", "x" * 100, ".hidden"])
def test_names_that_lead_elsewhere_are_refused(server, tmp_path, file):
    with pytest.raises(FileError, match="cannot be right"):
        fetch(RecapFiles(tmp_path), server, file=file)
    assert not server.seen


@pytest.mark.logs_warnings
def test_a_disk_that_takes_nothing_is_said(server, tmp_path):
    (tmp_path / "recap-cache").write_text("in the way")
    with pytest.raises(FileError, match="disk"):
        fetch(RecapFiles(tmp_path), server)
