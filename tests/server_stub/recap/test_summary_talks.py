"""Parts of talks that must not be told without each other, and what must not be told at all."""

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.wire.recap import ActionItem, Utterance
from server_stub.recap.evidence import Evidence
from server_stub.recap.summary import QUOTES_OF, summarise
from server_stub.recap.talk import Talk
from server_stub.recap.told import MOST_SHARE, quoted_share
from server_stub.recap.words import plain

TWO, THREE = ("Clara Nowak", "Felix Brandt"), ("Clara Nowak", "Felix Brandt", "Mira Lenz")
C, F, M = (f"{name}: " for name in THREE)


def tell(utter, names: tuple[str, ...], *lines: str, items: tuple[ActionItem, ...] = ()) -> list[str]:
    transcript = utter(*lines)
    told = summarise(transcript, names, items)
    assert Evidence(transcript, names).keep_sentences(told)[0] == told
    return [sentence.text for sentence in told]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        # A question and its answer are one sentence, whichever way the answer goes.
        (
            (C + "Is the price final?", F + "No, the printer wants another hundred euros."),
            "Clara asked whether the price is final; Felix answered “No, the printer wants another hundred euros”.",
        ),
        (
            (C + "Do you need the logo for the boxes?", F + "Yes. The printer needs it by Monday."),
            "Clara asked whether Felix needs the logo for the boxes; Felix said yes: the printer needs it by Monday.",
        ),
        (
            (C + "And the backups of the server?", F + "Every night, at two."),
            "Clara asked about the backups of the server; Felix answered “Every night, at two”.",
        ),
        # A recogniser may write a full stop for a question mark, and no comma.
        (
            (F + "Very good on what day do you want to open the website.", C + "We want to open it on the 3rd of May."),
            "Clara said that they want to open the website on the 3rd of May.",
        ),
        (
            (C + "How soon can you start with the boxes.", F + "Monday is a bit early for the boxes, I'm in Graz."),
            "Clara asked how soon Felix can start with the boxes; Felix said that Monday is a bit early for the boxes; "
            "Felix is in Graz.",
        ),
        (
            (
                F + "That is good to hear what did the team think about the drafts?",
                C + "Most people like the second one.",
            ),
            "Felix asked what the team thought about the drafts; Clara said that most people like the second one.",
        ),
        # A condition or an exception that comes behind belongs to it.
        (
            (C + "The project costs 900 euros. But only if the texts are ready in May.", F + "Hm."),
            "Clara said that the project costs 900 euros (“But only if the texts are ready in May”).",
        ),
        (
            (
                C + "The first draft of the logo is finished. But the second one is still missing the colours.",
                F + "Hm.",
            ),
            "Clara said that the first draft of the logo is finished, but the second one is still missing the colours.",
        ),
        # So does the `no` that a claim met, and what was said to an offer.
        (
            (C + "The office opens on Friday, the third of June.", F + "No, that's the fourth of June."),
            "Clara said that the office opens on Friday, the third of June; Felix answered “No, that's the fourth of "
            "June”.",
        ),
        (
            (C + "I could make some new pictures of the office.", F + "We have enough of those."),
            "Clara could make some new pictures of the office; Felix answered “We have enough of those”.",
        ),
        (
            (C + "We talked about a French version of the book.", F + "We did, and then we said no."),
            "Clara said that they talked about a French version of the book; Felix answered “We did, and then we said "
            "no”.",
        ),
        # A figure is put right at once, or by the next words.
        (
            (C + "The price for the website is 1,000, no, 1,200 euros.", F + "Hm."),
            "Clara said that the price for the website is 1,200 euros.",
        ),
        (
            (C + "The price for the website is 1,000 euros.", F + "Hm.", C + "Sorry, 1,200 euros."),
            "Clara said that the price for the website is 1,000 euros; Clara then said “Sorry, 1,200 euros”.",
        ),
        # What `it` is, is told with it.
        (
            (C + "The new draft of the website is finished. It is very easy to read.", F + "Hm."),
            "Clara said that the new draft of the website is finished; it is very easy to read.",
        ),
        # More words about how much and when are added as they were said.
        (
            (C + "The website costs twelve hundred dollars. Half now, half in December.", F + "Hm."),
            "Clara said that the website costs twelve hundred dollars (“Half now, half in December”).",
        ),
    ],
)
def test_what_belongs_together_is_told_together(utter, lines: tuple[str, ...], told: str) -> None:
    assert told in tell(utter, TWO, *lines)


