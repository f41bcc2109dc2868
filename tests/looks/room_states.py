"""States of the rooms side: plans, cards, notices, accounts and servers, made by hand."""

from dataclasses import replace
from datetime import timedelta

import msgspec

from app.net.refusals import no_media
from app.state.app_state import AppState, Links, Visit
from app.state.events import Heard
from app.state.slices.connection import Connection
from app.state.slices.reach import Gift, Giving, Reach
from app.state.slices.rooms import RoomView, SearchView
from app.state.slices.schedule import PlanView
from app.state.slices.sign_in import AccountView
from app.state.slices.way import WayCheck
from app.state.update import update
from app.wire.accounts import Access, Account, SignInInfo
from app.wire.links import parse_link
from app.wire.notices import NoticeInfo
from app.wire.rooms import LinksMoved, RoomInfo
from app.wire.schedule import Plan
from tests.fakes.putting import put
from tests.looks.states import ENDED, MEMBERS, NAMES, TALK, TODAY, at, card, guest_prejoin, message, prejoin, rooms


def planned(key, days, hours=0.0, **changes):
    """A scheduled meeting, that many days and hours from now."""
    starts = (TODAY + timedelta(days=days, hours=hours)).timestamp()
    known = {
        "title": "Weekly review", "starter": "felix", "state": "scheduled", "started_at": starts, "starts_at": starts,
        "length_min": 30, "time_zone": "Asia/Tokyo", "people": 0,
    }  # fmt: skip
    return card(key, **{**known, **changes})


FOREIGN = "https://meetings.example.org/join/88431902?pwd=Zk1vN2xQd0tGc0hWbWJqYk9yT2lYdz09&from=invitation"
CARDS = (
    planned("m20", 1, repeats="weekly"),
    planned("m21", 0, state="joinable", title="Review of the shop sign", starts_at=at(minutes=-6), starter="clara"),
    card("m22", is_locked=True, people=3),
    planned("m23", 2, state="cancelled", title="Price talk"),
    planned("m24", 3, provider="external", link=FOREIGN, title="Call with the printer"),
    card("m25", state="ended", ended_at=at(), recap="ready", deletion="pending", title="Contract talk"),
    card("m26", state="ended", ended_at=at(), recap="deleted", deletion="deleted", title="Salary talk"),
)


def with_cards(*shown):
    """A room whose conversation is these meetings, those that are planned in its sidebar too."""
    state = rooms(running=False)
    shown = shown or CARDS
    talk = tuple(
        message(100 + n, one.starter, {"felix": "Felix Brandt"}.get(one.starter, "Clara Nowak"), one.title,
                at(minutes=60 - n), kind="meeting", meeting=one)
        for n, one in enumerate(shown)
    )  # fmt: skip
    first = RoomInfo(
        id="r1", name="Website relaunch", members=MEMBERS, last_message=talk[-1], owner="felix",
        scheduled=tuple(one for one in shown if one.state in ("scheduled", "joinable")),
    )  # fmt: skip
    view = RoomView(messages=talk, is_loaded=True, recaps=(ENDED,))
    known, views = (first, *state.rooms.known[1:]), {**state.rooms.views, "r1": view}
    return replace(state, rooms=replace(state.rooms, known=known, views=views))


def many_rooms():
    state = on_team_server()
    more = tuple(
        RoomInfo(
            id=f"s{n}", name=f"{name} project", members=MEMBERS[:2], last_message=state.rooms.known[1].last_message
        )
        for n, name in enumerate(NAMES[1:])
    )
    views = {**state.rooms.views, **{one.id: RoomView(unread=n * 40) for n, one in enumerate(more)}}
    return replace(state, rooms=replace(state.rooms, known=(*state.rooms.known, *more), views=views), news=NEWS)


NEWS = tuple(
    NoticeInfo(id=f"n{n}", kind=kind, room="r1", subject="m0", words=words, at=at(hours=n * 7))
    for n, (kind, words) in enumerate(
        (
            ("meeting_soon", "“Weekly review” begins in 10 minutes."),
            ("recap_ready", "The recap of “Kick-off: brand and scope” is ready."),
            ("meeting_cancelled", "“Price talk” was cancelled."),
        )
    )
)


def on_team_server(**changes):
    """Signed in to a server of others."""
    state = rooms()
    connection = replace(state.connection, is_embedded=False, address="meet.example.com")
    me = Account(id="felix", name="Felix Brandt", email="felix@example.com", kind="freelancer")
    return replace(state, **{"connection": connection, "me": me, **changes})


