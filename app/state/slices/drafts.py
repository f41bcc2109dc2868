"""One's own text that the server has not confirmed yet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Draft:
    """One's own text that the server has not confirmed yet. It stays, marked, until it is sent or discarded."""

    key: str
    text: str
    has_failed: bool = False
    words: str = ""
    #: The request that carries it; 0: none yet, it goes out with the next sign-in.
    request: int = 0
    #: How often it went out again by itself, after the connection was lost.
    tries: int = 0
