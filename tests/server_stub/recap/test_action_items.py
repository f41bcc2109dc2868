"""Talks of several kinds, each as somebody writes it and as a recogniser hears it: lower case, no punctuation."""

import re
from datetime import date

import pytest

from app.wire.recap import ActionItem
from server_stub.recap.promises.items import find_action_items, is_task

FRIDAY = date(2026, 11, 20)
NO_WORD = re.compile(r"[^a-z0-9' ]")


def find(utter, lines: list[str], *, bare: bool = False, names: tuple[str, ...] = ()) -> tuple[ActionItem, ...]:
    if bare:
        said = [line.partition(": ") for line in lines]
        lines = [f"{who}: {' '.join(NO_WORD.sub(' ', text.lower()).split())}" for who, _, text in said]
    transcript = utter(*lines)
    return find_action_items(transcript, names or tuple(dict.fromkeys(said.speaker for said in transcript)), FRIDAY)


def short(items: tuple[ActionItem, ...]) -> set[tuple[str | None, str | None, str]]:
    return {(item.owner, item.due, item.certainty) for item in items}


TALKS = {
    "promises": (
        [
            "Ada: I'll send the first draft of the logo by next Wednesday.",
            "Grace: Great. I will prepare the texts for the landing page by Monday, because we need them.",
            "Ada: And I'm going to update the invoice by the first of December.",
        ],
        {("Ada", "2026-11-25", "firm"), ("Grace", "2026-11-23", "firm"), ("Ada", "2026-12-01", "firm")},
    ),
    "requests": (
        [
            "Ada: Could you please review the contract by Thursday?",
            "Grace: Sure, no problem.",
            "Grace: When can you have the mockups ready?",
            "Ada: By the end of next week.",
            "Ada: Would you mind sending me the photos?",
            "Grace: Sorry, I can't do that.",
            "Ada: Can you also book the studio?",
            "Grace: What is the weather like?",
        ],
        {("Grace", "2026-11-26", "firm"), ("Ada", "2026-11-27", "firm"), ("Grace", None, "question")},
    ),
    "names": (
        [
            "Ada: Alan, can you write the tests by tomorrow?",
            "Alan: okay",
            "Alan: I'll set up the server on Tuesday and Grace will order the cables by Thursday.",
            "Grace: Fine.",
            "Ada: Can someone call the customer?",
            "Grace: I can do that by Monday.",
        ],
        {
            ("Alan", "2026-11-21", "firm"),
            ("Alan", "2026-11-24", "firm"),
            ("Grace", "2026-11-26", "firm"),
            ("Grace", "2026-11-23", "firm"),
        },
    ),
    "when": (
        ["Ada: I'll pay the deposit.", "Grace: By when?", "Ada: By the end of the month."],
        {("Ada", "2026-11-30", "firm")},
    ),
    "twice": (
        [
            "Ada: Can you send me the offer by Tuesday?",
            "Grace: Yes, I will send you the offer by Tuesday.",
            "Ada: So to sum up, you will send the offer by Tuesday.",
            "Grace: Right.",
        ],
        {("Grace", "2026-11-24", "firm")},
    ),
    "moved": (
        ["Ada: Can you send the offer by Tuesday?", "Grace: I will send the offer by Thursday, Tuesday is too early."],
        {("Grace", "2026-11-26", "firm")},
    ),
    "hedged": (
        [
            "Ada: I might finish the report by Tuesday.",
            "Grace: If the bank agrees, I will open the account tomorrow.",
            "Ada: I'll try to fix the bug by Monday.",
        ],
        {
            ("Ada", "2026-11-24", "tentative"),
            ("Grace", "2026-11-21", "conditional"),
            ("Ada", "2026-11-23", "tentative"),
        },
    ),
    "two in one": (
        ["Ada: I will send the draft by Monday and update the plan by Wednesday.", "Grace: Good."],
        {("Ada", "2026-11-23", "firm"), ("Ada", "2026-11-25", "firm")},
    ),
    "shop": (
        [
            "Ada: Let's go through the move of the shop.",
            "Grace: I'll run a full backup tonight.",
            "Ada: Could you get the translations done by next Monday?",
            "Grace: That should be possible, yes.",
            "Ada: I need to talk to the payment provider, I'll do that by Wednesday.",
            "Grace: The total is eight hundred pounds.",
            "Ada: Okay. Can you send the invoice?",
            "Grace: I'll send you the invoice tomorrow morning.",
        ],
        {
            ("Grace", "2026-11-20", "firm"),
            ("Grace", "2026-11-23", "firm"),
            ("Ada", "2026-11-25", "firm"),
            ("Grace", "2026-11-21", "firm"),
        },
    ),
    "small talk": (
        [
            "Ada: I'll share my screen now.",
            "Grace: You should see the new button on the left.",
            "Ada: I will never forget that. I won't send the photos.",
            "Grace: I'll be there. I think we can hear you.",
            "Ada: If you click here you will get the list. I can see it.",
            "Grace: Let me think. I'll wait.",
            "Ada: Can you hear me?",
            "Grace: Yes.",
        ],
        set(),
    ),
}


