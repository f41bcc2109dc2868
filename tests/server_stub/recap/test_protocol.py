import io

import pytest

from server_stub.recap import protocol


def test_messages_come_back_as_they_were() -> None:
    packet = protocol.Packet(person="ada", start_s=1.5, opus=b"\x00\xff")
    stream = io.BytesIO(protocol.pack(packet) + protocol.pack(protocol.Flush()))
    assert protocol.read_asked(stream) == packet
    assert protocol.read_asked(stream) == protocol.Flush()
    assert protocol.read_asked(stream) is None
    assert protocol.unpack_told(protocol.pack(protocol.Failed(reason="x"))[4:]) == protocol.Failed(reason="x")


@pytest.mark.parametrize("junk", [b"\x00\x00\x00\x02hi", b"\xff\xff\xff\xff", b"\x00\x00\x00\x01\xc1"])
def test_junk_is_refused(junk: bytes) -> None:
    with pytest.raises(protocol.Broken):
        protocol.read_asked(io.BytesIO(junk))
    with pytest.raises(protocol.Broken):
        protocol.unpack_told(junk)


def test_cut_off_message_is_the_end() -> None:
    whole = protocol.pack(protocol.Flush())
    assert protocol.read_asked(io.BytesIO(whole[:-1])) is None
    assert protocol.read_asked(io.BytesIO(whole[:3])) is None
