"""The page before a call: terms, devices, the recording notice, Join."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from app.state import events
from app.state.app_state import AppState, PreJoin
from app.state.asking import NO_CONNECTION, Step, ask, ask_now, forget, tell
from app.state.effects import ClosePeers, Effect, Reconnect, SaveChoices, StartDevices, StopDevices
from app.wire import accounts, lobby, people
from app.wire.rooms import MeetingCard

IN_A_MEETING = "You are in a meeting already. Leave it first to join another one."


def begin_meeting(state: AppState, event: events.BeginMeeting) -> Step:
    """The camera button: the answer leads to this page."""
    if state.is_busy:
        return tell(state, "You are in a meeting already. Leave it first to start another one."), ()
    if any(isinstance(one, people.StartMeeting) and one.room == event.room for one in state.pending.values()):
        return state, ()  # the second click of two
    return ask_now(state, people.StartMeeting(room=event.room, key=event.key))


def meeting_started(state: AppState, message: people.MeetingStarted) -> Step:
    """One's own start, or the running meeting that it led into."""
    if state.is_busy:
        return state, ()  # one has gone into a meeting meanwhile
    return open_page(state, message.meeting)


def go_to_meeting(state: AppState, event: events.GoToMeeting) -> Step:
    """The Join button of a card."""
    if state.call and state.call.meeting.id == event.meeting and state.call_phase in ("in", "reconnecting"):
        return replace(state, shows_call=True), ()
    if state.is_busy:
        return tell(state, IN_A_MEETING), ()
    card = find_card(state, event.meeting)
    if card is None or card.state == "ended":
        return tell(state, "This meeting has ended."), ()
    return open_page(state, card)


def find_card(state: AppState, meeting: str) -> MeetingCard | None:
    """A meeting's card, from wherever it is known."""
    for room in state.rooms:
        if room.meeting and room.meeting.id == meeting:
            return room.meeting
    for view in state.views.values():
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
    )
    return _shown(state, prejoin)


def _shown(state: AppState, prejoin: PreJoin) -> Step:
    state = replace(state, prejoin=prejoin, call_phase="prejoin", shows_call=True, call=None)
    # Nothing opens a camera before the terms are accepted.
    return state, (() if prejoin.asks_terms else (StartDevices(),))


def code_of_link(link: str) -> tuple[str, str] | None:
    """Takes host:port and code out of a meeting link; None when it is none of ours.

    A link holds nothing but the server and the code: anything else is refused.
    """
    try:
        parts = urlsplit(link.strip())
        address = parts.netloc
        plain = not (parts.username or parts.password or parts.query or parts.fragment)
    except ValueError:
        return None
    steps = parts.path.split("/")
    if parts.scheme not in ("http", "https", "parley") or not plain or len(steps) != 3 or steps[1] != "j":
        return None
    code = steps[2]
    safe = code.isascii() and code.replace("-", "").replace("_", "").isalnum()
    return (address, code) if safe and 16 <= len(code) <= 64 else None


def follow_link(state: AppState, event: events.FollowLink) -> Step:
    """A pasted link: only of the server that one is connected to."""
    found = code_of_link(event.link)
    if found is None:
        return tell(state, "This is not a Parley meeting link. It looks like https://server/j/code.", is_bad=True), ()
    if state.is_busy:
        is_same = state.call is not None and code_of_link(state.call.meeting.link) == found
        return (replace(state, shows_call=True) if is_same else tell(state, IN_A_MEETING)), ()
    address, code = found
    if address != state.connection.address:
        words = f"This link belongs to another server, {address}. Start Parley with --server to join there."
        return tell(state, words, is_bad=True), ()
    return ask_now(state, lobby.LookAtLink(code=code))


def link_shown(state: AppState, message: lobby.LinkShown, code: str) -> Step:
    """What the link leads to: a member joins directly, anybody else knocks."""
    if state.is_busy:
        return state, ()  # one has gone into a meeting meanwhile
    if message.meeting:
        card = find_card(state, message.meeting)
        return open_page(state, card) if card else (tell(state, "This meeting has ended."), ())
    name = state.me.name if state.me else ""
    prejoin = PreJoin(
        code=code, title=message.title, guest_name=name, asks_terms=True, is_recording=message.is_recording
    )
    return _shown(state, prejoin)


