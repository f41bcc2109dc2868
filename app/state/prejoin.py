"""The page before a call: terms, devices, the recording notice, Join."""

from __future__ import annotations

from dataclasses import replace

from app.state import call_intents
from app.state.app_state import AppState
from app.state.asking import NO_CONNECTION, ask, ask_now, forget, knock
from app.state.effects import ClosePeers, Effect, StartDevices, StopDevices
from app.state.slices.prejoin import PreJoin
from app.state.tables import Step, Table
from app.state.toasts import CALL, JOIN, of_room, toast
from app.wire import accounts, lobby, people
from app.wire.rooms import MeetingCard
from app.wire.text import LONGEST_NAME, cut, one_line

TABLE = Table()

IN_A_MEETING = "You are in a meeting already. Leave it first to join another one."
NOT_YET = "This meeting is not open yet. It opens ten minutes before its start."
OPEN_NOW = "The meeting is open now: you can join."


@TABLE.on(call_intents.BeginMeeting)
def begin_meeting(state: AppState, event: call_intents.BeginMeeting) -> Step:
    """The camera button: the answer leads to this page."""
    if state.is_busy:
        return toast(state, "You are in a meeting already. Leave it first to start another one.", about=CALL), ()
    if any(isinstance(one, people.StartMeeting) and one.room == event.room for one in state.requests.pending.values()):
        return state, ()  # the second click of two
    info = state.room_info(event.room)
    why_not = state.why_not_start(event.room)
    if why_not and info is not None and info.meeting is not None:
        # Access follows who starts: a meeting that runs already is open to every member.
        return open_page(state, info.meeting)
    if why_not:
        return toast(state, why_not, is_bad=True, about=(of_room(event.room), JOIN)), ()
    return ask_now(state, people.StartMeeting(room=event.room, key=event.key))


@TABLE.hears(people.MeetingStarted, for_members=True)
def meeting_started(state: AppState, message: people.MeetingStarted) -> Step:
    """One's own start, or the running meeting that it led into."""
    if state.is_busy:
        return state, ()  # one has gone into a meeting meanwhile
    return open_page(state, message.meeting)


@TABLE.on(call_intents.GoToMeeting)
def go_to_meeting(state: AppState, event: call_intents.GoToMeeting) -> Step:
    """The Join button of a card."""
    if state.call and state.call.meeting.id == event.meeting and state.call_phase in ("in", "reconnecting"):
        return replace(state, shows_call=True), ()
    if state.is_busy:
        return toast(state, IN_A_MEETING, about=CALL), ()
    card = find_card(state, event.meeting)
    if card is None or card.state == "ended":
        return toast(state, "This meeting has ended."), ()
    if card.state == "cancelled":
        return toast(state, "This meeting was cancelled."), ()
    if card.provider == "external":
        return toast(state, "This meeting is held elsewhere: open its link in your browser."), ()
    return open_page(state, card)


def find_card(state: AppState, meeting: str) -> MeetingCard | None:
    """A meeting's card, from wherever it is known."""
    for room in state.rooms.known:
        for one in (room.meeting, *room.scheduled):
            if one and one.id == meeting:
                return one
    for view in state.rooms.views.values():
        for message in view.messages:
            if message.meeting and message.meeting.id == meeting:
                return message.meeting
        for card in view.recaps:
            if card.id == meeting:
                return card
    return None


def open_page(state: AppState, card: MeetingCard) -> Step:
    """Opens the page for a meeting of one of the rooms."""
    prejoin = PreJoin(
        meeting=card,
        title=card.title,
        asks_terms=state.accepted_terms < state.connection.terms_version,
        may_record=card.starter == state.own_id and card.recap == "none",
        is_recording=card.recap == "recording",
        opens_at=opening(card),
    )
    return _shown(state, prejoin)


def opening(card: MeetingCard) -> float | None:
    """Planned start of a meeting whose doors are still closed."""
    return (card.starts_at or card.started_at) if card.state == "scheduled" else None


def _shown(state: AppState, prejoin: PreJoin) -> Step:
    state = replace(state, prejoin=prejoin, call_phase="prejoin", shows_call=True, call=None)
    # Nothing opens a camera before the terms are accepted.
    return state, (() if prejoin.asks_terms else (StartDevices(),))


