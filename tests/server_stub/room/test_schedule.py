"""Planning, changing and cancelling on the real server through real websockets; the tests move its clock."""

import asyncio
import dataclasses

from msgspec.structs import replace

from app.wire.accounts import AcceptTerms
from app.wire.lobby import AdmitGuest, LinkShown, LookAtLink
from app.wire.notices import NoticeTold
from app.wire.people import EndMeeting, MeetingEnded, RenewLink, StartMeeting, Welcome
from app.wire.rooms import (
    InviteMember,
    JoinRoom,
    LeaveRoom,
    ListMessages,
    MeetingChanged,
    MessagePosted,
    RemoveMember,
)
from app.wire.schedule import (
    AskCalendarFile,
    CancelMeeting,
    ChangePlan,
    PlanShown,
    ShowPlan,
)
from server_stub.kernel.locks import MemoryLocks
from server_stub.room import cards, plans, schedule
from server_stub.room.turns import PLANNING, starting
from server_stub.storage import gate as gate_table
from server_stub.storage import schedules
from server_stub.storage.meetings import MeetingRow
from tests.fakes.clock import FakeClock
from tests.fakes.server_client import story
from tests.patience import PATIENCE_S
from tests.people import ada_and_grace, alan, code_of, join, joining, knocking, make_room, sign_up
from tests.planning import (
    AT_TEN,
    DAY,
    HOUR,
    MINUTE,
    becomes,
    carried,
    mails,
    next_card,
    plan,
    planned,
    planning,
    rooms_of,
)


@story(clock=FakeClock())
async def test_r34_planning_posts_one_message_with_its_card_to_every_member(server):
    host, member, room = await ada_and_grace(server)
    card = await planned(host, room, length_min=45)
    assert (card.state, card.title, card.starts_at, card.length_min) == ("scheduled", "Kick-off", AT_TEN, 45)
    assert (card.time_zone, card.provider, card.starter) == ("UTC", "parley", host.account.id)
    told = await member.expect(MessagePosted)
    assert (told.message.kind, told.message.text) == ("meeting", "Ada planned a video meeting.")
    assert told.message.meeting == card
    (info,) = await rooms_of(server, member)
    assert info.scheduled == (card,)
    assert info.meeting is None
    assert cards.scheduled_in(server.backend, room) == (card,)


@story(clock=FakeClock())
async def test_r34_a_retry_with_the_same_key_plans_nothing_twice(server):
    host, member, room = await ada_and_grace(server)
    card = await planned(host, room, invitees=("zoe@example.org",))
    again = await planned(host, room, invitees=("zoe@example.org",))
    assert again == card
    assert (await planned(member, room)).id != card.id
    listed = await host.ask(ListMessages(room=room))
    assert len(listed.messages) == 2
    await carried(server)
    assert len(mails(server, "zoe@example.org")) == 1


@story(clock=FakeClock())
async def test_r24_a_planned_meeting_has_its_guest_link_before_anyone_has_joined(server):
    host, _, room = await ada_and_grace(server)
    card = await planned(host, room)
    guest = await server.connect()
    shown = await guest.ask(LookAtLink(code=code_of(card)))
    assert isinstance(shown, LinkShown)
    assert (shown.state, shown.starts_at, shown.title, shown.meeting) == ("scheduled", AT_TEN, "Kick-off", "")
    assert await guest.refused(knocking(card)) == "not_open"
    assert await host.refused(joining(card.id)) == "not_open"
    await server.backend.clock.pass_time(50 * MINUTE)
    await becomes(host, "joinable")
    assert (await guest.ask(LookAtLink(code=code_of(card)))).state == "joinable"
    waiting = await alan(server, card)
    await join(host, card.id)
    await host.ask(AdmitGuest(meeting=card.id, guest=waiting.guest))
    welcome = await waiting.expect(Welcome)
    assert welcome.meeting.link == card.link


@story(clock=FakeClock())
async def test_r37_a_planned_meeting_is_joined_like_any_other_with_the_terms_first(server):
    host, _, room = await ada_and_grace(server)
    newcomer = await sign_up(server, email="kim@example.org", name="Kim", accept=False)
    room = await make_room(host, newcomer, name="Second")
    card = await planned(host, room)
    await server.backend.clock.pass_time(55 * MINUTE)
    await becomes(newcomer, "joinable")
    assert await newcomer.refused(joining(card.id)) == "terms_needed"
    assert not server.relay.joined
    await newcomer.ask(AcceptTerms(version=1))
    welcome = await join(newcomer, card.id)
    # Who planned it is the starter, and the host until they have been away too long.
    assert (welcome.meeting.starter, welcome.host) == (host.account.id, host.account.id)


