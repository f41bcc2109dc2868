"""A meeting in words: how far it is, when it is planned, on whose clock, and what became of its recap."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.ui.text import clock_words, count_words, date_words, full_date, length_words, people_words
from app.wire.rooms import MeetingCard, Repeats
from app.wire.zones import find_zone

#: How often a meeting is held, as it is said on cards and in the dialog.
REPEATS: dict[Repeats, str] = {
    "never": "Does not repeat",
    "daily": "Every day",
    "weekdays": "Monday to Friday",
    "weekly": "Every week",
    "fortnightly": "Every two weeks",
    "monthly": "Every month",
}


def when_words(at: float, now: float) -> str:
    """A moment to come, on this computer's clock: "today 15:00", "tomorrow 10:00", "Friday, 27 November, 10:00"."""
    day, today = date.fromtimestamp(at), date.fromtimestamp(now)
    apart = (day - today).days
    if apart in (-1, 0, 1):
        return f"{date_words(day, today).lower()} {clock_words(at)}"
    words = full_date(day)
    return f"{words if day.year != today.year else words.rsplit(' ', 1)[0]}, {clock_words(at)}"


def wait_words(at: float, now: float) -> str:
    """How long until a moment: "in 5 minutes", "in 2 days"; empty when it has come or is further than two weeks."""
    minutes = -int((now - at) // 60) if at > now else 0
    if minutes <= 0 or minutes > 14 * 1440:
        return ""
    if minutes < 60:
        return f"in {count_words(minutes, 'minute')}"
    if minutes < 1440:
        return f"in {count_words(round(minutes / 60), 'hour')}"
    days = (date.fromtimestamp(at) - date.fromtimestamp(now)).days
    return f"in {count_words(days, 'day')}"


def other_clock_words(at: float, zone_name: str) -> str:
    """The same moment on the clock of the zone where it was planned; empty where both clocks show the same."""
    zone = find_zone(zone_name) if zone_name else None
    if zone is None:
        return ""
    here, there = datetime.fromtimestamp(at).astimezone(), datetime.fromtimestamp(at, zone)
    if here.utcoffset() == there.utcoffset():
        return ""
    day = "" if here.date() == there.date() else f" on {date_words(there.date(), here.date() - timedelta(days=400))}"
    return f"{there:%H:%M}{day} in {zone_words(zone_name)}"


def zone_words(name: str) -> str:
    """A zone as one reads it: "America/New York"."""
    return name.replace("_", " ")


def plan_lines(card: MeetingCard, now: float) -> tuple[str, str]:
    """When a planned meeting is to be held: the line for this computer's clock, and one of everything else."""
    if card.starts_at is None:
        return "", ""
    words = when_words(card.starts_at, now)
    if card.length_min:
        words = f"{words} to {clock_words(card.starts_at + card.length_min * 60)}"
    more = [other_clock_words(card.starts_at, card.time_zone)]
    if card.repeats != "never":
        more.append(REPEATS[card.repeats])
    return words[0].upper() + words[1:], ". ".join(one for one in more if one)


def state_words(card: MeetingCard, now: float = 0.0) -> str:
    """How far a meeting is, in a line.

    Args:
        card: The meeting.
        now: Seconds since 1970, for a meeting that is to come.
    """
    if card.state == "cancelled":
        return "Cancelled"
    if card.provider == "external":
        return "Meeting of another service"
    if card.state == "scheduled":
        wait = wait_words(card.starts_at, now) if card.starts_at and now else ""
        return f"Scheduled, {wait}" if wait else "Scheduled"
    if card.state == "joinable":
        return "Open now: you can join"
    if card.state == "ongoing":
        return f"Ongoing, {people_words(card.people)}" if card.people else "Ongoing, nobody is in it right now"
    if card.ended_at is None:
        return "Ended"
    return f"Ended at {clock_words(card.ended_at)}, {lasted_words(card)}"


def lasted_words(card: MeetingCard) -> str:
    """How long a meeting was that is over; counted from the first person who came in."""
    length_s = (card.ended_at or 0.0) - card.started_at
    return f"lasted {length_words(length_s)}" if length_s > 0 else "nobody came"


def recap_words(card: MeetingCard) -> str:
    """How far its recap is, in a line; empty where the meeting left none."""
    words = {
        "none": "",
        "recording": "AI recording is on." if card.state == "ongoing" else "The recap is being prepared.",
        "generating": "The recap is being prepared.",
        "ready": "The recap is ready; its film is being made." if card.film == "making" else "The recap is ready.",
        "failed": "The recap could not be made.",
        "deleted": "The recording and its recap were deleted.",
    }[card.recap]
    return card.recap_words or words


def deletion_words(card: MeetingCard) -> str:
    """How far a request to delete its recording is; empty where there is none, or where it is done."""
    words = {
        "none": "",
        "pending": "Early deletion has been requested. An administrator of the server decides.",
        "refused": "The request for early deletion was refused.",
        "deleted": "",
    }[card.deletion]
    return card.deletion_words if words and card.deletion_words else words
