from itertools import pairwise

import pytest

from app.wire.recap import ActionItem
from server_stub.recap.highlights import LEAST_S, MOST, MOST_S, TOTAL_S, choose_highlights

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
    assert sum(clip.end_s - clip.start_s for clip in clips) <= TOTAL_S
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


def test_a_promise_is_a_highlight_that_names_its_owner(utter) -> None:
    lines = ["Grace: Nice weather today.", "Ada: I will finish the drawings soon.", "Grace: Good, thank you for that."]
    transcript = utter(*lines)
    item = ActionItem(text="Finish the drawings soon", owner="Ada", due=None, evidence=("u2",))
    (clip, *_) = choose_highlights(transcript, (item,), length_s=12.0)
    assert (clip.title, clip.reason) == ("Finish the drawings soon", "Ada takes this on.")
    assert "u2" in clip.evidence


def test_short_meetings_have_what_fits(utter) -> None:
    assert choose_highlights((), (), length_s=60.0) == ()
    one = utter("Ada: We decided to take the second draft of the website.")
    (clip,) = choose_highlights(one, (), length_s=30.0)
    assert clip.end_s - clip.start_s == pytest.approx(LEAST_S, abs=0.02)
    assert choose_highlights(one, (), length_s=3.5) == ()
