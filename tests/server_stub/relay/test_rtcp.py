"""Reports and feedback as bytes: what we write aiortc reads, what it writes we read, and junk is nothing."""

import pytest
from aiortc import rtp
from hypothesis import given
from hypothesis import strategies as st

from server_stub.relay import rtcp


@given(st.lists(st.integers(0, 65_535), min_size=1, max_size=60, unique=True))
def test_a_nack_of_ours_is_read_by_aiortc_and_by_us(lost):
    packet = rtcp.write_nack(77, lost)
    (theirs,) = rtp.RtcpPacket.parse(packet)
    assert sorted(theirs.lost) == sorted(lost)
    assert theirs.media_ssrc == 77
    (ours,) = rtcp.read(packet)
    assert (ours.ssrc, sorted(ours.lost)) == (77, sorted(lost))


def test_neighbours_share_an_entry_but_not_across_the_wrap():
    packet = rtcp.write_nack(1, [65_534, 65_535, 0, 5, 14])
    assert len(packet) == 20
    assert rtcp.read(packet) == [rtcp.Nack(1, (65_534, 65_535, 0, 5, 14))]


def test_a_pli_of_ours_is_one():
    (theirs,) = rtp.RtcpPacket.parse(rtcp.write_pli(5))
    assert (theirs.fmt, theirs.media_ssrc) == (rtp.RTCP_PSFB_PLI, 5)
    assert rtcp.read(rtcp.write_pli(5)) == [rtcp.KeyFrameWanted(5)]


def test_a_fir_names_its_target_in_the_entry():
    fir = rtp.RtcpPsfbPacket(fmt=rtp.RTCP_PSFB_FIR, ssrc=1, media_ssrc=0, fci=b"\x00\x00\x00\x09\x01\x00\x00\x00")
    assert rtcp.read(bytes(fir)) == [rtcp.KeyFrameWanted(9)]


def test_sender_reports_go_through_unchanged():
    report = rtcp.SenderReport(4_000_000_000, 2**63 + 5, 123, 456, 789)
    packet = rtcp.write_sender_report(report)
    (theirs,) = rtp.RtcpPacket.parse(packet)
    assert (theirs.ssrc, theirs.sender_info.ntp_timestamp, theirs.sender_info.rtp_timestamp) == (
        report.ssrc,
        report.ntp,
        report.timestamp,
    )
    assert rtcp.read(packet + rtcp.write_pli(5)) == [report, rtcp.KeyFrameWanted(5)]


def test_a_receiver_report_of_ours_is_read_by_aiortc():
    voice = rtcp.ReceptionReport(8, 0, -3, 1 << 32, 1 << 32, 0, 1 << 32)
    picture = rtcp.ReceptionReport(9, 64, 1000, 70_000, 3, 0xABCD, 65_536)
    (theirs,) = rtp.RtcpPacket.parse(rtcp.write_receiver_report([voice, picture]))
    other, block = theirs.reports
    assert (other.ssrc, other.packets_lost, other.highest_sequence, other.dlsr) == (8, 0, 0, 0)
    assert (block.ssrc, block.fraction_lost, block.packets_lost, block.highest_sequence) == (9, 64, 1000, 70_000)
    assert (block.lsr, block.dlsr) == (0xABCD, 65_536)


@pytest.mark.parametrize(
    "packet",
    [b"", b"\x80", b"\x80\xc8\xff\xff", b"\x00\xc8\x00\x06" + bytes(24), b"\x81\xcd\x00\x00", b"\x8f\xce\x00\x01abcd"],
)
def test_malformed_packets_say_nothing(packet):
    assert rtcp.read(packet) == []


@given(st.integers(0, 900_000_000), st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=20))
def test_a_remb_of_ours_is_read_by_aiortc_and_by_us(bps, ssrcs):
    packet = rtcp.write_most_rate(bps, ssrcs)
    (theirs,) = rtp.RtcpPacket.parse(packet)
    rate, named = rtp.unpack_remb_fci(theirs.fci)
    assert named == ssrcs
    assert bps * 0.9999 - 1 <= rate <= bps
    assert rtcp.read(packet) == [rtcp.MostRate(rate, tuple(ssrcs))]


@pytest.mark.parametrize("cut", range(4, 24, 4))
def test_a_remb_that_is_cut_off_is_nothing_or_names_less(cut):
    whole = bytearray(rtcp.write_most_rate(500_000, [5, 6]))
    part = whole[:-cut]
    part[2:4] = (len(part) // 4 - 1).to_bytes(2, "big")
    assert rtcp.read(bytes(part)) in ([], [rtcp.MostRate(500_000, (5,))], [rtcp.MostRate(500_000, ())])


def test_no_rate_is_too_large_to_reckon_with():
    remb = rtp.RtcpPsfbPacket(fmt=rtp.RTCP_PSFB_APP, ssrc=1, media_ssrc=0, fci=b"REMB\x01\xff\xff\xff" + bytes(4))
    assert rtcp.read(bytes(remb)) == [rtcp.MostRate(1_000_000_000, (0,))]


def test_a_nack_cannot_ask_for_more_than_the_ring_holds():
    huge = b"\x81\xcd\x03\xea" + bytes(8) + b"\x00\x01\xff\xff" * 1000
    (nack,) = rtcp.read(huge)
    assert len(nack.lost) == 512


@given(st.binary(max_size=200))
def test_nothing_makes_the_reader_raise(data):
    rtcp.read(data)
    rtcp.read(b"\x81\xcd\x00\x10" + data)
