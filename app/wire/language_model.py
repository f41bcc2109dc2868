"""What people are told of the language model that a server's recaps are written with, before they agree."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app.wire.fields import Plain

#: Letters of the name of a model and of its host, as they are told.
LONGEST_MODEL, LONGEST_HOST = 60, 60


class LanguageModel(Plain, frozen=True, kw_only=True):
    """The language model that a server sends transcripts to, as its administrator has set it up."""

    #: Its host, with the port where one was named.
    host: Annotated[str, Meta(min_length=1, max_length=LONGEST_HOST)]
    model: Annotated[str, Meta(min_length=1, max_length=LONGEST_MODEL)]
    #: Text may leave the private network for that host.
    leaves: bool = False


def model_words(told: LanguageModel | None) -> str:
    """What the recording notice, and the receipt of who has agreed to it, say of the model; empty without one."""
    if told is None:
        return ""
    words = f"The recap is written with a language model at {told.host} ({told.model}): "
    if told.leaves:
        return f"{words}what is said, and who says it, leaves this server for {told.host} as text."
    return f"{words}what is said, and who says it, is sent there as text."
