"""Names of the HTTP headers that client and server share."""

from __future__ import annotations

#: Carries the secret of the server of this computer in each request to it.
SECRET_HEADER = "X-Parley-Secret"
#: On an answer that lets nobody in: a client tells by it that this is Parley, and not another program.
MARK_HEADER = "X-Parley"
