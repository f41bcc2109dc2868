"""The HTTP and websocket server: the websocket, invitation pages, recap files, and a health check."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket

from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from app import __version__
from app.wire.links import is_loopback
from server_stub.account import sign_ins
from server_stub.after import recaps
from server_stub.doors import certificates, listening, reach
from server_stub.doors.certificates import Certificate
from server_stub.doors.gatekeeper import Gatekeeper
from server_stub.doors.outside import Outside
from server_stub.doors.pages import InvitationPage
from server_stub.errors import Refusal, ServerError
from server_stub.kernel.config import ServerSettings
from server_stub.kernel.context import Server
from server_stub.kernel.session import Gone, Session

log = logging.getLogger(__name__)
#: Files of a recap that are served besides those that the recap names.
TEXTS = ("recap.md", "transcript.vtt")


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


class Doors:
    """The HTTP and websocket way to a server; `open` gives its port, `close` ends every connection."""

    def __init__(self, context: Server, certificate: Certificate | None = None) -> None:
        """Opens nothing yet.

        Args:
            context: what is behind them.
            certificate: to speak TLS with; None: this computer alone is served, in the open.
        """
        self._context = context
        self._settings = context.settings
        self._certificate = certificate
        self._task: asyncio.Task[None] | None = None
        self.port = 0
        routes = [
            WebSocketRoute("/ws", self._talk),
            Route("/recap/{recording}/{file}", self._give_file, methods=["GET"]),
            Route("/j/{code}", InvitationPage(context, "meeting").show, methods=["GET"]),
            Route("/i/{code}", InvitationPage(context, "room").show, methods=["GET"]),
            Route("/healthz", self._show_health, methods=["GET"]),
        ]
        pages = Starlette(routes=routes)
        # Otherwise a path with a slash too many is sent on to whatever host the client has named.
        pages.router.redirect_slashes = False
        app = Gatekeeper(
            pages, self._settings,
            port=lambda: self.port, outside=lambda: self.outside.port, address=lambda: context.address,
        )  # fmt: skip
        tls = certificates.context(certificate) if certificate else None
        self._server = listening.QuietServer(app, self._settings.connection, tls)
        #: An embedded server's way in for other computers.
        self.outside = Outside(context, self._server)

    @property
    def connections(self) -> tuple[object, ...]:
        """Every connection that is open now, as uvicorn sees it."""
        return tuple(self._server.server_state.connections)

    async def open(self) -> int:
        """Listens, and returns the port.

        Raises:
            OSError: the address is taken or not ours.
            ServerError: it would be reached from elsewhere in the open, or its public URL cannot be used.
        """
        if self._certificate is None and not reach.is_local(self._settings):
            raise ServerError("A server that others reach needs TLS.")
        listener = _listen(self._settings)
        self.port = int(listener.getsockname()[1])
        self._context.address = reach.address_of(self._settings, self.port, self._certificate)
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]), name="doors")
        while not self._server.started:
            done, _ = await asyncio.wait({self._task}, timeout=0.005)
            if done:
                self._task.result()
                raise OSError("the web server did not start")
        if self._settings.is_embedded:
            _keep_port(self._settings, self.port)
            await self.outside.begin()
        return self.port

    async def close(self) -> None:
        """Closes every connection and stops listening."""
        self.outside.end()
        self._server.stop()
        if self._task:
            await self._task

    async def _talk(self, websocket: WebSocket) -> None:
        await websocket.accept()
        session = Session(SocketPipe(websocket), self._address_of(websocket), self._settings.connection)
        session.is_outside = bool(self.outside.port) and (websocket.scope["server"] or ("", 0))[1] == self.outside.port
        self._context.connected(session)
        try:
            await session.run(self._context)
        finally:
            self._context.disconnected(session)

    async def _give_file(self, request: Request) -> Response:
        """A file of a recap, for who is a member of its room at this moment."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        account = await sign_ins.account_of(self._context, token)
        if scheme.lower() != "bearer" or account is None:
            return PlainTextResponse("Please sign in.", 401)
        recording, name = request.path_params["recording"], request.path_params["file"]
        try:
            await recaps.check_reader(self._context, account.id, recording)
        except Refusal as refusal:
            return PlainTextResponse(refusal.words, 404)
        recap = await recaps.read(self._context, recording)
        named = {*TEXTS, recap.video, recap.reel.file if recap.reel else None} if recap else set()
        path = recaps.folder_of(self._context, recording) / "recap" / name
        # A link that took a file's place would lead out of the folder.
        if name not in named or not await asyncio.to_thread(lambda: path.is_file() and not path.is_symlink()):
            return PlainTextResponse("There is no such file.", 404)
        return FileResponse(path, headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})

    async def _show_health(self, request: Request) -> Response:
        return PlainTextResponse(f"ok {__version__}")

    def _address_of(self, connection: HTTPConnection) -> str:
        """Where a client is; behind a proxy of ours, as the proxy says."""
        peer = connection.client.host if connection.client else ""
        if not (self._settings.public_url and is_loopback(peer)):
            return peer
        # The last entry is the proxy's own; those before it are what the client claims.
        named = connection.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        try:
            return str(ipaddress.ip_address(named))
        except ValueError:
            return peer


def _listen(settings: ServerSettings) -> socket.socket:
    """Listens; an embedded server where it did before, so that a link of yesterday still leads to it."""
    if not settings.is_embedded or settings.port:
        return listening.listen(settings.host, settings.port)
    try:
        return listening.listen(settings.host, reach.kept_inside_port(settings.data))
    except OSError:
        # Another program has it now.
        return listening.listen(settings.host, 0)


def _keep_port(settings: ServerSettings, port: int) -> None:
    try:
        reach.keep_inside_port(settings.data, port)
    except OSError as error:
        log.warning("the port was not noted: %s", error.strerror)
