"""Being in a call: who is there, leaving, rejoining."""

from __future__ import annotations

from dataclasses import replace

from app.state import call_intents, events, gestures, hands, quality, sharing, so_far
from app.state.app_state import AppState
from app.state.asking import NO_CONNECTION, ask, ask_now, forget, is_asking
from app.state.chat import never_sent, send_waiting, still_drafts, unread_then
from app.state.devices import show_own
from app.state.effects import ClosePeers, Effect, OpenPeers, PlaySound, SaveChoices, StartDevices, StopDevices, Talk
from app.state.prejoin import not_let_in, open_page
from app.state.recap import fetch
from app.state.slices.call import Call
from app.state.slices.captions import Captions, SoFar
from app.state.slices.chat import Chat
from app.state.slices.gestures import Gestures
from app.state.slices.media import Media
from app.state.slices.pip import Pip
from app.state.slices.quality import Quality
from app.state.slices.reactions import Reactions
from app.state.slices.recap import RecapView
from app.state.slices.recording import Recording
from app.state.slices.sharing import Sharing
from app.state.stage import Stage
from app.state.tables import Reply, Step, Table
from app.state.toasts import CALL, CONNECTION, JOIN, toast
from app.wire import lobby, media
from app.wire import people as wire
from app.wire.chat import PostChat
from app.wire.errors import Refused
from app.wire.fields import Ask
from app.wire.links import BadLink, parse_link

TABLE = Table()
# The peer connections take these before the state hears of them.
TABLE.ignore(media.PublishAnswer, media.SubscribeOffer, media.MediaLost, media.IceServers, media.MediaChecked)
TABLE.ignore(media.PictureWanted)

_LEFT_WORDS = {
    "lost": "The connection was lost for too long, so the meeting went on without you.",
    "removed": "The host removed you from the meeting.",
    "ended": "The meeting has ended.",
    "moved": "You joined from another window or device, so this one left.",
}
MUTED = "The host switched your microphone off. You can switch it on again."
#: Refusals after which there is something to read, accept or answer on the page before the call.
_TO_ANSWER = ("notice_needed", "terms_needed", "in_elsewhere")


@TABLE.answers(wire.Welcome)
def welcomed(state: AppState, message: wire.Welcome, reply: Reply) -> Step:
    """One has a seat; or had one: nothing opens by the late answer to a join that was cancelled or left again."""
    if _is_expected(state, reply.asked):
        return _seated(state, message, reply.at)
    # A member's leave is on its way already; a guest took the knock back, and had been let in by then.
    return ask(state, wire.LeaveMeeting(meeting=message.meeting.id)) if message.guest_token else (state, ())


def _seated(state: AppState, message: wire.Welcome, at: float) -> Step:
    """Media may be set up. `at`: this computer's clock, seconds since 1970."""
    before = state.call if state.call and state.call.meeting.id == message.meeting.id else None
    is_back = state.call_phase == "reconnecting"
    own = next((person for person in message.people if person.id == message.you), None)
    consents = own is not None and own.consents
    call = Call(
        meeting=message.meeting,
        you=message.you,
        host=message.host,
        people=message.people,
        recording=Recording(
            since=message.recording_since,
            asks_consent=message.recording_since is not None and not consents,
            receipt=before.recording.receipt if before else state.prejoin.receipt if state.prejoin else None,
        ),
        clock_ahead_s=message.now - at,
        guest_token=message.guest_token,
        chat=Chat(
            lines=message.chat,
            drafts=still_drafts(before.chat.drafts, message.chat, message.you) if before else (),
            unread=unread_then(before, message.chat, message.you),
            is_at_end=before.chat.is_at_end if before else True,
        ),
        panel=before.panel if before else "",
        is_locked=message.is_locked,
        media=Media(used_bytes=before.media.used_bytes if before else 0),
        quality=quality.begun_anew(before.quality) if before and is_back else Quality(),
        stage=before.stage if before else Stage(),
        pip=before.pip if before else Pip(),
        reactions=before.reactions if before else Reactions(),
        gestures=replace(before.gestures if before and is_back else Gestures(), is_on=message.gestures_on),
        sharing=before.sharing if before and is_back else Sharing(),
        captions=before.captions if before else Captions(),
        so_far=SoFar(missed_since=message.missed_since),
    )
    state = replace(state, call=call, call_phase="in", prejoin=None, shows_call=state.shows_call or not is_back)
    if state.page == "recap" and not is_back:
        state = replace(state, page="rooms" if state.me else "sign_in", recap=None)
    state = so_far.came_late(state if is_back else gestures.tell(state), message.now)
    effects: tuple[Effect, ...] = (StartDevices(), OpenPeers(message.meeting.id, message.you))
    shown = (state.devices.microphone_on, state.devices.chosen.camera_on)
    if own is not None and shown != (own.microphone_on, own.camera_on):
        # Chosen while one waited or was away.
        state, more = show_own(state, message.meeting.id)
        effects = (*effects, *more)
    for again in (sharing.seated_again, gestures.seated_again, send_waiting):
        state, more = again(state)
        effects = (*effects, *more)
    return state, effects