@story(clock=FakeClock())
async def test_r37_an_instant_start_leads_into_the_planned_meeting_that_is_open(server):
    host, member, room = await ada_and_grace(server)
    card = await planned(host, room)
    await server.backend.clock.pass_time(55 * MINUTE)
    await becomes(host, "joinable")
    started = await member.ask(StartMeeting(room=room, key="start-1"))
    assert started.meeting.id == card.id
    assert len((await host.ask(ListMessages(room=room))).messages) == 1


@story(clock=FakeClock())
async def test_r34_only_who_planned_a_meeting_can_change_it_and_the_link_stays(server):
    host, member, room = await ada_and_grace(server)
    card = await planned(host, room)
    new = plan(title="Review", starts="2026-11-23T12:30", length_min=60)
    assert await member.refused(ChangePlan(meeting=card.id, plan=new)) == "not_allowed"
    changed = await host.ask(ChangePlan(meeting=card.id, plan=new))
    assert isinstance(changed, MeetingChanged)
    told = await member.expect(MeetingChanged)
    assert told.meeting == changed.meeting
    assert (told.meeting.title, told.meeting.starts_at, told.meeting.length_min) == ("Review", AT_TEN + 2.5 * HOUR, 60)
    assert (told.meeting.id, told.meeting.link) == (card.id, card.link)
    shown = await member.ask(ShowPlan(meeting=card.id))
    assert isinstance(shown, PlanShown)
    assert shown.plan == new
    await server.backend.clock.pass_time(HOUR)
    assert await host.refused(joining(card.id)) == "not_open"
    await server.backend.clock.pass_time(140 * MINUTE)
    await becomes(host, "joinable")


@story(clock=FakeClock())
async def test_r34_a_series_keeps_its_days_when_only_its_title_changes(server):
    host, _, room = await ada_and_grace(server)
    clock = server.backend.clock
    card = await planned(host, room, starts="2026-12-31T10:00", repeats="monthly", until="2027-06-30")
    clock.jump(card.starts_at - clock.now() + HOUR)
    await clock.pass_time(MINUTE)
    second = await next_card(host, {card.id})
    clock.jump(second.starts_at - clock.now() + HOUR)
    await clock.pass_time(MINUTE)
    third = await next_card(host, {card.id, second.id})
    shown = await host.ask(ShowPlan(meeting=third.id))
    assert shown.plan.starts == "2027-02-28T10:00"
    third_plan = replace(shown.plan, title="Review")
    changed = await host.ask(ChangePlan(meeting=third.id, plan=third_plan))
    assert (changed.meeting.title, changed.meeting.starts_at) == ("Review", third.starts_at)
    clock.jump(third.starts_at - clock.now() + HOUR)
    await clock.pass_time(MINUTE)
    fourth = await next_card(host, {card.id, second.id, third.id})
    assert (await host.ask(ShowPlan(meeting=fourth.id))).plan.starts == "2027-03-31T10:00"


@story(clock=FakeClock())
async def test_r34_a_meeting_with_open_doors_gives_way_to_the_one_planned_anew(server):
    host, _, room = await ada_and_grace(server)
    card = await planned(host, room)
    await server.backend.clock.pass_time(55 * MINUTE)
    await becomes(host, "joinable")
    waiting = await alan(server, card)
    renamed = await host.ask(ChangePlan(meeting=card.id, plan=plan(title="Review")))
    assert (renamed.meeting.id, renamed.meeting.state, renamed.meeting.title) == (card.id, "joinable", "Review")
    moved = await host.ask(ChangePlan(meeting=card.id, plan=plan(starts="2026-11-23T15:00")))
    assert (moved.meeting.state, moved.meeting.link) == ("scheduled", card.link)
    assert moved.meeting.id != card.id
    assert (await becomes(host, "cancelled")).id == card.id
    assert "rescheduled" in (await waiting.expect(MeetingEnded)).words
    assert (await waiting.ask(LookAtLink(code=code_of(card)))).starts_at == AT_TEN + 5 * HOUR


