"""Who sends pictures is told how high they are wanted, and whether their face is wanted small as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from app.wire.media import LOW
from server_stub.relay.links import Member
from server_stub.relay.wanted import Wants, height_for

Tell: TypeAlias = Callable[[str, str, int | None], None]
"""Takes whose picture it is, its source, and a height as of `RelayEvents.picture_wanted`."""


def tell_wanted(people: Mapping[str, Member], wants: Mapping[str, Wants], now_s: float, tell: Tell) -> None:
    """Tells each owner what is news; who is recorded is wanted as they are.

    Args:
        people: all in a meeting.
        wants: what each of them shows, of those who have said so.
        now_s: monotonic.
        tell: told.
    """
    for someone in people.values():
        if (uplink := someone.uplink) is None:
            continue
        for stream in uplink.streams.values():
            source = stream.source
            if source is None or stream.kind != "video" or source.source == LOW:
                continue
            # Who gets a face small needs nothing of the large one.
            on_low = uplink.on_low if source.source == "camera" else frozenset[str]()
            viewers = [wants.get(one) for one in people if one != someone.id and one not in on_low]
            height = None if stream.tap else height_for(someone.id, source.source, viewers)
            if stream.telling.is_due(height, now_s):
                tell(someone.id, source.source, height)
        if uplink.is_low_news(now_s):
            tell(someone.id, LOW, uplink.face.layers.low_px)
