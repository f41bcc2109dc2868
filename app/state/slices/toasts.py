"""What is said over the page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Toast:
    """A sentence over the page, until it is dismissed or what it is about is over; see `app.state.toasts`."""

    number: int
    words: str
    is_bad: bool = False
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Toasts:
    """All that is said over the page now."""

    #: Oldest first.
    shown: tuple[Toast, ...] = ()
    #: Of the next one: none comes twice.
    next_number: int = 1
