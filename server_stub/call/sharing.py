"""Screen sharing: everyone in the meeting may, and the host may end it."""

from __future__ import annotations

from app.wire.fields import Tell
from app.wire.sharing import StartSharing, StopShareOf, StopSharing
from server_stub.call import host_rules, sharing_rules
from server_stub.call.places import decide
from server_stub.kernel.context import Context
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session


async def start_sharing(context: Context, session: Session, ask: StartSharing) -> Tell | None:
    """Tells the others that one's screen follows."""
    decide(session, ask, lambda held, who: sharing_rules.start(held, who, context.now()))
    return None


async def stop_sharing(context: Context, session: Session, ask: StopSharing) -> Tell | None:
    """Ends one's own share."""
    decide(session, ask, sharing_rules.stop)
    return None


async def stop_share_of(context: Context, session: Session, ask: StopShareOf) -> Tell | None:
    """The host ends someone's share."""
    decide(session, ask, lambda held, who: host_rules.stop_share(held, who, ask.person))
    return None


RULES = (
    Rule(StartSharing, start_sharing, needs="seat"),
    Rule(StopSharing, stop_sharing, needs="seat"),
    Rule(StopShareOf, stop_share_of, needs="seat"),
)
