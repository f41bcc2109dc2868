"""The kinds of field that messages are built from, with the limits that the decoder enforces, and the two bases."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

#: An identifier: unguessable where that matters (128 bits and more), safe in a URL and a file name.
Id = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_\-]+\Z")]
#: A name that a person chose; the server trims it and refuses control characters.
Name = Annotated[str, Meta(min_length=1, max_length=50)]
Email = Annotated[str, Meta(min_length=3, max_length=254, pattern=r"^[^@\s]+@[^@\s]+\Z")]
Password = Annotated[str, Meta(min_length=8, max_length=256)]
#: Text of a message or a chat line.
Text = Annotated[str, Meta(min_length=1, max_length=4000)]
#: Characters of a session description, here and wherever one is read. Ten people with a voice, a camera in two sizes
#: and a screen each need half of it (tests/net/test_descriptions.py); with line ends escaped it fits into a message.
MAX_SDP = 96_000
Sdp = Annotated[str, Meta(min_length=1, max_length=MAX_SDP)]
Secret = Annotated[str, Meta(min_length=1, max_length=256)]
#: Name of a time zone of the IANA database, such as Europe/Lisbon.
ZoneName = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_+\-/]+\Z")]
#: A date as YYYY-MM-DD, and a wall clock time of some time zone as YYYY-MM-DDTHH:MM.
Date = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\d\Z")]
LocalTime = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d\Z")]
#: A web address that is only ever shown and copied.
Url = Annotated[str, Meta(min_length=8, max_length=2000, pattern=r"^https?://[^\s]+\Z")]
#: Seconds since 1970-01-01 UTC.
Time = float
#: Marks a request, so that its answer can be told from everything else; 0 asks for no answer.
RequestNumber = Annotated[int, Meta(ge=0, le=2**53)]


class Ask(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="ask", tag=True):
    """A request of a client. Each is answered: by what it brought about (`re` names it) or by `Refused`."""

    request: RequestNumber = 0


class Tell(msgspec.Struct, frozen=True, kw_only=True, tag_field="told", tag=True):
    """What the server tells: an answer where `re` is a request's number, news where it is 0."""

    re: int = 0


class Plain(msgspec.Struct, frozen=True, kw_only=True):
    """A part of messages: data without a tag."""
