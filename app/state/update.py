"""`update(state, event)`: the one function that changes what is true. The phase table is at its head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.state import accounts, chat, events, lobby, people, prejoin, recap, recording, rooms
from app.state.app_state import AppState, CallPhase
from app.state.asking import Step, answered, tell
from app.wire import accounts as wire_accounts
from app.wire import chat as wire_chat
from app.wire import lobby as wire_lobby
from app.wire import people as wire_people
from app.wire import recap as wire_recap
from app.wire import recording as wire_recording
from app.wire import rooms as wire_rooms
from app.wire.errors import Refused
from app.wire.fields import Ask

#: What may follow what in a call.
PHASES: dict[CallPhase, frozenset[CallPhase]] = {
    "none": frozenset({"prejoin"}),
    "prejoin": frozenset({"joining", "none"}),
    "joining": frozenset({"in", "waiting", "prejoin", "ended", "none"}),
    "waiting": frozenset({"in", "prejoin", "none"}),
    "in": frozenset({"reconnecting", "ended", "none"}),
    "reconnecting": frozenset({"in", "prejoin", "ended", "none"}),
    "ended": frozenset({"joining", "prejoin", "none"}),
}


class IllegalPhase(RuntimeError):
    """An event would have moved the call against `PHASES`; nothing was changed."""


def update(state: AppState, event: events.Event) -> Step:
    """The next state, and what is to be done about it.

    Raises:
        IllegalPhase: a fault of ours; the caller keeps the old state.
    """
    if isinstance(event, events.Heard):
        after, effects = _heard(state, event)
    else:
        handler = _EVENTS.get(type(event))
        if handler is None:
            return state, ()
        after, effects = handler(state, event)
    if after.call_phase != state.call_phase and after.call_phase not in PHASES[state.call_phase]:
        raise IllegalPhase(f"{state.call_phase} -> {after.call_phase} by {type(event).__name__}")
    return after, effects


def _put_away(state: AppState, event: events.PutAway) -> Step:
    return replace(state, notices=tuple(one for one in state.notices if one.number != event.number)), ()


def _told(state: AppState, event: events.Told) -> Step:
    return tell(state, event.words, is_bad=event.is_bad), ()


def _try_again(state: AppState, event: events.TryAgain) -> Step:
    from app.state.effects import Reconnect

    return state, (Reconnect(),)


def _choices_loaded(state: AppState, event: events.ChoicesLoaded) -> Step:
    return replace(state, choices=event.choices), ()


def _devices_listed(state: AppState, event: events.DevicesListed) -> Step:
    return replace(state, devices=event.devices), ()


Handler = Callable[[AppState, Any], Step]

_EVENTS: dict[type, Handler] = {
    events.LinkChanged: accounts.link_changed,
    events.TokenFound: accounts.token_found,
    events.NameOwner: accounts.name_owner,
    events.EnterAccount: accounts.enter_account,
    events.MakeAccount: accounts.make_account,
    events.LeaveAccount: accounts.leave_account,
    events.MakeRoom: rooms.make_room,
    events.OpenRoom: rooms.open_room,
    events.ShowEarlier: rooms.show_earlier,
    events.Invite: rooms.invite,
    events.ForgetInvitation: rooms.forget_invitation,
    events.EnterRoomByCode: rooms.enter_by_code,
    events.SayInRoom: rooms.say,
    events.RetryMessage: rooms.retry,
    events.DropMessage: rooms.drop,
    events.BeginMeeting: prejoin.begin_meeting,
    events.GoToMeeting: prejoin.go_to_meeting,
    events.FollowLink: prejoin.follow_link,
    events.ContinueTerms: prejoin.continue_terms,
    events.ReadNotice: prejoin.read_notice,
    events.NameGuest: prejoin.name_guest,
    events.Choose: prejoin.choose,
    events.ChooseRecording: prejoin.choose_recording,
    events.Join: prejoin.press_join,
    events.CancelJoin: prejoin.cancel,
    events.Leave: people.leave,
    events.EndForAll: people.end_for_all,
    events.Rejoin: people.rejoin,
    events.CloseCall: people.close_call,
    events.ShowCall: people.show_call,
    events.OpenPanel: people.open_panel,
    events.PeersLost: people.peers_lost,
    events.PeersFound: people.peers_found,
    events.DeviceTold: people.device_told,
    events.SayInChat: chat.say,
    events.RetryChat: chat.retry,
    events.DropChat: chat.drop,
    events.SwitchRecording: recording.switch,
    events.AnswerConsent: recording.answer,
    events.Admit: lobby.admit,
    events.Deny: lobby.deny,
    events.OpenRecapPage: recap.open_page,
    events.CloseRecapPage: recap.close_page,
    events.PutAway: _put_away,
    events.Told: _told,
    events.TryAgain: _try_again,
    events.ChoicesLoaded: _choices_loaded,
    events.DevicesListed: _devices_listed,
}

_TOLD: dict[type, Handler] = {
    wire_accounts.Greeting: accounts.greeted,
    wire_accounts.SignedIn: accounts.signed_in,
    wire_accounts.SignedOut: accounts.signed_out,
    wire_accounts.TermsAccepted: accounts.terms_accepted,
    wire_rooms.RoomChanged: rooms.room_changed,
    wire_rooms.InvitationMade: rooms.invitation_made,
    wire_rooms.MessagesListed: rooms.messages_listed,
    wire_rooms.MessagePosted: rooms.message_posted,
    wire_rooms.MeetingChanged: rooms.meeting_changed,
    wire_people.MeetingStarted: prejoin.meeting_started,
    wire_people.PersonJoined: people.person_joined,
    wire_people.PersonChanged: people.person_changed,
    wire_people.PersonLeft: people.person_left,
    wire_people.HostChanged: people.host_changed,
    wire_people.MeetingEnded: people.meeting_ended,
    wire_chat.ChatPosted: chat.posted,
    wire_lobby.KnockHeard: lobby.knock_heard,
    wire_lobby.LobbyChanged: lobby.lobby_changed,
    wire_lobby.GuestDenied: lobby.denied,
    wire_recording.RecordingStarted: recording.started,
    wire_recording.RecordingStopped: recording.stopped,
    wire_recap.RecapsListed: rooms.recaps_listed,
    wire_recap.RecapOpened: recap.opened,
    wire_recap.RecapReady: recap.ready,
}


def _heard(state: AppState, event: events.Heard) -> Step:
    message = event.message
    state, asked = answered(state, message)
    if isinstance(message, Refused):
        return _refused(state, message, asked)
    if isinstance(message, wire_people.Welcome):
        # A late answer to a join that was cancelled or left again: the leave is on its way, nothing opens.
        return people.welcomed(state, message, event.at) if people.is_expected(state, message, asked) else (state, ())
    if isinstance(message, wire_lobby.LinkShown):
        return prejoin.link_shown(state, message, asked.code if isinstance(asked, wire_lobby.LookAtLink) else "")
    handler = _TOLD.get(type(message))
    return handler(state, message) if handler else (state, ())


def _refused(state: AppState, message: Refused, asked: Ask | None) -> Step:
    """A refusal is shown where its request was made."""
    if isinstance(asked, wire_rooms.PostMessage):
        return rooms.fail_draft(state, asked.room, asked.key, words=message.words), ()
    if isinstance(asked, wire_chat.PostChat):
        return chat.fail_draft(state, asked.key, words=message.words), ()
    if isinstance(asked, wire_people.JoinMeeting | wire_people.RejoinAsGuest | wire_lobby.Knock):
        return _not_joined(state, message)
    if isinstance(asked, wire_people.LeaveMeeting):
        return state, ()  # gone already: that is what was wanted
    if isinstance(asked, wire_recap.OpenRecap):
        view = replace(state.recap, words=message.words) if state.recap else None
        return replace(state, recap=view), ()
    if asked is None or isinstance(asked, wire_accounts.Hello):
        return accounts.refused(state, message)
    return tell(state, message.words, is_bad=True), ()


def _not_joined(state: AppState, message: Refused) -> Step:
    if state.call is not None and state.call_phase in ("joining", "reconnecting"):
        return people.not_back(state, message)
    if state.call_phase not in ("joining", "waiting"):
        return state, ()
    return prejoin.not_let_in(people.to_be_read(state, message), message.words)
