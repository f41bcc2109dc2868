"""Scheduled meetings: planned, changed, cancelled, and exported as a calendar file."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from app.wire.fields import Ask, Date, Email, Id, LocalTime, Name, Plain, Tell, Url, ZoneName
from app.wire.rooms import MeetingCard, Provider, Repeats

Minutes = Annotated[int, Meta(ge=5, le=1440)]


class Plan(Plain, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When and what. The wall clock of `time_zone` counts: ten o'clock stays ten o'clock over clock changes."""

    title: Name
    starts: LocalTime
    time_zone: ZoneName
    length_min: Minutes = 30
    repeats: Repeats = "never"
    #: Last day on which it may begin; None where it does not repeat. At most two years ahead.
    until: Date | None = None
    #: Mail addresses outside the room that get the invitation too.
    invitees: Annotated[tuple[Email, ...], Meta(max_length=20)] = ()
    provider: Provider = "parley"
    #: Address of the other provider's meeting; None for ours.
    url: Url | None = None


class ScheduleMeeting(Ask, frozen=True, kw_only=True):
    """Plans a meeting; posts one message with its card and mails the invitation. Refused: not_allowed, bad_time."""

    room: Id
    plan: Plan
    #: A retry with the same key plans nothing twice.
    key: Id


class MeetingScheduled(Tell, frozen=True, kw_only=True):
    """The answer to `ScheduleMeeting`; every member gets the message that carries the card by `MessagePosted`."""

    meeting: MeetingCard


class ShowPlan(Ask, frozen=True, kw_only=True):
    """Asks for a scheduled meeting's plan, to edit it; members of its room only."""

    meeting: Id


class PlanShown(Tell, frozen=True, kw_only=True):
    """The plan of the meeting, of the whole series where it repeats."""

    meeting: MeetingCard
    plan: Plan


class ChangePlan(Ask, frozen=True, kw_only=True):
    """Whoever planned it changes the plan (from the next meeting of a series on); answered with `MeetingChanged`."""

    meeting: Id
    plan: Plan


class CancelMeeting(Ask, frozen=True, kw_only=True):
    """Whoever planned it cancels it, or with `whole_series` all upcoming meetings; answered with `MeetingChanged`."""

    meeting: Id
    whole_series: bool = False


class AskCalendarFile(Ask, frozen=True, kw_only=True):
    """Asks for a scheduled meeting as an .ics file; members of its room only."""

    meeting: Id


class CalendarFile(Tell, frozen=True, kw_only=True):
    """The file's name and text (RFC 5545)."""

    meeting: str
    name: str
    text: str
