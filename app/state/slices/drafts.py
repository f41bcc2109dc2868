"""Own text that is not told back yet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    """Own text that the server has not told back yet. It stays, marked, until it is sent or thrown away."""

    key: str
    text: str
    has_failed: bool = False
    words: str = ""
    #: The request that carries it; 0: none yet, it goes out with the next sign-in.
    request: int = 0
