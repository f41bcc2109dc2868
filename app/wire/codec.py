"""Turns messages into text and back, and refuses everything else: one JSON object per websocket text message."""

from __future__ import annotations

from types import ModuleType
from typing import Union

import msgspec

from app.wire import (
    accounts,
    captions,
    chat,
    errors,
    gestures,
    hands,
    lobby,
    media,
    notices,
    people,
    pointing,
    privacy,
    quality,
    reactions,
    recap,
    recording,
    rooms,
    schedule,
    sharing,
    versions,
)
from app.wire.errors import Malformed, TooLarge
from app.wire.fields import Ask, Tell

#: Raised with each change that an older side would misunderstand.
PROTOCOL = 8
#: Bytes; SDP is the longest thing that is said by a client, a recap by the server.
MAX_ASK_BYTES = 128 * 1024
MAX_TELL_BYTES = 16 * 1024 * 1024

MODULES: tuple[ModuleType, ...] = (
    accounts,
    rooms,
    schedule,
    people,
    lobby,
    chat,
    media,
    quality,
    sharing,
    pointing,
    hands,
    reactions,
    gestures,
    recording,
    captions,
    recap,
    versions,
    notices,
    privacy,
    errors,
)


def _kinds(base: type) -> tuple[type, ...]:
    found = {
        value
        for module in MODULES
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, base) and value is not base
    }
    return tuple(sorted(found, key=lambda kind: kind.__name__))


ASKS: tuple[type[Ask], ...] = _kinds(Ask)
TELLS: tuple[type[Tell], ...] = _kinds(Tell)

_encoder = msgspec.json.Encoder()
_ask_decoder = msgspec.json.Decoder(Union[ASKS])  # noqa: UP007
_tell_decoder = msgspec.json.Decoder(Union[TELLS])  # noqa: UP007


def encode(message: Ask | Tell) -> str:
    """The text that goes on the socket. Field limits are checked when it is decoded, not here."""
    return _encoder.encode(message).decode()


def decode_ask(text: str | bytes) -> Ask:
    """What a client said.

    Raises:
        TooLarge: longer than `MAX_ASK_BYTES`.
        Malformed: anything that is not exactly one of `ASKS`.
    """
    return _decode(_ask_decoder, text, MAX_ASK_BYTES)  # type: ignore[return-value]


def decode_tell(text: str | bytes) -> Tell:
    """What a server said; raises as `decode_ask` does."""
    return _decode(_tell_decoder, text, MAX_TELL_BYTES)  # type: ignore[return-value]


def _decode(decoder: msgspec.json.Decoder[object], text: str | bytes, limit: int) -> object:
    # A str has at most four bytes a character: only long ones are worth the exact count.
    if len(text) > limit or (isinstance(text, str) and len(text) * 4 > limit and len(text.encode()) > limit):
        raise TooLarge("A message was longer than this program accepts.")
    try:
        return decoder.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError) as error:
        raise Malformed("A message could not be understood.") from error
