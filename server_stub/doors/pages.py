"""The few web pages: what an invitation opens in a browser."""

from __future__ import annotations

import html
import re

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from app.wire.links import Link, LinkKind
from server_stub.kernel.context import Context

#: What a browser may do with our pages: show them.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}
_CODE = re.compile(r"[A-Za-z0-9_-]{16,64}")
_WORDS: dict[LinkKind, tuple[str, str]] = {
    "meeting": (
        "You are invited to a meeting",
        "Parley asks for your name and shows you your camera first. The host then lets you in.",
    ),
    "room": (
        "You are invited to a room",
        "Parley asks you to sign in, or to make an account. The invitation lets in one person, once.",
    ),
}


class InvitationPage:
    """The page of an invitation. It tells nothing about the meeting or the room, not even whether there is one."""

    def __init__(self, context: Context, kind: LinkKind) -> None:
        """Of this server.

        Args:
            context: whose address stands in the link.
            kind: what the invitation is to.
        """
        self._context = context
        self._kind: LinkKind = kind

    async def show(self, request: Request) -> Response:
        """Answers a browser."""
        code, server = str(request.path_params["code"]), self._context.address
        # Browsers warn of a certificate that only its pin proves: nobody is to get used to clicking through that.
        if not _CODE.fullmatch(code) or server.pin:
            return PlainTextResponse("There is no such page.", 404, headers=HEADERS)
        link = Link(server, code, self._kind)
        title, then = _WORDS[self._kind]
        page = _PAGE.format(
            title=title, then=then, deep=html.escape(link.deep, quote=True), text=html.escape(link.text, quote=True)
        )
        return HTMLResponse(page, headers=HEADERS)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Parley: {title}</title>
<style>
body {{ font: 17px/1.6 system-ui, sans-serif; max-width: 34em; margin: 12vh auto; padding: 0 1.5em; color: #1d2433 }}
a {{ display: inline-block; padding: .6em 1.2em; border-radius: 8px; background: #1f4fd1; color: #fff; font-weight: 600;
  text-decoration: none }}
a:focus-visible {{ outline: 3px solid #9db7ff; outline-offset: 2px }}
code {{ display: block; padding: .8em 1em; background: #eef1f6; border-radius: 8px; overflow-wrap: anywhere;
  user-select: all }}
h2 {{ font-size: 1.05em; margin: 2.2em 0 .3em }}
@media (prefers-color-scheme: dark) {{
  body {{ background: #14171f; color: #e7eaf2 }}
  a {{ background: #7ea2ff; color: #10131a }}
  code {{ background: #232836 }}
}}
</style></head><body>
<h1>{title}</h1>
<p><a href="{deep}">Open in Parley</a></p>
<p>{then}</p>
<h2>Nothing opens?</h2>
<p>Start Parley yourself, choose <b>Join with a link</b>, and paste:</p>
<code>{text}</code>
<h2>You do not have Parley yet?</h2>
<p>Parley is an application for Windows, macOS and Linux. Ask whoever invited you where to get it, install it, and open
this page again.</p>
</body></html>
"""