def continue_terms(state: AppState, event: events.ContinueTerms) -> Step:
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


def read_notice(state: AppState, event: events.ReadNotice) -> Step:
    """The recording notice."""
    return replace(state, prejoin=replace(state.prejoin, notice_read=event.is_read) if state.prejoin else None), ()


def name_guest(state: AppState, event: events.NameGuest) -> Step:
    """The guest's name."""
    prejoin = replace(state.prejoin, guest_name=event.name[:50]) if state.prejoin else None
    return replace(state, prejoin=prejoin), ()


def choose(state: AppState, event: events.Choose) -> Step:
    """Kept at once; in a call the others are told what one shows."""
    before = state.choices
    state = replace(state, choices=event.choices)
    shown = (event.choices.microphone_on, event.choices.camera_on)
    effects = (SaveChoices(event.choices),)
    if state.call and state.is_seated and shown != (before.microphone_on, before.camera_on):
        state, more = show_own(state, state.call.meeting.id)
        return state, (*effects, *more)
    return state, effects


def show_own(state: AppState, meeting: str) -> Step:
    """Tells the others what one shows now."""
    choices = state.choices
    told = people.ShowState(meeting=meeting, microphone_on=choices.microphone_on, camera_on=choices.camera_on)
    return ask(state, told)


def choose_recording(state: AppState, event: events.ChooseRecording) -> Step:
    """The AI recording switch; the server checks who may."""
    if state.prejoin is None or not state.prejoin.may_record:
        return state, ()
    return replace(state, prejoin=replace(state.prejoin, record=event.record)), ()


def press_join(state: AppState, event: events.Join) -> Step:
    """Join: the first thing that is sent of this meeting."""
    prejoin = state.prejoin
    if prejoin is None or prejoin.asks_terms or state.call_phase != "prejoin":
        return state, ()
    if not state.can_ask:
        return replace(state, prejoin=replace(prejoin, words=NO_CONNECTION)), ()
    if prejoin.is_recording and not prejoin.notice_read:
        words = "This meeting is being recorded. Please confirm the notice first."
        return replace(state, prejoin=replace(prejoin, words=words)), ()
    notice = state.connection.notice_version if prejoin.is_recording else 0
    state = replace(state, prejoin=replace(prejoin, words=""))
    if prejoin.meeting is None:
        return _knock(state, prejoin, notice)
    message = people.JoinMeeting(
        meeting=prejoin.meeting.id,
        microphone_on=state.choices.microphone_on,
        camera_on=state.choices.camera_on,
        notice_version=notice,
        record=prejoin.record and prejoin.may_record,
    )
    return ask(replace(state, call_phase="joining"), message)


def _knock(state: AppState, prejoin: PreJoin, notice: int) -> Step:
    name = prejoin.guest_name.strip()
    if not name:
        return replace(state, prejoin=replace(prejoin, words="Please enter your name.")), ()
    message = lobby.Knock(
        code=prejoin.code,
        name=name,
        terms_version=state.connection.terms_version,
        notice_version=notice,
        microphone_on=state.choices.microphone_on,
        camera_on=state.choices.camera_on,
    )
    return ask(replace(state, call_phase="joining"), message)


def cancel(state: AppState, event: events.CancelJoin) -> Step:
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
        # A knock is taken back by hanging up.
        given_up = (Reconnect(is_anew=True),)
    return state, (*given_up, ClosePeers(), StopDevices())


def not_let_in(state: AppState, words: str) -> Step:
    """Refused, denied or ended before one was in: back on this page, with the reason."""
    if state.prejoin is None:
        return tell(replace(state, call_phase="none"), words, is_bad=True), ()
    return replace(state, call_phase="prejoin", prejoin=replace(state.prejoin, words=words)), ()
