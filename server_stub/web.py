"""The doors: the websocket, the page of an invitation, the files of a recap, and a sign of life."""

from __future__ import annotations

import asyncio
import contextlib
import html
import logging
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from app import __version__
from app.wire.codec import MAX_ASK_BYTES
from server_stub import links, recaps
from server_stub.backend import Backend
from server_stub.config import ServerSettings
from server_stub.errors import Refusal
from server_stub.session import Gone, Session
from server_stub.storage import accounts as accounts_table

log = logging.getLogger(__name__)
#: What is overridden or read of uvicorn beyond its public face: module, dotted name inside it.
SEAMS: tuple[tuple[str, str], ...] = (
    ("uvicorn.protocols.http.h11_impl", "H11Protocol.connection_made"),
    ("uvicorn.protocols.websockets.websockets_sansio_impl", "WebSocketsSansIOProtocol.pause_writing"),
    ("uvicorn.protocols.websockets.websockets_sansio_impl", "WebSocketsSansIOProtocol.resume_writing"),
    ("uvicorn.protocols.websockets.websockets_sansio_impl", "WebSocketsSansIOProtocol.connection_lost"),
    ("uvicorn.server", "Server.capture_signals"),
    ("uvicorn.server", "Server.main_loop"),
    ("uvicorn.server", "Server.on_tick"),
    ("uvicorn.server", "Server.shutdown"),
    ("uvicorn.server", "ServerState"),
)
SECRET_HEADER = "X-Parley-Secret"
#: Files of a recap that are served besides those that the recap names.
TEXTS = ("recap.md", "transcript.vtt")
#: What a browser may do with our few pages: show them.
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
#: Seconds that connections get to say goodbye.
CLOSE_WITHIN_S = 3.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SocketPipe:
    """A websocket as a session sees it."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket

    async def receive(self) -> str | bytes:
        """The next message."""
        message = await self._websocket.receive()
        if message["type"] != "websocket.receive":
            raise Gone
        text: str | bytes | None = message.get("text")
        return text if text is not None else message.get("bytes") or b""

    async def send(self, text: str) -> None:
        """Sends a message."""
        try:
            await self._websocket.send_text(text)
        except (WebSocketDisconnect, RuntimeError) as error:
            raise Gone from error

    async def close(self, code: int, words: str) -> None:
        """Closes the socket."""
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self._websocket.close(code, words)


class HurriedProtocol(H11Protocol):
    """Cuts a client off that connects and asks for nothing: it would hold a file descriptor for as long as it likes."""

    #: Seconds for the head of the first request.
    patience_s = 10.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there."""
        super().connection_made(transport)
        asyncio.get_running_loop().call_later(self.patience_s, self._look)

    def _look(self) -> None:
        if not self.cycle and self.transport.get_protocol() is self:
            self.transport.abort()


class ImpatientProtocol(WebSocketsSansIOProtocol):
    """Cuts a client off that takes nothing from its socket: it would hold its buffers for as long as it likes."""

    #: Seconds.
    patience_s = 15.0
    _cut: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """The client does not take what we send."""
        super().pause_writing()
        # Each ping would be answered into the buffer that nobody empties.
        self.transport.pause_reading()
        if self._cut is None:
            self._cut = asyncio.get_running_loop().call_later(self.patience_s, self.transport.abort)

    def resume_writing(self) -> None:
        """It does again."""
        super().resume_writing()
        if not self.read_paused:
            self.transport.resume_reading()
        self._calm()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self._calm()
        super().connection_lost(exc)

    def _calm(self) -> None:
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None


