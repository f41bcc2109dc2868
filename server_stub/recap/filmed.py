"""Which films a recap has, what their files are called, and what the recap says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

import msgspec

from app.wire.recap import Recap, Reel

File = TypeVar("File")
FilmKind = Literal["meeting", "reel"]
FILMS: dict[FilmKind, str] = {"meeting": "meeting.webm", "reel": "reel.webm"}


@dataclass(frozen=True)
class Films:
    """Both films of a recap.

    Attributes:
        reel_s: how long the reel is, in seconds; 0 where the recap has no highlights.
        after_s: from the last leave until both were ready, in seconds.
    """

    reel_s: float
    after_s: float

    def add_to(self, recap: Recap) -> Recap:
        """The same recap with its films."""
        reel = Reel(file=FILMS["reel"], duration_s=self.reel_s) if self.reel_s else None
        after_s = round(max(0.0, self.after_s), 2)
        return msgspec.structs.replace(recap, video=FILMS["meeting"], reel=reel, films_after_s=after_s)


def files_by_name(recap: Recap, files: Mapping[str, File]) -> dict[str, File]:
    """Everyone's file by the name that the recap gives them, in the order of joining.

    Args:
        recap: names everyone.
        files: by id.
    """
    return {person.name: files[person.id] for person in recap.people if person.id in files}