@story(clock=FakeClock())
async def test_r34_a_running_meeting_is_not_changed_but_the_rest_of_its_series_is(server):
    host, _, room = await ada_and_grace(server)
    once = await planned(host, room, starts="2026-11-23T12:00")
    card = await planned(host, room, "plan-2", repeats="daily")
    await server.backend.clock.pass_time(HOUR)
    await becomes(host, "joinable")
    await join(host, card.id)
    assert await host.refused(CancelMeeting(meeting=card.id)) == "not_allowed"
    shown = await host.ask(ShowPlan(meeting=card.id))
    assert shown.plan.starts == "2026-11-23T10:00"
    changed = await host.ask(ChangePlan(meeting=card.id, plan=replace(shown.plan, starts="2026-11-24T16:00")))
    assert (changed.meeting.state, changed.meeting.starts_at) == ("ongoing", AT_TEN)
    await host.ask(EndMeeting(meeting=card.id))
    assert (await next_card(host, {card.id, once.id})).starts_at == AT_TEN + DAY + 6 * HOUR
    await server.backend.clock.pass_time(2 * HOUR)
    await becomes(host, "joinable", lambda seen: seen.id == once.id)
    await join(host, once.id)
    for ask in (CancelMeeting(meeting=once.id), CancelMeeting(meeting=once.id, whole_series=True)):
        assert await host.refused(ask) == "not_allowed"
    assert await host.refused(ChangePlan(meeting=once.id, plan=plan(starts="2026-11-23T18:00"))) == "not_allowed"


@story(clock=FakeClock())
async def test_r34_strangers_and_former_members_learn_nothing_of_a_plan(server):
    host, member, room = await ada_and_grace(server)
    stranger = await sign_up(server, email="eve@example.org", name="Eve")
    card = await planned(host, room)
    await member.ask(LeaveRoom(room=room))
    for client in (stranger, member):
        for ask in (
            ShowPlan(meeting=card.id),
            ChangePlan(meeting=card.id, plan=plan(title="Mine")),
            CancelMeeting(meeting=card.id, whole_series=True),
            AskCalendarFile(meeting=card.id),
            planning(room, "plan-2"),
            joining(card.id),
        ):
            assert await client.refused(ask) == "not_found"
    nobody = await server.connect()
    assert await nobody.refused(AskCalendarFile(meeting=card.id)) == "not_signed_in"
    assert await host.refused(ShowPlan(meeting="nothing")) == "not_found"
    assert (await host.ask(ShowPlan(meeting=card.id))).plan == plan()


@story(clock=FakeClock())
async def test_r34_an_instant_meeting_has_no_plan(server):
    host, _, room = await ada_and_grace(server)
    card = (await host.ask(StartMeeting(room=room, key="start-1"))).meeting
    for ask in (ShowPlan(meeting=card.id), CancelMeeting(meeting=card.id), AskCalendarFile(meeting=card.id)):
        assert await host.refused(ask) == "not_found"


@story(clock=FakeClock())
async def test_r34_what_cannot_be_planned_is_refused_and_changes_nothing(server):
    host, member, room = await ada_and_grace(server)
    card = await planned(host, room)
    for number, fields in enumerate(
        (
            {"starts": "2026-11-23T08:59"},
            {"starts": "2028-12-01T10:00"},
            {"starts": "2026-11-31T10:00"},
            {"starts": "2027-03-28T01:30", "time_zone": "Europe/Lisbon"},
            {"time_zone": "Mars/Olympus"},
            {"repeats": "weekly", "until": "2026-11-22"},
        )
    ):
        assert await host.refused(planning(room, f"bad-{number}", **fields)) == "bad_time"
        assert await host.refused(ChangePlan(meeting=card.id, plan=plan(**fields))) == "bad_time"
    assert await host.refused(planning(room, "bad-name", title="\u202e")) == "bad_name"
    assert await host.refused(ChangePlan(meeting=card.id, plan=plan(provider="external", url="https://x.example"))) == (
        "not_allowed"
    )
    assert len((await member.ask(ListMessages(room=room))).messages) == 1
    assert (await host.ask(ShowPlan(meeting=card.id))).plan == plan()


async def _close_gate(server):
    def work(connection):
        gate_table.write(connection, replace(gate_table.read(connection), percentage=0))

    await server.backend.store.do(work)


@story(clock=FakeClock())
async def test_r33_while_the_gate_is_closed_only_another_providers_meeting_can_be_planned(server):
    host, member, room = await ada_and_grace(server)
    before = await planned(host, room)
    await _close_gate(server)
    assert await host.refused(planning(room, "plan-2")) == "gate_closed"
    assert (await planned(host, room)).id == before.id
    url = "https://meet.elsewhere.example/abc"
    card = await planned(host, room, "plan-3", provider="external", url=url, starts="2026-11-23T11:00")
    assert (card.provider, card.link, card.state) == ("external", url, "scheduled")
    # What was planned before is joined as always: access follows who planned it.
    await server.backend.clock.pass_time(HOUR)
    await becomes(member, "joinable")
    await join(member, before.id)


