"""Reads a picture's size from its file's header, before anything is decoded; pure.

Sources: PNG (ISO/IEC 15948) 11.2.2, JPEG (ITU-T T.81) B.2.2, WebP container (RFC 9649) 2.5-2.7, BMP (BITMAPINFOHEADER),
GIF89a 18, TIFF 6.0 section 2.
"""

from __future__ import annotations

import struct

Size = tuple[int, int]
#: Markers of JPEG that begin a frame: all of C0 to CF but the tables and the reserved one.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: TIFF's tags, and the letters by which `struct` knows their types.
_WIDTH, _HEIGHT = 256, 257
_TIFF_TYPES = {1: "B", 3: "H", 4: "I"}


def read_size(data: bytes) -> Size | None:
    """Width and height in pixels that a picture file claims.

    Args:
        data: the whole file.

    Returns:
        Both at least 1; None where it is no PNG, JPEG, WebP, BMP, GIF or TIFF, or its head is damaged.
    """
    try:
        size = _size(data)
    except (struct.error, IndexError):
        return None
    return size if size and size[0] > 0 and size[1] > 0 else None


def _size(data: bytes) -> Size | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        return struct.unpack_from(">II", data, 16)
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _webp(data)
    if data.startswith(b"BM"):
        return _bmp(data)
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return _gif(data)
    if data[:4] in (b"II*\0", b"MM\0*"):
        return _tiff(data, "<" if data[:1] == b"I" else ">")
    return None


def _jpeg(data: bytes) -> Size | None:
    largest: Size | None = None
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return largest
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in (0x01, *range(0xD0, 0xD9)):
            at += 2
        elif marker in (0xD9, 0xDA):
            return largest
        elif marker in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            # A second frame is against the rules; whichever a decoder heeds.
            largest = (width, height) if largest is None else (max(width, largest[0]), max(height, largest[1]))
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]
        else:
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return largest


def _webp(data: bytes) -> Size | None:
    """The larger of canvas and picture: an extended file names a canvas first and its picture further on."""
    sizes: list[Size] = []
    at = 12
    while at + 8 <= len(data):
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        body = at + 8
        if name == b"VP8X":
            width, height = (
                int.from_bytes(data[body + 4 + 3 * side : body + 7 + 3 * side], "little") for side in (0, 1)
            )
            sizes.append((width + 1, height + 1))
        elif name == b"VP8L":
            bits = struct.unpack_from("<I", data, body + 1)[0]
            sizes.append(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
        elif name == b"VP8 ":
            width, height = struct.unpack_from("<HH", data, body + 6)
            sizes.append((width & 0x3FFF, height & 0x3FFF))
        elif name == b"ANMF":
            # A picture of an animation: its own chunk stands within.
            at = body + 16
            continue
        at = body + length + (length & 1)
    return (max(width for width, _ in sizes), max(height for _, height in sizes)) if sizes else None


def _bmp(data: bytes) -> Size:
    if struct.unpack_from("<I", data, 14)[0] == 12:
        return struct.unpack_from("<HH", data, 18)
    width, height = struct.unpack_from("<ii", data, 18)
    return abs(width), abs(height)


def _gif(data: bytes) -> Size:
    """The larger of screen and first picture, which may stand out of it."""
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    while at < len(data) and data[at] == 0x21:
        at += 2
        while data[at]:
            at += 1 + data[at]
        at += 1
    if at < len(data) and data[at] == 0x2C:
        left, top, inner_width, inner_height = struct.unpack_from("<HHHH", data, at + 1)
        width, height = max(width, left + inner_width), max(height, top + inner_height)
    return width, height


def _tiff(data: bytes, order: str) -> Size | None:
    found: dict[int, int] = {}
    (at,) = struct.unpack_from(order + "I", data, 4)
    (count,) = struct.unpack_from(order + "H", data, at)
    for entry in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind = struct.unpack_from(order + "HH", data, entry)
        if tag in (_WIDTH, _HEIGHT) and kind in _TIFF_TYPES:
            # A tag that stands there twice is against the rules; whichever a decoder heeds.
            found[tag] = max(found.get(tag, 0), struct.unpack_from(order + _TIFF_TYPES[kind], data, entry + 8)[0])
    return (found[_WIDTH], found[_HEIGHT]) if len(found) == 2 else None
