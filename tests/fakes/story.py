"""The client's state in a test: runs events one after the other and keeps what was asked for."""

from app.state import call_intents, effects, events
from app.state.app_state import AppState
from app.state.update import update
from app.wire import accounts, people, rooms

CARD = rooms.MeetingCard(
    id="m1", room="r1", title="Logo", link="http://127.0.0.1:1/j/abcdefghijklmnopqrstuv", starter="ada",
    state="ongoing", started_at=100.0, people=1,
)  # fmt: skip
ROOM = rooms.RoomInfo(id="r1", name="Logo", members=(rooms.Member(id="ada", name="Ada"),))
ADA = people.Person(id="ada", name="Ada", consents=True)
GRACE = people.Person(id="grace", name="Grace")


def change(message, **fields):
    values = {name: getattr(message, name) for name in message.__struct_fields__}
    return type(message)(**{**values, **fields})


class Story:
    """Runs events one after the other and keeps what was asked for."""

    def __init__(self):
        self.state = AppState()
        self.effects = []
        self.sent = []

    def do(self, *happened):
        for event in happened:
            self.state, done = update(self.state, event)
            self.effects = list(done)
            self.sent = [one.message for one in done if isinstance(one, effects.Send | effects.SendKnock)]
        return self

    def hear(self, *messages, at=1000.0):
        return self.do(*(events.Heard(message=message, at=at) for message in messages))

    def answer(self, message):
        """The server's answer to the request that was sent last."""
        return self.hear(change(message, re=self.sent[-1].request))

    def has(self, kind):
        return [one for one in self.effects if isinstance(one, kind)]


GREETING = accounts.Greeting(
    version="0", protocol=1, server_id="s", is_embedded=False, needs_owner=False, terms_version=1, notice_version=3
)  # fmt: skip


def greeted(story=None, **more):
    """A server has said who it is."""
    story = (story or Story()).do(events.ConnectionChanged(phase="online", address="127.0.0.1:1"))
    return story.hear(change(GREETING, **more))


def found(token, server_id="s", words=""):
    return events.TokenFound(server_id=server_id, token=token, words=words)


def account_of(me="ada", terms=1, room=ROOM, token="t2"):
    account = accounts.Account(id=me, name=me.title(), email="", kind="client")
    return accounts.SignedIn(account=account, token=token, accepted_terms=terms, rooms=(room,))


def signed_in(story=None, **more):
    return greeted(story).do(found("t")).answer(account_of(**more))


def own_person(me, **more):
    return change(ADA if me == "ada" else change(GRACE, id=me), microphone_on=True, camera_on=True, **more)


def welcome(*, me="ada", host="ada", others=(), **more):
    values = {"chat": (), "recording_since": None, "now": 1500.0, **more}
    return people.Welcome(meeting=CARD, you=me, host=host, people=(own_person(me), *others), **values)


def in_call(*, me="ada", story=None, **more):
    story = story or signed_in(me=me)
    story.hear(rooms.MeetingChanged(meeting=CARD)).do(call_intents.GoToMeeting(meeting="m1"), call_intents.Join())
    return story.answer(welcome(me=me, **more))


def lost_and_signed_in(story, **more):
    """The connection is lost and back, and the sign-in with it."""
    story.do(events.ConnectionChanged(phase="offline", words="gone"), events.ConnectionChanged(phase="connecting"))
    return signed_in(story, **more)


def asked(story, kind):
    """What was sent of that kind by the last event."""
    return [one for one in story.sent if isinstance(one, kind)]
