"""The people of the tests: Ada is the host, Grace a member of her room, Alan a guest; and what they always do."""

from app.wire.accounts import AcceptTerms, SignedIn, SignUp
from app.wire.lobby import AdmitGuest, Knock
from app.wire.media import PublishOffer
from app.wire.people import EndMeeting, JoinMeeting, StartMeeting, Welcome
from app.wire.rooms import CreateRoom, InviteMember, JoinRoom, MeetingChanged
from server_stub.kernel.config import NOTICE_VERSION
from tests.fakes.relay import SDP

PASSWORD = "correct horse battery"
ADA = {"email": "ada@example.org", "name": "Ada", "kind": "client"}
GRACE = {"email": "grace@example.org", "name": "Grace", "kind": "freelancer"}


async def sign_up(server, *, email, name, kind="freelancer", accept=True):
    """A new client of a new account; `client.account` and `client.token` say which."""
    client = await server.connect()
    signed_in = await client.ask(SignUp(email=email, name=name, kind=kind, password=PASSWORD))
    assert isinstance(signed_in, SignedIn), signed_in
    client.account, client.token = signed_in.account, signed_in.token
    if accept:
        await client.ask(AcceptTerms(version=1))
    return client


async def ada(server):
    return await sign_up(server, **ADA)


async def grace(server):
    return await sign_up(server, **GRACE)


async def make_room(host, *members, name="Website"):
    """A room of these people; returns its id."""
    room = (await host.ask(CreateRoom(name=name))).room.id
    for member in members:
        code = (await host.ask(InviteMember(room=room))).code
        await member.ask(JoinRoom(code=code))
    return room


async def ada_and_grace(server):
    """Both, signed in and in one room: (ada, grace, room id)."""
    host, member = await ada(server), await grace(server)
    return host, member, await make_room(host, member)


async def start(host, room, key="start-1"):
    """The card of a meeting that the host starts."""
    return (await host.ask(StartMeeting(room=room, key=key))).meeting


def joining(meeting, **fields):
    return JoinMeeting(**{"meeting": meeting, "microphone_on": True, "camera_on": True, **fields})


async def join(client, meeting, **fields):
    """Joins and returns the welcome."""
    welcome = await client.ask(joining(meeting, **fields))
    assert isinstance(welcome, Welcome), welcome
    return welcome


def publishing(meeting, *sources):
    """The offer of somebody's sending connection, as the fake relay takes it."""
    return PublishOffer(meeting=meeting, sdp=SDP, sources={str(mid): source for mid, source in enumerate(sources)})


async def film_ready(client, recording):
    """Waits until the films of a recap are there, too; returns its card."""
    told = await client.expect(
        MeetingChanged, lambda tell: tell.meeting.id == recording and tell.meeting.film == "ready"
    )
    return told.meeting


async def in_a_meeting(server, **fields):
    """Ada has started a meeting and both are in: (ada, grace, card)."""
    host, member, room = await ada_and_grace(server)
    card = await start(host, room)
    await join(host, card.id, **fields)
    await join(member, card.id, **({"notice_version": NOTICE_VERSION} if fields.get("record") else {}))
    return host, member, card


async def recap_fails(host, card):
    """The host ends the meeting, whose recap cannot be made: the news of it."""
    await host.ask(EndMeeting(meeting=card.id))
    return await host.expect(MeetingChanged, lambda tell: tell.meeting.recap == "failed")


def code_of(card):
    return card.link.rsplit("/", 1)[1].partition("?")[0]


def knocking(card, name="Alan", **fields):
    return Knock(**{"code": code_of(card), "name": name, "terms_version": 1, **fields})


async def alan(server, card, **fields):
    """A guest in the lobby; `client.guest` is their id."""
    client = await server.connect()
    heard = await client.ask(knocking(card, **fields))
    client.guest = heard.guest
    return client


async def alan_inside(server, host, card, **fields):
    """A guest whom the host let in; `client.welcome` is what they were told."""
    client = await alan(server, card, **fields)
    await host.ask(AdmitGuest(meeting=card.id, guest=client.guest))
    client.welcome = await client.expect(Welcome)
    return client
