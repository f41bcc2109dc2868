from itertools import pairwise

import pytest

from app.wire.recap import ActionItem, SummarySentence, Utterance
from server_stub.recap.evidence import Evidence
from server_stub.recap.highlights import (
    LEAST_S,
    MARKED_TOTAL_S,
    MOST,
    MOST_S,
    REEL_S,
    TOTAL_S,
    Marked,
    Shown,
    choose_highlights,
    tell_shown,
    tell_taken,
    tell_unplaced,
)

TOPICS = ["price of the project is twelve hundred euros", "deadline is on Monday", "problem with the server"]


def long_talk(utter, count: int):
    return utter(
        *(f"{'Ada' if n % 2 else 'Grace'}: The {TOPICS[n % 3]} for part {n} as you said." for n in range(count))
    )


@pytest.mark.parametrize("count", [18, 60, 400])
def test_three_to_eight_clips_on_utterance_bounds(utter, count: int) -> None:
    transcript = long_talk(utter, count)
    length_s = transcript[-1].end_s + 1
    clips = choose_highlights(transcript, (), length_s=length_s)
    assert 3 <= len(clips) <= MOST
    total_s = sum(clip.end_s - clip.start_s for clip in clips)
    assert total_s <= TOTAL_S or 60 <= total_s <= 90
    said = {utterance.id: utterance for utterance in transcript}
    for clip in clips:
        assert LEAST_S - 0.02 <= clip.end_s - clip.start_s <= MOST_S
        assert 0 <= clip.start_s < clip.end_s <= length_s
        cited = [said[each] for each in clip.evidence]
        assert cited[0].start_s - 0.31 <= clip.start_s <= cited[0].start_s
        assert max(each.end_s for each in cited) <= clip.end_s
        assert clip.title
        assert clip.reason.endswith(".")
    starts = [clip.start_s for clip in clips]
    assert starts == sorted(starts)
    assert all(a.end_s <= b.start_s for a, b in pairwise(clips))


@pytest.mark.parametrize(("minutes", "is_long"), [(1, False), (3, False), (4, True), (10, True), (60, True)])
@pytest.mark.parametrize("spoken_s", [2.0, 3.5, 9.0])
def test_r52_where_enough_is_said_the_reel_lasts_a_minute_and_more(minutes: int, is_long: bool, spoken_s) -> None:
    """However long people speak at a stretch; a shorter talk is not told whole."""
    count = round(minutes * 60 / (spoken_s + 0.2))
    transcript = tuple(
        Utterance(
            id=f"u{n}",
            speaker="Ada" if n % 2 else "Grace",
            start_s=n * (spoken_s + 0.2),
            end_s=n * (spoken_s + 0.2) + spoken_s,
            text=f"The {TOPICS[n % 3]} for part {n} as you said.",
            confidence=0.9,
        )
        for n in range(count)
    )
    clips = choose_highlights(transcript, (), length_s=transcript[-1].end_s + 1)
    assert 3 <= len(clips) <= MOST
    assert all(LEAST_S - 0.02 <= clip.end_s - clip.start_s <= MOST_S for clip in clips)
    total_s = sum(clip.end_s - clip.start_s for clip in clips)
    assert REEL_S <= total_s <= 90 if is_long else total_s < REEL_S


def quiet_talk(utter, count: int = 60):
    return utter(*(f"{'Ada' if n % 2 else 'Grace'}: The colour of wall {n} is grey as before." for n in range(count)))


def test_what_the_summary_tells_is_worth_more(utter) -> None:
    transcript = quiet_talk(utter)
    summary = (SummarySentence(text="Wall 41 is grey.", evidence=("u42",)),)
    clips = choose_highlights(transcript, (), length_s=241.0, summary=summary)
    assert any("u42" in clip.evidence for clip in clips)
    assert not any("u42" in clip.evidence for clip in choose_highlights(transcript, (), length_s=241.0))


@pytest.mark.parametrize(
    ("at_s", "cited"),
    [
        (161.0, "u41"),  # while it is said
        (163.4, "u42"),  # in its last moment: what comes next
        (163.8, "u42"),  # between two
    ],
)
def test_a_new_screen_is_a_highlight_that_says_whose_it_is(utter, at_s: float, cited: str) -> None:
    transcript = quiet_talk(utter)
    shown = [Shown(at_s, "Felix")]
    clips = choose_highlights(transcript, (), length_s=241.0, shown=shown)
    (clip,) = [clip for clip in clips if clip.reason == "Felix showed a screen."]
    assert cited in clip.evidence
    evidence = Evidence(transcript, ("Ada", "Grace", "Felix"))
    assert clip in evidence.keep_highlights(clips, {tell_shown("Felix")})[0]
    assert clip not in evidence.keep_highlights(clips)[0], "nobody in it says so; the server has to know it"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("We decided to take the second draft.", "A decision was made."),
        ("The price is twelve hundred euros.", "Felix showed a screen."),
        ("I will finish the drawings soon.", "Ada takes this on."),
        ("The walls are grey in this one.", "Felix showed a screen."),
    ],
)
def test_a_decision_or_a_promise_says_more_than_the_screen_beside_it(utter, line: str, reason: str) -> None:
    item = ActionItem(text="Finish the drawings soon", owner="Ada", due=None, evidence=("u1",))
    items = (item,) if "drawings" in line else ()
    (clip,) = choose_highlights(utter(f"Ada: {line}"), items, length_s=12.0, shown=[Shown(1.0, "Felix")])
    assert clip.reason == reason


