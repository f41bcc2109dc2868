"""What is said while a meeting is recorded: captions for everyone in it, and for members what was said so far.

Nothing of it is stored here or logged: the lines are in the memory of the recording's job, and go with it.
"""

from __future__ import annotations

import asyncio
from datetime import date

from app.wire.captions import AskSoFar, Captioned, SoFarTold, SummedUp, SumUp
from app.wire.fields import Tell
from server_stub.after.jobs import OpenJob, OpenJobs
from server_stub.call import captions_rules
from server_stub.call.ongoing import Place
from server_stub.call.places import seat_in
from server_stub.errors import Refusal
from server_stub.kernel.context import Context
from server_stub.kernel.hub import tell_all
from server_stub.kernel.requests import Rule
from server_stub.kernel.session import Session
from server_stub.recap.so_far import SoFar, sum_up
from server_stub.recap.transcript import Spoken


def hear(context: Context, opened: OpenJob, spoken: Spoken) -> None:
    """Something was written down: kept for members, and told as a caption where it may be."""
    line = opened.so_far.take(spoken)
    ongoing = opened.ongoing
    row = ongoing.recording
    if line is None or row is None or row.id != opened.row.id:
        return
    since_s = context.now() - (opened.so_far.started_at + spoken.end_s)
    if captions_rules.is_told(ongoing.meeting, spoken.person, since_s=since_s):
        # Worth nothing later, and there again on request: who is behind is not given more to read.
        those = (one for one in ongoing.inside.values() if not one.is_behind)
        tell_all(those, Captioned(meeting=ongoing.id, line=line))


def _so_far(context: Context, place: Place) -> SoFar:
    """What the one who sits there may read of the recording that runs.

    Raises:
        Refusal: they may not, or nothing is recorded.
    """
    captions_rules.check_reader(place.ongoing.meeting, place.person)
    row = place.ongoing.recording
    opened = context.part(OpenJobs).by_recording.get(row.id) if row is not None else None
    if opened is None:
        raise Refusal("not_ready", "AI recording is just beginning or ending. Please try again.")
    return opened.so_far


async def ask_so_far(context: Context, session: Session, ask: AskSoFar) -> Tell:
    """Tells a member what was said so far."""
    place = seat_in(session, ask.meeting)
    so_far = _so_far(context, place)
    if not place.ongoing.tries.so_far.take(place.person, context.tick()):
        raise Refusal("too_much", "That was too much at once. Please wait a moment.")
    lines, is_cut = so_far.after(ask.after)
    return SoFarTold(meeting=ask.meeting, lines=lines, is_cut=is_cut)


async def sum_up_since(context: Context, session: Session, ask: SumUp) -> Tell:
    """Tells a member in short what was said since a moment."""
    place = seat_in(session, ask.meeting)
    so_far = _so_far(context, place)
    if not place.ongoing.tries.gist.take(place.person, context.tick()):
        raise Refusal("too_much", "You asked for this very often just now. Please wait a moment.")
    said, names, since_s = so_far.utterances(), so_far.names, ask.since - so_far.started_at
    # One at a time: ten who ask at once must not take the time that voices need.
    async with place.ongoing.gist_lock:
        # As the recap itself reads it: by the calendar of this computer.
        day = date.fromtimestamp(so_far.started_at)
        gist = await asyncio.to_thread(sum_up, said, names, since_s=since_s, day=day)
    # Time has passed: they may have left, or recording have stopped.
    _so_far(context, seat_in(session, ask.meeting))
    return SummedUp(
        meeting=ask.meeting, since=ask.since, lines=gist.lines, summary=gist.summary, action_items=gist.items,
        is_cut=gist.is_cut,
    )  # fmt: skip


RULES = (
    Rule(AskSoFar, ask_so_far, needs="seat"),
    Rule(SumUp, sum_up_since, needs="seat", is_heavy=True),
)