def at_link(state: AppState, message: lobby.LinkShown, code: str) -> Step:
    """The page for someone who is not a member: name, terms, knock. Shown again, it keeps what was entered."""
    before = state.prejoin if state.prejoin and state.prejoin.code == code else None
    opens_at = message.starts_at if message.state == "scheduled" else None
    if before is not None:
        words = OPEN_NOW if before.opens_at is not None and opens_at is None else NOT_YET if opens_at else before.words
        before = replace(before, title=message.title, host=message.host, server=message.server, words=words)
        before = replace(before, is_recording=message.is_recording, opens_at=opens_at)
        return replace(state, prejoin=before, shows_call=True), ()
    prejoin = PreJoin(
        code=code,
        title=message.title,
        host=message.host,
        server=message.server,
        guest_name=state.me.name if state.me else "",
        asks_terms=True,
        is_recording=message.is_recording,
        opens_at=opens_at,
    )
    return _shown(state, prejoin)


def not_open(state: AppState, words: str, code: str) -> AppState:
    """A link whose meeting is over: said on its page, where that is open, else at the top of the window."""
    if state.prejoin is None or state.prejoin.code != code or not code:
        return toast(state, words)
    return replace(state, prejoin=replace(state.prejoin, words=words, opens_at=None))


@TABLE.on(call_intents.ContinueTerms)
def continue_terms(state: AppState, event: call_intents.ContinueTerms) -> Step:
    """Continue: stored for an account, said again with each knock by a guest."""
    if state.prejoin is None or not state.prejoin.asks_terms:
        return state, ()
    if state.prejoin.meeting:
        return ask_now(state, accounts.AcceptTerms(version=state.connection.terms_version))
    return devices_may_open(state)


def devices_may_open(state: AppState) -> Step:
    """The terms are accepted."""
    if state.prejoin is None or not state.prejoin.asks_terms:
        return state, ()
    return replace(state, prejoin=replace(state.prejoin, asks_terms=False)), (StartDevices(),)


@TABLE.on(call_intents.ReadNotice)
def read_notice(state: AppState, event: call_intents.ReadNotice) -> Step:
    """The recording notice."""
    return replace(state, prejoin=replace(state.prejoin, notice_read=event.is_read) if state.prejoin else None), ()


@TABLE.on(call_intents.NameGuest)
def name_guest(state: AppState, event: call_intents.NameGuest) -> Step:
    """The guest's name."""
    prejoin = replace(state.prejoin, guest_name=event.name[:50]) if state.prejoin else None
    return replace(state, prejoin=prejoin), ()


@TABLE.on(call_intents.ChooseRecording)
def choose_recording(state: AppState, event: call_intents.ChooseRecording) -> Step:
    """The AI recording switch; the server checks who may."""
    if state.prejoin is None or not state.prejoin.may_record:
        return state, ()
    # Gestures may need it.
    gestures = state.prejoin.gestures and (event.record or not state.connection.gestures_need_recording)
    return replace(state, prejoin=replace(state.prejoin, record=event.record, gestures=gestures)), ()


@TABLE.on(call_intents.Join)
def press_join(state: AppState, event: call_intents.Join) -> Step:
    """Join: the first thing that is sent of this meeting."""
    prejoin = state.prejoin
    if prejoin is None or prejoin.asks_terms or state.call_phase != "prejoin":
        return state, ()
    if not state.can_ask:
        return replace(state, prejoin=replace(prejoin, words=NO_CONNECTION)), ()
    if prejoin.is_recording and not prejoin.notice_read:
        words = "This meeting is being recorded. Please confirm the notice first."
        return replace(state, prejoin=replace(prejoin, words=words)), ()
    if prejoin.opens_at is not None:
        state = replace(state, prejoin=replace(prejoin, words=NOT_YET))
        # A guest is told nothing of a meeting: they have to look again.
        return ask(state, lobby.LookAtLink(code=prejoin.code)) if prejoin.meeting is None else (state, ())
    state = replace(state, prejoin=replace(prejoin, words="", asks_move=False))
    if prejoin.meeting is None:
        return _knock(state, prejoin)
    return _join(state, prejoin, prejoin.meeting.id, moves=False)


