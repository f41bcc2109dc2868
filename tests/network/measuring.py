"""One run of one scenario: what happens is made to happen, and what came of it becomes two rows."""

import asyncio
import contextlib
import time

import numpy as np

from tests.network import judging
from tests.network.stage import CLIENTS, VOICES, Stage, StageError

#: The call runs so long before measuring begins; what a run takes at most beside its scenario.
SETTLE_S, EXTRA_S = 4.0, 180.0
TIDY_EVERY_S = 0.5
_MOST_PHASES = 30
BEFORE, WHILE_AWAY = "said before", "said while the server was away"
#: Who sees and hears, by the direction of what they see: B sees what came up from A.
VIEWERS = {"up": "b", "down": "a"}


async def measure(scenario, seed, secs, *, names, net, records=False):
    """Rows of one run, one a direction; an `error` in words instead of figures where it came to nothing."""
    try:
        async with asyncio.timeout(secs + EXTRA_S):
            async with Stage(names, net, seed, records=records) as stage:
                return await _run(stage, scenario, seed, secs, records)
    except (StageError, OSError, AssertionError) as error:
        words = str(error) or type(error).__name__
    except TimeoutError:
        words = f"it was not over {EXTRA_S:g} s after its time"
    return [{"scenario": scenario.name, "seed": seed, "who": who, "error": words} for who in VIEWERS]


async def _run(stage, scenario, seed, secs, records):
    for step in (one for one in scenario.steps if not one.at_s):
        await _act(stage, step)
    await asyncio.sleep(SETTLE_S)
    if scenario.has:
        await stage.clients["a"].ask(do="say", text=BEFORE)
    files_before = stage.recorded_files()
    tidying = asyncio.create_task(_tidy(stage)) if scenario.has else None
    counts, spent = await stage.link.ask(tell=True), stage.spent_s()
    begin_s = time.monotonic()
    after_s = None
    for step in (one for one in scenario.steps if 0 < one.at_s < secs):
        await asyncio.sleep(max(0.0, begin_s + step.at_s - time.monotonic()))
        await _act(stage, step)
        after_s = time.monotonic()
    await asyncio.sleep(max(0.0, begin_s + secs - time.monotonic()))
    if tidying is not None:
        tidying.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await tidying
    span = judging.Span(begin_s, time.monotonic(), after_s, stage.zero_s)
    counts = (counts, await stage.link.ask(tell=True))
    spent = (spent, stage.spent_s())
    reports = {name: await _report(stage, name) for name in CLIENTS}
    rows = []
    for who, viewer in VIEWERS.items():
        row = {"scenario": scenario.name, "seed": seed, "who": who, **_seen(reports[viewer][1], _other(viewer), span)}
        row |= {"cpu_s": round(_grown(spent, viewer), 2), "server_cpu_s": round(_grown(spent, "server"), 2)}
        row |= _sent(counts, reports[_other(viewer)][1], who, span)
        if scenario.has:
            row |= _survived(scenario, reports, viewer, span)
            if records:
                row |= _recorded(reports[viewer][0], files_before, stage.recorded_files())
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


async def _tidy(stage):
    """As users would meanwhile."""
    while True:
        await asyncio.gather(*(client.ask(do="tidy") for client in stage.clients.values()))
        await asyncio.sleep(TIDY_EVERY_S)


async def _report(stage, name):
    file = stage.folder / f"{name}.npz"
    told = await stage.clients[name].ask(do="report", file=str(file))
    with np.load(file) as arrays:
        return told, dict(arrays)


def _other(name):
    return next(one for one in CLIENTS if one != name)


def _seen(got, speaker, span):
    return {
        **judging.played(got["played"], span),
        **judging.pictures(got["shown_at"], got["numbers"], got["smalls"], span),
        **judging.heard(got["ear_at"], got["ear"], VOICES[speaker], span),
    }


def _grown(pair, name):
    return pair[1][name] - pair[0][name]


def _sent(counts, sender, who, span):
    """What passed the link, and what the sender wanted to send."""
    before, now = (one[who] for one in counts)
    grown = {name: now[name] - before[name] for name in now}
    rates = sender["rates"]
    rates = rates[(rates[:, 0] >= span.begin_s) & (rates[:, 0] <= span.end_s)]
    return {
        "link_kbit_s": round(grown["bytes"] * 8 / 1000 / (span.end_s - span.begin_s)),
        "packets": grown["sent"], "lost": grown["lost"], "queue_dropped": grown["queue_dropped"],
        "target_kbit_s": [round(rate / 1000) for rate in rates[::4, 1]],
    }  # fmt: skip


def _survived(scenario, reports, viewer, span):
    """Whether the seats were kept and nothing was said twice."""
    changes = reports[viewer][0]["changes"]
    told = {
        "same_seat": judging.keeps_seat(changes, reports[viewer][0]["tiles"], span.begin_s),
        "phases": _phases(changes, span.begin_s),
        "told": reports[viewer][0]["told"],
    }
    said = [BEFORE, *([WHILE_AWAY] if "server_restart" in scenario.has else [])]
    lines = reports[viewer][0]["lines"]
    told["chat_once"] = all(lines.count(text) == 1 for text in said)
    told["back_on_both_sides"] = all(reports[name][0]["changes"][-1][1] == "in" for name in CLIENTS)
    return told


def _phases(changes, since_s):
    """[seconds, call's phase, connection's phase] of what changed in them."""
    told = [[round(at_s - since_s, 2), call, connection] for at_s, call, connection, *_ in changes if at_s > since_s]
    news = [one for before, one in zip([[0, "", ""], *told], told, strict=False) if one[1:] != before[1:]]
    return news[:_MOST_PHASES]


def _recorded(report, files_before, files_after):
    return {
        "is_recorded_at_end": report["changes"][-1][4],
        "consent_asked": report["consent_asked"],
        "recorded_files": [files_before, files_after],
    }
