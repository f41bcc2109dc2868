"""SRTP for each packet, with less around libsrtp than pylibsrtp's own calls have.

Those make a length to point to, check a type and look up what failed for every packet, which costs about as much as the
encryption itself. Here the memory is made once per session and direction; what is checked stays: no packet is longer
than its memory, and none whose processing failed is handed on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pylibsrtp import Error, Policy, Session
from pylibsrtp._binding import ffi, lib

SEAMS: tuple[tuple[str, str], ...] = (
    ("pylibsrtp._binding", "ffi.buffer"),
    ("pylibsrtp._binding", "ffi.new"),
    ("pylibsrtp._binding", "lib.srtp_protect"),
    ("pylibsrtp._binding", "lib.srtp_unprotect"),
)
#: Private attributes of instances: class, then names that its constructor sets.
INSTANCE_SEAMS: tuple[tuple[str, str, tuple[str, ...]], ...] = (("pylibsrtp", "Session", ("_srtp",)),)

#: What pylibsrtp takes, too: a packet, and what encrypting may add to it (tag and key number). Source: libsrtp's
#: SRTP_MAX_TRAILER_LEN.
ROOM_BYTES, _TRAILER_BYTES = 1_500, 144
#: So long may a packet be before it is encrypted.
MOST_BYTES = ROOM_BYTES - _TRAILER_BYTES

#: How far back a packet may lie that is sent once more. Source: aiortc's.
_WINDOW_PACKETS = 1024

#: One RTP packet, encrypted or decrypted. Raises `pylibsrtp.Error` (not authentic, sent again, no key) or ValueError
#: (too long).
Work = Callable[[bytes], bytes]


class Sessions(dict[bytes, Any]):
    """The SRTP sessions in which one connection sends RTP, one for each stream: by SSRC, as 4 bytes of a packet.

    libsrtp goes from one stream of a session to the next until it has found that of a packet, each somewhere else in
    memory: where a viewer gets eighteen of them that takes longer than to encrypt it. What is encrypted under one key
    and SSRC is encrypted in one session for as long as the key is used: a session counts the rounds of its numbers, and
    two would use what may be used once only.
    """

    def __init__(self, key: bytes, profile: int) -> None:
        """Makes none yet.

        Args:
            key: master key and salt with which the connection sends.
            profile: pylibsrtp's number of how they are used.
        """
        super().__init__()
        self._key, self._profile = key, profile

    def __missing__(self, ssrc: bytes) -> Any:
        policy = Policy(self._key, Policy.SSRC_SPECIFIC, int.from_bytes(ssrc, "big"), self._profile)
        policy.allow_repeat_tx, policy.window_size = True, _WINDOW_PACKETS
        made = self[ssrc] = Session(policy)
        return made


class Sealers(dict[bytes, Work]):
    """`sealer` of each of a connection's sessions, by SSRC."""

    def __init__(self, sessions: Sessions) -> None:
        super().__init__()
        self._sessions = sessions

    def __missing__(self, ssrc: bytes) -> Work:
        made = self[ssrc] = sealer(self._sessions[ssrc])
        return made


def sealer(session: Any) -> Work:
    """Encrypts RTP packets of up to 1356 bytes in this pylibsrtp session; not from two threads at once."""
    return _work(session, lib.srtp_protect, MOST_BYTES)


def opener(session: Any) -> Work:
    """Decrypts RTP packets of up to 1500 bytes in this pylibsrtp session; not from two threads at once."""
    return _work(session, lib.srtp_unprotect, ROOM_BYTES)


def _work(session: Any, process: Callable[[Any, Any, Any], int], most_bytes: int) -> Work:
    room, length = ffi.new("char[]", ROOM_BYTES), ffi.new("int *")
    view = ffi.buffer(room)

    keys = session._srtp  # they live as long as this is kept

    def work(packet: bytes) -> bytes:
        size = len(packet)
        if size > most_bytes:
            raise ValueError("the packet is too long")
        view[:size] = packet
        length[0] = size
        if process(keys[0], room, length):
            raise Error("libsrtp refused the packet")
        done: bytes = view[: length[0]]
        return done

    return work
