"""How much work is left when the last person leaves: counted in seconds of a processor, however busy the computer is.

`python -m tests.bench recap-speed` measures the wait itself, with the ear and both processes.
"""

import time
from pathlib import Path

import msgspec
import pytest

from server_stub.recap.compose import Material, write_recap
from server_stub.recap.filmed import files_by_name
from server_stub.recap.films import write_film
from server_stub.recap.live_mix import LiveMix
from server_stub.recap.sound import OpusListener
from server_stub.recap.transcript import Spoken
from tests.bench.recap_material import STARTED_AT, make_call, record

#: The wait that is promised, and the hour of four people that it is promised for.
WAIT_S, HOUR_S = 60.0, 3600.0
MINUTES = 2


def cpu_s(work) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


@pytest.mark.heavy
def test_r55_after_an_hour_of_four_people_less_than_a_minute_of_work_is_left(tmp_path: Path) -> None:
    call = make_call(MINUTES, 4)
    record(call, tmp_path)
    decoders, mix = {name.lower(): OpusListener() for name in call.voices}, LiveMix(tmp_path)
    for at, person, opus in call.packets:
        decoders[person].decode(opus)
        mix.add(person, at, decoders[person].whole)
    mix.close()
    hours = round(HOUR_S / call.length_s)
    spoken = [
        Spoken(
            person=turn.person, start_s=turn.start_s + n * call.length_s, end_s=turn.end_s + n * call.length_s,
            text=turn.text, confidence=0.9,
        )
        for n in range(hours) for turn in call.turns
    ]  # fmt: skip
    people = {name.lower(): name for name in call.voices}
    material = Material(
        meeting="m", people=people, spoken=tuple(spoken), files={}, engine="e", engine_version="1", trust="",
        started_at=STARTED_AT, ended_at=STARTED_AT + HOUR_S, last_left_at=STARTED_AT + HOUR_S, zone="UTC",
    )  # fmt: skip
    made = []
    texts_s = cpu_s(lambda: made.append(write_recap(material, tmp_path)))
    recap = made[0]
    assert len(recap.transcript) > 400
    files = files_by_name(recap, {person: tmp_path / f"{person}.mkv" for person in people})
    # The reel of the whole hour has its moments in these minutes here: it costs by their length alone.
    moments = tuple(
        msgspec.structs.replace(one, start_s=at, end_s=at + one.end_s - one.start_s)
        for one in recap.highlights for at in [one.start_s % (call.length_s - 60)]
    )  # fmt: skip
    recap = msgspec.structs.replace(recap, highlights=moments)
    film_s = cpu_s(lambda: write_film("meeting", recap, files, tmp_path, mixed=tmp_path)) * hours
    reel_s = cpu_s(lambda: write_film("reel", recap, files, tmp_path))
    assert texts_s + film_s + reel_s < WAIT_S, (texts_s, film_s, reel_s)
