"""What closing the application would end, and the question asked first."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.state import events
from app.state.app_state import AppState
from app.state.scope import is_ours
from app.state.slices.call import Call
from app.state.tables import Step, Table

TABLE = Table()


@dataclass(frozen=True, slots=True)
class CloseQuestion:
    """What is asked before the window closes."""

    title: str
    words: str


def question(state: AppState) -> CloseQuestion | None:
    """What to ask before the application is closed; None: nobody loses anything by it."""
    call = state.call if state.call_phase in ("in", "reconnecting") else None
    running = [people for meeting, people in state.own_meetings if people and not (call and call.meeting.id == meeting)]
    if call is None and not running:
        return None
    parts = [*_of_call(state, call)] if call else []
    if running:
        parts.append(_of_others(running, is_more=call is not None))
    ends = call is None or _ends(state, call)
    title = "Close Parley and end the meeting?" if ends else "Close Parley and leave the meeting?"
    if call is None:
        title = "Close Parley while others meet?"
    return CloseQuestion(title, " ".join(parts))


def _heirs(call: Call) -> bool:
    return any(not one.is_guest and one.is_connected and one.id != call.you for one in call.people)


def _ends(state: AppState, call: Call) -> bool:
    """Whether the meeting is over when one is gone; the server's rule: it needs a member in it."""
    return is_ours(state) or (not call.guest_token and not _heirs(call))


def _of_call(state: AppState, call: Call) -> list[str]:
    is_alone = all(one.id == call.you for one in call.people)
    is_recorded = call.recording.since is not None
    if is_ours(state):  # it ends with the application
        whom = "" if is_alone else " for everyone"
        words = [f"The meeting ends{whom}, because it runs on this computer."]
        later = "What was recorded is kept; its recap is made when you open Parley the next time."
        return [*words, later] if is_recorded else words
    if _ends(state, call):
        words = ["You leave the meeting." if is_alone else "The meeting ends, because no other member is in it."]
        return [*words, "The recap is made from what was recorded."] if is_recorded else words
    if call.guest_token:
        return ["You leave the meeting. To come back you have to be let in again."]
    words = ["You leave the meeting. It goes on without you."]
    if state.is_host:
        words.append("Another member becomes its host.")
    return [*words, "It goes on being recorded, without you."] if is_recorded else words


def _of_others(running: list[int], *, is_more: bool) -> str:
    people = sum(running)
    who = "1 person" if people == 1 else f"{people} people"
    more = "other " if is_more else ""
    if len(running) == 1:
        one = "Another meeting" if is_more else "A meeting"
        return (
            f"{one} with {who} runs on this computer and ends, too."
            if is_more
            else (f"{one} with {who} runs on this computer. It ends for them.")
        )
    return (
        f"{len(running)} {more}meetings with {who} run on this computer. They end for them{', too' if is_more else ''}."
    )


@TABLE.on(events.OwnServerTold)
def server_told(state: AppState, event: events.OwnServerTold) -> Step:
    """Who meets on the server of this computer, whether one is there oneself or not."""
    return replace(state, own_meetings=event.meetings), ()
