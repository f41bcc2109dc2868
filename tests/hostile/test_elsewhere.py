"""Rights of one place are none in another: the host of one meeting, the owner of one room, in somebody else's."""

import asyncio

from app.wire.accounts import EndSignIn, ListSignIns
from app.wire.errors import Refused
from app.wire.hands import LowerHandOf
from app.wire.lobby import AdmitGuest, DenyGuest, KnockHeard, LookAtLink
from app.wire.notices import SeeNotices
from app.wire.people import MutePerson, RemovePerson
from app.wire.recap import ListRecaps, OpenRecap
from app.wire.rooms import EditMessage, ListMessages, RemoveMember, Search
from app.wire.sharing import StopShareOf
from server_stub.features import table
from tests.hostile.cast import (
    CANARY,
    FORMER_MEMBER,
    GUEST,
    HOST,
    HOST_DEVICE,
    MEMBER_IN,
    OUTSIDER,
    WAITING,
    Cast,
    Told,
    ask,
    differences,
    everything,
    server_of_the_cast,
)
from tests.hostile.rights import TABLE
from tests.people import alan, code_of, join, knocking, start


def hostile(test):
    """Runs an `async def test(cast, told)` on a story of its own; `told` is all that anybody is told from then on."""

    def run(tmp_path, monkeypatch):
        async def tell():
            async with asyncio.timeout(30), server_of_the_cast(tmp_path / "data") as server:
                cast = await Cast.gather(server)
                await test(cast, Told(monkeypatch))

        asyncio.run(tell())

    run.__name__, run.__doc__ = test.__name__, test.__doc__
    return run


async def eves_meeting(cast):
    """Eve is the host of a meeting in her own room, and somebody waits for her."""
    eve = cast.people[OUTSIDER].client
    card = await start(eve, cast.other_room, cast.key())
    await join(eve, card.id)
    guest = await alan(cast.server, card, name="Waits for Eve")
    return eve, card, guest


@hostile
async def test_the_host_of_one_meeting_has_no_right_in_another(cast, told):
    eve, own, _ = await eves_meeting(cast)
    before = await everything(cast.server)
    kinds = {kind for kind, rule in table().items() if rule.needs == "seat"}
    for row in TABLE:
        if row.kind in kinds:
            answer = await ask(eve, row.make(cast, cast.people[OUTSIDER]))
            assert isinstance(answer, Refused), row
            assert answer.reason == "not_in_meeting", row
    people = [cast.people[role].client for role in (HOST, MEMBER_IN)]
    ids = [one.account.id for one in people] + [cast.people[role].client.guest for role in (GUEST, WAITING)]
    for id in ids:
        for kind in (RemovePerson, MutePerson, StopShareOf, LowerHandOf):
            assert await eve.refused(kind(meeting=own.id, person=id)) == "not_found", kind
        for kind in (AdmitGuest, DenyGuest):
            assert await eve.refused(kind(meeting=own.id, guest=id)) == "not_found", kind
    assert differences(before, await everything(cast.server)) == []


@hostile
async def test_who_waits_for_one_meeting_is_not_let_into_another(cast, told):
    _, own, guest = await eves_meeting(cast)
    assert await cast.ada.refused(AdmitGuest(meeting=cast.meeting, guest=guest.guest)) == "not_found"
    assert await cast.ada.refused(AdmitGuest(meeting=own.id, guest=guest.guest)) == "not_in_meeting"
    # A knock at a second meeting while they wait at the first does not count.
    assert await guest.refused(knocking(cast.card)) == "already_in"


@hostile
async def test_an_account_sees_of_others_what_it_shares_a_room_with_and_no_more(cast, told):
    """Search, lists, notices, sign-ins, recaps: for Eve and for Mary, who has left, there is nothing of the room."""
    before = await everything(cast.server)
    for role in (OUTSIDER, FORMER_MEMBER):
        me = cast.people[role].client
        for words in (CANARY, "waits", "the chat", "%%", "__", "ada", '"a" OR "b"', "the*"):
            found = await me.ask(Search(words=words))
            own = [message for message in found.messages if message.room == cast.other_room]
            assert list(found.messages) == (own if role == OUTSIDER else []), words
        for request in (
            ListMessages(room=cast.room),
            ListMessages(room=cast.room, before=cast.people[FORMER_MEMBER].message),
            ListRecaps(room=cast.room),
            OpenRecap(meeting=cast.recording),
            OpenRecap(meeting=cast.meeting),
            EditMessage(message=cast.people[HOST].message, text="mine now"),
            RemoveMember(room=cast.room, account=cast.ada.account.id),
        ):
            answer = await me.ask(request)
            assert isinstance(answer, Refused), request
            assert CANARY not in answer.words
        assert (await me.ask(SeeNotices(ids=(cast.people[HOST].notice,)))).ids == ()
        listed = (await me.ask(ListSignIns())).sign_ins
        hers = {cast.people[one].sign_in for one in (HOST, HOST_DEVICE)}
        assert not hers & {one.id for one in listed}
        for id in hers:
            assert await me.refused(EndSignIn(id=id)) == "not_found"
    assert differences(before, await everything(cast.server)) == []


@hostile
async def test_a_page_of_messages_begins_at_no_message_of_another_room(cast, told):
    """The id of another room's message is no place to read from, nor does the answer tell where that one stands."""
    eve = cast.people[OUTSIDER].client
    theirs, nowhere = cast.people[HOST].message, "m0"
    answers = [await eve.ask(ListMessages(room=cast.other_room, before=one)) for one in (theirs, nowhere)]
    assert answers[0].messages == answers[1].messages
    assert all(message.room == cast.other_room for message in answers[0].messages)


@hostile
async def test_who_waits_hears_nothing_of_what_happens_inside(cast, told):
    """Everything that the host is granted happens; of it all, the lobby hears what is on its list."""
    from server_stub.call.lobby_rules import TOLD_IN_LOBBY

    waiting = cast.people[WAITING].client
    names = {kind.__name__ for kind in TOLD_IN_LOBBY}
    heard = len(waiting.heard)
    rows = [row for row in TABLE if HOST in row.to and not row.spoils]
    for row in rows:
        await ask(cast.ada, row.make(cast, cast.people[HOST]))
    await waiting.settle()
    assert {type(tell).__name__ for tell in waiting.heard[heard:]} <= names
    assert len(rows) > 20


@hostile
async def test_the_answer_to_a_link_is_the_same_for_all_who_are_outside(cast, told):
    """Whether one was a member once, or was removed, is not to be seen from it."""
    code, answers = code_of(cast.card), []
    for role in ("a stranger", OUTSIDER, FORMER_MEMBER, "a removed guest", WAITING):
        shown = await cast.people[role].client.ask(LookAtLink(code=code))
        answers.append((shown.title, shown.state, shown.is_recording, shown.meeting, shown.host, shown.server))
    assert set(answers) == {("The room", "ongoing", False, "", cast.ada.account.name, "")}
    heard = await cast.people[FORMER_MEMBER].client.ask(knocking(cast.card))
    assert isinstance(heard, KnockHeard)
