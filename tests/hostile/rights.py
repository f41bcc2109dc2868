"""Every request of the protocol, and to whom it is granted. Who is not named is refused, and nothing changes by it.

A row: the request, the roles it is granted to, its fields as a function of the story and of who asks, and

    still   those for whom it changes nothing although it is granted (it only shows something, or does so again)
    spoils  whoever was granted it is no longer what their role says
    first   what has to be true before it can be granted
    about   says which of several rows of one request this is
"""

from dataclasses import dataclass, field

from app import __version__
from app.wire import (
    accounts,
    captions,
    chat,
    gestures,
    hands,
    lobby,
    media,
    notices,
    people,
    pointing,
    privacy,
    quality,
    reactions,
    recap,
    recording,
    rooms,
    schedule,
    sharing,
    versions,
)
from app.wire.codec import PROTOCOL
from server_stub.kernel.config import NOTICE_VERSION
from tests.fakes.relay import SDP
from tests.hostile.cast import (
    FORMER_GUEST,
    FORMER_MEMBER,
    GUEST,
    GUEST_BACK,
    HOST,
    HOST_DEVICE,
    MEMBER_IN,
    MEMBER_OUT,
    OUTSIDER,
    PLAN,
    ROLES,
    STRANGER,
    WAITING,
)
from tests.people import PASSWORD, code_of, knocking

ALL = frozenset(ROLES)
NOBODY = frozenset()
ACCOUNTS = frozenset({OUTSIDER, MEMBER_IN, MEMBER_OUT, HOST, HOST_DEVICE, FORMER_MEMBER})
MEMBERS = frozenset({MEMBER_IN, MEMBER_OUT, HOST, HOST_DEVICE})
SEATS = frozenset({GUEST, MEMBER_IN, HOST})
THE_HOST = frozenset({HOST})
#: On both her devices: she made the room, and planned the meeting.
ADA = frozenset({HOST, HOST_DEVICE})
#: Neither signed in nor in a seat or a lobby.
UNBOUND = frozenset({STRANGER, GUEST_BACK, FORMER_GUEST})


@dataclass(frozen=True)
class Row:
    kind: type
    to: frozenset
    fields: object
    still: frozenset = field(default=NOBODY, kw_only=True)
    spoils: bool = field(default=False, kw_only=True)
    first: object = field(default=None, kw_only=True)
    about: str = field(default="", kw_only=True)

    def make(self, cast, me):
        return self.kind(**self.fields(cast, me))


def in_meeting(**fields):
    """The running meeting and something in it; what is callable is asked of the story."""
    return lambda c, me: {"meeting": c.meeting, **{k: v(c) if callable(v) else v for k, v in fields.items()}}


def in_room(**fields):
    return lambda c, me: {"room": c.room, **{k: v(c) if callable(v) else v for k, v in fields.items()}}


def constant(**fields):
    return lambda c, me: fields


def key(c):
    return c.key()


def grace(c):
    return c.people[MEMBER_IN].client.account.id


def kate(c):
    return c.people[MEMBER_OUT].client.account.id


def who_waits(c):
    return c.people[WAITING].client.guest


def resetting(c, whose):
    """Sets somebody's password by the code that Kate has."""
    return {"email": c.people[whose].email, "code": c.people[MEMBER_OUT].reset_code, "password": PASSWORD}


async def record(c):
    """The running meeting is recorded; nobody but the host has agreed yet."""
    await c.ada.ask(recording.StartRecording(meeting=c.meeting))


async def share_and_allow(c):
    """Everybody in the meeting shares; the host lets all point."""
    for role in SEATS:
        await c.people[role].client.ask(sharing.StartSharing(meeting=c.meeting))
    await c.ada.ask(pointing.AllowPointing(meeting=c.meeting, members=True, guests=True))


async def mail_codes(c):
    await c.mail_reset_codes()


async def invite_again(c):
    """A code that nobody has used."""
    c.room_code = (await c.ada.ask(rooms.InviteMember(room=c.room))).code