def checked(**changes):
    """The connection to a team's server was checked, and something is blocked."""
    state = on_team_server(**changes)
    return replace(state, way=WayCheck(state.connection.address, words=no_media(())))


def gated(**changes):
    """One may not start meetings."""
    words = "Parley meetings are being switched on step by step. It is not your account's turn yet."
    return replace(rooms(running=False), **{"access": Access(may_start=False, words=words), **changes})


def edited():
    """Messages of one's own, changed and taken back."""
    state = rooms(running=False)
    talk = list(TALK)
    talk[4] = msgspec.structs.replace(talk[4], edited_at=at(1, 3))
    talk[5] = msgspec.structs.replace(talk[5], text="", is_deleted=True)
    return replace(
        state,
        rooms=replace(state.rooms, views={**state.rooms.views, "r1": replace(state.view("r1"), messages=tuple(talk))}),
    )


PLAN = Plan(
    title="Weekly review", starts=f"{TODAY + timedelta(days=2):%Y-%m-%d}T10:00", time_zone="America/New_York",
    length_min=50, repeats="weekly", until=f"{TODAY + timedelta(days=90):%Y-%m-%d}",
    invitees=("amara@example.com", "a.very.long.name.of.somebody@subdomain.of.a.long.company.example.com"),
)  # fmt: skip


def planning(**changes):
    """The dialog that plans a meeting."""
    return replace(rooms(running=False), plan=PlanView(**{"room": "r1", **changes}))


def replanning(**changes):
    return replace(with_cards(), plan=PlanView(**{"room": "r1", "meeting": "m20", "plan": PLAN, **changes}))


def account(**changes):
    """The account dialog."""
    sign_ins = (
        SignInInfo(id="a1", device="Linux", since=at(12), last_seen=at(), is_this=True, is_online=True),
        SignInInfo(id="a2", device="Windows", since=at(40), last_seen=at(1, 2)),
        SignInInfo(id="a3", device="macOS", since=at(90), last_seen=at(), is_online=True),
    )
    return on_team_server(account=AccountView(**{"sign_ins": sign_ins, **changes}))


def searching():
    found = tuple(one for one in TALK if one.kind == "text")
    return replace(rooms(), search=SearchView(words="draft", messages=found, is_asking=False, has_more=True))


def away():
    """At another server for the sake of a link."""
    state = on_team_server()
    return replace(state, connection=replace(state.connection, is_home=False, address="other.example.org:8443"))


def link_question():
    pin = "A" * 43
    link = parse_link(f"parley://a.rather.long.host.name.of.some.studio.example.org:8443/j/{'k' * 22}?pin={pin}")
    return put(rooms(), "links.question", link)


def on_the_way(words="", link="online"):
    """An invited person whose link is being opened, or leads nowhere."""
    followed = link_question().links.question
    connection = Connection(phase=link, address=followed.server.address, is_home=False, server=followed.server)
    return AppState(connection=connection, links=Links(visit=Visit(link=followed, home=rooms(), words=words)))


def link_is_dead():
    return on_the_way("This meeting has ended.")


def invited_elsewhere():
    """The page before the call of somebody who was invited to another server."""
    state = guest_prejoin()
    return replace(put(state, "connection.is_home", False), links=on_the_way().links)


def reachable():
    addresses = tuple(f"parley://192.168.178.{n}:8470?pin={'Q' * 43}" for n in (20, 21))
    return replace(rooms(), reach=Reach(is_on=True, addresses=addresses))


def invited():
    state = rooms()
    view = replace(
        state.view("r1"), invitation="7QK4-M2XP-9TDA-W3RV", invitation_email="amara@example.com",
        invitation_link="https://meet.example.com/i/7QK4M2XP9TDAW3RV7QK4M2",
    )  # fmt: skip
    return replace(state, rooms=replace(state.rooms, views={**state.rooms.views, "r1": view}))


def owned_room():
    state = rooms()
    return replace(
        state,
        rooms=replace(
            state.rooms, known=(msgspec.structs.replace(state.rooms.known[0], owner="felix"), *state.rooms.known[1:])
        ),
    )


def local(state):
    """The same at the server of this computer, which nobody else can reach: each link leads to this computer."""
    return update(state, Heard(message=LinksMoved(server="http://127.0.0.1:8470", is_reachable=False)))[0]


def giving(way="copy", **changes):
    addresses = (f"parley://192.168.178.20:8470?pin={'Q' * 43}",)
    asked = Gift(**{"way": way, "link": "http://127.0.0.1:8470/j/k3J9mQx7Vb2LtR8wZp4Nm1", **changes})
    return replace(local(prejoin()), reach=Reach(addresses=addresses), giving=Giving(asked))
