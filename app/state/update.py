"""`update(state, event)`: the one function that changes what is true. The phase table is at its head."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.state import (
    account_dialog,
    accounts,
    call_intents,
    chat,
    closing,
    events,
    host,
    intents,
    links,
    lobby,
    messages,
    notices,
    people,
    prejoin,
    privacy,
    reach,
    recap,
    recording,
    rooms,
    schedule,
)
from app.state.app_state import AppState, CallPhase
from app.state.asking import Step, answered, ask, tell
from app.state.effects import ForgetFiles, Reconnect, RepeatKnock
from app.state.telling import clear_past, subjects
from app.wire import accounts as wire_accounts
from app.wire import chat as wire_chat
from app.wire import lobby as wire_lobby
from app.wire import notices as wire_notices
from app.wire import people as wire_people
from app.wire import privacy as wire_privacy
from app.wire import recap as wire_recap
from app.wire import recording as wire_recording
from app.wire import rooms as wire_rooms
from app.wire import schedule as wire_schedule
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
    for follow_up in (links.take_up, rooms.read_shown, notices.see_what_is_open):
        after, more = follow_up(after)
        effects = (*effects, *more)
    after = clear_past(after)
    if lobby.hears_knocks(after) != lobby.hears_knocks(state):
        effects = (*effects, RepeatKnock(lobby.hears_knocks(after)))
    if after.call_phase != state.call_phase and after.call_phase not in PHASES[state.call_phase]:
        raise IllegalPhase(f"{state.call_phase} -> {after.call_phase} by {type(event).__name__}")
    return after, effects


def _put_away(state: AppState, event: intents.PutAway) -> Step:
    return replace(state, notices=tuple(one for one in state.notices if one.number != event.number)), ()


def _told(state: AppState, event: events.Told) -> Step:
    return tell(state, event.words, is_bad=event.is_bad, about=event.about), ()


def _try_again(state: AppState, event: intents.TryAgain) -> Step:
    return state, (Reconnect(),)


def _choices_loaded(state: AppState, event: events.ChoicesLoaded) -> Step:
    return replace(state, choices=event.choices), ()


def _devices_listed(state: AppState, event: events.DevicesListed) -> Step:
    return replace(state, devices=event.devices), ()


def _meeting_ended(state: AppState, message: wire_people.MeetingEnded) -> Step:
    """For an invited person who waited there is nothing left to ask for."""
    if state.is_passing and state.call_phase in ("joining", "waiting") and state.prejoin and not state.prejoin.meeting:
        return links.dead(state, message.words or "The meeting has ended.")
    return people.meeting_ended(state, message)


Handler = Callable[[AppState, Any], Step]

_EVENTS: dict[type, Handler] = {
    events.LinkChanged: accounts.link_changed,
    events.TokenFound: accounts.token_found,
    intents.NameOwner: accounts.name_owner,
    intents.EnterAccount: accounts.enter_account,
    intents.MakeAccount: accounts.make_account,
    intents.LeaveAccount: accounts.leave_account,
    intents.OpenAccount: account_dialog.open_dialog,
    intents.ChangeOwnPassword: account_dialog.change_password,
    intents.EndOwnSignIn: account_dialog.end_sign_in,
    intents.AskForReset: account_dialog.ask_for_reset,
    intents.ResetOwnPassword: account_dialog.reset,
    intents.UseServer: links.use_server,
    intents.GoHome: links.go_home,
    intents.LetOthersReach: reach.let_others,
    intents.GiveLink: reach.give,
    intents.AnswerGiving: reach.answer,
    intents.TakeHandout: reach.take_handout,
    intents.MakeRoom: rooms.make_room,
    intents.MeetNow: rooms.meet_now,
    intents.NameRoom: rooms.name_room,
    intents.QuitRoom: rooms.quit_room,
    intents.RemoveFromRoom: rooms.remove_member,
    intents.OpenRoom: rooms.open_room,
    intents.Invite: rooms.invite,
    intents.ForgetInvitation: rooms.forget_invitation,
    intents.EnterRoomByCode: links.enter_by_code,
    intents.PostOtherMeeting: rooms.post_other_meeting,
    intents.ShowEarlier: messages.show_earlier,
    intents.SayInRoom: messages.say,
    intents.RetryMessage: messages.retry,
    intents.DropMessage: messages.drop,
    intents.ChangeMessage: messages.change,
    intents.TakeBackMessage: messages.take_back,
    intents.SearchFor: messages.search_for,
    intents.OpenNews: notices.open_news,
    intents.SeeAllNews: notices.see_all,
    intents.OpenPlan: schedule.open_plan,
    intents.ClosePlan: schedule.close_plan,
    intents.SendPlan: schedule.send_plan,
    intents.CancelPlanned: schedule.cancel,
    intents.GetCalendarFile: schedule.get_file,
    intents.PutFileAway: schedule.put_file_away,
    call_intents.BeginMeeting: prejoin.begin_meeting,
    call_intents.GoToMeeting: prejoin.go_to_meeting,
    call_intents.FollowLink: links.follow_link,
    call_intents.AnswerLink: links.answer_link,
    call_intents.SignInHere: links.sign_in_here,
    call_intents.AnswerMove: prejoin.answer_move,
    call_intents.ContinueTerms: prejoin.continue_terms,
    call_intents.ReadNotice: prejoin.read_notice,
    call_intents.NameGuest: prejoin.name_guest,
    call_intents.Choose: prejoin.choose,
    call_intents.ChooseRecording: prejoin.choose_recording,
    call_intents.Join: prejoin.press_join,
    call_intents.CancelJoin: lambda state, event: links.passed(*prejoin.cancel(state, event)),
    call_intents.Leave: people.leave,
    call_intents.EndForAll: people.end_for_all,
    call_intents.Rejoin: people.rejoin,
    call_intents.CloseCall: lambda state, event: links.passed(*people.close_call(state, event)),
    call_intents.ShowCall: people.show_call,
    call_intents.OpenPanel: people.open_panel,
    events.PeersLost: people.peers_lost,
    events.PeersFound: people.peers_found,
    events.DeviceTold: people.device_told,
    call_intents.SayInChat: chat.say,
    call_intents.RetryChat: chat.retry,
    call_intents.DropChat: chat.drop,
    call_intents.SwitchRecording: recording.switch,
    call_intents.AnswerConsent: recording.answer,
    call_intents.Admit: lobby.admit,
    call_intents.Deny: lobby.deny,
    call_intents.AdmitEveryone: lobby.admit_everyone,
    call_intents.MuteOther: host.mute_other,
    call_intents.StopOthersShare: host.stop_share,
    call_intents.RemoveOther: host.remove_other,
    call_intents.Lock: host.lock,
    call_intents.MakeNewLink: host.make_new_link,
    intents.OpenRecapPage: recap.open_page,
    intents.CloseRecapPage: lambda state, event: links.passed(*recap.close_page(state, event)),
    intents.AskForDeletion: privacy.ask_for_deletion,
    intents.GetReceipt: privacy.get_receipt,
    events.ReachTold: reach.told,
    events.OwnServerTold: closing.server_told,
    events.UsageTold: people.usage_told,
    intents.PutAway: _put_away,
    events.Told: _told,
    intents.TryAgain: _try_again,
    events.ChoicesLoaded: _choices_loaded,
    events.DevicesListed: _devices_listed,
}

_TOLD: dict[type, Handler] = {
    wire_accounts.Greeting: accounts.greeted,
    wire_accounts.SignedIn: accounts.signed_in,
    wire_accounts.SignedOut: accounts.signed_out,
    wire_accounts.TermsAccepted: accounts.terms_accepted,
    wire_accounts.AccessChanged: account_dialog.access_changed,
    wire_accounts.PasswordChanged: account_dialog.password_changed,
    wire_accounts.ResetAsked: account_dialog.reset_asked,
    wire_accounts.SignInsListed: account_dialog.listed,
    wire_rooms.RoomLeft: rooms.room_left,
    wire_rooms.LinksMoved: links.moved,
    wire_rooms.InvitationMade: rooms.invitation_made,
    wire_rooms.RoomRead: rooms.room_read,
    wire_rooms.MessagesListed: messages.messages_listed,
    wire_rooms.MessagePosted: messages.message_posted,
    wire_rooms.MessageChanged: messages.changed,
    wire_rooms.Found: messages.found,
    wire_schedule.PlanShown: schedule.plan_shown,
    wire_schedule.CalendarFile: schedule.file_told,
    wire_people.MeetingStarted: prejoin.meeting_started,
    wire_people.PersonJoined: people.person_joined,
    wire_people.PersonChanged: people.person_changed,
    wire_people.PersonLeft: people.person_left,
    wire_people.HostChanged: people.host_changed,
    wire_people.MeetingEnded: _meeting_ended,
    wire_people.MeetingLocked: host.locked,
    wire_people.LinkRenewed: host.link_renewed,
    wire_chat.ChatPosted: chat.posted,
    wire_lobby.KnockHeard: lobby.knock_heard,
    wire_lobby.LobbyChanged: lobby.lobby_changed,
    wire_lobby.GuestDenied: lobby.denied,
    wire_recording.RecordingStarted: recording.started,
    wire_recording.RecordingStopped: recording.stopped,
    wire_recap.RecapsListed: rooms.recaps_listed,
    wire_recap.RecapOpened: recap.opened,
    wire_recap.RecapReady: recap.ready,
    wire_notices.NoticeTold: notices.told,
    wire_notices.NoticesSeen: notices.seen,
    wire_privacy.ReceiptGiven: privacy.given,
}


#: Told to who is signed in alone.
_FOR_MEMBERS = frozenset({
    wire_rooms.RoomChanged, wire_rooms.RoomLeft, wire_rooms.InvitationMade, wire_rooms.MessagesListed,
    wire_rooms.MessagePosted, wire_rooms.MessageChanged, wire_rooms.RoomRead, wire_rooms.Found,
    wire_rooms.MeetingChanged, wire_schedule.MeetingScheduled, wire_schedule.PlanShown, wire_schedule.CalendarFile,
    wire_people.MeetingStarted, wire_recap.RecapsListed, wire_recap.RecapOpened, wire_recap.RecapReady,
    wire_notices.NoticeTold, wire_accounts.SignInsListed, wire_accounts.AccessChanged,
    wire_accounts.TermsAccepted,
})  # fmt: skip


def _heard(state: AppState, event: events.Heard) -> Step:
    message = event.message
    state, asked = answered(state, message)
    if isinstance(message, Refused):
        return _refused(state, message, asked)
    if state.me is None and type(message) in _FOR_MEMBERS:
        # On its way when one signed out: nothing of the account comes back into memory.
        return state, ()
    answer = _ANSWERS.get(type(message))
    if answer is not None:
        return answer(state, event, asked)
    handler = _TOLD.get(type(message))
    return handler(state, message) if handler else (state, ())


def _welcomed(state: AppState, event: Any, asked: Ask | None) -> Step:
    message = event.message
    if people.is_expected(state, message, asked):
        return people.welcomed(state, message, event.at)
    # A late answer to a join that was cancelled or left again: nothing opens. A member's leave is on its way already;
    # a guest took the knock back, and had been let in by then.
    return ask(state, wire_people.LeaveMeeting(meeting=message.meeting.id)) if message.guest_token else (state, ())


def _link_shown(state: AppState, event: Any, asked: Ask | None) -> Step:
    return links.link_shown(state, event.message, asked.code if isinstance(asked, wire_lobby.LookAtLink) else "")


def _room_changed(state: AppState, event: Any, asked: Ask | None) -> Step:
    return rooms.room_changed(state, event.message, asked)


def _meeting_changed(state: AppState, event: Any, asked: Ask | None) -> Step:
    changed = wire_rooms.MeetingChanged(meeting=event.message.meeting)
    return rooms.meeting_changed(schedule.kept(state, asked), changed)


#: What is taken together with the request that it answers.
_ANSWERS: dict[type, Callable[[AppState, Any, Ask | None], Step]] = {
    wire_people.Welcome: _welcomed,
    wire_lobby.LinkShown: _link_shown,
    wire_rooms.RoomChanged: _room_changed,
    wire_rooms.MeetingChanged: _meeting_changed,
    wire_schedule.MeetingScheduled: _meeting_changed,
}


def _refused(state: AppState, message: Refused, asked: Ask | None) -> Step:
    """A refusal is shown where its request was made."""
    if isinstance(asked, wire_people.JoinMeeting | wire_people.RejoinAsGuest | wire_lobby.Knock):
        return _not_joined(state, message)
    if asked is None or isinstance(asked, wire_accounts.Hello):
        return accounts.refused(state, message)
    shown = _REFUSALS.get(type(asked))
    if shown is not None:
        return shown(state, asked, message.words)
    return _complain(state, asked, message.words), ()


def _complain(state: AppState, asked: Ask, words: str) -> AppState:
    return tell(state, words, is_bad=True, about=subjects(state, asked))


def _unsaid(state: AppState, asked: Any, words: str) -> Step:
    return state, ()


def _in_dialog(state: AppState, asked: Any, words: str) -> Step:
    return account_dialog.say(state, words), ()


def _in_plan(state: AppState, asked: Any, words: str) -> Step:
    return (schedule.refused(state, words) if state.plan else _complain(state, asked, words)), ()


def _on_recap(state: AppState, asked: Any, words: str) -> Step:
    return (privacy.say(state, words) if state.recap else _complain(state, asked, words)), ()


#: Where a refusal is said, for requests of which it does not belong at the top of the window.
_REFUSALS: dict[type, Callable[[AppState, Any, str], Step]] = {
    wire_rooms.PostMessage: lambda state, asked, words: (
        messages.fail_draft(state, asked.room, asked.key, words=words),
        (),
    ),
    wire_chat.PostChat: lambda state, asked, words: (chat.fail_draft(state, asked.key, words=words), ()),
    wire_people.LeaveMeeting: _unsaid,  # gone already: that is what was wanted
    wire_lobby.LookAtLink: lambda state, asked, words: links.look_refused(state, words),
    wire_lobby.WithdrawKnock: _unsaid,
    wire_rooms.MarkRead: _unsaid,  # nobody asked for it by hand, nor for the next
    wire_notices.SeeNotices: _unsaid,
    wire_recap.OpenRecap: lambda state, asked, words: (recap.gone(state, words), (ForgetFiles(asked.meeting),)),
    wire_privacy.AskReceipt: _on_recap,
    wire_privacy.AskDeletion: _on_recap,
    wire_rooms.Search: lambda state, asked, words: (messages.not_found(state, words), ()),
    wire_rooms.InviteMember: lambda state, asked, words: (rooms.not_invited(state, asked.room, words), ()),
    wire_accounts.ListSignIns: _in_dialog,
    wire_accounts.EndSignIn: _in_dialog,
    wire_accounts.ChangePassword: _in_dialog,
    wire_accounts.AskPasswordReset: lambda state, asked, words: account_dialog.reset_refused(state, words),
    wire_accounts.ResetPassword: lambda state, asked, words: account_dialog.reset_refused(state, words),
    wire_schedule.ShowPlan: _in_plan,
    wire_schedule.ScheduleMeeting: _in_plan,
    wire_schedule.ChangePlan: _in_plan,
}


def _not_joined(state: AppState, message: Refused) -> Step:
    if state.call is not None and state.call_phase in ("joining", "reconnecting"):
        return people.not_back(state, message)
    if state.call_phase not in ("joining", "waiting"):
        return state, ()
    # A question takes the place of the words.
    words = "" if message.reason == "in_elsewhere" else message.words
    return prejoin.not_let_in(people.to_be_read(state, message), words)
