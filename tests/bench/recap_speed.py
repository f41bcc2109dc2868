"""How soon a recap is there after a call, and what listening costs during it.

    python -m tests.bench recap-speed [--minutes 30] [--long 60]

Nobody waits for half an hour: a call is made of real voices and faces, and the recorder's files are written at once.
What was said until three minutes before its end counts as heard, and is mixed, already. Those minutes go to a real
worker, quicker than they were said, until half a minute is left; then its backlog is awaited, because in a real call
there would be none: it hears a second in a fraction of one (`call_cores` says in which). The last half minute is fed at
the pace of speech, and the clock starts with its end. The yardstick beside it is the order of before: one process, both
films first with their sound mixed after the call, the texts last.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from app.paths import home
from server_stub.recap import filming, protocol, store
from server_stub.recap.compose import meeting_day
from server_stub.recap.highlights import choose_highlights
from server_stub.recap.job import RecapJob
from server_stub.recap.live_mix import LiveMix
from server_stub.recap.process import worker_command
from server_stub.recap.promises.items import find_action_items
from server_stub.recap.settings import RecapSettings
from server_stub.recap.sound import OpusListener
from server_stub.recap.summary import summarise
from server_stub.recap.transcript import Spoken
from tests.bench.recap_material import NAMES, STARTED_AT, make_call, record

HEARD_S, LIVE_S = 180.0, 30.0
#: Bytes that may wait for the worker while it is fed quicker than a call would.
AHEAD = 200_000
TICK = os.sysconf("SC_CLK_TCK")


def main(argv):
    parser = argparse.ArgumentParser(prog="tests.bench recap-speed", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30.0, help="of the call of two people")
    parser.add_argument("--long", type=float, default=60.0, help="minutes of the call of four people")
    options = parser.parse_args(argv)
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)
    two = asyncio.run(hold("two people", options.minutes, 2, with_yardstick=True))
    four = asyncio.run(hold("four people", options.long, 4))
    ten = asyncio.run(hold("ten people, of whom two speak", HEARD_S / 60, 10, speakers=2, with_films=False))
    return {
        "texts_s": two["texts_s"],
        "films_s": two["films_s"],
        "all_60_s": four["films_s"],
        "call_cores": ten["call_cores"],
        "yardstick_all_s": two["yardstick_s"],
        "two": two,
        "four": four,
        "ten": ten,
    }


async def hold(what, minutes, people, *, speakers=None, with_films=True, with_yardstick=False):
    """One call from its start to its films; returns its figures."""
    with tempfile.TemporaryDirectory(prefix="parley-recap-speed-") as place:
        folder = Path(place)
        call = make_call(minutes, people, speakers=speakers)
        record(call, folder)
        names = {name.lower(): name for name in NAMES[:people]}
        job = RecapJob(folder, people=names, settings=RecapSettings(models_folder=folder), told=lambda status: None)
        figures = await listen(job, call, folder)
        spans = watch(job)
        left = time.monotonic()
        now = time.time()
        recap = await job.finish(ended_at=STARTED_AT + call.length_s, last_left_at=now)
        figures["texts_s"] = round(time.monotonic() - left, 2)
        figures |= {**spans, **texts_by_part(recap)}
        print(f"{what}, {minutes:.0f} min: texts after {figures['texts_s']} s", flush=True)
        if with_films:
            figures |= await film(folder, recap, left)
            print(f"  films after {figures['films_s']} s", flush=True)
        if with_yardstick:
            figures["yardstick_s"] = round(figures["flush_s"] + yardstick(folder, recap), 2)
            print(
                f"  in the order of before (films first, mixed after the call): {figures['yardstick_s']} s", flush=True
            )
        print(f"  {figures}", flush=True)
        return figures


async def listen(job, call, folder):
    """Feeds the end of a call; returns what that cost."""
    from_s = max(0.0, call.length_s - HEARD_S)
    packets = call.packets
    mix_before([one for one in packets if one[0] < from_s], folder)
    begun = time.monotonic()
    await job.start()
    hearing = job._hearing
    while hearing.engine is None:  # noqa: ASYNC110 - what is awaited happens in another process
        await asyncio.sleep(0.01)
    load_s = time.monotonic() - begun
    for turn in call.turns:
        if turn.end_s <= from_s:
            spoken = Spoken(person=turn.person, start_s=turn.start_s, end_s=turn.end_s, text=turn.text, confidence=0.9)
            hearing.heard.append(store.Heard(engine=hearing._engine_name(), settled_s=turn.end_s, spoken=spoken))
    before = cpu_s(job.worker_pid)
    live = call.length_s - LIVE_S
    for at, person, opus in packets:
        if from_s <= at < live:
            job.feed(person, at, opus)
            while hearing._worker._in.transport.get_write_buffer_size() > AHEAD:  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.01)
    await idle(hearing)
    began = time.monotonic() - live
    for at, person, opus in packets:
        if at >= live:
            await asyncio.sleep(max(0.0, at - (time.monotonic() - began)))
            job.feed(person, at, opus)
    used_s = cpu_s(job.worker_pid) - before
    return {"model_load_s": round(load_s, 2), "call_cores": round(used_s / min(HEARD_S, call.length_s), 3)}


def mix_before(packets, folder):
    """What a worker has mixed until then."""
    decoders, mix = {}, LiveMix(folder)
    for at, person, opus in packets:
        decoder = decoders.setdefault(person, OpusListener())
        decoder.decode(opus)
        mix.add(person, at, decoder.whole)
    mix.close()


async def idle(hearing):
    """Until the worker has nothing left to do."""
    used_s, still = -1.0, 0
    while still < 10:
        await asyncio.sleep(0.2)
        now_s = cpu_s(hearing.worker_pid)
        # One that wants to run and may not, because others are at work here, is not idle.
        is_still = now_s == used_s and sleeps(hearing.worker_pid)
        is_still = is_still and hearing._worker._in.transport.get_write_buffer_size() == 0
        used_s, still = now_s, still + 1 if is_still else 0


def cpu_s(pid):
    """Seconds of a processor that a process has used."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICK


