"""What a long meeting costs a server and those who stay: four clients stay, a fifth comes and goes every 10 s.

With every visit two of the four show small tiles, the others large ones: the faces of the four are sent in two sizes
all the time.

server_mb_per_h     growth of the server's memory after a warm-up of a quarter of the time, at least 60 s
client_mb_per_h     the same of those who stay, the mean of the four, after half of the time
..._mb              each minute
..._interval        where the growth is with 99 %; its lower end is judged
loop_lag_...        how late the server's event loop is for a timer; of one of those who stay: `client_loop_lag_...`
loop_waited_pct     of the time, for how much the server's loop was ready to run and had no core
fds, tasks          open files and sockets, and asyncio tasks, after a minute in which the fifth came and went, and
                    after it has left for good; of one of those who stay: `client_fds`, `client_tasks`
small_faces         of the `visits`: those in which each of the four sent at least half of its pictures small as well
joins               of the fifth; now and then it is killed instead of leaving, and comes back in a new process
failures            to do what they were told, of the fifth and of those who stay
others_cores        how much of the computer's cores other programs had meanwhile: a busy computer makes any loop late

The line before the last says what there is more of; PYTHONTRACEMALLOC=1 in the environment adds the lines of code that
hold it (and makes everything slower). Ten minutes tell only of a leak of some MB in an hour at the server, of tens at a
client, whose memory fills for 20 minutes; `--minutes 60` of one MB. In less than five, memory that is still coming to
rest looks like growth.
All is in processes of their own, real but for the files in place of camera and microphone; Linux only. The clients
have less right to the cores than the server: in life they run on other computers.
"""

import argparse
import asyncio
import contextlib
import json
import os
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.bench import film
from tests.bench.share_counts import cpu_s
from tests.bench.soak_client import SIZE_PX
from tests.bench.soak_figures import CLIENT_WARM_UP, WARM_UP, growth, missed, more
from tests.network.stage import StageError, Worker
from tests.steering import ROOT

STAYING = ("ada", "grace", "kate", "mary")
VISITOR = "eve"
FPS = 10
ROUND_S, INSIDE_S, SAMPLE_S = 10.0, 5.0, 1.0
#: So long the fifth comes and goes before anything counts.
SETTLING_S = 60.0
#: Each so many-th round the fifth is killed. More often would be more passwords than the server takes from an account.
KILLED_EVERY = 6
#: How long what lasts is looked for among what comes and goes, and how long what was left may take to be put away.
LOOK_S, SETTLE_S = 15.0, 90.0
_SHOWN = 15
_PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 1e6
_TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def rss_mb(pid):
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_MB


def open_files(pid):
    """What a process has open by kind: {"socket": 12, "/path": 1, ...}."""
    found = Counter()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):  # it was closed meanwhile
            found[os.readlink(link).split(":[")[0]] += 1
    return found


def busy_s():
    """Processor time of this computer so far, all cores and programs."""
    first = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    user, nice, system, _, _, irq, soft_irq, stolen = map(int, first)
    return (user + nice + system + irq + soft_irq + stolen) * _TICK_S


def waited_s(pid):
    """How long the main thread of a process has waited for a core so far."""
    return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text().split()[1]) / 1e9