def _is_expected(state: AppState, asked: Ask | None) -> bool:
    """Whether a welcome is the answer to what is wanted now: not to a join that was cancelled or left since."""
    if state.call_phase in ("joining", "waiting") and state.prejoin and state.prejoin.meeting is None:
        return True
    return state.call_phase in ("joining", "reconnecting") and isinstance(asked, wire.JoinMeeting | wire.RejoinAsGuest)


@TABLE.refused(wire.JoinMeeting, wire.RejoinAsGuest, lobby.Knock)
def not_joined(state: AppState, asked: Ask, refused: Refused) -> Step:
    """No seat: said where it was wanted, if it still is."""
    if state.call is not None and state.call_phase in ("joining", "reconnecting"):
        return not_back(state, refused)
    if state.call_phase not in ("joining", "waiting"):
        return state, ()
    # A question takes the place of the words.
    words = "" if refused.reason == "in_elsewhere" else refused.words
    state, effects = to_be_read(state, refused)
    state, more = not_let_in(state, words)
    return state, (*effects, *more)


@TABLE.refused(wire.LeaveMeeting)
def leave_refused(state: AppState, asked: wire.LeaveMeeting, refused: Refused) -> Step:
    """Gone already: that is what was wanted."""
    return state, ()


def not_back(state: AppState, message: Refused) -> Step:
    """The way back into a call is refused: over, unless there is something to read and accept first."""
    call = state.call
    if call is None or call.guest_token or message.reason not in _TO_ANSWER:
        return over(state, words=message.words, can_rejoin=False)
    state, effects = open_page(state, call.meeting)
    state, more = to_be_read(state, message)
    return state, (ClosePeers(), *(more or effects))


def to_be_read(state: AppState, message: Refused) -> Step:
    """Shows what a refused join lacks on the page before the call; no device stays open behind terms that are new."""
    if state.prejoin is None:
        return state, ()
    prejoin = replace(state.prejoin, words=message.words)
    if message.reason == "notice_needed":
        prejoin = replace(prejoin, is_recording=True, notice_read=False)
    if message.reason == "terms_needed":
        prejoin = replace(prejoin, asks_terms=True)
    if message.reason == "in_elsewhere":
        prejoin = replace(prejoin, asks_move=True, words="")
    return replace(state, prejoin=prejoin), ((StopDevices(),) if prejoin.asks_terms else ())


@TABLE.hears(wire.PersonJoined)
def person_joined(state: AppState, message: wire.PersonJoined) -> Step:
    """Someone is there."""
    if state.call is None or state.call.meeting.id != message.meeting:
        return state, ()
    others = tuple(person for person in state.call.people if person.id != message.person.id)
    is_new = len(others) == len(state.call.people)
    state = replace(state, call=replace(state.call, people=(*others, message.person)))
    return state, ((PlaySound("join"),) if is_new and message.person.id != state.call.you else ())  # type: ignore[union-attr]


@TABLE.hears(wire.PersonChanged)
def person_changed(state: AppState, message: wire.PersonChanged) -> Step:
    """Someone's microphone, camera, share, consent or connection is different."""
    call = state.call
    if call is None or call.meeting.id != message.meeting:
        return state, ()
    new = message.person
    before = call.person(new.id) or new
    people = tuple(new if person.id == new.id else person for person in call.people)
    asks = call.recording.asks_consent and not (new.id == call.you and new.consents)
    state = replace(state, call=replace(call, people=people, recording=replace(call.recording, asks_consent=asks)))
    state, effects = hands.noticed(state, before, new)
    if new.id != call.you or message.re:
        return state, effects
    state, more = _switched_off(state, before, new)
    return state, (*effects, *more)


