"""Both decoders of voices on real Opus; what one of them recovers of a lost packet."""

import fractions
import random

import av
import numpy as np
import pytest

from app.media.types import RATE_HZ
from app.net import opus
from app.net.opus import AvOpus, LibOpus, find_library, make_opus_decoder

PACKET = 960


def speech_like(seconds):
    """A voice with pitch and syllables, float32."""
    at = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    pitch = 2 * np.pi * np.cumsum(120 + 25 * np.sin(2 * np.pi * 0.7 * at)) / RATE_HZ
    voice = sum(np.sin(pitch * harmonic) / harmonic for harmonic in range(1, 20))
    return (0.15 * voice * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * at))).astype(np.float32)


def packets_of(sound, **options):
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = RATE_HZ, "mono", "s16"
    encoder.bit_rate, encoder.time_base = 32_000, fractions.Fraction(1, RATE_HZ)
    encoder.options = {"application": "voip", "fec": "1", "packet_loss": "10", **options}
    packets = []
    for start in range(0, len(sound) - PACKET + 1, PACKET):
        pixels = (sound[start : start + PACKET] * 32767).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(pixels, format="s16", layout="mono")
        frame.sample_rate, frame.pts = RATE_HZ, start
        packets += [bytes(one) for one in encoder.encode(frame)]
    return packets


def library():
    found = find_library()
    assert found is not None
    return found


def test_both_decoders_hear_the_same():
    packets = packets_of(speech_like(1))
    direct, by_av = LibOpus(library()), AvOpus()
    for packet in packets:
        np.testing.assert_allclose(direct.decode(packet), by_av.decode(packet), atol=2e-4)


@pytest.mark.parametrize("decoder", [lambda: LibOpus(library()), AvOpus], ids=["libopus", "PyAV"])
def test_what_is_no_opus_is_refused_and_the_next_packet_is_heard(decoder):
    decoder, chance = decoder(), random.Random(2)
    (good, *_) = packets_of(speech_like(0.1))
    for _ in range(200):
        bad = b"\xff" + chance.randbytes(chance.randrange(40))
        try:
            assert np.isfinite(decoder.decode(bad)).all()
        except ValueError:
            continue
    assert len(decoder.decode(good)) == PACKET


def error_db(made, said):
    return 10 * np.log10(np.square(made - said).sum() / np.square(said).sum())


def test_a_lost_packet_is_recovered_from_the_next_one():
    packets = packets_of(speech_like(4))
    whole = LibOpus(library())
    said = [whole.decode(packet) for packet in packets]
    decoder, errors = LibOpus(library()), []
    for number, packet in enumerate(packets[:-1]):
        if number % 10 != 5:
            decoder.decode(packet)
        elif decoder.holds_last(packets[number + 1]):
            errors.append(error_db(decoder.recover(packets[number + 1], PACKET), said[number]))
    assert len(errors) >= 10
    assert np.median(errors) < -8


def test_a_packet_without_a_copy_says_so():
    packets = packets_of(speech_like(1), fec="0")
    decoder = LibOpus(library())
    assert not any(decoder.holds_last(packet) for packet in packets)
    assert not decoder.holds_last(b"")
    assert not any(AvOpus().holds_last(packet) for packet in packets_of(speech_like(1)))


@pytest.mark.parametrize("samples", [0, -120, 121, 5880])
def test_nothing_is_recovered_of_a_length_that_no_packet_has(samples):
    decoder = LibOpus(library())
    packets = packets_of(speech_like(0.2))
    decoder.decode(packets[0])
    assert len(decoder.recover(packets[2], samples)) == 0


@pytest.mark.parametrize(
    ("name", "is_it"),
    [
        ("libopus-114e2b1a.so.0.11.1", True),
        ("libopus.so.0", True),
        ("libopus.0.dylib", True),
        ("libopus-0-4369edc456631a3cc933d7918747e5d2.dll", True),
        ("opus.dll", True),
        ("libopusfile-0.dll", False),
        ("libopusenc.so.0", False),
        ("libopus.so.0.debug", False),
        ("libavcodec-5e6b81c2.so.62", False),
    ],
)
def test_the_library_is_known_by_its_name_in_every_wheel(name, is_it, tmp_path):
    libraries = tmp_path / "av.libs"
    libraries.mkdir()
    (libraries / name).touch()
    assert bool(list(opus._places(tmp_path / "av"))) == is_it


def test_without_such_a_library_pyav_decodes(monkeypatch, tmp_path):
    libraries = tmp_path / "av.libs"
    libraries.mkdir()
    (libraries / "libopus.so.0").write_bytes(b"no library")
    monkeypatch.setattr(av, "__file__", str(tmp_path / "av" / "__init__.py"))
    find_library.cache_clear()
    try:
        assert isinstance(make_opus_decoder(), AvOpus)
    finally:
        find_library.cache_clear()
