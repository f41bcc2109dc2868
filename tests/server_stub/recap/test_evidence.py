import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire.recap import ActionItem, Check, Highlight, SummarySentence, Utterance
from server_stub.recap.evidence import Evidence
from server_stub.recap.words import split_words

SAID = [
    ("Ada", "The price is two thousand four hundred euros and 15% less for friends."),
    ("Grace", "We agreed to start on the third of December with Charles."),
    ("Ada", "I will send you the plan by Friday, 2026-11-27 at the latest."),
]
TRANSCRIPT = tuple(
    Utterance(id=f"u{n}", speaker=who, start_s=n, end_s=n + 1.0, text=text, confidence=0.9)
    for n, (who, text) in enumerate(SAID, 1)
)
EVIDENCE = Evidence(TRANSCRIPT, ("Ada", "Grace", "Alan"))


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Ada: The price is two thousand four hundred euros.", ("u1",)),
        ("Start on the third of December with Charles", ("u2",)),
        ("Send the plan by Friday", ("u3",)),
        ("Ada will send the plan by Friday.", ("u3",)),
        ("The price is 2,400 euros, from the 3rd of December", ("u1", "u2")),
    ],
)
def test_what_was_said_is_proved(text: str, ids: tuple[str, ...]) -> None:
    assert EVIDENCE.proves(text, ids)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("The price is three thousand euros.", ("u1",)),
        ("The price is two thousand four hundred dollars.", ("u1",)),
        ("The price is two thousand € for friends.", ("u1",)),
        ("Start on the third of November", ("u2",)),
        ("Start with Bertrand", ("u2",)),
        ("Alan will send the plan by Friday.", ("u3",)),
        ("The price is two thousand euros", ("u1",)),
        ("Send the plan by Monday", ("u3",)),
        ("Send the plan by Friday", ("u1",)),
        ("It is 16% less", ("u1",)),
        ("Send the plan", ()),
        ("Send the plan", ("u9",)),
        ("Send the plan", ("u3", "u9")),
    ],
)
def test_what_was_not_said_is_not(text: str, ids: tuple[str, ...]) -> None:
    assert not EVIDENCE.proves(text, ids)


def test_what_is_not_proved_is_for_a_reader_to_check_with_the_reason() -> None:
    good = SummarySentence(text="Ada: I will send you the plan by Friday.", evidence=("u3",))
    bad = SummarySentence(text="Ada: I will send you the plan by Sunday.", evidence=("u3",))
    assert EVIDENCE.keep_sentences([good, bad]) == (
        (good,), (Check(text=bad.text, reason="The date is not in the words cited.", evidence=("u3",)),),
    )  # fmt: skip
    item = ActionItem(text="Send the plan", owner="Ada", due="2026-11-27", due_words="by Friday", evidence=("u3",))
    wrong = [
        ActionItem(text="Send the plan", owner="Mallory", due=None, evidence=("u3",)),
        ActionItem(text="Send the plan", owner="Ada", due="2026-11-27", evidence=("u3",)),
        ActionItem(text="Send the plan", owner="Ada", due="2026-11-30", due_words="by Monday", evidence=("u3",)),
    ]
    kept, checks = EVIDENCE.keep_items([item, *wrong])
    assert kept == (item,)
    assert [(check.text, check.reason) for check in checks] == [
        ("Mallory: Send the plan", "A name is not in the words cited."),
        ("Ada: Send the plan", "The date is not in the words cited."),
        ("Ada: Send the plan by Monday", "The date is not in the words cited."),
    ]
    clip = Highlight(start_s=0, end_s=9, title="The third of December", reason="A date was named.", evidence=("u2",))
    lie = Highlight(start_s=0, end_s=9, title="The fourth of December", reason="A date was named.", evidence=("u2",))
    kept_clips, (check,) = EVIDENCE.keep_highlights([clip, lie])
    assert (kept_clips, check.text) == ((clip,), lie.title)


def test_two_people_name_each_other_by_you() -> None:
    two = Evidence(TRANSCRIPT[2:], ("Ada", "Grace"))
    assert two.proves("Send Grace the plan", ("u3",))
    assert not EVIDENCE.proves("Send Alan the plan", ("u3",))


HARD = [
    "three",
    "five",
    "seventy",
    "million",
    "dollars",
    "pounds",
    "January",
    "Monday",
    "tomorrow",
    "7",
    "2025",
    "Bertrand",
    "Alan",
    "£",
]


@given(st.sampled_from(range(3)), st.sampled_from(HARD), st.randoms(use_true_random=False))
def test_a_false_fact_put_anywhere_is_found(place: int, lie: str, chance: random.Random) -> None:
    said = TRANSCRIPT[place]
    words = said.text.rstrip(".").split()
    assert EVIDENCE.proves(" ".join(words), (said.id,))
    words.insert(chance.randrange(1, len(words)), lie)
    if lie.lower() in split_words(said.text):
        return
    assert not EVIDENCE.proves(" ".join(words), (said.id,))


@given(st.text(max_size=80), st.lists(st.sampled_from(["u1", "u2", "u3", "u4", ""]), max_size=3))
def test_any_text_is_survived(text: str, ids: list[str]) -> None:
    if EVIDENCE.proves(text, tuple(ids)):
        assert ids
        assert set(ids) <= {"u1", "u2", "u3"}


def test_a_day_with_its_ending_is_found_in_the_words_that_have_it(utter) -> None:
    transcript = utter("Ada: I'll renew it by the 15th.")
    evidence = Evidence(transcript, ("Ada", "Ben"))
    assert evidence.proves("Renew it by the 15th", ("u1",))
    assert not evidence.proves("Renew it by the 16th", ("u1",))
