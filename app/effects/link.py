"""The watch over the link to the server, and what the state hears of it."""

from __future__ import annotations

from app.effects.context import Context
from app.net.link_watch import LinkWatch, Says
from app.net.peers import Peers
from app.net.signalling import Signalling
from app.state.events import PeersFound, PeersStalled


def watch_link(context: Context, signalling: Signalling, peers: Peers) -> None:
    """Watches from now on, for as long as the loop runs."""
    says = Says(stalled=lambda: context.happen(PeersStalled()), found=lambda: context.happen(PeersFound()))
    context.parts.loop.spawn(LinkWatch(signalling, peers, says).run(), name="link watch")
