"""Whatever happens in whatever order: the state takes it, and what must never be is never."""

import random

import pytest

from app.state import call_intents, effects, events, intents
from app.state.app_state import AppState
from app.state.slices.devices import Choices
from app.state.slices.sharing import ShareSource
from app.state.stage import Tile
from app.wire import (
    accounts,
    chat,
    hands,
    lobby,
    notices,
    people,
    privacy,
    reactions,
    recap,
    recording,
    rooms,
    schedule,
)
from app.wire.errors import Refused
from app.wire.links import parse_server
from tests.fakes.story import (
    CARD,
    GRACE,
    GREETING,
    ROOM,
    Story,
    account_of,
    change,
    found,
    own_person,
    signed_in,
    welcome,
)

CODE = "abcdefghijklmnopqrstuv"
SCREEN = ShareSource("screen:0", "Your screen", "screen", 1920, 1080)
CARDS = [
    CARD,
    change(CARD, recap="recording"),
    change(CARD, state="ended", recap="ready"),
    change(CARD, id="m2", room="r2"),
    change(CARD, id="p1", state="scheduled", starts_at=9000.0),
    change(CARD, id="p1", state="joinable", starts_at=9000.0),
    change(CARD, id="p1", state="cancelled", starts_at=9000.0),
]
TEXT = rooms.Message(id="g1", room="r1", author="ada", author_name="Ada", at=1.0, kind="text", text="hi", key="k1")
LINE = chat.ChatLine(id="c1", author="grace", author_name="Grace", at=1.0, text="hello")
NEWS = notices.NoticeInfo(id="n1", kind="recap_ready", room="r1", subject="m1", words="Logo", at=1.0)
PLAN = schedule.Plan(title="Logo", starts="2027-03-29T10:00", time_zone="Europe/Lisbon")
RECEIPT = privacy.Receipt(kind="consent", body="{}", signature="s", key="k")
WISHES = [
    intents.EnterAccount(email="a@b", password="secret word"),
    intents.OpenAccount(is_open=True),
    intents.ChangeOwnPassword(old="secret word", new="secret words"),
    intents.OpenRoom(room="r1"),
    intents.OpenRoom(room="r2"),
    intents.SayInRoom(room="r1", text="hi", key="k1"),
    intents.RetryMessage(room="r1", key="k1"),
    intents.SearchFor(words="logo"),
    intents.OpenPlan(room="r1"),
    intents.SendPlan(plan=PLAN, key="k"),
    intents.OpenNews(id="n1"),
    intents.OpenRecapPage(meeting="m1"),
    intents.CloseRecapPage(),
    call_intents.BeginMeeting(room="r1", key="k"),
    *(call_intents.GoToMeeting(meeting=name) for name in ("m1", "m2", "p1")),
    *[call_intents.FollowLink(link=CARD.link)] * 4,
    call_intents.FollowLink(link=f"https://other.example/j/{CODE}"),
    call_intents.FollowLink(link=f"http://127.0.0.1:1/i/{CODE}"),
    call_intents.AnswerMove(moves=True),
    *[call_intents.ContinueTerms()] * 4,
    call_intents.ReadNotice(is_read=True),
    call_intents.NameGuest(name="Alan"),
    *[call_intents.Join()] * 6,
    call_intents.CancelJoin(),
    call_intents.Leave(),
    call_intents.Rejoin(),
    call_intents.CloseCall(),
    call_intents.ShowCall(shows_call=False),
    call_intents.SayInChat(text="x", key="k"),
    call_intents.AnswerConsent(stays=False),
    call_intents.AnswerConsent(stays=True),
    call_intents.Lock(is_locked=True),
    intents.OpenChatLog(meeting="m1"),
]
#: What turns everything round; where one goes after it, the dice say with the next steps.
RARE = [
    intents.LeaveAccount(),
    intents.UseServer(address="https://team.example"),
    intents.UseServer(address=""),
    intents.GoHome(),
    intents.QuitRoom(room="r1"),
    call_intents.AnswerLink(goes=True),
    call_intents.AnswerLink(goes=True),
    events.ConnectionChanged(phase="offline", words="gone"),
    events.ConnectionChanged(phase="offline", words="gone"),
    events.Heard(message=accounts.SignedOut()),
    events.Heard(message=rooms.RoomLeft(room="r1")),
]
#: In a call: what is shared, pointed at and shown, and who has a hand up.
INSIDE = [
    *[call_intents.OpenSharePicker()] * 2,
    call_intents.ClosePicker(),
    *[call_intents.StartShare(source=SCREEN)] * 2,
    call_intents.SetShareMode(mode="motion"),
    *[call_intents.StopOwnShare()] * 2,
    call_intents.LetPoint(members=True, guests=False),
    call_intents.StopOthersShare(person="grace"),
    call_intents.RaiseHand(),
    call_intents.LowerHand(),
    call_intents.LowerAllHands(),
    call_intents.React(reaction="heart"),
    call_intents.OpenPip(),
    call_intents.ClosePip(returns=True),
    call_intents.TellMinimised(is_minimised=True),
    call_intents.TellMinimised(is_minimised=False),
    call_intents.Pin(tile=Tile("grace", "screen")),
    call_intents.Pin(tile=None),
    call_intents.HideOwnView(is_hidden=True),
    *[call_intents.Talk(is_held=True)] * 3,
    call_intents.Talk(is_held=False),
    *(call_intents.Choose(choices=Choices(microphone_on=is_on)) for is_on in (True, False)),
    events.SpokeMuted(),
    call_intents.SetVolume(person="grace", percent=50),
    *[people.PersonChanged(meeting="m1", person=own_person("ada"))] * 2,
    people.PersonChanged(meeting="m1", person=change(GRACE, sharing=True, sharing_since=2.0, members_point=True)),
    people.PersonChanged(meeting="m1", person=change(GRACE, raised_at=2.0)),
    people.PersonLeft(meeting="m1", person="grace", reason="lost"),
    hands.HandsLowered(meeting="m1"),
    reactions.Reacted(meeting="m1", person="grace", reaction="clap"),
    *[events.SourcesListed(sources=(SCREEN,))] * 2,
    events.SourcesListed(sources=(ShareSource("system", "", "system"),)),
    *(events.ShareBegan(number=number) for number in (1, 1, 1, 2, 2, 3)),
    events.ShareMoved(number=1, place=(0, 0, 9, 9), is_paused=False, sent_as="text"),
    *(events.ShareEnded(number=number, words="Closed.") for number in (1, 2)),
]
NEWS_OF_ALL_KINDS = [
    events.PeersLost(),
    events.PeersFound(),
    events.PeersFound(),
    events.PeersStalled(),
    events.UsageTold(used_bytes=5),
    found("t"),
    found(""),
    *(rooms.MeetingChanged(meeting=card) for card in CARDS),
    rooms.RoomChanged(room=change(ROOM, id="r2")),
    rooms.MessagePosted(message=TEXT),
    rooms.MessageChanged(message=change(TEXT, is_deleted=True)),
    rooms.RoomRead(room="r1"),
    people.PersonJoined(meeting="m1", person=GRACE),
    people.PersonChanged(meeting="m1", person=change(own_person("ada"), microphone_on=False)),
    people.PersonLeft(meeting="m1", person="ada", reason="removed"),
    people.PersonLeft(meeting="m1", person="ada", reason="moved"),
    people.HostChanged(meeting="m1", host="grace"),
    people.HostChanged(meeting="m1", host="ada"),
    people.MeetingEnded(meeting="m1", at=2.0),
    people.MeetingEnded(meeting="m2", at=2.0),
    welcome(me="g", guest_token="T"),
    lobby.LobbyChanged(meeting="m1", waiting=(lobby.Guest(id="g", name="Alan", since=1.0),)),
    lobby.GuestDenied(words="No."),
    recording.RecordingStarted(meeting="m1", at=1.0, by="grace"),
    recording.RecordingStopped(meeting="m1", at=1.0, reason="host", words="Stopped."),
    chat.ChatPosted(meeting="m1", line=LINE),
    recap.RecapReady(meeting=CARDS[2]),
    notices.NoticeTold(notices=(NEWS,), rings=True),
    privacy.ReceiptGiven(meeting="m1", receipt=RECEIPT),
    accounts.AccessChanged(access=accounts.Access(may_start=False)),
]
ANSWERS = {
    "Hello": [GREETING, change(GREETING, server_id="other"), change(GREETING, is_embedded=True)],
    "Resume": [account_of()],
    "SignIn": [account_of(), account_of(terms=0)],
    "JoinMeeting": [welcome(), welcome(others=(GRACE,)), welcome(recording_since=1.0)],
    "RejoinAsGuest": [welcome(me="g", guest_token="T")],
    "Knock": [lobby.KnockHeard(guest="g", title="Logo", is_recording=False)],
    "LookAtLink": [
        lobby.LinkShown(title="Logo", is_recording=False),
        lobby.LinkShown(title="Logo", is_recording=True, meeting="m1"),
        lobby.LinkShown(title="Logo", is_recording=False, state="scheduled", starts_at=9000.0),
    ],
    "StartMeeting": [people.MeetingStarted(meeting=CARD)],
    "AcceptTerms": [accounts.TermsAccepted(version=1)],
    "OpenRecap": [recap.RecapOpened(meeting=CARDS[2], recap=None)],
    "ScheduleMeeting": [schedule.MeetingScheduled(meeting=CARDS[4])],
    "MarkRead": [rooms.RoomRead(room="r1")],
    "StartSharing": [people.PersonChanged(meeting="m1", person=change(own_person("ada"), sharing=True))],
    "StopSharing": [people.PersonChanged(meeting="m1", person=own_person("ada"))],
    "RaiseHand": [people.PersonChanged(meeting="m1", person=change(own_person("ada"), raised_at=3.0))],
    "ReadChat": [chat.ChatRead(meeting="m1", lines=(LINE,))],
    "LeaveMeeting": [people.PersonLeft(meeting="m1", person="ada", reason="left")],
}
REASONS = ("not_found", "notice_needed", "terms_needed", "in_elsewhere", "bad_token", "locked", "meeting_full")