def _notice(state: AppState, prejoin: PreJoin) -> int:
    return state.connection.notice_version if prejoin.is_recording else 0


def _join(state: AppState, prejoin: PreJoin, meeting: str, *, moves: bool) -> Step:
    message = people.JoinMeeting(
        meeting=meeting,
        microphone_on=state.devices.chosen.microphone_on,
        camera_on=state.devices.chosen.camera_on,
        notice_version=_notice(state, prejoin),
        record=prejoin.record and prejoin.may_record,
        gestures=prejoin.gestures and prejoin.may_record,
        moves=moves,
    )
    return ask(replace(state, call_phase="joining"), message)


@TABLE.on(call_intents.AnswerMove)
def answer_move(state: AppState, event: call_intents.AnswerMove) -> Step:
    """The seat moves here from another device, or stays there."""
    prejoin = state.prejoin
    if prejoin is None or prejoin.meeting is None or not prejoin.asks_move:
        return state, ()
    prejoin = replace(prejoin, asks_move=False, words="")
    state = replace(state, prejoin=prejoin)
    if not event.moves:
        return state, ()
    if not state.can_ask:
        return replace(state, prejoin=replace(prejoin, words=NO_CONNECTION)), ()
    return _join(state, prejoin, prejoin.meeting.id, moves=True)  # type: ignore[union-attr]


def _knock(state: AppState, prejoin: PreJoin) -> Step:
    if not _guest_name(prejoin):
        return replace(state, prejoin=replace(prejoin, words="Please enter your name.")), ()
    return knock(replace(state, call_phase="joining"), _knocking(state, prejoin))


def _guest_name(prejoin: PreJoin) -> str:
    return cut(one_line(prejoin.guest_name), LONGEST_NAME)


def _knocking(state: AppState, prejoin: PreJoin) -> lobby.Knock:
    return lobby.Knock(
        code=prejoin.code,
        name=_guest_name(prejoin),
        terms_version=state.connection.terms_version,
        # Also who waits while a recording begins has not read it.
        notice_version=_notice(state, prejoin) if prejoin.notice_read else 0,
        microphone_on=state.devices.chosen.microphone_on,
        camera_on=state.devices.chosen.camera_on,
    )


def knock_again(state: AppState) -> Step:
    """The connection was lost while one waited: asks once more, without a click; one goes on waiting meanwhile."""
    if state.call_phase != "waiting" or state.prejoin is None:
        return state, ()
    return knock(state, _knocking(state, state.prejoin))


def cancel(state: AppState) -> Step:
    """Back: devices close, a seat or a knock that is under way is given up."""
    if state.call_phase not in ("prejoin", "joining", "waiting"):
        return state, ()
    was_asking = state.call_phase != "prejoin"
    card = state.prejoin.meeting if state.prejoin else state.call.meeting if state.call else None
    state = forget(state, people.JoinMeeting, people.RejoinAsGuest, lobby.Knock)
    state = replace(state, prejoin=None, call_phase="none", call=None)
    given_up: tuple[Effect, ...] = ()
    if was_asking and card is not None:
        state, given_up = ask(state, people.LeaveMeeting(meeting=card.id))
    elif was_asking:
        state, given_up = ask(state, lobby.WithdrawKnock())
    return state, (*given_up, ClosePeers(), StopDevices())


def not_let_in(state: AppState, words: str) -> Step:
    """Refused, denied or ended before one was in: back on this page, with the reason."""
    if state.prejoin is None:
        return toast(replace(state, call_phase="none"), words, is_bad=True, about=JOIN), ()
    return replace(state, call_phase="prejoin", prejoin=replace(state.prejoin, words=words)), ()


@TABLE.hears(accounts.TermsAccepted, for_members=True)
def terms_accepted(state: AppState, message: accounts.TermsAccepted) -> Step:
    """The pop-up closes, on each device of the account; devices may be opened from here on."""
    state = replace(state, accepted_terms=max(state.accepted_terms, message.version))
    is_guest = state.prejoin is not None and state.prejoin.meeting is None
    # A guest accepts them each time, whatever their account has accepted.
    return (state, ()) if is_guest or state.accepted_terms < state.connection.terms_version else devices_may_open(state)