# fmt: off
TABLE = (
    # Who one is.
    Row(accounts.Hello, ALL, constant(version=__version__, protocol=PROTOCOL), still=ALL),
    Row(accounts.SignUp, UNBOUND,
        lambda c, me: {"email": f"{c.key()}@example.org", "name": "N", "kind": "client", "password": PASSWORD},
        spoils=True),
    Row(accounts.SignIn, UNBOUND, lambda c, me: {"email": c.people[HOST].email, "password": PASSWORD}, spoils=True),
    Row(accounts.SignIn, NOBODY,
        lambda c, me: {"email": c.people[HOST].email, "password": "guessed it"}, about="with a wrong password"),
    Row(accounts.SignInOwner, NOBODY, constant(secret="guessed", name="Owner"), about="on a server for a team"),
    Row(accounts.Resume, UNBOUND, lambda c, me: {"token": c.people[MEMBER_OUT].token}, spoils=True),
    Row(accounts.Resume, NOBODY, lambda c, me: {"token": me.guest_token}, about="with a guest's token"),
    Row(accounts.AskPasswordReset, ALL,
        lambda c, me: {"email": "nobody@example.org"}, still=ALL, about="for no account"),
    Row(accounts.AskPasswordReset, ALL, lambda c, me: {"email": c.people[MEMBER_OUT].email}),
    Row(accounts.ResetPassword, UNBOUND,
        lambda c, me: resetting(c, MEMBER_OUT), first=mail_codes, spoils=True),
    Row(accounts.ResetPassword, NOBODY,
        lambda c, me: resetting(c, HOST), first=mail_codes, about="of another account"),
    # All have accepted them before; the host's other device hears of it.
    Row(accounts.AcceptTerms, ACCOUNTS, constant(version=1), still=ACCOUNTS - ADA),
    Row(accounts.AcceptTerms, NOBODY, constant(version=2), about="that do not exist"),
    Row(accounts.ListSignIns, ACCOUNTS, constant(), still=ACCOUNTS),
    Row(accounts.ChangePassword, ACCOUNTS, constant(old=PASSWORD, new="another one"), spoils=True),
    Row(accounts.ChangePassword, NOBODY, constant(old="guessed it", new="another one"), about="with a wrong old one"),
    Row(accounts.EndSignIn, ADA, lambda c, me: {"id": c.people[HOST_DEVICE].sign_in}, spoils=True),
    Row(accounts.SignOut, ACCOUNTS, constant(), spoils=True),
    Row(notices.SeeNotices, ACCOUNTS, lambda c, me: {"ids": (c.people[HOST].notice,)}, still=ACCOUNTS - ADA),

    # Rooms and what is written in them.
    Row(rooms.CreateRoom, ACCOUNTS, constant(name="Mine")),
    Row(rooms.RenameRoom, MEMBERS, in_room(name=key)),
    Row(rooms.LeaveRoom, MEMBERS, in_room(), spoils=True),
    Row(rooms.RemoveMember, ADA, in_room(account=kate), spoils=True),
    Row(rooms.InviteMember, MEMBERS, in_room()),
    Row(rooms.InviteMember, MEMBERS, in_room(email="mate@example.org"), about="by mail"),
    # Whoever has the code may; who belongs to the room already leaves it good for somebody else.
    Row(rooms.JoinRoom, ACCOUNTS, lambda c, me: {"code": c.room_code}, first=invite_again, still=MEMBERS, spoils=True),
    Row(rooms.JoinRoom, NOBODY, lambda c, me: {"code": code_of(c.card)}, about="by a meeting's code"),
    Row(rooms.ListMessages, MEMBERS, in_room(), still=MEMBERS),
    Row(rooms.PostMessage, MEMBERS, in_room(text="Hi", key=key)),
    Row(rooms.PostExternalMeeting, MEMBERS, in_room(url="https://meet.example.org/x", key=key)),
    # Mary, who left, has written something in the room as well: it is not hers to change any more.
    Row(rooms.EditMessage, ACCOUNTS - {FORMER_MEMBER},
        lambda c, me: {"message": me.message, "text": c.key()}, about="of one's own"),
    Row(rooms.EditMessage, ADA,
        lambda c, me: {"message": c.people[HOST].message, "text": c.key()}, about="of the host"),
    Row(rooms.DeleteMessage, frozenset({MEMBER_IN}),
        lambda c, me: {"message": c.people[MEMBER_IN].message}, about="of a member", spoils=True),
    Row(rooms.DeleteMessage, ACCOUNTS - {FORMER_MEMBER},
        lambda c, me: {"message": me.message}, about="of one's own", spoils=True),
    Row(rooms.MarkRead, MEMBERS, in_room()),
    Row(rooms.Search, ACCOUNTS, constant(words="waits"), still=ACCOUNTS),

    # Planned meetings: members see them, who planned one changes it.
    Row(schedule.ScheduleMeeting, MEMBERS, in_room(plan=PLAN, key=key)),
    Row(schedule.ShowPlan, MEMBERS, lambda c, me: {"meeting": c.planned}, still=MEMBERS),
    Row(schedule.ChangePlan, ADA, lambda c, me: {"meeting": c.planned, "plan": PLAN}),
    Row(schedule.CancelMeeting, ADA, lambda c, me: {"meeting": c.planned}, spoils=True),
    Row(schedule.AskCalendarFile, MEMBERS, lambda c, me: {"meeting": c.planned}, still=MEMBERS),

    # Into a meeting and out of it.
    Row(people.StartMeeting, MEMBERS, in_room(key=key), still=MEMBERS),
    Row(people.JoinMeeting, frozenset({MEMBER_OUT}), in_meeting(microphone_on=True, camera_on=True), spoils=True),
    Row(people.JoinMeeting, frozenset({MEMBER_OUT, HOST_DEVICE}),
        in_meeting(microphone_on=True, camera_on=True, moves=True), spoils=True, about="from another device"),
    Row(people.JoinMeeting, NOBODY,
        lambda c, me: {"meeting": c.recording, "microphone_on": True, "camera_on": True}, about="that is over"),
    Row(people.JoinMeeting, NOBODY,
        lambda c, me: {"meeting": c.planned, "microphone_on": True, "camera_on": True}, about="that is not open yet"),
    Row(people.RejoinAsGuest, frozenset({GUEST_BACK}), lambda c, me: {"token": me.guest_token}, spoils=True),
    Row(people.RejoinAsGuest, NOBODY, lambda c, me: {"token": me.token}, about="by an account's token"),
    Row(people.LeaveMeeting, SEATS, in_meeting(), spoils=True),
    Row(people.ShowState, SEATS, in_meeting(microphone_on=False, camera_on=False)),
    Row(chat.PostChat, SEATS, in_meeting(text="Hi", key=key)),
    Row(chat.ReadChat, MEMBERS, in_meeting(), still=MEMBERS),
    Row(chat.ReadChat, MEMBERS,
        lambda c, me: {"meeting": c.recording}, still=MEMBERS, about="of a meeting that is over"),
    Row(media.CheckMedia, ACCOUNTS, constant(sdp=SDP)),
    Row(media.PublishOffer, SEATS, in_meeting(sdp=SDP, sources=lambda c: {"0": "camera"})),
    Row(media.SubscribeAnswer, SEATS, in_meeting(revision=1, sdp=SDP)),
    Row(media.WantPictures, SEATS,
        lambda c, me: {"meeting": c.meeting,
                       "pictures": (media.PictureWish(person=grace(c), source="camera", height_px=180),)}),
    Row(media.WantPictures, NOBODY,
        lambda c, me: {"meeting": c.planned, "pictures": ()}, about="of a meeting that is not open yet"),
    Row(quality.TellConnection, SEATS, in_meeting(is_weak=True)),
    Row(sharing.StartSharing, SEATS, in_meeting()),
    Row(sharing.StopSharing, SEATS, in_meeting()),
    Row(pointing.AllowPointing, SEATS, in_meeting(members=True, guests=True), first=share_and_allow),
    Row(pointing.AllowPointing, NOBODY, in_meeting(members=True, guests=True), about="of somebody who shares nothing"),
    Row(pointing.PointAt, SEATS - THE_HOST,
        lambda c, me: {"meeting": c.meeting, "person": c.ada.account.id, "kind": "pen", "spots": ((1, 2),)},
        first=share_and_allow),
    Row(hands.RaiseHand, SEATS, in_meeting()),
    Row(hands.LowerHand, SEATS, in_meeting()),
    Row(reactions.React, SEATS, in_meeting(reaction="heart")),

    # What the host alone may.
    Row(people.EndMeeting, THE_HOST, in_meeting(), spoils=True),
    Row(people.RemovePerson, THE_HOST, in_meeting(person=grace), spoils=True),
    Row(people.MutePerson, THE_HOST, in_meeting(person=grace)),
    Row(people.LockMeeting, THE_HOST, in_meeting(is_locked=True), spoils=True),
    Row(people.RenewLink, THE_HOST, in_meeting(), spoils=True),
    Row(sharing.StopShareOf, THE_HOST, in_meeting(person=grace)),
    Row(hands.LowerHandOf, THE_HOST, in_meeting(person=grace)),
    Row(hands.LowerAllHands, THE_HOST, in_meeting()),
    Row(gestures.SwitchGestures, THE_HOST, in_meeting(is_on=True), first=record),
    Row(lobby.AdmitGuest, THE_HOST, in_meeting(guest=who_waits), spoils=True),
    Row(lobby.AdmitAll, THE_HOST, in_meeting(), spoils=True),
    Row(lobby.DenyGuest, THE_HOST, in_meeting(guest=who_waits), spoils=True),
    Row(recording.StartRecording, THE_HOST, in_meeting(), spoils=True),
    Row(recording.StopRecording, THE_HOST, in_meeting(), first=record, spoils=True),
    Row(recording.AcceptRecording, SEATS, in_meeting(notice_version=NOTICE_VERSION), first=record, spoils=True),

    # While it is recorded. Of a member's mark nobody else is told; who has not agreed makes none.
    Row(recording.MarkMoment, THE_HOST, in_meeting(), first=record, still=THE_HOST, spoils=True),
    Row(recording.MarkMoment, NOBODY, in_meeting(), about="of a meeting that is not recorded"),
    Row(captions.AskSoFar, SEATS - {GUEST}, in_meeting(), first=record, still=SEATS, spoils=True),
    Row(captions.AskSoFar, NOBODY, in_meeting(), about="of a meeting that is not recorded"),
    Row(captions.AskSoFar, NOBODY, lambda c, me: {"meeting": c.recording}, about="of a meeting that is over"),
    Row(captions.SumUp, SEATS - {GUEST}, in_meeting(since=0.0), first=record, still=SEATS, spoils=True),
    Row(captions.SumUp, NOBODY, in_meeting(since=0.0), about="of a meeting that is not recorded"),

    # By the link.
    Row(lobby.LookAtLink, ALL, lambda c, me: {"code": code_of(c.card)}, still=ALL),
    Row(lobby.LookAtLink, NOBODY, constant(code="abcdefghijklmnopqrstuv"), about="that leads nowhere"),
    # Who is removed is; who belongs to the room joins directly; who waits may say again how they want to join.
    Row(lobby.Knock, frozenset({STRANGER, OUTSIDER, WAITING, GUEST_BACK, FORMER_MEMBER}),
        lambda c, me: knocking_as(c, me), spoils=True),
    Row(lobby.Knock, NOBODY, lambda c, me: {**knocking_as(c, me), "terms_version": 0}, about="without the terms"),
    Row(lobby.WithdrawKnock, ALL, constant(), still=ALL - {WAITING}, spoils=True),

    # What recorded meetings leave.
    Row(recap.OpenRecap, MEMBERS, lambda c, me: {"meeting": c.recording}, still=MEMBERS),
    Row(recap.OpenRecap, MEMBERS, lambda c, me: {"meeting": c.recording, "version": 1}, still=MEMBERS,
        about="of an earlier version"),
    Row(versions.RemakeRecap, NOBODY, lambda c, me: {"meeting": c.recording}, about="that nothing hears better"),
    Row(recap.ListRecaps, MEMBERS, in_room(), still=MEMBERS),
    Row(privacy.AskReceipt, MEMBERS, lambda c, me: {"recording": c.recording, "kind": "consent"}, still=MEMBERS),
    Row(privacy.AskReceipt, NOBODY,
        lambda c, me: {"recording": c.recording, "kind": "deletion"}, about="of a deletion that was not"),
    Row(privacy.AskDeletion, MEMBERS, lambda c, me: {"recording": c.recording, "reason": "Please"}, spoils=True),
)
# fmt: on


def knocking_as(c, me):
    """The fields of a knock with the name of this one's installation."""
    knock = knocking(c.card, installation=me.installation, microphone_on=False)
    return {name: getattr(knock, name) for name in knock.__struct_fields__ if name != "request"}