def own_s():
    """Processor time of this bench and its processes so far, those that have ended included."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return cpu_s(os.getpid()) + ended.ru_utime + ended.ru_stime


class Soak:
    """The server, those who stay, and the one who comes and goes; an asynchronous context manager."""

    def __init__(self):
        self.server = self.visitor = None
        self.staying = []
        self.joins, self.failures = 0, []
        #: How many faces of the four were sent small, at the end of each visit.
        self.small_faces = []
        self._sent_small = [0] * len(STAYING)

    async def __aenter__(self):
        self._folder = Path(tempfile.mkdtemp(prefix="parley-soak-"))
        try:
            film.write_talking(self._folder / "camera.nut", SIZE_PX, FPS)
            self.server = await self._start("the server", "soak_server", self._folder / "server")
            self._url = (await self.server.ask(do="url"))["url"]
            await self._meet()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_):
        clients = [one for one in (*self.staying, self.visitor) if one is not None]
        await asyncio.gather(*(client.end() for client in clients))
        if self.server is not None:
            await self.server.end(by_signal=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _start(self, name, module, *words):
        log = self._folder / f"{name.replace(' ', '-')}.log"
        command = [sys.executable, "-m", f"tests.bench.{module}", *words]
        # Clients stand for computers of their own: they do not take the server's core from it.
        before = () if module == "soak_server" else ("nice", "-n", "10")
        worker = await Worker.start(name, [*before, *command], log)
        await worker.answer()
        return worker

    async def _client(self, name):
        voice = ROOT / "resources" / "demo" / ("clara.opus" if name < "h" else "felix.opus")
        files = (self._folder / "camera.nut", voice)
        return await self._start(f"client {name}", "soak_client", self._url, self._folder / name, name, *files)

    async def _meet(self):
        for name in STAYING:
            self.staying.append(await self._client(name))
            await self.staying[-1].ask(do="sign_up", name=name)
        host, *others = self.staying
        self._room = (await host.ask(do="make_room"))["room"]
        await host.ask(do="begin", room=self._room, records=False)
        for other in others:
            await self._enter(other)
            await other.ask(do="join", room=self._room, records=False)
        for one in self.staying:
            await one.ask(do="see", people=len(STAYING) - 1)
        self.visitor = await self._client(VISITOR)
        await self.visitor.ask(do="sign_up", name=VISITOR)
        await self._enter(self.visitor)

    async def _enter(self, client):
        # Each invitation is for one person.
        code = (await self.staying[0].ask(do="invite", room=self._room))["code"]
        await client.ask(do="enter", room=self._room, code=code)

    async def visit(self, number, *, is_last=False):
        """The fifth comes, sees everybody, and goes."""
        ends_s = time.monotonic() + INSIDE_S
        is_in = await self._tried(number, self._come())
        await self._tried(number, self._arrange(number))
        await asyncio.sleep(max(0.0, ends_s - time.monotonic()))
        await self._tried(number, self._count_small())
        leaves = is_in and (number % KILLED_EVERY or is_last)
        if not leaves or not await self._tried(number, self.visitor.ask(do="leave")):
            await self._kill_visitor()

    async def _tried(self, number, act):
        """Whether that went well; what did not is a failure, and the soak goes on."""
        try:
            await act
        except StageError as error:
            self.failures.append(str(error))
            print(f"round {number}: {error}", file=sys.stderr, flush=True)
            return False
        return True

    async def _come(self):
        if self.visitor is None:
            self.visitor = await self._client(VISITOR)
            await self.visitor.ask(do="sign_in", name=VISITOR)
        await self.visitor.ask(do="join", room=self._room, records=False)
        await self.visitor.ask(do="see", people=len(STAYING))
        await self.visitor.ask(do="show", is_small=False)
        self.joins += 1

    async def _arrange(self, number):
        """Two of those who stay show small tiles, in turn: each face has one who shows it small, and a large one."""
        count = len(self.staying)
        for place, one in enumerate(self.staying):
            await one.ask(do="show", is_small=(place - number) % count in (0, count // 2))

    async def _count_small(self):
        now_sent = [(await one.ask(do="sent_small"))["pictures"] for one in self.staying]
        before, self._sent_small = self._sent_small, now_sent
        # A line that was made anew counts from 0.
        made = [now - then if now >= then else now for then, now in zip(before, self._sent_small, strict=True)]
        self.small_faces.append(sum(pictures >= FPS * ROUND_S / 2 for pictures in made))

    async def _kill_visitor(self):
        if self.visitor is not None:
            await self.visitor.kill()
        self.visitor = None

    async def end_visitor(self):
        if self.visitor is not None:
            await self.visitor.end()
        self.visitor = None

    async def counts(self):
        """What the server and one who stays have: files and tasks by kind."""
        found = []
        for worker in (self.server, self.staying[1]):
            tasks = (await worker.ask(do="tasks"))["tasks"]
            found.append({"fds": open_files(worker.pid), "tasks": Counter(tasks)})
        return found

    async def held(self):
        """What lies in the memory of the server and of one who stays."""
        return [await one.ask(do="held") for one in (self.server, self.staying[1])]

    async def lasting(self, until=None):
        """The fewest of each kind in some looks: what lasts.

        Args:
            until: counts that may be waited for.
        """
        least, began_s = await self.counts(), time.monotonic()
        while True:
            waited_s = time.monotonic() - began_s
            is_down = until is None or not any(_left(*pair) for pair in zip(until, least, strict=True))
            if waited_s > SETTLE_S or (is_down and waited_s > LOOK_S):
                return least
            await asyncio.sleep(0.5)
            for known, now in zip(least, await self.counts(), strict=True):
                for kind in known:
                    known[kind] &= now[kind]

    async def sample(self, samples):
        """Adds (seconds, the server's MB, the mean of those who stay) once a second, until cancelled."""
        began_s = time.monotonic()
        while True:
            clients = [rss_mb(one.pid) for one in self.staying]
            samples.append((time.monotonic() - began_s, rss_mb(self.server.pid), sum(clients) / len(clients)))
            await asyncio.sleep(SAMPLE_S)


def _left(before, after):
    return {kind: more(before[kind], after[kind]) for kind in before if after[kind].total() > before[kind].total()}


async def _soak(minutes):
    async with Soak() as soak:
        # Whatever the first visits load for good is no leak.
        await _visits(soak, SETTLING_S)
        await soak.end_visitor()
        before, held_before = await soak.lasting(), await soak.held()
        soak.joins, soak.small_faces = 0, []
        asked = (soak.server, soak.staying[1])
        for one in asked:
            await one.ask(do="forget_lags")
        samples, began = [], (busy_s() - own_s(), waited_s(soak.server.pid), time.monotonic())
        sampling = asyncio.create_task(soak.sample(samples))
        await _visits(soak, minutes * 60)
        lags = [await one.ask(do="lags") for one in asked]
        span_s = time.monotonic() - began[2]
        others_cores = (busy_s() - own_s() - began[0]) / span_s
        waited_pct = (waited_s(soak.server.pid) - began[1]) / span_s * 100
        sampling.cancel()
        await soak.end_visitor()
        after = await soak.lasting(before)
        _tell_grown(before, after, held_before, await soak.held())
        machine = {"loop_waited_pct": round(waited_pct, 1), "others_cores": round(others_cores, 2)}
        return _figures(soak, samples, lags, before, after) | machine


def _tell_grown(before, after, held_before, held_after):
    """A line for whoever looks for a leak: what there is more of, at the server and at one who stays."""
    pairs = zip(("server", "client"), before, after, held_before, held_after, strict=True)
    told = {}
    for who, was, now, held_then, held_now in pairs:
        objects = more(held_then["objects"], held_now["objects"], at_least=20)
        kept = more(held_then["bytes"], held_now["bytes"], at_least=10_000)
        told[who] = {"left": _left(was, now), "objects": _first(objects), "bytes": _first(kept)}
    print(json.dumps(told), flush=True)


def _first(grown):
    return dict(list(grown.items())[:_SHOWN])


async def _visits(soak, seconds):
    ends_s, number = time.monotonic() + seconds, 0
    while not number or time.monotonic() + ROUND_S < ends_s:
        began_s, number = time.monotonic(), number + 1
        await soak.visit(number, is_last=time.monotonic() + 2 * ROUND_S >= ends_s)
        await asyncio.sleep(max(0.0, began_s + ROUND_S - time.monotonic()))
    await asyncio.sleep(max(0.0, ends_s - time.monotonic()))


def _figures(soak, samples, lags, before, after):
    figures = {}
    for who, column, warm_up in (("server", 1, WARM_UP), ("client", 2, CLIENT_WARM_UP)):
        found = growth([(sample[0], sample[column]) for sample in samples], warm_up)
        figures[f"{who}_mb_per_h"] = found and found.mb_per_h
        figures[f"{who}_mb_per_h_interval"] = found and [found.low, found.high]
        figures[f"{who}_mb"] = [round(sample[column], 1) for sample in samples[:: round(60 / SAMPLE_S)]]
    for who, lag, was, now in zip(("", "client_"), lags, before, after, strict=True):
        for percent in ("p50", "p99", "p999"):
            figures[f"{who}loop_lag_{percent}_ms"] = lag[percent]
        for kind in ("fds", "tasks"):
            figures[f"{who}{kind}_before"], figures[f"{who}{kind}_after"] = was[kind].total(), now[kind].total()
    all_small = sum(count == len(STAYING) for count in soak.small_faces)
    figures |= {"joins": soak.joins, "failures": len(soak.failures)}
    figures |= {"visits": len(soak.small_faces), "small_faces": all_small}
    return {**figures, "missed": missed(figures)}


def main(argv):
    parser = argparse.ArgumentParser(prog="python -m tests.bench soak")
    parser.add_argument("--minutes", type=float, default=10.0, help="at least 2; see above for the warm-up")
    minutes = parser.parse_args(argv).minutes
    if minutes < 2:
        parser.error("less than 2 minutes tell nothing")
    try:
        return asyncio.run(_soak(minutes))
    except StageError as error:
        raise SystemExit(f"The soak could not go on: {error}.") from None
