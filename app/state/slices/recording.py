"""The recording of a call and one's own consent."""

from __future__ import annotations

from dataclasses import dataclass

from app.wire.privacy import Receipt


@dataclass(frozen=True, slots=True)
class Recording:
    """Whether the call is recorded."""

    #: The server's clock, seconds since 1970; None: it is not recorded.
    since: float | None = None
    #: AI recording began while one was in: asks to stay (and be recorded) or leave.
    asks_consent: bool = False
    #: One's own signed consent receipt, once there is one; kept on the page after the call.
    receipt: Receipt | None = None
