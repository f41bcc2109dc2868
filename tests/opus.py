"""Speech as packets, as a client sends it and as a bad line lets it through."""

from fractions import Fraction

import av
import numpy as np

RATE_HZ = 16_000
PACKET_S = 0.02
EDGE_S = 0.8


def opus_packets(sound, *, start_s=0.0):
    """(start_s, packet) of float32 mono at 16 kHz, in packets of 20 ms, with a little silence on both sides."""
    encoder = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format, encoder.bit_rate = 48_000, "mono", "s16", 24_000
    encoder.options = {"frame_duration": "20", "application": "voip"}
    encoder.open()
    edge = np.zeros(round(EDGE_S * RATE_HZ), np.float32)
    samples = (np.clip(np.concatenate([edge, sound, edge]), -1, 1) * 32767).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
    frame.sample_rate, frame.pts, frame.time_base = RATE_HZ, 0, Fraction(1, RATE_HZ)
    pieces = av.AudioResampler(format="s16", layout="mono", rate=48_000, frame_size=960)
    packets = [
        bytes(packet)
        for piece in [*pieces.resample(frame), *pieces.resample(None)]
        if piece.samples == 960
        for packet in encoder.encode(piece)
    ]
    return [(round(start_s + at * PACKET_S, 3), packet) for at, packet in enumerate(packets)]


def lose(packets, part, random, *, burst=1):
    """What is left of packets when a part of them, 0-1, is lost, on average so many in a row."""
    kept, is_bad = [], False
    for packet in packets:
        if burst == 1:
            is_bad = random.random() < part
        elif is_bad:
            is_bad = random.random() >= 1 / burst
        else:
            is_bad = random.random() < part / (burst * (1 - part))
        if not is_bad:
            kept.append(packet)
    return kept
