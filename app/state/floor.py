"""Who has the floor: a pure rule over who speaks, so that the stage follows a conversation without jumping about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

#: Somebody speaks for so long, while who has the floor is silent, before the stage turns to them.
STEADY_S = 1.2
#: A pause of who has the floor, or of who is about to take it, that is no end.
PAUSE_S = 0.6
#: The stage stays for at least so long with whom it has turned to.
STAY_S = 3.0


@dataclass(frozen=True, slots=True)
class Floor:
    """Who has the floor, and who is about to take it.

    Attributes:
        person: Has the floor; "": nobody has spoken yet.
        since_s: They have it since.
        heard_s: They were heard last.
        next: Speaks, and takes the floor if it stays so; "": nobody.
        next_since_s: Since when they speak.
        next_heard_s: When they were heard last.
    """

    person: str = ""
    since_s: float = 0.0
    heard_s: float = 0.0
    next: str = ""
    next_since_s: float = 0.0
    next_heard_s: float = 0.0


def hear(floor: Floor, speaking: Collection[str], now_s: float) -> Floor:
    """The floor after one look at who speaks.

    Args:
        floor: Before.
        speaking: Who speaks now; oneself is not among them.
        now_s: Seconds of any clock that never goes back.
    """
    if floor.person in speaking:
        return replace(floor, heard_s=now_s, next="")
    after = floor
    if after.next in speaking:
        after = replace(after, next_heard_s=now_s)
    elif not after.next or now_s - after.next_heard_s > PAUSE_S:
        # Of several the first by name, so that it does not change with each look.
        name = min(speaking, default="")
        after = replace(after, next=name, next_since_s=now_s, next_heard_s=now_s)
    if after.next not in speaking:
        return after
    is_free = not after.person or (now_s - after.heard_s > PAUSE_S and now_s - after.since_s >= STAY_S)
    if is_free and now_s - after.next_since_s >= STEADY_S:
        return Floor(after.next, since_s=now_s, heard_s=now_s)
    return after
