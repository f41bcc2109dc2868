"""From which of this computer's addresses another one is reached, and whether an address is still its own.

Asked of the system by two sockets that send nothing: it works alike everywhere, needs no list of interfaces and no
rights, takes about 20 us, and follows what decides in the end: addresses, routes, and a VPN that takes them over.
"""

from __future__ import annotations

import contextlib
import errno
import socket
from typing import Any

Place = tuple[Any, ...]
"""An address and port as the socket module gives them, for IPv6 with scope."""
#: The second one is Windows' own number for it (WSAEADDRNOTAVAIL).
_NOT_OURS = (errno.EADDRNOTAVAIL, 10049)


def way_to(place: Place) -> str:
    """The address of this computer that would be used to send there now; "" where there is no way.

    Args:
        place: whom to reach; no name, since nothing is looked up.
    """
    try:
        with socket.socket(_family(place), socket.SOCK_DGRAM) as asking:
            # Of a datagram socket this chooses a route and sends nothing.
            asking.connect(place)
            return str(asking.getsockname()[0])
    except OSError:
        return ""


def is_own(place: Place) -> bool:
    """Whether an address is one of this computer's; its port does not count.

    Where the system cannot say, it is: a connection is not given up for a guess.
    """
    with contextlib.suppress(OSError), socket.socket(_family(place), socket.SOCK_DGRAM) as asking:
        try:
            asking.bind((place[0], 0, *place[2:]))
        except OSError as error:
            return error.errno not in _NOT_OURS
    return True


def _family(place: Place) -> int:
    return socket.AF_INET6 if ":" in str(place[0]) else socket.AF_INET
