"""Writes the whole meeting as one file for the player: the shared screen or whoever speaks, and everyone's sound.

Pictures are copied as they were recorded, so this costs next to nothing and a screen is as sharp as it was; only the
mixed sound is encoded anew. A change of picture waits for the next one's next key frame.
"""

from __future__ import annotations

import heapq
import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
import numpy as np

from app.net.guard.payloads import key_frame_size
from app.wire.recap import Utterance
from server_stub.recap.canvas import Canvas
from server_stub.recap.mix import BLOCK, PACKET, RATE_HZ, SoundEncoder, mix_files
from server_stub.recap.pictures import STALE_S, Shot, read_shots
from server_stub.recap.reel import FPS, VIDEO_OPTIONS, open_audio
from server_stub.recap.shares import Shared, newest_at
from server_stub.recap.still import still_picture

#: How long the last picture of a screen stands when the share is over and no face is there.
PAUSE_S = 0.5
BLANK_SIZE = (640, 360)
#: A screen on which nothing moves is said again this often: a player set to a second shows the picture that comes next.
STILL_S = 1.0
#: A shorter utterance (`yes`, `sure`) does not take the picture.
TURN_S = 1.0
MS = Fraction(1, 1000)
AUDIO_STEP = Fraction(1, RATE_HZ)
#: Samples that libopus looks ahead: its first packet begins so much before the sound. Source: its pre-skip at 48 kHz.
LEAD = 312


def plan_turns(transcript: Sequence[Utterance], seen: Sequence[str]) -> list[tuple[float, str]]:
    """From which second on whom to show.

    Args:
        transcript: in order of time.
        seen: the speakers who have pictures.
    """
    turns: list[tuple[float, str]] = []
    for said in transcript:
        long_enough = said.end_s - said.start_s >= TURN_S or not turns
        if said.speaker in seen and long_enough and (not turns or turns[-1][1] != said.speaker):
            turns.append((said.start_s, said.speaker))
    return turns


def choose_shots(
    files: Mapping[str, Path], turns: Sequence[tuple[float, str]], shares: Sequence[Shared] = ()
) -> Iterator[Shot]:
    """The pictures of the film, in order of time, each run beginning with a key frame.

    A shared screen stands before every face for as long as it is shared, also while nothing moves on it.

    Args:
        files: by name, of those who have pictures.
        turns: from `plan_turns`.
        shares: the screens that were shared.
    """
    starts = [start_s for start_s, _ in turns]
    lanes = [_lane(name, "", path) for name, path in sorted(files.items())]
    lanes += [_lane("", path, Path(path)) for path in sorted({one.path for one in shares})]
    shown: tuple[str, str] | None = None
    last_s, screen_ends_s, size = 0.0, math.inf, BLANK_SIZE
    for at_s, lane, shot in heapq.merge(*lanes, key=lambda each: (each[0], each[1])):
        while shown is not None and shown[1] and last_s + STILL_S < min(at_s, screen_ends_s):
            last_s += STILL_S
            yield Shot(last_s, False, still_picture(*size))
        share = newest_at(shares, at_s)
        if share is None and at_s > screen_ends_s + PAUSE_S:
            yield _blank(screen_ends_s + PAUSE_S)
            shown, screen_ends_s = None, math.inf
        if share is not None:
            takes = lane[1] == share.path
        else:
            turn = bisect_right(starts, at_s) - 1
            free = shown is None or bool(shown[1]) or at_s - last_s > STALE_S
            takes = not lane[1] and (free or (turn >= 0 and lane[0] == turns[turn][1]))
        if takes and shot.is_key and lane != shown:
            shown = lane
        if lane == shown and (share is not None) == bool(lane[1]):
            last_s = at_s
            screen_ends_s = _end_of(share) if share else math.inf
            size = (key_frame_size(shot.data) or size) if shot.is_key else size
            yield shot
    while last_s + STILL_S < screen_ends_s < math.inf:
        last_s += STILL_S
        yield Shot(last_s, False, still_picture(*size))
    if screen_ends_s < math.inf:
        yield _blank(screen_ends_s + PAUSE_S)


