"""Who may connect at all: no other site's web page, and on an embedded server only those who have its secret."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app import __version__
from app.wire.headers import MARK_HEADER, SECRET_HEADER
from app.wire.links import ServerAddress
from server_stub.doors import reach
from server_stub.kernel import links
from server_stub.kernel.config import ServerSettings

#: What a browser opens, which knows no secret: it tells nothing about anybody.
_OPEN_PAGES = re.compile(r"/healthz|/[ij]/[A-Za-z0-9_-]{16,64}")


class Gatekeeper:
    """Refuses connections that web pages of others made, and on an embedded server all without its secret."""

    def __init__(
        self, app: ASGIApp, settings: ServerSettings, *,
        port: Callable[[], int], outside: Callable[[], int], address: Callable[[], ServerAddress],
    ) -> None:  # fmt: skip
        """Guards an application.

        Args:
            app: what is behind the doors.
            settings: of the server.
            port: that it listens on.
            outside: the port of an embedded server's way in for other computers; 0: it is closed.
            address: that stands in its links.
        """
        self._app = app
        self._settings = settings
        self._port = port
        self._outside = outside
        self._address = address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Lets a connection through or answers it with 403."""
        if scope["type"] in ("http", "websocket") and not self._is_ours(HTTPConnection(scope)):
            if scope["type"] == "websocket":
                await receive()
            refusal: Response = PlainTextResponse(
                "This server does not accept this connection.", 403, headers={MARK_HEADER: __version__}
            )
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_ours(self, connection: HTTPConnection) -> bool:
        host = connection.headers.get("host", "")
        origin = connection.headers.get("origin")
        if origin is not None and origin not in (f"http://{host}", f"https://{host}"):
            return False
        outside = self._outside()
        came_in = (connection.scope.get("server") or ("", 0))[1]
        port = outside if outside and came_in == outside else 0
        return self._is_our_name(host, port) and self._has_secret(connection, is_from_outside=bool(port))

    def _is_our_name(self, host: str, outside: int) -> bool:
        """Another name for 127.0.0.1, or for this computer, may be a page that had its own name point here."""
        settings = self._settings
        if not settings.is_embedded and not reach.is_local(settings):
            return True
        port = outside or self._port()
        if host in (f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"):
            return True
        name = _name_in(host)
        # A proxy in front may leave the port out.
        if settings.public_url and name == self._address().host:
            return True
        # Nobody can have an address point elsewhere; which ones lead here, a router may know better than we do.
        return bool(outside) and _is_address(name)

    def _has_secret(self, connection: HTTPConnection, *, is_from_outside: bool) -> bool:
        settings = self._settings
        if not settings.is_embedded:
            return True
        shown = connection.headers.get(SECRET_HEADER)
        if shown is not None:
            return links.same(shown, settings.secret)
        is_page = connection.scope["type"] == "http" and connection.scope["method"] == "GET"
        return is_from_outside or (is_page and bool(_OPEN_PAGES.fullmatch(connection.scope["path"])))


def _name_in(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
