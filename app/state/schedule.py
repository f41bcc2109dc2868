"""Planning meetings: the dialog, its answers, calendar files."""

from __future__ import annotations

from dataclasses import replace

from app.state import intents
from app.state.app_state import AppState
from app.state.asking import NO_CONNECTION, ask, ask_now
from app.state.prejoin import find_card
from app.state.rooms import meeting_changed
from app.state.scope import is_for_nobody, is_ours
from app.state.slices.reach import Gift
from app.state.slices.schedule import OfferedFile, PlanView
from app.state.tables import Reply, Step, Table
from app.state.toasts import complain
from app.wire import schedule as wire
from app.wire.errors import Refused
from app.wire.fields import Ask
from app.wire.rooms import MeetingChanged

TABLE = Table()


@TABLE.on(intents.OpenPlan)
def open_plan(state: AppState, event: intents.OpenPlan) -> Step:
    """The dialog; to edit a meeting, its plan is asked for."""
    state = replace(state, plan=PlanView(event.room, event.meeting))
    return _ask(state, wire.ShowPlan(meeting=event.meeting)) if event.meeting else (state, ())


def _ask(state: AppState, message: Ask) -> Step:
    return ask(state, message) if state.can_ask else (_say(state, NO_CONNECTION), ())


@TABLE.on(intents.ClosePlan)
def close_plan(state: AppState, event: intents.ClosePlan) -> Step:
    """The dialog is put away."""
    return replace(state, plan=None), ()


@TABLE.hears(wire.PlanShown, for_members=True)
def plan_shown(state: AppState, message: wire.PlanShown) -> Step:
    """What is edited."""
    if state.plan is None or state.plan.meeting != message.meeting.id:
        return state, ()
    return replace(state, plan=replace(state.plan, plan=message.plan)), ()


@TABLE.on(intents.SendPlan)
def send_plan(state: AppState, event: intents.SendPlan) -> Step:
    """Schedules, or keeps the changes; the dialog closes when the server has it."""
    view = state.plan
    if view is None or view.is_sending:
        return state, ()
    state = replace(state, plan=replace(view, plan=event.plan, words=""))
    why_not = state.why_not_start(view.room) if event.plan.provider == "parley" else ""
    if why_not and not view.meeting:
        return _say(state, why_not), ()
    if not state.can_ask:
        return _say(state, NO_CONNECTION), ()
    state = replace(state, plan=replace(view, plan=event.plan, words="", is_sending=True))
    if view.meeting:
        return ask(state, wire.ChangePlan(meeting=view.meeting, plan=event.plan))
    return ask(state, wire.ScheduleMeeting(room=view.room, plan=event.plan, key=event.key))


def _say(state: AppState, words: str) -> AppState:
    """The dialog stays, with the reason."""
    view = replace(state.plan, words=words, is_sending=False) if state.plan else None
    return replace(state, plan=view)


@TABLE.refused(wire.ShowPlan, wire.ScheduleMeeting, wire.ChangePlan)
def refused(state: AppState, asked: Ask, refused: Refused) -> Step:
    """Said in the dialog, where that is open still."""
    return (_say(state, refused.words) if state.plan else complain(state, asked, refused.words)), ()


@TABLE.answers(wire.MeetingScheduled, for_members=True)
def scheduled(state: AppState, message: wire.MeetingScheduled, reply: Reply) -> Step:
    """The meeting's first card; the dialog closes."""
    return meeting_changed(_closed_by(state, reply.asked), message.meeting)


@TABLE.answers(MeetingChanged, for_members=True)
def card_told(state: AppState, message: MeetingChanged, reply: Reply) -> Step:
    """Another card; as the answer to a changed plan it closes the dialog."""
    return meeting_changed(_closed_by(state, reply.asked), message.meeting)


def _closed_by(state: AppState, asked: Ask | None) -> AppState:
    """Without the dialog of the plan that was sent, unless another one is open by now."""
    view = state.plan
    if view is None or not view.is_sending:
        return state
    is_new = isinstance(asked, wire.ScheduleMeeting) and not view.meeting and asked.room == view.room
    is_changed = isinstance(asked, wire.ChangePlan) and asked.meeting == view.meeting
    return replace(state, plan=None) if is_new or is_changed else state


@TABLE.on(intents.CancelPlanned)
def cancel(state: AppState, event: intents.CancelPlanned) -> Step:
    """Takes place no more; the card says so when the server has it."""
    return ask_now(state, wire.CancelMeeting(meeting=event.meeting, whole_series=event.whole_series))


@TABLE.on(intents.GetCalendarFile)
def get_file(state: AppState, event: intents.GetCalendarFile) -> Step:
    """The .ics file; where the link in it would lead to this computer alone, others are let in first."""
    card = find_card(state, event.meeting)
    if card is not None and card.provider == "parley" and is_for_nobody(card.link):
        giving = Gift("calendar", card.link, card.title, meeting=card.id, can_open=is_ours(state))
        return replace(state, giving=replace(state.giving, gift=giving)), ()
    return ask_now(state, wire.AskCalendarFile(meeting=event.meeting))


@TABLE.hears(wire.CalendarFile, for_members=True)
def file_told(state: AppState, message: wire.CalendarFile) -> Step:
    """It is offered for saving."""
    # Numbers of requests only grow: the interface can tell this file from the one before.
    number = state.requests.next_number
    return replace(
        state,
        requests=replace(state.requests, next_number=number + 1),
        file=OfferedFile(number, message.name, message.text),
    ), ()


@TABLE.on(intents.PutFileAway)
def put_file_away(state: AppState, event: intents.PutFileAway) -> Step:
    """Saved, or not wanted."""
    is_it = state.file is not None and state.file.number == event.number
    return (replace(state, file=None) if is_it else state), ()
