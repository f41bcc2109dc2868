"""When a connection is doubted, and which of several ways on is taken: pure, told what was seen, says what to do.

Three things can be known at once: from which of this computer's addresses the server would be reached now, when the
relay was last heard on each connection for media, and when the server last answered on the websocket. An address that
is gone settles it. Anything else is only a reason to look closer: media and websocket are asked for an answer, and a
fresh websocket is tried beside the old one. What comes back by itself stays; otherwise whoever answers first wins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

#: Seconds between two looks. Source: a look costs 45 us, and a change of address should be seen at once.
LOOK_S = 0.2
#: The same while nothing is heard: what is sent waits for the first answer.
UNHEARD_LOOK_S = 0.05
#: Connections for media that are all silent for so long are asked. Source: pictures and voices come much oftener.
ASK_AFTER_S = 0.8
#: The same where one of two is silent. Source: the relay reports once a second on what is sent.
ASK_ONE_AFTER_S = 2.5
#: Nothing from the relay at all, although it was asked: reason for a closer look.
QUIET_S = 1.1
#: And for words to the user.
TOLD_QUIET_S = 1.5
#: The same for one of two connections while the other one is heard: it may only be asked in vain because of loss.
DEAF_S = 4.0
#: The same where there is another reason for doubt.
MOVED_QUIET_S = 0.5
#: What answers first has to wait so long for what would come back by itself. Source: two asks and a long round trip.
SETTLE_S = 0.6
#: The same where one of two connections for media has come back already: the other one follows.
HALF_S = 2.0
#: Media that is back proves the way; a websocket that is not back by then was forgotten by the other side.
LATE_S = 3.0
#: Connections for media that are not up by then may wait for a server that hears nothing.
UNCONNECTED_S = 2.5
#: Where only media that does not come up is a reason for doubt, the websocket has so long before another one is tried.
UNANSWERED_S = 1.0
#: No second look for the same reason before this.
REST_S = 2.0
#: After a new websocket, media is made anew by the way back to the seat: before this it is not judged.
SEATED_S = 3.0
#: A clock that went on by so much more than we did was asleep. Source: a busy computer delays a look by up to 1 s.
ASLEEP_S = 3.0

Act = Literal[
    "hurry", "drop_socket", "renew_media", "ask_media", "ask_socket", "probe", "swap", "forget_spare", "say_stalled",
    "say_found",
]  # fmt: skip
"""hurry: try to connect now. drop_socket: the websocket and all on it is made anew. renew_media: the connections for
media are. ask_media, ask_socket: want an answer. probe: try a fresh websocket beside. swap: the fresh one takes the
place of the old one. forget_spare: the old one it is. say_stalled, say_found: to the user."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to know at one moment; all instants are of one clock that only goes forward, in seconds.

    Attributes:
        now_s: this instant.
        slept_s: how much longer than planned it took to come to this look, by whichever clock says most.
        route: this computer's address that the server would be reached from now; "" for no way, None: not known yet.
        is_online: there is a websocket.
        is_socket_cut: its address is no longer one of this computer's.
        answered_s: when the server was last heard on it.
        spare_s: since when a fresh one is open; None: none is.
        has_media: connections for media are up.
        is_media_cut: the address of one of them is no longer one of this computer's.
        heard_s: when anything was heard last on any of them.
        all_heard_s: up to when each of them was heard.
        wanted_s: since when connections for media are wanted and not up; None: they are up, or not wanted.
    """

    now_s: float
    slept_s: float = 0.0
    route: str | None = None
    is_online: bool = False
    is_socket_cut: bool = False
    answered_s: float = 0.0
    spare_s: float | None = None
    has_media: bool = False
    is_media_cut: bool = False
    heard_s: float = 0.0
    all_heard_s: float = 0.0
    wanted_s: float | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A closer look that is under way.

    Attributes:
        since_s: when it began.
        is_told: the user has been told.
        is_moved: not only for silence, but because of another way to the server, or after sleep.
        heard_s: when media was found to be back; None: it is not, or there was none.
    """

    since_s: float
    is_told: bool = False
    is_moved: bool = False
    heard_s: float | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """What is remembered from look to look.

    Attributes:
        route: the last one; None: not known yet.
        look: the closer look under way.
        rests_until_s: silence is no reason for another one before this.
        seated_s: when media is judged (again).
    """

    route: str | None = None
    look: Look | None = None
    rests_until_s: float = 0.0
    seated_s: float = 0.0