def _lane(name: str, screen: str, path: Path) -> Iterator[tuple[float, tuple[str, str], Shot]]:
    for shot in read_shots(path):
        yield shot.at_s, (name, screen), shot


def _end_of(share: Shared) -> float:
    return math.inf if share.end_s is None else share.end_s


def _blank(at_s: float) -> Shot:
    """A plain picture: a screen that is no longer shared does not stand until somebody switches a camera on."""
    encoder = av.CodecContext.create("libvpx", "w")
    encoder.width, encoder.height, encoder.pix_fmt = BLANK_SIZE[0], BLANK_SIZE[1], "yuv420p"
    encoder.time_base, encoder.options = MS, VIDEO_OPTIONS
    packets = [*encoder.encode(Canvas(BLANK_SIZE, 0).frame(0, FPS)), *encoder.encode(None)]
    return Shot(at_s, True, bytes(packets[0]))


def write_player(
    files: Mapping[str, Path],
    transcript: Sequence[Utterance],
    out: Path,
    shares: Sequence[Shared] = (),
    mixed: Mapping[int, Sequence[bytes]] | None = None,
) -> float:
    """Writes the file.

    Args:
        files: everyone's file by name, all with the same zero.
        transcript: tells who speaks when.
        out: where the file goes.
        shares: the screens that were shared.
        mixed: seconds whose sound is mixed and encoded already; see `live_mix`.

    Returns:
        The length of the sound in seconds; 0 where there is none, and then there is no file.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    seen = {name: path for name, path in files.items() if _first_key(path)}
    shares = [one for one in shares if _first_key(Path(one.path))]
    shots = choose_shots(seen, plan_turns(transcript, list(seen)), shares)
    # Some players take the size of the whole from the file's head: letters need the larger one.
    template = next((Path(one.path) for one in shares), next(iter(seen.values()), None))
    sound = _sound(list(files.values()), mixed or {})
    first = next(sound, None)
    if first is None:
        return 0.0
    with av.open(str(out), "w", format="webm", options={"fflags": "+bitexact"}) as file:
        video = _copied_stream(file, template) if template else None
        audio = open_audio(file)
        # Opened for what it writes into the file's head; the packets come encoded.
        audio.codec_context.open()
        shot, last_ms, seconds = next(shots, None) if video else None, -1, 0
        second: Sequence[bytes] | None = first
        while second is not None:
            for number, data in enumerate(second):
                at = seconds * RATE_HZ + number * PACKET - LEAD
                file.mux(_packet(Shot(0.0, True, data), audio, at, AUDIO_STEP))
            seconds += 1
            while shot is not None and shot.at_s < seconds:
                last_ms = max(last_ms + 1, round(shot.at_s * 1000))
                file.mux(_packet(shot, video, last_ms, MS))
                shot = next(shots, None)
            second = next(sound, None)
    return float(seconds)


def _sound(files: Sequence[Path], mixed: Mapping[int, Sequence[bytes]]) -> Iterator[Sequence[bytes]]:
    """Everyone's sound second by second, as Opus packets; what is not mixed already is mixed from the files."""
    second = 0
    while True:
        while second in mixed:
            yield mixed[second]
            second += 1
        ahead = [other for other in mixed if other > second]
        most = min(ahead) - second if ahead else None
        encoder, count = SoundEncoder(), 0
        for block in islice(mix_files(files, from_s=float(second)), most):
            yield encoder.encode(block)
            count += 1
        if not ahead:
            return
        # The files end before it, and yet there is sound after: silence lies between.
        yield from (encoder.encode(np.zeros(BLOCK, np.float32)) for _ in range((most or 0) - count))
        second = min(ahead)


def _first_key(path: Path) -> bool:
    return any(shot.is_key for shot in read_shots(path))


def _copied_stream(file: Any, template: Path) -> Any:
    with av.open(str(template), metadata_errors="ignore") as source:
        stream = file.add_stream_from_template(source.streams.video[0], opaque=True)
    stream.time_base = MS
    return stream


def _packet(shot: Shot, stream: Any, at: int, time_base: Fraction) -> Any:
    packet = av.Packet(shot.data)
    packet.pts = packet.dts = at
    packet.time_base = time_base
    packet.is_keyframe = shot.is_key
    packet.stream = stream
    return packet