def _switched_off(state: AppState, before: wire.Person, now: wire.Person) -> Step:
    """The host's doing, since it answers nothing that one asked for: it counts here too, and is said."""
    state = sharing.by_host(state, before, now)
    if not (before.microphone_on and not now.microphone_on and state.devices.microphone_on):
        return state, ()
    choices, was_talking = replace(state.devices.chosen, microphone_on=False), state.devices.is_talking
    state = replace(state, devices=replace(state.devices, chosen=choices, is_talking=False))
    state = toast(state, MUTED, about=CALL)
    effects: tuple[Effect, ...] = (SaveChoices(choices), *((Talk(False),) if was_talking else ()))
    if state.call and is_asking(state, wire.ShowState):
        # Sent before the host's word was heard here: it would switch the microphone on again for the others.
        state, more = show_own(state, state.call.meeting.id)
        effects = (*effects, *more)
    return state, effects


@TABLE.hears(wire.PersonLeft)
def person_left(state: AppState, message: wire.PersonLeft) -> Step:
    """Someone is gone; if it is oneself, the call is over here."""
    if state.call is None or state.call.meeting.id != message.meeting:
        return state, ()
    if message.person == state.call.you:
        if state.call_phase not in ("in", "reconnecting"):
            return state, ()
        can_rejoin = message.reason in ("left", "lost", "moved")
        return over(state, words=_LEFT_WORDS.get(message.reason, "You left the meeting."), can_rejoin=can_rejoin)
    people = tuple(person for person in state.call.people if person.id != message.person)
    state = replace(state, call=replace(state.call, people=people))
    return hands.put_down(state, message.person), (PlaySound("leave"),)


@TABLE.hears(wire.HostChanged)
def host_changed(state: AppState, message: wire.HostChanged) -> Step:
    """The host's rights moved."""
    if state.call is None or state.call.meeting.id != message.meeting:
        return state, ()
    waiting = state.call.lobby.waiting if message.host == state.call.you else ()
    state = replace(
        state, call=replace(state.call, host=message.host, lobby=replace(state.call.lobby, waiting=waiting))
    )
    return (toast(state, "You are the host of this meeting now.", about=CALL) if state.is_host else state), ()


def meeting_ended(state: AppState, message: wire.MeetingEnded) -> Step:
    """Over for all."""
    words = message.words or "The meeting has ended."
    if state.call_phase in ("joining", "waiting") and state.prejoin:
        card = state.prejoin.meeting
        return not_let_in(state, words) if card is None or card.id == message.meeting else (state, ())
    if state.call is None or state.call.meeting.id != message.meeting or state.call_phase not in ("in", "reconnecting"):
        return state, ()
    return over(state, words=words, can_rejoin=False)


def over(state: AppState, *, words: str, can_rejoin: bool, effects: tuple[Effect, ...] = ()) -> Step:
    """The call is over here. A member whose meeting was recorded lands on its recap; a guest keeps nothing."""
    call = state.call
    if call is None:
        return state, effects
    is_guest = bool(call.guest_token) or state.me is None
    ended = replace(
        never_sent(so_far.forgotten(call)),
        ended_words=words,
        can_rejoin=can_rejoin,
        recording=replace(call.recording, asks_consent=False),
        lobby=replace(call.lobby, waiting=()),
        sharing=Sharing(),
        quality=Quality(),
        panel="",
    )
    if is_guest:
        ended = replace(ended, chat=replace(ended.chat, lines=(), drafts=()), people=())
        state = forget(state, PostChat)
    state = replace(state, call=ended, call_phase="ended", shows_call=True)
    was_recorded = call.recording.since is not None or call.meeting.recap != "none"
    if was_recorded and not is_guest:
        state = replace(state, page="recap", recap=RecapView(meeting=call.meeting), shows_call=False)
        state, more = fetch(state, call.meeting.id)
        effects = (*effects, *more)
    return state, (*effects, ClosePeers(), StopDevices())


@TABLE.on(call_intents.Leave)
def leave(state: AppState, event: call_intents.Leave) -> Step:
    """Leave counts at once, connected or not."""
    call = state.call
    if call is None or state.call_phase not in ("in", "reconnecting"):
        return state, ()
    state = forget(state, wire.JoinMeeting, wire.RejoinAsGuest)
    state, effects = ask(state, wire.LeaveMeeting(meeting=call.meeting.id))
    return over(state, words="You left the meeting.", can_rejoin=True, effects=effects)


