"""Encryption with less around libsrtp: what pylibsrtp's own calls give and refuse, byte for byte."""

import struct

import pylibsrtp
import pytest
from pylibsrtp import Policy, Session

from server_stub.relay.sealing import Sealers, Sessions, opener, sealer

PROFILES = {
    Policy.SRTP_PROFILE_AEAD_AES_256_GCM: 44,
    Policy.SRTP_PROFILE_AEAD_AES_128_GCM: 28,
    Policy.SRTP_PROFILE_AES128_CM_SHA1_80: 30,
}


def session(direction, profile, length):
    return Session(Policy(key=bytes(range(length)), ssrc_type=direction, srtp_profile=profile))


def packet(seq, size=200, ssrc=7):
    return struct.pack("!BBHLL", 0x80, 96, seq, 0, ssrc) + bytes([seq & 0xFF]) * (size - 12)


@pytest.mark.parametrize(("profile", "length"), PROFILES.items())
def test_each_side_understands_pylibsrtp(profile, length):
    ours = session(Policy.SSRC_ANY_OUTBOUND, profile, length)
    theirs = session(Policy.SSRC_ANY_OUTBOUND, profile, length)
    reader, other_reader = (session(Policy.SSRC_ANY_INBOUND, profile, length) for _ in range(2))
    seal, open_ = sealer(ours), opener(reader)
    for seq, size in enumerate((12, 60, 1_356, 13)):
        plain = packet(seq, size)
        sealed = seal(plain)
        assert sealed == theirs.protect(plain) != plain
        assert open_(sealed) == other_reader.unprotect(sealed) == plain


@pytest.mark.parametrize(("profile", "length"), PROFILES.items())
def test_each_stream_has_a_session_of_its_own_that_counts_rounds_and_seals_again(profile, length):
    sessions = Sessions(bytes(range(length)), profile)
    seals, reader = Sealers(sessions), session(Policy.SSRC_ANY_INBOUND, profile, length)
    theirs = session(Policy.SSRC_ANY_OUTBOUND, profile, length)
    theirs_seal, open_ = sealer(theirs), opener(reader)
    streams, first = [7, 0xFFFF_FFFE], {}
    for seq in (*range(65_000, 65_536), *range(1_000)):
        for ssrc in streams:
            plain = packet(seq, 30, ssrc)
            sealed = seals[plain[8:12]](plain)
            assert sealed == theirs_seal(plain), "as in one session, but for how soon it is found"
            assert open_(sealed) == plain
            first.setdefault((seq, ssrc), sealed)
    again = packet(65_530, 30, 7)
    assert seals[again[8:12]](again) == first[65_530, 7], "a thousand packets back, as in the round before"
    assert sorted(sessions) == [ssrc.to_bytes(4, "big") for ssrc in streams]


def test_a_session_takes_no_packet_of_another_stream():
    sessions = Sessions(bytes(44), Policy.SRTP_PROFILE_AEAD_AES_256_GCM)
    with pytest.raises(pylibsrtp.Error):
        sessions[bytes((0, 0, 0, 7))].protect(packet(1, 30, 8))


def test_what_is_too_long_is_refused():
    profile = Policy.SRTP_PROFILE_AEAD_AES_128_GCM
    seal = sealer(session(Policy.SSRC_ANY_OUTBOUND, profile, 28))
    open_ = opener(session(Policy.SSRC_ANY_INBOUND, profile, 28))
    for work, most in ((seal, 1_356), (open_, 1_500)):
        with pytest.raises(ValueError, match="too long"):
            work(packet(1, most + 1))
    assert len(seal(packet(1, 1_356))) == 1_356 + 16


def test_what_is_not_authentic_or_came_before_is_refused():
    profile = Policy.SRTP_PROFILE_AEAD_AES_256_GCM
    seal = sealer(session(Policy.SSRC_ANY_OUTBOUND, profile, 44))
    open_ = opener(session(Policy.SSRC_ANY_INBOUND, profile, 44))
    sealed = seal(packet(1))
    with pytest.raises(pylibsrtp.Error):
        open_(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    assert open_(sealed) == packet(1)
    for junk in (sealed, b"", b"\x80" * 20):
        with pytest.raises(pylibsrtp.Error):
            open_(junk)


def test_the_session_lives_as_long_as_its_work():
    import gc

    seal = sealer(session(Policy.SSRC_ANY_OUTBOUND, Policy.SRTP_PROFILE_AEAD_AES_256_GCM, 44))
    gc.collect()
    assert len({seal(packet(seq)) for seq in range(50)}) == 50


def test_two_connections_do_not_share_their_memory():
    seals = [sealer(session(Policy.SSRC_ANY_OUTBOUND, profile, length)) for profile, length in PROFILES.items()]
    first = [seal(packet(1, 100)) for seal in seals]
    kept = list(first)
    for seal in seals:
        seal(packet(2, 1_000))
    assert first == kept
