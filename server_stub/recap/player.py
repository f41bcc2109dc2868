"""Writes the whole meeting as one file for the player: the picture of whoever speaks, everyone's sound.

Pictures are copied as they were recorded, so this costs next to nothing; only the mixed sound is encoded anew. A change
of speaker waits for the next speaker's next key frame.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from app.wire.recap import Utterance
from server_stub.recap.mix import BLOCK, RATE_HZ, ClipSound, mix_files
from server_stub.recap.pictures import STALE_S, Shot, read_shots
from server_stub.recap.reel import open_audio, write_sound

#: A shorter utterance (`yes`, `sure`) does not take the picture.
TURN_S = 1.0
MS = Fraction(1, 1000)


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


def choose_shots(files: Mapping[str, Path], turns: Sequence[tuple[float, str]]) -> Iterator[Shot]:
    """The pictures of the speaker view, in order of time, each run beginning with a key frame.

    Args:
        files: by name, of those who have pictures.
        turns: from `plan_turns`.
    """
    starts = [start_s for start_s, _ in turns]
    lanes = [_lane(name, path) for name, path in sorted(files.items())]
    shown: str | None = None
    last_s = 0.0
    for at_s, name, shot in heapq.merge(*lanes, key=lambda each: (each[0], each[1])):
        turn = bisect_right(starts, at_s) - 1
        wanted = turns[turn][1] if turn >= 0 else None
        free = shown is None or at_s - last_s > STALE_S
        if shot.is_key and name != shown and (name == wanted or free):
            shown = name
        if name == shown:
            last_s = at_s
            yield shot


def _lane(name: str, path: Path) -> Iterator[tuple[float, str, Shot]]:
    for shot in read_shots(path):
        yield shot.at_s, name, shot


def write_player(files: Mapping[str, Path], transcript: Sequence[Utterance], clips: ClipSound, out: Path) -> float:
    """Writes the file, and lets the sound pass by whoever wants parts of it.

    Args:
        files: everyone's file by name, all with the same zero.
        transcript: tells who speaks when.
        clips: keeps the sound of the highlights.
        out: where the file goes.

    Returns:
        The length of the sound in seconds; 0 where there is none, and then there is no file.

    Raises:
        OSError: the disk is full or the folder cannot be written.
    """
    seen = {name: path for name, path in files.items() if _first_key(path)}
    shots = choose_shots(seen, plan_turns(transcript, list(seen)))
    template = next(iter(seen.values()), None)
    blocks = mix_files(files.values())
    first = next(blocks, None)
    if first is None:
        return 0.0
    with av.open(str(out), "w", format="webm", options={"fflags": "+bitexact"}) as file:
        video = _copied_stream(file, template) if template else None
        audio = open_audio(file)
        shot, last_ms, at = next(shots, None) if video else None, -1, 0
        block: Any = first
        while block is not None:
            clips.pass_by(block)
            write_sound(file, audio, block, at)
            at += BLOCK
            while shot is not None and shot.at_s * RATE_HZ < at:
                last_ms = max(last_ms + 1, round(shot.at_s * 1000))
                file.mux(_packet(shot, video, last_ms))
                shot = next(shots, None)
            block = next(blocks, None)
        file.mux(audio.encode(None))
    return at / RATE_HZ


def _first_key(path: Path) -> bool:
    return any(shot.is_key for shot in read_shots(path))


def _copied_stream(file: Any, template: Path) -> Any:
    with av.open(str(template), metadata_errors="ignore") as source:
        stream = file.add_stream_from_template(source.streams.video[0], opaque=True)
    stream.time_base = MS
    return stream


def _packet(shot: Shot, stream: Any, at_ms: int) -> Any:
    packet = av.Packet(shot.data)
    packet.pts = packet.dts = at_ms
    packet.time_base = MS
    packet.is_keyframe = shot.is_key
    packet.stream = stream
    return packet