@pytest.mark.parametrize("bare", [False, True], ids=["written", "recognised"])
@pytest.mark.parametrize("talk", TALKS)
def test_talk(utter, talk: str, bare: bool) -> None:
    lines, expected = TALKS[talk]
    items = find(utter, lines, bare=bare)
    assert short(items) == expected
    assert len(items) == len(expected)


def test_evidence_is_the_request_and_its_acceptance(utter) -> None:
    (item,) = find(utter, ["Ada: Could you please review the contract by Thursday?", "Grace: Sure, no problem."])
    assert item.evidence == ("u1", "u2")
    assert item.text == "Review the contract by Thursday"
    assert item.due_words == "by Thursday"


def test_me_and_you_are_named(utter) -> None:
    (item,) = find(utter, ["Ada: Can you send me my photos by Monday?", "Grace: Yes."])
    assert item.text == "Send Ada Ada's photos by Monday"
    (item,) = find(utter, ["Ada: I will send you your photos by Monday.", "Grace: Good."])
    assert item.text == "Send Grace's photos by Monday"


def test_it_is_replaced_by_what_was_asked_for(utter) -> None:
    (item,) = find(utter, ["Ada: Who will write the offer?", "Grace: I'll do that by Friday."])
    assert (item.owner, item.text, item.due) == ("Grace", "Write the offer", "2026-11-27")


def test_nobody_in_particular(utter) -> None:
    (item,) = find(utter, ["Ada: We need to finish the design by the fifteenth of January.", "Grace: Agreed."])
    assert (item.owner, item.due) == (None, "2027-01-15")


def test_an_unanswered_question_stays_a_question(utter) -> None:
    (item,) = find(utter, ["Ada: Can you send the report by Friday?"], names=("Ada", "Grace"))
    assert (item.owner, item.due, item.certainty) == ("Grace", "2026-11-27", "question")


def test_manners_and_questions_are_no_conditions(utter) -> None:
    lines = ["Ada: I'll check if the server works by Monday.", "Grace: I will send the bill tomorrow if that's okay."]
    assert {item.certainty for item in find(utter, lines)} == {"firm"}


def test_nobody_said_anything(utter) -> None:
    assert find(utter, []) == ()


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("Send the draft", True), ("Ring Orla (the forms)", True), ("Nine (the key)", True),
        ("Doing the carpets", True), ("At least ring Orla", True), ("Okay the invoice", True),
        (" (the light, the budget)", False), ("Well the booth's free", False),
        ("Is it Grace", False), ("The other three still", False), ("So, the gig", False),
    ],
)  # fmt: skip
def test_words_that_tell_of_nothing_to_do_are_no_task(text, is_one) -> None:
    assert is_task(ActionItem(text=text, owner="Ada", due=None, due_words="", evidence=("u1",))) is is_one
