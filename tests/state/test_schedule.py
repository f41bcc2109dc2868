"""Planning: the dialog's ways, calendar files, and what the gate leaves of it."""

import pytest

from app.state import events, intents
from app.state.asking import NO_CONNECTION
from app.state.slices.schedule import PlanView
from app.wire import accounts, rooms, schedule
from app.wire.errors import Refused
from tests.fakes.story import CARD, asked, change, signed_in

PLAN = schedule.Plan(title="Logo", starts="2027-03-29T10:00", time_zone="Europe/Lisbon")
PLANNED = change(CARD, id="p1", state="scheduled", starts_at=5000.0)
SEND = intents.SendPlan(plan=PLAN, key="k")


def opened(meeting=""):
    return signed_in().do(intents.OpenPlan(room="r1", meeting=meeting))


class TestANewOne:
    def test_r34_it_is_sent_and_the_dialog_closes_with_the_answer(self):
        story = opened().do(SEND)
        assert (story.sent[0].room, story.sent[0].plan, story.sent[0].key) == ("r1", PLAN, "k")
        assert story.state.plan.is_sending
        assert story.do(SEND).sent == [], "a second click"
        sent = [one for one in story.state.requests.pending.values() if isinstance(one, schedule.ScheduleMeeting)]
        story.hear(schedule.MeetingScheduled(re=sent[0].request, meeting=PLANNED))
        assert (story.state.plan, [one.id for one in story.state.room_info("r1").scheduled]) == (None, ["p1"])

    def test_a_refusal_stays_in_the_dialog_with_what_was_entered(self):
        story = opened().do(SEND).answer(Refused(reason="bad_time", words="That is in the past."))
        assert story.state.plan == PlanView("r1", plan=PLAN, words="That is in the past.")
        assert asked(story.do(SEND), schedule.ScheduleMeeting)

    def test_an_answer_after_it_was_closed_closes_nothing_else(self):
        story = opened().do(SEND)
        number = story.sent[0].request
        story.do(intents.ClosePlan(), intents.OpenPlan(room="r1"))
        story.hear(schedule.MeetingScheduled(re=number, meeting=PLANNED))
        assert story.state.plan == PlanView("r1")
        story = opened().do(SEND)
        number = story.sent[0].request
        story.do(intents.ClosePlan()).hear(Refused(re=number, reason="bad_time", words="Past."))
        assert (story.state.plan, story.state.toasts.shown[0].words) == (None, "Past.")

    def test_two_dialogs_are_told_apart(self):
        story = opened().do(SEND)
        number = story.sent[0].request
        story.do(intents.ClosePlan(), intents.OpenPlan(room="r1", meeting="p1"), SEND)
        story.hear(schedule.MeetingScheduled(re=number, meeting=PLANNED))
        assert story.state.plan.is_sending

    def test_r33_the_gate_leaves_the_other_provider(self):
        story = opened().hear(accounts.AccessChanged(access=accounts.Access(may_start=False, words="Not yet.")))
        assert story.do(SEND).sent == []
        assert story.state.plan.words == "Not yet."
        other = change(PLAN, provider="external", url="https://meet.example/x")
        assert asked(story.do(intents.SendPlan(plan=other, key="k")), schedule.ScheduleMeeting)

    def test_a_lost_connection_lets_it_be_sent_again(self):
        story = opened().do(SEND, events.ConnectionChanged(phase="offline"))
        assert (story.state.plan.is_sending, bool(story.state.plan.words)) == (False, True)
        story.do(SEND)
        assert (story.sent, story.state.plan.words) == ([], NO_CONNECTION)

    def test_nothing_is_sent_without_a_dialog(self):
        assert signed_in().do(SEND).sent == []
        assert signed_in().do(events.ConnectionChanged(phase="offline")).state.plan is None


class TestEditing:
    def test_the_plan_is_asked_for_and_changed(self):
        story = opened("p1")
        assert story.sent[0].meeting == "p1"
        story.answer(schedule.PlanShown(meeting=PLANNED, plan=PLAN))
        assert story.state.plan.plan == PLAN
        story.do(SEND)
        assert (story.sent[0].meeting, story.sent[0].plan) == ("p1", PLAN)
        story.hear(rooms.MeetingChanged(meeting=PLANNED))
        assert story.state.plan is not None, "not the answer"
        story.do(intents.CancelPlanned(meeting="p1")).answer(rooms.MeetingChanged(meeting=PLANNED))
        assert story.state.plan is not None, "the answer to something else"
        change_asked = next(
            one for one in story.state.requests.pending.values() if isinstance(one, schedule.ChangePlan)
        )
        story.hear(rooms.MeetingChanged(re=change_asked.request, meeting=PLANNED))
        assert story.state.plan is None

    def test_a_plan_that_comes_late_is_not_shown(self):
        story = opened("p1")
        late = schedule.PlanShown(re=story.sent[0].request, meeting=PLANNED, plan=PLAN)
        assert story.do(intents.ClosePlan()).hear(late).state.plan is None
        assert opened().hear(late).state.plan.plan is None

    def test_a_gate_that_closed_since_does_not_hide_the_own_meeting(self):
        story = opened("p1").hear(accounts.AccessChanged(access=accounts.Access(may_start=False)))
        assert asked(story.do(SEND), schedule.ChangePlan)

    def test_without_a_connection_it_says_so(self):
        story = signed_in().do(events.ConnectionChanged(phase="offline"), intents.OpenPlan(room="r1", meeting="p1"))
        assert story.state.plan.words == NO_CONNECTION

    @pytest.mark.parametrize("whole", [True, False])
    def test_cancelling(self, whole):
        story = signed_in().do(intents.CancelPlanned(meeting="p1", whole_series=whole))
        assert (story.sent[0].meeting, story.sent[0].whole_series) == ("p1", whole)


def test_a_calendar_file_is_offered_until_it_is_put_away():
    story = signed_in().do(intents.GetCalendarFile(meeting="p1"))
    told = schedule.CalendarFile(meeting="p1", name="logo.ics", text="BEGIN:VCALENDAR")
    first = story.answer(told).state.file
    assert (first.name, first.text) == ("logo.ics", "BEGIN:VCALENDAR")
    second = story.hear(told).state.file
    assert second.number != first.number
    assert story.do(intents.PutFileAway(number=first.number)).state.file == second
    assert story.do(intents.PutFileAway(number=second.number)).state.file is None
    assert story.do(intents.PutFileAway(number=second.number)).state.file is None