class Walk(Story):
    """A story told by dice, and by a server that answers when it likes, or never."""

    def __init__(self, seed):
        super().__init__()
        self.dice = random.Random(seed)
        self.asked = []
        #: What is captured and listed now, as far as the effects so far say.
        self.share, self.lists = None, False
        self.talks = False
        signed_in(self).hear(rooms.MeetingChanged(meeting=CARD))

    def step(self):
        kind = self.dice.random()
        if self.state.connection.phase in ("offline", "connecting") and kind < 0.5:
            self.asked = []
            self.do(events.ConnectionChanged(phase="online", address="127.0.0.1:1", server=parse_server("127.0.0.1:1")))
        elif kind < 0.03:
            self.do(self.dice.choice(RARE))
        elif kind < 0.5 and self.asked:
            # Mostly in order; a server may be slow with one answer.
            asked = self.asked.pop(0 if self.dice.random() < 0.8 else self.dice.randrange(len(self.asked)))
            answers = ANSWERS.get(type(asked).__name__)
            if answers and self.dice.random() < 0.85:
                answer = self.dice.choice(answers)
            else:
                answer = Refused(reason=self.dice.choice(REASONS), words="No.")
            self.hear(change(answer, re=asked.request))
        elif self.state.call_phase in ("in", "reconnecting") and self.dice.random() < 0.6:
            self._take(self.dice.choice(INSIDE))
        elif kind < 0.85:
            self.do(self.dice.choice(WISHES))
        else:
            self._take(self.dice.choice(NEWS_OF_ALL_KINDS))
        self.asked.extend(self.sent)
        for one in self.has(effects.Talk):
            self.talks = one.is_on
        for one in self.has(effects.FollowShare):
            self.share = one.share
        for one in self.has(effects.ShowSources):
            self.lists = one.is_on

    def _take(self, news):
        self.do(news if isinstance(news, events.Event) else events.Heard(message=news, at=1.0))


