"""What all meetings of a relay have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.net import guard
from app.net.beat import Beat
from server_stub.relay.engine import RelayEvents
from server_stub.relay.source import StreamCounts
from server_stub.relay.transport import Handlers, PeerLink


@dataclass(slots=True)
class RelaySettings:
    """What a meeting takes from its forwarder.

    Attributes:
        addresses: the ICE host candidates of connections to be made; None: all of the machine's and 127.0.0.1. They
            may change while meetings run.
        events: whom to tell.
        counts: the running counts.
        ports: UDP ports to use; None: any.
        make_room: asked where a call finds no port; whether it has given some back.
        beat: of the loop that all packets are read on.
    """

    addresses: Sequence[str] | None
    events: RelayEvents
    counts: StreamCounts
    ports: range | None = None
    make_room: guard.MakeRoom | None = None
    beat: Beat = field(default_factory=Beat)

    def link(self, handlers: Handlers, *, is_check: bool = False, enter: guard.Enter | None = None) -> PeerLink:
        """A connection that is to be made, for a call unless it is a check; `enter`: on sockets that it shares."""
        make_room = None if is_check else self.make_room
        return PeerLink(self.addresses, handlers, self.counts, ports=self.ports, make_room=make_room, enter=enter)
