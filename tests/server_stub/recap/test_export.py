import re
from datetime import UTC
from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.wire.recap import ActionItem, Certainty, Check, Highlight, PersonName, Recap, SummarySentence, Utterance
from server_stub.recap.export import CUE_CHARACTERS, clock, to_markdown, to_vtt


def recap(**changes: object) -> Recap:
    said = Utterance(
        id="u1", speaker="Ada <b>", start_s=61.5, end_s=65.0, text="I will <i>send</i> & pay.", confidence=1
    )
    fields: dict = {
        "meeting": "m1",
        "engine": "pocketsphinx",
        "engine_version": "5.1.1",
        "trust": "Listen.",
        "started_at": 1795176000.0,
        "ended_at": 1795176120.0,
        "ready_after_s": 2.0,
        "people": (PersonName(id="a", name="Ada <b>"),),
        "transcript": (said,),
        "summary": (SummarySentence(text="Ada: [click](http://x) *now*", evidence=("u1",)),),
        "action_items": (
            ActionItem(text="Send it", owner="Ada <b>", due="2026-11-27", due_words="by Friday", evidence=("u1",)),
            ActionItem(text="Pay", owner=None, due=None, evidence=("u1",), certainty="tentative"),
        ),
        "highlights": (Highlight(start_s=60, end_s=66, title="Send", reason="A date was named.", evidence=("u1",)),),
        "notes": ("1. was left out.",),
        "checks": (Check(text="Ada pays *9*.", reason="A number is not there.", evidence=("u1",)),),
    }
    return Recap(**{**fields, **changes})


def test_markdown_holds_everything_and_no_markup_of_others() -> None:
    text = to_markdown(recap(), UTC)
    assert text.startswith("# Meeting of 2026-11-20 12:00\n\n2 minutes with Ada \\<b\\>.\n")
    assert "Written by pocketsphinx 5.1.1. Listen." in text
    assert "- [ ] **Ada \\<b\\>**, due 2026-11-27: Send it [u1]" in text
    assert "- [ ] **Nobody yet**: Pay (tentative) [u1]" in text
    assert "- 1:00-1:06 **Send**: A date was named." in text
    assert "\\[click\\](http://x) \\*now\\*" in text
    assert "- 1\\. was left out." in text
    assert (
        "[u1]\n\n## Check this yourself\n\nThis may have been said, but the words cited do not prove it.\n\n"
        "- Ada pays \\*9\\*. *A number is not there.* [u1]\n\n## Highlights" in text
    )
    assert "<i>" not in text


@pytest.mark.parametrize(
    ("certainty", "words"),
    [
        ("firm", ""),
        ("tentative", " (tentative)"),
        ("conditional", " (with a condition)"),
        ("question", " (asked, not answered)"),
    ],
)
def test_how_sure_an_item_is_stands_behind_it(certainty, words) -> None:
    assert set(get_args(Certainty)) == {"firm", "tentative", "conditional", "question"}
    items = (ActionItem(text="Pay", owner=None, due=None, evidence=("u1",), certainty=certainty),)
    assert f"- [ ] **Nobody yet**: Pay{words} [u1]\n" in to_markdown(recap(action_items=items), UTC)


def test_where_all_is_proved_there_is_nothing_to_check() -> None:
    assert "Check this" not in to_markdown(recap(checks=()), UTC)


def test_topics_are_headings_that_hold_no_markup() -> None:
    told = [
        ("", "Ada came."),
        ("Draft *two*", "It is blue."),
        ("Draft *two*", "It is big."),
        ("1. Price", "It is low."),
    ]
    summary = tuple(SummarySentence(text=text, evidence=("u1",), topic=topic) for topic, text in told)
    text = to_markdown(recap(summary=summary), UTC)
    assert (
        "## Summary\n\n- Ada came. [u1]\n\n### Draft \\*two\\*\n\n- It is blue. [u1]\n- It is big. [u1]\n\n"
        "### 1\\. Price\n\n- It is low. [u1]\n\n## Action items" in text
    )
    assert "## Summary\n\n### 1" in to_markdown(recap(summary=summary[3:]), UTC)


