"""What all meetings of a relay have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    """

    addresses: Sequence[str] | None
    events: RelayEvents
    counts: StreamCounts
    ports: range | None = None

    def link(self, handlers: Handlers) -> PeerLink:
        """A connection that is to be made."""
        return PeerLink(self.addresses, handlers, self.counts, ports=self.ports)
