"""The recap of a short call and the pages that show one, made by hand."""

from dataclasses import replace
from datetime import timedelta

import msgspec

from app.state.slices.recap import RecapView
from app.wire.recap import AND, ActionItem, Check, Highlight, PersonName, Recap, Reel, SummarySentence, Utterance
from app.wire.versions import BetterEngine, EarlierVersion
from tests.looks.call_states import ended
from tests.looks.states import ENDED, TODAY, at, card, rooms

SAID = (
    ("Clara Nowak", 2.0, "Good morning Felix, thanks for making the time today."),
    ("Felix Brandt", 6.1, "Good morning. I have the three routes here and a price for each of them."),
    ("Clara Nowak", 12.4, "Great. I looked at them last night and I think route B is the one."),
    ("Felix Brandt", 18.0, "For route B the whole relaunch would be four thousand two hundred euros."),
    ("Clara Nowak", 24.9, "That works for us. Can we go live on the fifteenth of June?"),
    ("Felix Brandt", 30.2, "Yes. I will send you the first draft by Friday."),
    ("Clara Nowak", 30.9, "And I will get the photos from Amara until Wednesday."),
    ("Felix Brandt", 37.5, "I might look at the contact form as well, if the hosting is settled by then."),
    ("Clara Nowak", 44.0, "Who takes care of the domain transfer?"),
    ("Felix Brandt", 47.3, "Somebody on your side has to do that, I only need the access."),
)
CLARA, FELIX = "Clara Nowak", "Felix Brandt"
WEDNESDAY, FRIDAY = (TODAY.date() + timedelta(days=(day - TODAY.weekday() - 1) % 7 + 1) for day in (2, 4))
UTTERANCES = tuple(
    Utterance(id=f"u{n}", speaker=who, start_s=start, end_s=start + 4, text=text, confidence=0.8)
    for n, (who, start, text) in enumerate(SAID)
)
SUMMARY = tuple(
    SummarySentence(text=text, evidence=evidence, topic=topic)
    for topic, text, evidence in (
        ("Three routes", "Clara chose route B of the three routes that Felix had prepared.", ("u2", "u1")),
        (
            "Whole relaunch",
            "The whole relaunch costs four thousand two hundred euros, which Clara agreed to.",
            ("u3", "u4"),
        ),
        ("Whole relaunch", "They plan to go live on the fifteenth of June.", ("u4",)),
    )
)
ITEMS = tuple(
    ActionItem(text=text, owner=owner, due=due, due_words=words, evidence=(f"u{n}",), certainty=certainty)
    for n, text, owner, due, words, certainty in (
        (5, "Send the first draft of route B", FELIX, FRIDAY.isoformat(), "by Friday", "firm"),
        (6, "Get the photos from Amara", CLARA, WEDNESDAY.isoformat(), "until Wednesday", "firm"),
        (7, "Look at the contact form", f"{FELIX}{AND}{CLARA}", None, "", "conditional"),
        (8, "Take care of the domain transfer", None, None, "", "question"),
    )
)
HIGHLIGHTS = tuple(
    Highlight(start_s=start, end_s=end, title=title, reason=reason, evidence=evidence)
    for start, end, title, reason, evidence in (
        (12.4, 22.0, "Route B it is", "Decision", ("u2",)),
        (18.0, 29.0, "The price for the whole relaunch", "Amount of money", ("u3",)),
        (30.2, 41.0, "First draft and photos", "Two action items", ("u5", "u6")),
    )
)
CHECKS = tuple(
    Check(text=text, reason=reason, evidence=evidence)
    for text, reason, evidence in (
        ("Clara said that the hosting is settled.", "A condition in the words cited is missing here.", ("u7",)),
        ("Felix: Take care of the domain transfer", "The words cited do not show that Felix agreed.", ("u8", "u9")),
    )
)
RECAP = Recap(
    meeting="m0",
    engine="faster-whisper base",
    engine_version="1.2.1",
    trust="It mishears about one word in ten of clear speech: check names and numbers.",
    started_at=ENDED.started_at,
    ended_at=ENDED.ended_at,
    ready_after_s=8.0,
    people=(PersonName(id="felix", name=FELIX), PersonName(id="clara", name=CLARA)),
    transcript=UTTERANCES,
    summary=SUMMARY,
    action_items=ITEMS,
    highlights=HIGHLIGHTS,
    reel=Reel(file="reel.webm", duration_s=31.0),
    video="meeting.webm",
    checks=CHECKS,
    notes=("One passage was not English and was left out (0:51 to 0:58).",),
)


def kept_recap(deletion="none", answer="", recap="ready", **changes):
    """A recap whose early deletion was asked for."""
    meeting = msgspec.structs.replace(ENDED, deletion=deletion, deletion_words=answer, recap=recap)
    view = RecapView(meeting=meeting, recap=RECAP if recap == "ready" else None, **changes)
    return replace(rooms(), page="recap", shows_call=False, recap=view)


def filmless(film="making", words=""):
    """A recap that can be read and has no films, or not yet."""
    meeting = msgspec.structs.replace(ENDED, film=film, film_words=words)
    recap = msgspec.structs.replace(RECAP, video=None, reel=None)
    return replace(rooms(), page="recap", shows_call=False, recap=RecapView(meeting=meeting, recap=recap))


def recap_state(recap="ready"):
    state = rooms()
    if recap == "ready":
        return replace(state, page="recap", shows_call=False, recap=RecapView(meeting=ENDED, recap=RECAP))
    if recap == "ongoing":
        running = card(recap="generating")
        return replace(ended(), page="recap", shows_call=False, recap=RecapView(meeting=running))
    words = "The recording ended early because the disk of the server was full." if recap == "failed" else ""
    meeting = card("m2", state="ended", ended_at=at(), recap=recap, recap_words=words)
    return replace(state, page="recap", shows_call=False, recap=RecapView(meeting=meeting))


def doubtful():
    """A short recap with something to check."""
    short = msgspec.structs.replace(RECAP, summary=SUMMARY[:1], action_items=ITEMS[:1])
    return replace(recap_state(), recap=RecapView(meeting=ENDED, recap=short))


BEFORE = msgspec.structs.replace(RECAP, engine="pocketsphinx", engine_version="5.1.1")
EARLIER = (EarlierVersion(number=2, at=at(days=1), engine="pocketsphinx"),)


def versions(recap=BEFORE, **changes):
    """A recap that can be made again, is being made again, or was."""
    view = RecapView(meeting=ENDED, recap=recap, **changes)
    return replace(rooms(), page="recap", shows_call=False, recap=view)


def can_be_better(**changes):
    return versions(better=BetterEngine(engine="faster-whisper base", about_s=260.0), **changes)
