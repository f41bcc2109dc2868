"""What is said in a recorded meeting, while it goes on: live captions, the transcript so far, what one has missed.

Only of people who consent to the recording; live only, and kept nowhere but in the recap.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app.wire.fields import Ask, Id, Plain, Tell, Time
from app.wire.recap import ActionItem, SummarySentence

#: Lines of a recording count from 1.
LineNumber = Annotated[int, Meta(ge=0, le=2**31)]


class Line(Plain, frozen=True, kw_only=True):
    """What one person said between two silences, in English. A later number may have been said earlier."""

    number: int
    person: str
    #: The name that nobody else in the recording has.
    name: str
    #: When it was said.
    at: Time
    text: str


class Captioned(Tell, frozen=True, kw_only=True):
    """Something was said: told to everyone in the meeting; who reads too slowly is not told of each."""

    meeting: str
    line: Line


class AskSoFar(Ask, frozen=True, kw_only=True):
    """Asks for what was said so far; answered with `SoFarTold`. Members of the room only.

    Refused: not_allowed, not_ready, too_much.
    """

    meeting: Id
    #: The last line that one has; the answer begins with the next one.
    after: LineNumber = 0


class SoFarTold(Tell, frozen=True, kw_only=True):
    """The lines after the one that was named, by number; of very many the newest."""

    meeting: str
    lines: tuple[Line, ...]
    #: There are lines before these that are not told; the recap has them.
    is_cut: bool = False


class SumUp(Ask, frozen=True, kw_only=True):
    """Asks what was said since a moment of the recording; answered with `SummedUp`. Members of the room only.

    Refused: not_allowed, not_ready, too_much.
    """

    meeting: Id
    since: Time


class SummedUp(Tell, frozen=True, kw_only=True):
    """The gist of what was said since then, and the action items of the whole recording so far.

    In `evidence` stand the numbers of the lines that each rests on.
    """

    meeting: str
    since: Time
    #: How many lines there are since then.
    lines: int
    summary: tuple[SummarySentence, ...]
    action_items: tuple[ActionItem, ...]
    #: So much was said that only its newest part was summed up; the recap will sum up all of it.
    is_cut: bool = False
