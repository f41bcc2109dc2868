"""What a call of two costs each: real clients, cameras of 1280x720 at 30 pictures a second, strong blur.

cores               of one core for one client, mean of the two over `WATCH_S`: camera, background, encoding, sending,
                    receiving, decoding, voices and the window
fps                 pictures of the other painted a second, at the slower client
sent_width_px       of their pictures at the end, the smaller one: less than 1280 where the computer could not keep up
filters_cores       of the process that filters a client's voice, mean of the two; not in `cores`
threads             the same by thread, in cores, of the busier client
server_cores        of the server

With `--one` only the first has a camera: what sending costs where the computer has room for it (`cores` and `threads`
are the sender's). Two clients and a server on two cores have none: their backgrounds get simpler, as `sent_width_px`
tells.
"""

import argparse
import contextlib
import json
import os
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.bench import film
from tests.bench.join import others_tile
from tests.steering import ROOT, Client, Server, meet

#: Put before the client's own start: Linux then knows its threads by the names that they have in Python.
NAMING = """
import ctypes, threading
run = threading.Thread.run
def named(self):
    ctypes.CDLL(None).prctl(15, self.name.encode()[:15], 0, 0, 0)
    run(self)
threading.Thread.run = named
"""
SIZE_PX, FPS = (1280, 720), 30
SETTLE_S, WATCH_S = 12.0, 20.0
VOICES = {"ada": "clara.opus", "grace": "felix.opus"}
TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def spent_s(pid):
    """Processor time of a process by the names of its threads."""
    spent = Counter()
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            stat = (task / "stat").read_text()
        except OSError:  # it has ended
            continue
        name, _, rest = stat[stat.index("(") + 1 :].rpartition(")")
        user, system = rest.split()[11:13]
        spent[name] += (int(user) + int(system)) * TICK_S
    return spent


def children(pid):
    """The processes that a process has started and that run still."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


def start(folder, server, who, *, has_camera=True):
    data = folder / who
    data.mkdir()
    choices = {"background": "blur", "picture": "hd"}
    (data / "settings.json").write_text(json.dumps({"choices": choices}))
    files = ("--fake-microphone", ROOT / "resources" / "demo" / VOICES[who])
    files += ("--fake-camera", folder / "camera.nut") if has_camera else ()
    (folder / "sitecustomize.py").write_text(NAMING)
    known = {**os.environ, "PYTHONPATH": str(folder)}
    speaker = ("--fake-speaker", folder / f"{who}.wav")
    return Client(data, "--server", server.url, *files, *speaker, name=who, environment=known)


def watch(pids):
    """(cores by thread of each process, seconds) over `WATCH_S`."""
    before, began = [spent_s(pid) for pid in pids], time.monotonic()
    time.sleep(WATCH_S)
    span_s = time.monotonic() - began
    after = [spent_s(pid) for pid in pids]
    return [{name: (b[name] - a[name]) / span_s for name in b} for a, b in zip(before, after, strict=True)], span_s


def main(argv):
    parser = argparse.ArgumentParser(prog="python -m tests.bench call-cpu")
    parser.add_argument("--one", action="store_true", help="only the first has a camera")
    only_one = parser.parse_args(argv).one
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film.write_talking(folder / "camera.nut", SIZE_PX, FPS)
        server = Server(folder / "server")
        clients = []
        try:
            clients += [start(folder, server, who, has_camera=who == "ada" or not only_one) for who in VOICES]
            watching = clients[1:] if only_one else clients
            host, guest = clients
            meet(host, guest)
            for client in watching:
                client.wait(painted="*")
            time.sleep(SETTLE_S)
            frames = [others_tile(client)["frames"] for client in watching]
            filters = [pid for client in clients for pid in children(client.pid)]
            cores, span_s = watch([*(one.pid for one in (*clients, server)), *filters])
            tiles = [others_tile(client) for client in watching]
            seen = [tile["frames"] - was for tile, was in zip(tiles, frames, strict=True)]
        finally:
            for client in clients:
                client.quit()
            server.stop()
    own = [sum(one.values()) for one in cores]
    senders = own[:1] if only_one else own[:2]
    busier = cores[own.index(max(senders))]
    top = dict(sorted(((name, round(one, 3)) for name, one in busier.items() if one > 0.01), key=lambda one: -one[1]))
    return {
        "cores": round(sum(senders) / len(senders), 3), "fps": round(min(seen) / span_s, 1),
        "sent_width_px": min(tile["frame_width"] for tile in tiles),
        "cores_each": [round(one, 3) for one in own[:2]], "threads": top,
        "filters_cores": round(sum(own[3:]) / 2, 3), "server_cores": round(own[2], 3),
    }  # fmt: skip
