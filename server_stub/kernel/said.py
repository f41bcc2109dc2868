"""What people write to each other, in a room or in a meeting: cleaned, limited in length."""

from __future__ import annotations

from app.wire.text import is_blank, paragraphs
from server_stub.errors import Refusal

#: As the wire's `Text`.
LONGEST = 4000


def clean(text: str) -> str:
    """A text as it is kept.

    Raises:
        Refusal: nothing of it can be seen, or it is too long.
    """
    kept = paragraphs(text)
    if is_blank(kept) or len(kept) > LONGEST:
        raise Refusal("malformed", f"A message has 1 to {LONGEST} visible characters.")
    return kept
