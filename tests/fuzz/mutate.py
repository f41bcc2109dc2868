"""Inputs that are almost right: bytes and lines cut, doubled, swapped and replaced; the same for the same seed."""

_BYTES = (b"\0", b"\xff", b"\x7f", b"\x80", b"\0\0", b"\xff\xff", bytes(4), b"\xff" * 4, b"\xbe\xde", b"\x9d\x01*")
_WORDS = (
    b"-1", b"0", b"9" * 20, b"a=", b"m=", b"\r\n", b" ", b":", b"=", b"NaN", b"x", b"\xc3\x28", b"c=IN IP4 x", b"{",
    b"[", b'"', b"a=rtpmap:x y/z", b"a=ssrc-group:FID", b"a=fingerprint:", b"a=extmap:1", b"a=setup:",
    b"a=group:BUNDLE", b"a=fmtp:97", b"a=candidate:1 1", b"a=mid:", b"\xe2\x80\xae", b"https://[", b"@", b"%00", b"//",
    b"x.local",
)  # fmt: skip


def mutate(chance, seeds, *, is_text):
    """One input.

    Args:
        chance: a `random.Random`.
        seeds: good inputs, as bytes.
        is_text: in lines and words, rather than in bytes alone.
    """
    if not is_text and chance.random() < 0.05:
        return chance.randbytes(chance.randrange(200))
    data = bytearray(chance.choice(seeds))
    if is_text and chance.random() < 0.6:
        return _in_lines(chance, bytes(data))
    for _ in range(chance.randrange(1, 6)):
        data = _in_bytes(chance, data, _WORDS if is_text else _BYTES, seeds)
    return bytes(data)


def _in_lines(chance, data):
    lines = data.split(b"\r\n")
    for _ in range(chance.randrange(1, 4)):
        at = chance.randrange(len(lines))
        words = lines[at].split(b" ")
        match chance.randrange(6):
            case 0:
                lines[at] = lines[at][: chance.randrange(len(lines[at]) + 1)]
            case 1 if len(lines) > 1:
                del lines[at]
            case 2:
                lines.insert(at, chance.choice(lines))
            case 3:
                words[chance.randrange(len(words))] = chance.choice(_WORDS)
                lines[at] = b" ".join(words)
            case 4:
                lines.insert(at, chance.choice(_WORDS))
            case _:
                del words[chance.randrange(len(words))]
                lines[at] = b" ".join(words)
    return b"\r\n".join(lines)


def _in_bytes(chance, data, pieces, seeds):
    if not data:
        return data
    at = chance.randrange(len(data))
    match chance.randrange(7):
        case 0:
            data[at] ^= 1 << chance.randrange(8)
        case 1:
            data[at] = chance.randrange(256)
        case 2:
            piece = chance.choice(pieces)
            data[at : at + len(piece)] = piece
        case 3:
            del data[at : at + chance.randrange(1, 9)]
        case 4:
            data[at:at] = chance.randbytes(chance.randrange(1, 9))
        case 5:
            del data[at:]
        case _:
            data += chance.choice(seeds)[chance.randrange(3) :]
    return data