def test_empty_meeting_says_so() -> None:
    text = to_markdown(recap(transcript=(), summary=(), action_items=(), highlights=(), notes=(), people=()), UTC)
    assert "Too little was said for a summary." in text
    assert "None were agreed." in text
    assert "Nothing was said in English." in text
    assert "## Highlights" not in text


def test_captions_are_well_formed() -> None:
    text = to_vtt(recap())
    assert text == "WEBVTT\n\nu1\n00:01:01.500 --> 00:01:05.000\n<v Ada  b >I will &lt;i&gt;send&lt;/i&gt; &amp; pay.\n"


def test_long_lines_become_several_captions_without_losing_a_word() -> None:
    words = " ".join(f"word{n}" for n in range(60))
    said = Utterance(id="u1", speaker="Ada", start_s=3600.0, end_s=3630.0, text=words, confidence=1)
    blocks = to_vtt(recap(transcript=(said,))).strip().split("\n\n")[1:]
    shown = [block.split("\n")[2].removeprefix("<v Ada>") for block in blocks]
    assert " ".join(shown) == words
    assert all(len(line) <= CUE_CHARACTERS for line in shown)
    times = [re.findall(r"\d\d:\d\d:\d\d\.\d{3}", block.split("\n")[1]) for block in blocks]
    assert times[0][0] == "01:00:00.000"
    assert times[-1][1] == "01:00:30.000"
    assert all(before[1] == after[0] for before, after in pairwise(times))


def starts(text: str) -> list[str]:
    return re.findall(r"^(\S+) --> ", text, re.MULTILINE)


def test_captions_of_people_who_speak_at_once_come_in_order_of_their_starts() -> None:
    words = " ".join(f"word{n}" for n in range(80))
    lines = [("u1", "Ada", 10.0, 40.0, words), ("u2", "Grace", 12.0, 13.0, "Yes."), ("u3", "Grace", 20.0, 39.0, words)]
    said = tuple(Utterance(id=i, speaker=w, start_s=a, end_s=b, text=t, confidence=1) for i, w, a, b, t in lines)
    text = to_vtt(recap(transcript=said))
    assert starts(text) == sorted(starts(text))
    shown = re.findall(r"^<v Ada>(.*)$", text, re.MULTILINE)
    assert " ".join(shown) == words
    assert text.index("u2\n") < text.index("u1-2\n")


SPOKEN = st.tuples(
    st.floats(0, 90_000, allow_subnormal=False),
    st.floats(0, 120, allow_subnormal=False),
    st.text(max_size=300),
    st.text(max_size=30),
)


@settings(deadline=None)
@given(st.lists(SPOKEN, max_size=8))
def test_captions_are_well_formed_whatever_is_said_by_whom(given_lines: list) -> None:
    said = tuple(
        Utterance(id=f"u{n}", speaker=who or "-", start_s=at, end_s=at + long, text=text, confidence=1)
        for n, (at, long, text, who) in enumerate(given_lines)
    )
    head, *blocks = to_vtt(recap(transcript=said)).removesuffix("\n").split("\n\n")
    assert head == "WEBVTT"
    seen = []
    for block in blocks:
        name, times, shown = block.split("\n")
        start, end = re.fullmatch(r"(\d\d+:\d\d:\d\d\.\d{3}) --> (\d\d+:\d\d:\d\d\.\d{3})", times).groups()
        assert start < end
        assert "-->" not in name + shown
        assert re.fullmatch(r"<v [^<>]*>[^<>\0]+", shown)
        assert not re.search(r"&(?!amp;|lt;|gt;)", shown)
        seen.append(start)
    assert seen == sorted(seen)


def test_a_date_said_in_figures_has_its_words_beside_it() -> None:
    said = {"by 03/04": "due 2027-03-04 (“by 03/04”): Pay", "by Friday": "due 2027-03-04: Pay"}
    for words, shown in said.items():
        item = ActionItem(text="Pay", owner="Ada", due="2027-03-04", due_words=words, evidence=("u1",))
        assert shown in to_markdown(recap(action_items=(item,)), UTC)
    item = ActionItem(text="Pay", owner="Ada", due=None, due_words="by 31 April", evidence=("u1",))
    assert "**Ada**, by 31 April: Pay" in to_markdown(recap(action_items=(item,)), UTC)


def test_clock() -> None:
    assert [clock(0), clock(65.9), clock(3725)] == ["0:00", "1:05", "1:02:05"]