@story(clock=FakeClock())
async def test_r33_another_providers_meeting_has_a_card_but_no_door(server):
    host, member, room = await ada_and_grace(server)
    assert await host.refused(planning(room, provider="external")) == "malformed"
    assert await host.refused(planning(room, provider="external", url="https://a.example/\x01")) == "malformed"
    url = "https://meet.elsewhere.example/abc"
    card = await planned(host, room, provider="external", url=url)
    file = await member.ask(AskCalendarFile(meeting=card.id))
    assert url in file.text.replace("\r\n ", "")
    assert await member.refused(joining(card.id)) == "not_open"
    await server.backend.clock.pass_time(HOUR)
    notice = await member.expect(NoticeTold)
    assert notice.notices[0].kind == "meeting_soon"
    assert await member.refused(joining(card.id)) == "not_open"
    assert not server.backend.calls.all()
    await server.backend.clock.pass_time(HOUR)
    assert (await becomes(member, "ended")).link == url


@story(clock=FakeClock())
async def test_r24_a_renewed_link_counts_for_the_rest_of_the_series(server):
    host, _, room = await ada_and_grace(server)
    card = await planned(host, room, repeats="daily")
    await server.backend.clock.pass_time(HOUR)
    await becomes(host, "joinable")
    await join(host, card.id)
    renewed = (await host.ask(RenewLink(meeting=card.id))).link
    assert renewed != card.link
    guest = await server.connect()
    assert await guest.refused(LookAtLink(code=code_of(card))) == "not_found"
    assert (await guest.ask(LookAtLink(code=renewed.rsplit("/", 1)[1]))).state == "ongoing"
    await host.ask(EndMeeting(meeting=card.id))
    assert (await next_card(host, {card.id})).link == renewed


@story(clock=FakeClock())
async def test_a_room_has_a_limit_of_plans(server):
    host, _, room = await ada_and_grace(server)
    row = (await server.backend.store.do(schedules.find_open)) or None
    assert row is None
    await planned(host, room)
    (made,) = await server.backend.store.do(schedules.find_open)

    def many(connection):
        for number in range(schedule.MOST_PLANS - 1):
            schedules.add(connection, _copy(made, number))

    await server.backend.store.do(many)
    assert await host.refused(planning(room, "plan-2")) == "too_much"


def _copy(row, number):
    return dataclasses.replace(row, id=f"p{number}", key=f"k{number}", code=f"c{number}")


def test_words_for_a_door_that_is_closed():
    row = MeetingRow(id="v", room="r", title="t", code="c", starter="a", key="k", state="scheduled", started_at=0.0)
    assert "not started" in plans.not_open_words(row)


@story(clock=FakeClock())
async def test_r3_a_plan_is_no_way_round_a_gate_that_has_closed_since(server):
    host, _, room = await ada_and_grace(server)
    card = await planned(host, room)
    await _close_gate(server)
    longer = ChangePlan(meeting=card.id, plan=plan(repeats="daily", until="2027-11-23"))
    assert await host.refused(longer) == "gate_closed"
    assert await host.refused(ChangePlan(meeting=card.id, plan=plan(starts="2026-11-24T10:00"))) == "gate_closed"
    shown = await host.ask(ShowPlan(meeting=card.id))
    assert (shown.plan.repeats, shown.plan.starts) == ("never", plan().starts)
    changed = await host.ask(ChangePlan(meeting=card.id, plan=plan(title="Kick-off, at last")))
    assert changed.meeting.title == "Kick-off, at last"


class WatchedLocks(MemoryLocks):
    """Tells when somebody asks for one."""

    def __init__(self):
        super().__init__()
        self.is_asked_for = asyncio.Event()

    def hold(self, name):
        self.is_asked_for.set()
        return super().hold(name)


@story()
async def test_who_is_taken_out_of_the_room_meanwhile_plans_and_starts_nothing(server):
    host, member, room = await ada_and_grace(server)
    backend = server.backend
    backend.locks = locks = WatchedLocks()
    for name, ask in (
        (PLANNING, planning(room, starts="2027-01-07T10:00")),
        (starting(room), StartMeeting(room=room, key="late")),
    ):
        async with locks.hold(name):
            locks.is_asked_for.clear()
            waits = asyncio.create_task(member.refused(ask))
            await asyncio.wait_for(locks.is_asked_for.wait(), PATIENCE_S)
            await host.ask(RemoveMember(room=room, account=member.account.id))
        assert await waits == "not_found"
        code = (await host.ask(InviteMember(room=room))).code
        await member.ask(JoinRoom(code=code))
    assert backend.calls.of_room(room) is None
    assert cards.scheduled_in(backend, room) == ()
