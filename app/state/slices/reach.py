"""Whether others can reach the server on this computer, and links that are shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GiveWay = Literal["copy", "mail", "calendar", "invitation"]


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether others may reach the server of this computer, and where."""

    is_on: bool = False
    addresses: tuple[str, ...] = ()
    is_changing: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Gift:
    """A link to be shared that works on this computer only: a question is open.

    `way` says what is done with it once others can follow it: "copy", "mail" it by the mail program, the "calendar"
    file of `meeting`, an "invitation" to `room` that the server mails to `email`.
    """

    way: GiveWay
    link: str = ""
    title: str = ""
    meeting: str = ""
    room: str = ""
    email: str = ""
    #: The server of this computer can be opened to others by a yes; False: it is not ours to open.
    can_open: bool = True
    is_opening: bool = False
    #: Why it could not be opened.
    words: str = ""


@dataclass(frozen=True, slots=True)
class Handout:
    """A link that is to be copied or mailed now, each number once."""

    number: int
    way: GiveWay
    link: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Giving:
    """A link on its way to others."""

    #: A question is open about it.
    gift: Gift | None = None
    handout: Handout | None = None