def check(before: AppState, walk: Walk) -> None:
    """What holds after every step."""
    state = walk.state
    assert (state.call_phase in ("in", "reconnecting")) <= (state.call is not None)
    assert (state.call_phase in ("prejoin", "waiting")) <= (state.prejoin is not None)
    assert state.rooms.open == "" or state.room_info(state.rooms.open) is not None or state.me is None
    assert set(state.rooms.views) <= {room.id for room in state.rooms.known} | {"r1", "r2"}
    assert (state.me is None) <= (not state.rooms.known)
    assert walk.talks == state.devices.is_talking <= state.is_seated, "no held key lets one be heard outside of a call"
    if walk.has(effects.StartDevices):
        assert state.call is not None or not state.prejoin.asks_terms, "no device before the terms"
    if walk.has(effects.VisitServer) or walk.has(effects.GoHome):
        given_up = (lobby.WithdrawKnock, people.LeaveMeeting)
        assert all(isinstance(one, given_up) for one in walk.sent), "nothing goes along"
        assert (state.call, state.requests.pending) == (None, {})
        # At home it is as it was before the link was followed; of the server that was left nothing stays.
        came_home = before.links.visit is not None and any(not one.is_local for one in walk.has(effects.GoHome))
        home = before.links.visit.home if came_home else AppState()
        assert (state.me, state.rooms.known, set(state.rooms.views)) == (
            home.me,
            home.rooms.known,
            set(home.rooms.views),
        )
    if before.call_phase in ("in", "reconnecting") and state.call_phase not in ("in", "reconnecting"):
        assert walk.has(effects.ClosePeers), "whoever is out sends nothing"
    if walk.has(effects.OpenPeers):
        assert state.call is not None
        assert state.call_phase in ("in", "reconnecting")
    is_in = state.call is not None and state.call_phase in ("in", "reconnecting")
    own = state.call.sharing.own if is_in else None
    assert (walk.share and walk.share.number) == (own and own.number), "nothing is captured that is not shared"
    assert walk.lists == (is_in and state.call.sharing.picker is not None)
    if walk.share is not None:
        assert (walk.share.source, walk.share.mode, walk.share.is_on) == (own.source, own.mode, own.is_on)
    assert is_in or state.call is None or not state.call.pip.is_open
    assert state.me is not None or state.chat_log is None
    assert "secret word" not in repr(state)


@pytest.mark.parametrize("seed", range(60))
def test_any_order_of_wishes_answers_and_news(seed):
    walk = Walk(seed)
    for _ in range(160):
        before = walk.state
        walk.step()
        check(before, walk)


def test_the_walks_reach_what_they_are_about():
    reached = set()
    for seed in range(60):
        walk = Walk(seed)
        for _ in range(160):
            walk.step()
            reached.add(walk.state.call_phase)
            reached.add("recap" if walk.state.recap else "")
            reached.add("guest" if walk.state.call and walk.state.call.guest_token else "")
            reached.add("away" if not walk.state.connection.is_home else "")
            reached.add("share" if walk.share is not None and walk.share.is_on else "")
            reached.add("picker" if walk.lists else "")
            reached.add("pip" if walk.state.call and walk.state.call.pip.is_open else "")
    assert {"in", "waiting", "reconnecting", "ended", "recap", "guest", "away", "share", "picker", "pip"} <= reached
