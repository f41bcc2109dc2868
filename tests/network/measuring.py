"""One run of one scenario: what happens is made to happen, and what came of it becomes two rows."""

import asyncio
import contextlib
import time

import numpy as np

from tests.network import judging
from tests.network.stage import CLIENTS, VOICES, StageError

#: The call runs so long before measuring begins; what a run takes at most beside its scenario.
SETTLE_S, EXTRA_S = 4.0, 180.0
TIDY_EVERY_S = 0.5
_MOST_PHASES = 30
BEFORE, WHILE_AWAY = "said before", "said while the server was away"
#: Who sees and hears, by the direction of what they see: B sees what came up from A.
VIEWERS = {"up": "b", "down": "a"}


async def measure(scenario, seed, secs, stage):
    """Rows of one run, one a direction; an `error` in words instead of figures where it came to nothing.

    Args:
        scenario: what happens.
        seed: of the dice, as it is told.
        secs: for so long.
        stage: a `stage.Linked` that does not stand yet.
    """
    head = {"scenario": scenario.name, "seed": seed, "of": stage.of}
    try:
        async with asyncio.timeout(secs + EXTRA_S):
            async with stage:
                return [{**head, **row} for row in await _run(stage, scenario, secs)]
    except StageError as error:
        words = str(error)
    except TimeoutError:
        words = f"it was not over {EXTRA_S:g} s after its time"
    except Exception as error:
        # The other scenarios are measured all the same.
        words = f"{type(error).__name__}: {error}"
    return [{**head, "who": who, "error": words} for who in VIEWERS]


async def _run(stage, scenario, secs):
    for step in (one for one in scenario.steps if not one.at_s):
        await _act(stage, step)
    await asyncio.sleep(SETTLE_S)
    if scenario.has:
        await stage.clients["a"].ask(do="say", text=BEFORE)
    files_before = stage.recorded_files() if scenario.has else 0
    counts, spent, begin_s, after_s = await stage.link.ask(tell=True), stage.spent_s(), time.monotonic(), None
    async with _tidying(stage) if scenario.has else contextlib.nullcontext():
        for step in (one for one in scenario.steps if 0 < one.at_s < secs):
            await asyncio.sleep(max(0.0, begin_s + step.at_s - time.monotonic()))
            await _act(stage, step)
            after_s = time.monotonic()
        await asyncio.sleep(max(0.0, begin_s + secs - time.monotonic()))
    span = judging.Span(begin_s, time.monotonic(), after_s, stage.zero_s)
    counts, spent = (counts, await stage.link.ask(tell=True)), (spent, stage.spent_s())
    reports = {name: await _report(stage, name) for name in CLIENTS}
    rows = []
    for who, viewer in VIEWERS.items():
        told, got = reports[viewer]
        speaker = next(one for one in CLIENTS if one != viewer)
        row = {"who": who, **_seen(got, speaker, span), **_sent(counts, reports[speaker][1]["rates"], who, span)}
        row["cpu_s"] = _grown(spent, viewer)
        if "server" in spent[0]:
            row["server_cpu_s"] = _grown(spent, "server")
        if scenario.has:
            row |= _survived(scenario, told, span)
            row["back_on_both_sides"] = all(one["changes"][-1][1] == "in" for one, _ in reports.values())
            if stage.records:
                row |= _recorded(told, files_before, stage.recorded_files())
        rows.append(row)
    return rows


async def _act(stage, step):
    if step.event == "ipchange":
        stage.change_address()
    elif step.event == "server_restart":
        await stage.server.kill()
        await stage.clients["a"].ask(do="say", text=WHILE_AWAY)
        await stage.start_server()
    else:
        await stage.link.ask(directions=step.directions, words=dict(step.words))


@contextlib.asynccontextmanager
async def _tidying(stage):
    """Meanwhile both do what users would; it ends between two questions, since each is answered once."""
    is_over = asyncio.Event()

    async def tidy():
        while not is_over.is_set():
            await asyncio.gather(*(client.ask(do="tidy") for client in stage.clients.values()))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(is_over.wait(), TIDY_EVERY_S)

    task = asyncio.create_task(tidy())
    try:
        yield
    finally:
        is_over.set()
        await task


async def _report(stage, name):
    file = stage.folder / f"{name}.npz"
    told = await stage.clients[name].ask(do="report", file=str(file))
    with np.load(file) as arrays:
        return told, dict(arrays)


def _seen(got, speaker, span):
    told = {
        **judging.pictures(got["shown_at"], got["numbers"], got["smalls"], span),
        **judging.heard(got["ear_at"], got["ear"], VOICES[speaker], span),
    }
    # Chromium counts samples, Parley's client notes each block.
    return {
        **(judging.counted(got["counts"], span) if "counts" in got else judging.played(got["played"], span)),
        **told,
    }


def _grown(pair, name):
    """Between two looks; what has been started anew meanwhile has begun at none."""
    before, now = pair[0].get(name, 0.0), pair[1].get(name, 0.0)
    return round(now - before if now >= before else now, 2)


def _sent(counts, rates, who, span):
    """What passed the link, and what the sender wanted to send."""
    grown = {name: counts[1][who][name] - counts[0][who][name] for name in counts[0][who]}
    inside = rates[(rates[:, 0] >= span.begin_s) & (rates[:, 0] <= span.end_s)]
    return {
        "link_kbit_s": round(grown["bytes"] * 8 / 1000 / (span.end_s - span.begin_s)),
        "packets": grown["sent"],
        "lost": grown["lost"],
        "queue_dropped": grown["queue_dropped"],
        "full_rate_after_s": judging.full_rate_after_s(rates, span),
        "target_kbit_s": [round(rate / 1000) for rate in inside[::4, 1]],
    }


def _survived(scenario, told, span):
    """Whether the seat was kept and nothing was said twice."""
    said = [BEFORE, *([WHILE_AWAY] if "server_restart" in scenario.has else [])]
    return {
        "same_seat": judging.keeps_seat(told["changes"], told["tiles"], span.begin_s),
        "chat_once": all(told["lines"].count(text) == 1 for text in said),
        "told": told["told"],
        "phases": _phases(told["changes"], span.begin_s),
    }


def _phases(changes, since_s):
    """[seconds, call's phase, connection's phase] of what changed in them."""
    told = [[round(at_s - since_s, 2), call, connection] for at_s, call, connection, *_ in changes if at_s > since_s]
    news = [one for before, one in zip([[0, "", ""], *told], told, strict=False) if one[1:] != before[1:]]
    return news[:_MOST_PHASES]


def _recorded(told, files_before, files_after):
    """Each had agreed once before, on the page before the call."""
    return {
        "is_recorded_at_end": told["changes"][-1][1] == "in" and told["changes"][-1][4],
        "asked_no_more": told["consent_asked"] == 0,
        "recorded_files": [files_before, files_after],
    }