@TABLE.on(call_intents.EndForAll)
def end_for_all(state: AppState, event: call_intents.EndForAll) -> Step:
    """The host ends the meeting; the server's word closes it here as for everyone."""
    if state.call is None or not state.is_host:
        return state, ()
    return ask_now(state, wire.EndMeeting(meeting=state.call.meeting.id))


@TABLE.on(call_intents.Rejoin)
def rejoin(state: AppState, event: call_intents.Rejoin) -> Step:
    """Back in, without the page before the call: the choices are known."""
    call = state.call
    if call is None or state.call_phase != "ended" or not call.can_rejoin:
        return state, ()
    if not state.can_ask:
        return toast(state, NO_CONNECTION, is_bad=True, about=(CONNECTION, JOIN)), ()
    if call.guest_token:
        # A guest's seat went when they left: they ask to be let in again.
        try:
            return ask(state, lobby.LookAtLink(code=parse_link(call.meeting.link).code))
        except BadLink as error:
            return toast(state, str(error), is_bad=True, about=JOIN), ()
    return ask(replace(state, call_phase="joining", shows_call=True), rejoining(state, call, moves=False))


def put_away(state: AppState) -> AppState:
    """Without the call that is over."""
    return replace(state, call=None, call_phase="none") if state.call_phase == "ended" else state


@TABLE.on(call_intents.ShowCall)
def show_call(state: AppState, event: call_intents.ShowCall) -> Step:
    """Front or back."""
    return replace(state, shows_call=event.shows_call), ()


@TABLE.on(call_intents.OpenPanel)
def open_panel(state: AppState, event: call_intents.OpenPanel) -> Step:
    """Chat or people; the chat opens at its end."""
    if state.call is None:
        return state, ()
    chat = replace(state.call.chat, is_at_end=True)
    return replace(state, call=replace(state.call, panel=event.panel, chat=chat)), ()


@TABLE.on(events.PeersLost)
def peers_lost(state: AppState, event: events.PeersLost) -> Step:
    """Media stopped while the server still answers: new connections on the same seat."""
    if state.call is None or state.call_phase != "in":
        return state, ()
    call = replace(state.call, quality=quality.begun_anew(state.call.quality))
    return replace(state, call=call, call_phase="reconnecting"), (OpenPeers(call.meeting.id, call.you),)


@TABLE.on(events.PeersBlocked)
def peers_blocked(state: AppState, event: events.PeersBlocked) -> Step:
    """Nothing came through in time; it is tried again."""
    return _with_blocked(state, event.words), ()


def _with_blocked(state: AppState, words: str) -> AppState:
    call = state.call
    if call is None or call.media.blocked_words == words:
        return state
    return replace(state, call=replace(call, media=replace(call.media, blocked_words=words)))


@TABLE.on(events.PeersStalled)
def peers_stalled(state: AppState, event: events.PeersStalled) -> Step:
    """Nothing is heard: said at once, while it is being found out why."""
    if state.call is None or state.call_phase != "in":
        return state, ()
    return replace(state, call_phase="reconnecting"), ()


@TABLE.on(events.PeersFound)
def peers_found(state: AppState, event: events.PeersFound) -> Step:
    """Media flows again."""
    state = _with_blocked(state, "")
    if state.call_phase != "reconnecting" or not state.is_seated:
        return state, ()
    return replace(state, call_phase="in"), ()


@TABLE.on(events.UsageTold)
def usage_told(state: AppState, event: events.UsageTold) -> Step:
    """What the call has cost so far."""
    return replace(
        state,
        call=replace(state.call, media=replace(state.call.media, used_bytes=event.used_bytes)) if state.call else None,
    ), ()


def rejoining(state: AppState, call: Call, *, moves: bool) -> Ask:
    """The request that takes a kept seat again; consent that was given stays given, and none is given by it.

    Args:
        state: what is true.
        call: whose seat.
        moves: also from a connection that the server still holds for alive: one's own that was lost a moment ago.
    """
    if call.guest_token:
        return wire.RejoinAsGuest(token=call.guest_token)
    consents = call.own is not None and call.own.consents
    return wire.JoinMeeting(
        meeting=call.meeting.id,
        microphone_on=state.devices.chosen.microphone_on,
        camera_on=state.devices.chosen.camera_on,
        notice_version=state.connection.notice_version if consents else 0,
        moves=moves,
    )