def judge(link: Link, seen: Seen) -> tuple[Link, tuple[Act, ...]]:
    """What follows from what is seen.

    Args:
        link: what was remembered.
        seen: what is true now.

    Returns:
        What is to be remembered, and what is to be done, in order.
    """
    has_moved = seen.slept_s >= ASLEEP_S or (bool(seen.route) and link.route is not None and seen.route != link.route)
    link = replace(link, route=link.route if seen.route is None else seen.route)
    if not seen.is_online:
        return _unseated(link, seen), ("hurry",) if has_moved else ()
    if seen.is_socket_cut:
        return _unseated(link, seen), ("drop_socket",)
    if seen.now_s < link.seated_s:
        seen = replace(seen, has_media=False, is_media_cut=False, wanted_s=None)
    if seen.is_media_cut:
        return _ended(link, seen), ("forget_spare", "renew_media")
    acts: tuple[Act, ...] = ()
    if link.look is None or (has_moved and not link.look.is_moved):
        if has_moved or _is_silent(link, seen):
            told = link.look is not None and link.look.is_told
            link = replace(link, look=Look(seen.now_s, is_moved=has_moved, is_told=told))
            acts = ("ask_socket",)
        elif seen.has_media and _is_doubtful(seen, ASK_AFTER_S, ASK_ONE_AFTER_S):
            return link, ("ask_media",)
    if link.look is None:
        return link, ()
    after, more = _look(link, link.look, seen)
    return after, (*acts, *more)


def is_unheard(seen: Seen) -> bool:
    """Whether nothing has come for so long that nobody can hear what is sent either, as far as anybody knows."""
    return seen.has_media and seen.now_s - seen.heard_s >= TOLD_QUIET_S


def retry_s(failures: int) -> float:
    """Seconds before the next try to connect, after so many failures in a row.

    Quick for about as long as a seat is kept; then a server that stays away is left in peace.
    """
    if failures < len(_FIRST_S):
        return _FIRST_S[failures]
    return _QUICK_S if failures < _QUICK_TRIES else _SLOW_S


_FIRST_S, _QUICK_S, _SLOW_S = (0.2, 0.5), 0.8, 5.0
#: Source: `keep_seat_s` of the server, for which it keeps a seat.
_SEAT_S = 120.0
_QUICK_TRIES = round(_SEAT_S / _QUICK_S)


def _is_silent(link: Link, seen: Seen) -> bool:
    if seen.now_s < link.rests_until_s:
        return False
    if seen.wanted_s is not None and seen.now_s - seen.wanted_s >= UNCONNECTED_S:
        return True
    return seen.has_media and _is_doubtful(seen, QUIET_S, DEAF_S)


def _is_doubtful(seen: Seen, all_s: float, one_s: float) -> bool:
    """Whether all connections for media were silent for so long, or one of them."""
    return seen.now_s - seen.heard_s >= all_s or seen.now_s - seen.all_heard_s >= one_s


def _look(link: Link, look: Look, seen: Seen) -> tuple[Link, tuple[Act, ...]]:
    """Waits for answers, and decides by them."""
    has_heard = not seen.has_media or seen.all_heard_s > look.since_s
    has_answer = seen.answered_s > look.since_s
    settle_s = HALF_S if seen.has_media and seen.heard_s > look.since_s else SETTLE_S
    acts: tuple[Act, ...] = ()
    if seen.has_media and has_heard and look.heard_s is None:
        if look.is_told:
            acts = ("say_found",)
        look = replace(look, heard_s=seen.now_s, is_told=False)
    if has_heard and has_answer:
        return _ended(link, seen), (*acts, "forget_spare")
    if not has_heard:
        quiet_s = seen.now_s - max(seen.heard_s, look.since_s if look.is_moved else 0.0)
        if not look.is_told and quiet_s >= (MOVED_QUIET_S if look.is_moved else TOLD_QUIET_S):
            acts, look = (*acts, "say_stalled"), replace(look, is_told=True)
        acts = (*acts, "ask_media")
        if has_answer:
            if seen.now_s - max(seen.answered_s, look.since_s) >= settle_s:
                return _ended(link, seen), (*acts, "forget_spare", "renew_media")
            return replace(link, look=look), acts
    # The websocket has not answered. A fresh one is waited for, then given up for what comes back by itself.
    patience_s = LATE_S if look.heard_s is not None else 0.0
    is_settled = seen.spare_s is not None and seen.now_s - seen.spare_s >= (SETTLE_S if has_heard else settle_s)
    if is_settled and seen.now_s - (look.heard_s or 0.0) >= patience_s:
        return _unseated(link, seen), (*acts, "swap")
    if not (seen.has_media or look.is_moved) and seen.now_s - look.since_s < UNANSWERED_S:
        return replace(link, look=look), acts
    return replace(link, look=look), (*acts, "probe")


def _unseated(link: Link, seen: Seen) -> Link:
    return replace(link, look=None, seated_s=seen.now_s + SEATED_S)


def _ended(link: Link, seen: Seen) -> Link:
    return replace(link, look=None, rests_until_s=seen.now_s + REST_S)
