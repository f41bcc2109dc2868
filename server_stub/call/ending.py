"""What is done when a meeting is over, step by step."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from server_stub.call import events, marks
from server_stub.call.recordings import Recordings
from server_stub.kernel.context import Context
from server_stub.storage import meetings as meetings_table
from server_stub.storage.meetings import MeetingRow

log = logging.getLogger(__name__)


async def finish(context: Context, row: MeetingRow, recordings: Recordings, *, at: float, was_used: bool) -> None:
    """Keeps that a meeting has ended, closes its media and has its recaps made.

    Args:
        context: of the server.
        row: the meeting as it is kept from now on.
        recordings: those that it had.
        at: when it ended.
        was_used: somebody came.
    """
    steps: tuple[Callable[[], Awaitable[None]], ...] = (
        lambda: _keep_end(context, row, at, was_used=was_used),
        # Before what takes minutes: its link leads to the next one of the series, and other doors wait for it.
        lambda: context.events.wait(events.MeetingOver(row)),
        lambda: _stop_recording(context, row, recordings),
        lambda: context.relay.close(row.id),
        lambda: context.events.wait(events.FilesComplete(row, at)),
    )
    for step in steps:
        try:
            await step()
        except Exception:
            # One that fails must not keep the next from its work.
            log.exception("a step of ending a meeting failed")


async def _keep_end(context: Context, row: MeetingRow, at: float, *, was_used: bool) -> None:
    """Keeps that it has ended, at once or as soon as the disk takes it; no start takes it up meanwhile."""
    if row.state == "cancelled":  # nobody came, and who called it off keeps that
        return
    is_kept = await context.unkept.keep(
        f"the end of {row.id}", lambda db: meetings_table.end(db, row.id, at, row.words, was_used=was_used)
    )
    if not is_kept:
        await asyncio.to_thread(marks.put, context.settings.data, row.id, at)


async def _stop_recording(context: Context, row: MeetingRow, recordings: Recordings) -> None:
    """Ends what still records when the meeting is over; nothing stays of what did not begin."""
    async with recordings.switching:
        begun = recordings.ids
        try:
            if begun:
                await context.relay.stop_recording(row.id)
        finally:
            await context.unkept.keep(
                f"what did not begin in {row.id}", lambda db: meetings_table.drop_unbegun(db, row.id, begun)
            )