def sleeps(pid):
    return _stat(pid)[0] == "S"


def _stat(pid):
    return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()


def watch(job):
    """Notes how long the steps of the texts take; the dict is filled as they end."""
    spans, ask = {}, job._hearing.ask
    named = {protocol.Flush: "flush_s", protocol.Compose: "compose_s"}

    async def timed(message):
        begun = time.monotonic()
        answer = await ask(message)
        spans[named[type(message)]] = round(time.monotonic() - begun, 2)
        return answer

    job._hearing.ask = timed
    return spans


def texts_by_part(recap):
    """Where the seconds of the texts go, done once more here."""
    names = tuple(person.name for person in recap.people)
    day = meeting_day(recap.started_at, "UTC")
    length_s = recap.ended_at - recap.started_at
    parts = {
        "summary_s": lambda: summarise(recap.transcript, names, recap.action_items),
        "items_s": lambda: find_action_items(recap.transcript, names, day),
        "highlights_s": lambda: choose_highlights(recap.transcript, recap.action_items, length_s=length_s),
    }
    return {name: timed(work) for name, work in parts.items()}


def timed(work):
    begun = time.monotonic()
    work()
    return round(time.monotonic() - begun, 3)


async def film(folder, recap, left):
    """Makes the films as the server does; returns when they were there, and how long each took."""
    spans, make = {}, filming._make

    async def note(command, asked):
        begun = time.monotonic()
        answer = await make(command, asked)
        spans[f"{asked.kind}_film_s"] = round(time.monotonic() - begun, 2)
        return answer

    filming._make = note
    try:
        films = await filming.make_films(folder, recap, worker_command(), since=time.time())
    finally:
        filming._make = make
    if films is None:
        raise SystemExit("There is no film.")
    spans["films_s"] = round(time.monotonic() - left, 2)
    spans["film_length_s"] = round(length_of(folder / store.RECAP / "meeting.webm"))
    return {**spans, "reel_length_s": films.reel_s}


def length_of(path):
    import av

    with av.open(str(path)) as file:
        return (file.duration or 0) / 1_000_000


def yardstick(folder, recap):
    """Seconds for both films, one after the other in one process, mixed from the files."""
    (folder / "old").mkdir()
    named = {person.name: str(folder / f"{person.id}.mkv") for person in recap.people}
    (folder / "old" / "in").write_bytes(msgspec.msgpack.encode((recap, named)))
    begun = time.monotonic()
    command = (sys.executable, "-m", "tests.bench.recap_speed", str(folder / "old"))
    subprocess.run(command, check=True, cwd=home())
    return time.monotonic() - begun


def make_old(folder):
    from app.wire.recap import Recap
    from server_stub.recap.films import write_film

    os.nice(10)
    recap, named = msgspec.msgpack.decode((folder / "in").read_bytes(), type=tuple[Recap, dict[str, str]])
    files = {name: Path(path) for name, path in named.items()}
    write_film("meeting", recap, files, folder)
    write_film("reel", recap, files, folder)


if __name__ == "__main__":
    make_old(Path(sys.argv[1]))
