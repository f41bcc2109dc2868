"""Why there is no connection, in words for the user: each kind of failure has its own."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Collection
from typing import Literal, NamedTuple

from app.wire.errors import Reason
from app.wire.links import ServerAddress

#: Seconds to see whether anything takes a connection at all.
_LOOK_S = 3.0

NOBODY = "Parley is not running at {} at the moment. Trying again."
SILENT = "Nothing answers at {}: that computer may be asleep, switched off, or on another network. Trying again."
NO_WAY = "There is no route from here to {}. Is this computer on the right network? Trying again."
NO_NAME = "No computer called {} could be found from here. Is the address right? Trying again."
SAYS_NOTHING = (
    "Something at {} accepts connections but does not answer. It is another program, or it hangs. Trying again."
)
HANGS_UP = (
    "{} closed the connection at once: it is starting or stopping, or there are too many connections from your "
    "network. Trying again."
)
ANOTHER_PROGRAM = "Another program answers at {}, not Parley. Is the address right?"
FOR_ITS_OWNER = "The Parley server at {} accepts connections from its own computer only."
DOWN = "The server at {} is up, but Parley is not running on it at the moment. Trying again."
TOO_MANY = "{} accepts no more connections from your network for now. Trying again."
NO_CONNECTION = "The server {} cannot be reached. Trying again."

#: Of pictures and sound: the first sentence, then what there is to say of TURN.
_BLOCKED = (
    "The server answers, but UDP between this computer and the server is blocked, so pictures and sound do not get "
    "through."
)
_NO_TURN = (
    "Ask whoever looks after this network to let UDP through, or the server's administrator to open its ports or to "
    "name a TURN server."
)
_BY_TURN: dict[str, str] = {
    "answers": (
        "The TURN server answers, but does not get through to the server either: its administrator has to let it "
        "relay to the server's address."
    ),
    "refused": (
        "The TURN server refuses the credentials that the server gives out: its administrator has to compare the "
        "secrets, and the clocks, of both."
    ),
    "full": "The TURN server has no room for another connection now.",
    "not trusted": "The TURN server cannot prove its identity: its certificate has to be renewed or replaced.",
    "silent": "The TURN server does not answer from here.",
    "unreachable": "The TURN server cannot be reached from here.",
    "odd": "What answers at the TURN server's address is not a TURN server.",
    "trying": "The TURN server has not answered yet.",
}
_ONLY_TURN = (
    "UDP between this computer and the server is blocked. Calls work all the same, through the TURN server, a little "
    "later than by the straight way."
)
_TURN_IS_THERE = (
    "UDP between this computer and the server is blocked. The TURN server answers, so calls should work through it; "
    "check again in a call to be sure."
)
_STRAIGHT = "Pictures and sound reach the server straight, by UDP. Calls work from here."

_NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL)


Way = Literal["straight", "turn", "none"]
"""By which pictures and sound come through."""


class Answer(NamedTuple):
    """What came back in place of a handshake.

    Attributes:
        status: of HTTP; 0: nothing that can be read as an answer.
        is_parley: it bears `MARK_HEADER`.
    """

    status: int
    is_parley: bool = False


async def why(error: BaseException, server: ServerAddress, answer: Answer | None = None) -> str:
    """What has kept a connection from being made.

    Args:
        error: of the attempt.
        server: whom it was made to.
        answer: where there was one.

    Returns:
        A sentence or two with the server's address.
    """
    if answer is not None:
        # One that hangs up is being started or stopped, or has too many connections from here.
        words = HANGS_UP if _is_cut(error) else _of_answer(answer)
    elif isinstance(error, TimeoutError):
        words = SAYS_NOTHING if await _takes(server) else SILENT
    elif isinstance(error, ConnectionRefusedError) or _is_refused(error):
        words = NOBODY
    elif isinstance(error, socket.gaierror):
        words = NO_NAME
    elif isinstance(error, ConnectionError) or _is_cut(error):
        words = HANGS_UP
    elif isinstance(error, OSError) and error.errno in _NO_WAY:
        words = NO_WAY
    else:
        words = NO_CONNECTION
    return words.format(server.host if words == NO_NAME else server.address)


def no_media(turns: Collection[str]) -> str:
    """Why pictures and sound do not come through although the server answers.

    Args:
        turns: what came of asking each TURN server (`turn.Outcome`); none: there is none.

    Returns:
        Two or three sentences: of several TURN servers what says most counts.
    """
    said = next((words for outcome, words in _BY_TURN.items() if outcome in turns), _NO_TURN)
    return f"{_BLOCKED} {said}"


def media_found(way: Way, turns: Collection[str], *, had_credentials: bool) -> str:
    """What a check of the connection has found.

    Args:
        way: by which a connection came up.
        turns: what came of asking each TURN server; none: there is none.
        had_credentials: TURN servers could be used, not only asked whether they are there.
    """
    if way == "none":
        return _TURN_IS_THERE if "answers" in turns and not had_credentials else no_media(turns)
    if way == "turn":
        return _ONLY_TURN
    unwell = next((words for outcome, words in _BY_TURN.items() if outcome in turns and outcome != "answers"), "")
    return f"{_STRAIGHT} {unwell}".rstrip() if unwell else _STRAIGHT


def _of_answer(answer: Answer) -> str:
    if answer.status == 403 and answer.is_parley:
        return FOR_ITS_OWNER
    if answer.status == 429:
        return TOO_MANY
    # What a proxy says whose server is not there.
    return DOWN if answer.status in (502, 503, 504) else ANOTHER_PROGRAM


def _is_cut(error: BaseException) -> bool:
    """Whether it hung up before it said anything."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, EOFError | ConnectionError | ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return True
        cause = cause.__cause__
    return False


def _is_refused(error: BaseException) -> bool:
    """A name with several addresses, each of which refuses."""
    return isinstance(error, OSError) and error.errno is None and "Multiple exceptions" in str(error)


async def _takes(server: ServerAddress) -> bool:
    """Whether anything takes a connection there; nothing is sent."""
    try:
        async with asyncio.timeout(_LOOK_S):
            _, writer = await asyncio.open_connection(server.host, server.port)
    except OSError:
        return False
    writer.transport.abort()
    return True


class OfferRefused(Exception):
    """The server did not take an offer; nothing changed there.

    Attributes:
        reason: the server's.
        words: for the user.
    """

    def __init__(self, reason: Reason, words: str) -> None:
        super().__init__(reason)
        self.reason, self.words = reason, words
