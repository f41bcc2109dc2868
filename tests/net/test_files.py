"""Recap files over HTTP, from a server that gives, refuses, breaks off and is not there."""

import asyncio
import contextlib
import os
import stat
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from app.net import pins
from app.net.files import FileError, RecapFiles
from app.wire.links import ServerAddress
from tests.fakes.tls import DAY, NOW, Made, authority

CONTENT = bytes(range(256)) * 1000


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append((self.path, self.headers["Authorization"]))
        status = self.server.status
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.server.elsewhere)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        self.wfile.write(CONTENT[:100] if self.server.breaks_off else CONTENT)

    def log_message(self, *words):
        pass


@contextlib.contextmanager
def serving(tls=None):
    """A server of files; with TLS when a certificate is given."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None
    if tls:
        server.socket = tls.context().wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.seen, server.status, server.breaks_off, server.elsewhere = [], 200, False, ""
    server.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server():
    with serving() as one:
        yield one


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


def test_of_a_recording_that_was_deleted_the_copy_goes_and_others_stay(server, tmp_path):
    files = RecapFiles(tmp_path)
    path = fetch(files, server)
    other = path.parent.parent / "m2" / path.name
    other.parent.mkdir()
    other.write_bytes(b"x")
    files.forget("m1")
    assert (path.parent.exists(), other.exists()) == (False, True)
    files.forget("m3")
    assert other.exists()


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "Only members"), (403, "Only members"), (404, "no longer"), (410, "no longer"), (500, "could not send")],
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
    with pytest.raises(FileError, match="invalid file"):
        fetch(RecapFiles(tmp_path), server, file=file)
    assert not server.seen


@pytest.mark.logs_warnings
def test_a_disk_that_takes_nothing_is_said(server, tmp_path):
    (tmp_path / "recap-cache").write_text("in the way")
    with pytest.raises(FileError, match="disk"):
        fetch(RecapFiles(tmp_path), server)


@pytest.fixture
def knows_no_server(monkeypatch):
    monkeypatch.setattr(pins, "_known", {})


@pytest.mark.usefixtures("knows_no_server")
def test_a_file_comes_from_the_server_with_the_pin_and_from_no_other(tmp_path):
    made, other = Made(tmp_path, "one"), Made(tmp_path, "other")
    headers = {"Authorization": "Bearer t"}
    with serving(made) as right, serving(other) as wrong:
        for server in (right, wrong):
            address = ServerAddress(f"127.0.0.1:{server.server_port}", True, made.pin)
            fetching = RecapFiles(tmp_path).fetch(address, headers, meeting="m", file="f.md")
            if server is wrong:
                with pytest.raises(FileError, match="not the one that the link was made for"):
                    asyncio.run(fetching)
            else:
                assert asyncio.run(fetching).read_bytes() == CONTENT
                by_text = RecapFiles(tmp_path).fetch(address.text, headers, meeting="m", file="g.md")
                assert asyncio.run(by_text).read_bytes() == CONTENT
        assert not wrong.seen
        assert len(right.seen) == 2


def test_a_file_does_not_come_from_a_server_that_nobody_vouches_for(tmp_path, monkeypatch):
    signer = authority(tmp_path)
    with serving(Made(tmp_path)) as server:
        with pytest.raises(FileError, match="Nobody that this computer trusts vouches"):
            fetch(RecapFiles(tmp_path), server)
        assert not server.seen
    monkeypatch.setenv("SSL_CERT_FILE", str(signer.chain))
    with serving(Made(tmp_path, by=signer, since=NOW - 3 * DAY, until=NOW - DAY)) as server:
        with pytest.raises(FileError, match="has expired"):
            fetch(RecapFiles(tmp_path), server)
        assert not server.seen
    with serving(Made(tmp_path, by=signer)) as server:
        assert fetch(RecapFiles(tmp_path), server).read_bytes() == CONTENT


def test_a_redirect_takes_our_headers_nowhere(server, tmp_path):
    with serving() as other:
        server.status, server.elsewhere = 302, other.url + "/recap/m1/reel.mp4"
        with pytest.raises(FileError, match="could not send"):
            fetch(RecapFiles(tmp_path), server)
        assert not other.seen


@pytest.mark.parametrize("address", ["http://192.0.2.9:8440", "nothing at all", "https://192.0.2.9/path"])
def test_a_server_that_cannot_be_asked_safely_is_not_asked(tmp_path, address):
    with pytest.raises(FileError, match=r"\."):
        asyncio.run(RecapFiles(tmp_path).fetch(address, {}, meeting="m", file="f"))


def test_a_pinned_server_that_is_not_there_is_said(tmp_path):
    address = ServerAddress("127.0.0.1:1", True, "B" * 43)
    with pytest.raises(FileError, match="cannot be reached"):
        asyncio.run(RecapFiles(tmp_path).fetch(address, {}, meeting="m", file="f"))