class Gatekeeper:
    """Refuses connections that web pages of others made, and on an embedded server all without its secret."""

    def __init__(self, app: ASGIApp, settings: ServerSettings, port: Callable[[], int]) -> None:
        self._app = app
        self._settings = settings
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a connection through or answers it with 403."""
        if scope["type"] in ("http", "websocket") and not self._is_ours(HTTPConnection(scope)):
            if scope["type"] == "websocket":
                await receive()
            refusal: Response = PlainTextResponse("This server does not accept this connection.", 403)
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_ours(self, connection: HTTPConnection) -> bool:
        host = connection.headers.get("host", "")
        origin = connection.headers.get("origin")
        if origin is not None and origin not in (f"http://{host}", f"https://{host}"):
            return False
        if self._settings.is_embedded or self._settings.host in _LOOPBACK:
            # Another name for 127.0.0.1 may be a page that had its own name point here.
            port = self._port()
            names = {f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"}
            if host not in names and not self._settings.public_url:
                return False
        if self._settings.is_embedded:
            return links.same(connection.headers.get(SECRET_HEADER, ""), self._settings.secret)
        return True


class Doors:
    """The HTTP and websocket server of a backend; `open` gives its port, `close` ends every connection."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._settings = backend.settings
        self._task: asyncio.Task[None] | None = None
        self.port = 0
        routes = [
            WebSocketRoute("/ws", self._talk),
            Route("/recap/{recording}/{file}", self._give_file, methods=["GET"]),
            Route("/j/{code}", self._show_invitation, methods=["GET"]),
            Route("/healthz", self._show_health, methods=["GET"]),
        ]
        app = Gatekeeper(Starlette(routes=routes), self._settings, lambda: self.port)
        limits = self._settings.connection
        self._server = _QuietServer(
            uvicorn.Config(
                app,
                http=HurriedProtocol,
                ws=ImpatientProtocol,
                # A little more than a message may have, so that a message that is too long is refused in words.
                ws_max_size=2 * MAX_ASK_BYTES,
                ws_ping_interval=limits.ping_every_s,
                ws_ping_timeout=limits.pong_within_s,
                ws_per_message_deflate=False,
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
            )
        )

    @property
    def connections(self) -> tuple[object, ...]:
        """Every connection that is open now, as uvicorn sees it."""
        return tuple(self._server.server_state.connections)

    async def open(self) -> int:
        """Listens, and returns the port.

        Raises:
            OSError: the address is taken or not ours.
        """
        listener = _listen(self._settings.host, self._settings.port)
        self.port = int(listener.getsockname()[1])
        if not self._settings.public_url:
            self._backend.base_url = f"http://{_in_url(self._settings.host)}:{self.port}"
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]), name="doors")
        while not self._server.started:
            done, _ = await asyncio.wait({self._task}, timeout=0.005)
            if done:
                self._task.result()
                raise OSError("the web server did not start")
        return self.port

    async def close(self) -> None:
        """Closes every connection and stops listening."""
        self._server.should_exit = True
        self._server.stopping.set()
        if self._task:
            await self._task

    async def _talk(self, websocket: WebSocket) -> None:
        await websocket.accept()
        address = websocket.client.host if websocket.client else ""
        session = Session(SocketPipe(websocket), address, self._settings.connection)
        self._backend.connected(session)
        try:
            await session.run(self._backend)
        finally:
            self._backend.disconnected(session)

    async def _give_file(self, request: Request) -> Response:
        """A file of a recap, for who is a member of its room at this moment."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        mark = links.fingerprint(token)
        account = await self._backend.store.do(lambda connection: accounts_table.find_by_token(connection, mark))
        if scheme.lower() != "bearer" or account is None:
            return PlainTextResponse("Please sign in.", 401)
        recording, name = request.path_params["recording"], request.path_params["file"]
        try:
            await recaps.check_reader(self._backend, account.id, recording)
        except Refusal as refusal:
            return PlainTextResponse(refusal.words, 404)
        recap = await recaps.read(self._backend, recording)
        named = {*TEXTS, recap.video, recap.reel.file if recap.reel else None} if recap else set()
        path = recaps.folder_of(self._backend, recording) / "recap" / name
        if name not in named or not await asyncio.to_thread(path.is_file):
            return PlainTextResponse("There is no such file.", 404)
        return FileResponse(path, headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})

    async def _show_invitation(self, request: Request) -> Response:
        """A page that says how to open an invitation; it tells nothing about the meeting."""
        address = html.escape(links.address(self._backend.base_url, request.path_params["code"]))
        return HTMLResponse(_PAGE.format(address=address), headers=_PAGE_HEADERS)

    async def _show_health(self, request: Request) -> Response:
        return PlainTextResponse(f"ok {__version__}")


class _QuietServer(uvicorn.Server):
    """Leaves the signals of the process to its owner, and sleeps while nothing happens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stopping = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def main_loop(self) -> None:
        # Ours wakes once a second for the Date header, not ten times, and ends without delay.
        while not await self.on_tick(0):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), 1.0)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        # Each connection's task ends by itself once its client is told; the rest is cut off.
        if tasks := set(self.server_state.tasks):
            _, late = await asyncio.wait(tasks, timeout=CLOSE_WITHIN_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(512)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def _in_url(host: str) -> str:
    if host in ("", "0.0.0.0", "::"):
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Parley: you are invited to a meeting</title>
<style>
body {{ font: 17px/1.6 system-ui, sans-serif; max-width: 34em; margin: 12vh auto; padding: 0 1.5em; color: #1d2433 }}
code {{ display: block; padding: .8em 1em; background: #eef1f6; border-radius: 8px; overflow-wrap: anywhere }}
</style></head><body>
<h1>You are invited to a meeting</h1>
<p>Meetings of Parley take place in the Parley application. Open it, choose <b>Join with a link</b>, and paste:</p>
<code>{address}</code>
<p>The application asks for your name and shows you your camera first. The host then lets you in.</p>
</body></html>
"""