@pytest.mark.parametrize(
    "lines",
    [
        # Jokes and what is taken back.
        (C + "It costs a million dollars. Just kidding.", F + "Ha."),
        (C + "The bank wants the form by Friday.", F + "Ours is open.", C + "Oh, then scratch that."),
        # A day that is another one later on.
        (C + "The survey goes out on Thursday.", F + "Good.", C + "Actually, Thursday is taken, make it the Monday."),
        # Somebody else's words, and how things are done by anybody.
        (C + "And then he goes, I will pay the 900 euros on Monday, and he never did.", F + "Hm."),
        (C + "You pay 300 euros and you get a stamp by Monday.", F + "Hm."),
        (C + "Hello Felix, can you hear me?", F + "Yes, I can hear you. Nice weather, and have a good weekend."),
        # Of two words that point back nobody knows the head.
        (C + "That gives us enough time for them.", F + "Hm."),
    ],
)
def test_what_would_mislead_is_not_told(utter, lines: tuple[str, ...]) -> None:
    told = " ".join(tell(utter, TWO, *lines))
    assert not any(word in told for word in ("million", "bank", "survey", "pay", "stamp", "weather", "enough"))


def test_among_three_you_is_who_is_called_by_name(utter) -> None:
    told = tell(
        utter,
        THREE,
        C + "Mira, you're good with the captions for the film?",
        M + "Yes. The captions are finished on Friday.",
        C + "You're late with the music.",
    )
    expected = (
        "Clara asked whether Mira is good with the captions for the film; Mira said yes: the captions are finished on"
    )
    assert f"{expected} Friday." in told
    assert not any("music" in one and "“" not in one for one in told)


def test_among_three_a_question_without_its_mark_is_quoted_as_one(utter) -> None:
    told = tell(
        utter,
        THREE,
        F + "Very good on what day do you want to open the website.",
        C + "Everyone in the office likes the 3rd of May.",
    )
    assert told == [
        "Felix asked “On what day do you want to open the website?”; Clara said that everyone in the office likes the "
        "3rd of May."
    ]


def test_a_first_name_stands_for_a_person_where_it_is_nobody_elses_and_no_word(utter) -> None:
    names = ("Will Ashdown", "Petra Horvat", "Petra Novak")
    told = tell(
        utter,
        names,
        "Will Ashdown: The price of the plugin is 900 euros, and it will stay at that for a year.",
        "Petra Horvat: The budget for the plugin is 500 euros.",
    )
    assert told[0].startswith("Will Ashdown said")
    assert told[1].startswith("Petra Horvat said")


def test_an_answer_that_is_an_action_item_is_not_told_again(utter) -> None:
    item = ActionItem(
        text="Send Clara Nowak the bill by Tuesday", owner=TWO[1], due="2026-12-01", due_words="by Tuesday",
        evidence=("u1", "u2"),
    )  # fmt: skip
    told = tell(
        utter,
        TWO,
        C + "Can you send me the bill by Tuesday?",
        F + "Yes, I will send you the bill by Tuesday.",
        C + "The budget is 900 euros for the whole year.",
        items=(item,),
    )
    assert told == ["Clara said that the budget is 900 euros for the whole year."]


SAID = (
    "i you we they it the a my your our price logo draft is was will not don't maybe if because and but so , . ? "
    "send sent think said have has 900 euros friday no sorry yes okay wait what that do did can Felix, Clara"
)
LINE = st.tuples(st.sampled_from(TWO), st.lists(st.sampled_from(SAID.split()), min_size=1, max_size=18).map(" ".join))


@given(st.lists(LINE, max_size=12))
def test_any_talk_has_a_summary_that_its_words_prove_and_that_is_quotes_for_a_third_at_most(said) -> None:
    transcript = tuple(
        Utterance(id=f"u{n}", speaker=who, start_s=3.0 * n, end_s=3.0 * n + 2, text=text, confidence=0.9)
        for n, (who, text) in enumerate(said)
    )
    told = summarise(transcript, TWO)
    assert Evidence(transcript, TWO).keep_sentences(told)[0] == told
    assert sum(quoted_share(one.text) > MOST_SHARE for one in told) * QUOTES_OF <= len(told)
    topics = [topic for topic, _ in groupby(told, key=lambda one: one.topic)]
    assert all(plain(topic) in plain(" ".join(one.text for one in transcript)) for topic in topics)


@pytest.mark.parametrize(
    ("said", "asks"),
    [
        ("On what day do you open?", True),
        ("Which of the boxes should we take.", True),
        ("Where does the van stop.", True),
        ("When we do the website we need the logo.", False),
        ("What Clara did the other day was good.", False),
        ("What you can do is call them.", False),
        ("How it works is that they call you.", False),
        ("On what day does the bakery open.", True),
        ("When will the van arrive is still open.", False),
        ("What can I say, the sponsor loved the second draft.", False),
        ("What Anna did she did on her own.", False),
    ],
)
def test_a_question_is_known_by_its_words(utter, said: str, asks: bool) -> None:
    (line,) = Talk(utter(C + said), TWO).lines
    assert line.is_question is asks