def test_a_screen_shown_in_silence_is_no_highlight(utter) -> None:
    transcript = utter("Ada: The walls are grey in this one.")
    clips = choose_highlights(transcript, (), length_s=90.0, shown=[Shown(60.0, "Felix")])
    assert [clip.reason for clip in clips] == ["A main point."]


def test_a_promise_is_a_highlight_that_names_its_owner(utter) -> None:
    lines = ["Grace: Nice weather today.", "Ada: I will finish the drawings soon.", "Grace: Good, thank you for that."]
    transcript = utter(*lines)
    item = ActionItem(text="Finish the drawings soon", owner="Ada", due=None, evidence=("u2",))
    (clip, *_) = choose_highlights(transcript, (item,), length_s=12.0)
    assert (clip.title, clip.reason) == ("Finish the drawings soon", "Ada takes this on.")
    assert "u2" in clip.evidence


@pytest.mark.parametrize(
    ("owner", "reason"), [("Ada", "Ada takes this on."), ("Ada and Alan", "Ada and Alan take this on.")]
)
def test_the_moment_of_an_item_that_is_shown_needs_no_proof_of_its_own(utter, owner: str, reason: str) -> None:
    transcript = utter("Grace: And the drawings?", "Ada: Leave it with us.", "Grace: Good, thank you for that.")
    item = ActionItem(text="Finish Kim's drawings", owner=owner, due=None, evidence=("u1", "u2"))
    chosen = choose_highlights(transcript, (item,), length_s=12.0)
    evidence = Evidence(transcript, ("Ada", "Alan", "Grace"))
    kept, _ = evidence.keep_highlights(chosen, tell_taken([item]))
    assert ("Finish Kim's drawings", reason) in [(clip.title, clip.reason) for clip in kept]
    assert not evidence.keep_highlights(chosen)[0]


def test_short_meetings_have_what_fits(utter) -> None:
    assert choose_highlights((), (), length_s=60.0) == ()
    one = utter("Ada: We decided to take the second draft of the website.")
    (clip,) = choose_highlights(one, (), length_s=30.0)
    assert clip.end_s - clip.start_s == pytest.approx(LEAST_S, abs=0.02)
    assert choose_highlights(one, (), length_s=3.5) == ()


MARKED_TALK = (
    "Ada: Hello, how are you?",
    "Grace: Fine, thanks.",
    "Ada: The birds sing in the garden every morning.",
    "Grace: Yes, they do, all the time.",
)


@pytest.mark.parametrize(
    ("at_s", "cited"),
    [
        (9.0, "u3"),  # while it is said
        (11.9, "u3"),  # just after it
        (30.0, "u4"),  # the last one, some seconds ago
    ],
)
def test_what_a_member_marks_is_a_highlight_with_their_name(utter, at_s: float, cited: str) -> None:
    transcript = utter(*MARKED_TALK)
    clips = choose_highlights(transcript, (), length_s=60.0, marks=[Marked(at_s, "Alan")])
    (clip,) = (one for one in clips if one.marked_by)
    assert (clip.reason, clip.marked_by) == ("Marked by Alan.", ("Alan",))
    assert cited in clip.evidence
    kept, dropped = Evidence(transcript, ("Ada", "Grace", "Alan")).keep_highlights(clips)
    assert (clip in kept, dropped) == (True, ())


def test_marks_of_one_moment_are_one_highlight_with_all_names(utter) -> None:
    marks = [Marked(9.0, "Ada"), Marked(9.4, "Grace"), Marked(9.9, "Ada"), Marked(10.0, "Alan")]
    clips = choose_highlights(utter(*MARKED_TALK), (), length_s=60.0, marks=marks)
    assert [one.reason for one in clips if one.marked_by] == ["Marked by Ada, Grace and Alan."]


def test_a_mark_where_nobody_speaks_is_said_in_the_notes(utter) -> None:
    transcript = utter(*MARKED_TALK)
    marks = [Marked(300.0, "Ada")]
    assert not [one for one in choose_highlights(transcript, (), length_s=400.0, marks=marks) if one.marked_by]
    assert tell_unplaced(transcript, marks, 400.0) == [
        "A moment was marked by Ada at 5:00; nobody was heard speaking English then."
    ]
    assert tell_unplaced((), [Marked(1.0, "Ada")], 9.0)


def test_a_mark_just_before_somebody_speaks_is_of_what_they_say(utter) -> None:
    (said,) = utter("Ada: The birds sing in the garden.")
    later = type(said)(**{**{n: getattr(said, n) for n in said.__struct_fields__}, "start_s": 10.0, "end_s": 14.0})
    (clip,) = choose_highlights((later,), (), length_s=30.0, marks=[Marked(8.0, "Ada")])
    assert clip.marked_by == ("Ada",)


def test_many_marks_have_their_bound_and_none_is_lost_in_silence(utter) -> None:
    transcript = long_talk(utter, 60)
    marks = [Marked(12.0 * number + 1.0, f"P{number}") for number in range(20)]
    length_s = transcript[-1].end_s + 1
    clips = choose_highlights(transcript, (), length_s=length_s, marks=marks)
    marked = [one for one in clips if one.marked_by]
    assert TOTAL_S / 10 < len(marked) <= len(clips) <= MOST
    assert sum(one.end_s - one.start_s for one in clips) <= MARKED_TOTAL_S
    unplaced = tell_unplaced(transcript, marks, length_s)
    shown = [name for one in marked for name in one.marked_by]
    assert len(shown) + len(unplaced) == len(set(shown)) + len(unplaced) == len(marks)
    assert all("as many highlights" in one for one in unplaced)
