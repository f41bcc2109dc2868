"""An answer that stands without its question names what the question named."""

import pytest

from server_stub.recap.complete import complete


@pytest.mark.parametrize(
    ("question", "answer", "told"),
    [
        ("What is the price for the project?", "It will cost $1,200.", "the project will cost $1,200."),
        ("And what's the price for the project?", "It's $1,200.", "the price for the project is $1,200."),
        ("What is the fee?", "It would be fifty euros.", "the fee would be fifty euros."),
        ("How much does the new logo cost?", "It costs fifty euros.", "the new logo costs fifty euros."),
        ("When is the opening?", "It's on Friday.", "the opening is on Friday."),
        ("On what day is the Berlin fair?", "It is on the third.", "the Berlin fair is on the third."),
        (
            "On what day do you want to open the website?",
            "We want to open it on the third of December.",
            "We want to open the website on the third of December.",
        ),
        ("When will you send the drafts to us?", "I sent them on Monday.", None),
        ("When will you send the drafts?", "I will send them on Monday.", "I will send the drafts on Monday."),
        ("When do we print the flyers?", "We print it on Friday.", None),
        ("What is the price?", "It will cost $1,200.", None),
        ("What is the price of the logo?", "It depends on the colours.", None),
        ("When is the opening and who comes?", "It's on Friday.", None),
        ("Did you open the shop or the website?", "We opened it on Friday.", None),
        ("When do you open?", "It's on Friday.", None),
        ("Is the website ready?", "It is not ready.", None),
        ("When is the opening?", "It's been moved to Friday.", None),
        ("When is the opening?", "It's got to be Friday.", None),
        ("When is the opening?", "It's raining on Friday, so we wait.", None),
        ("When is the opening?", "It is not clear who decides about the hall.", None),
        ("When is the opening?", "It's up to you.", None),
        ("When is the opening?", "That's a good question.", None),
        ("Where is the hall?", "It's on me.", None),
        ("Where is the hall?", "It's in the old town.", "the hall is in the old town."),
        ("Where is the money from?", "It's from the city.", None),
        ("When is the review?", "It's by far the hardest thing to plan.", None),
        ("What is the price for the room?", "It's one thing I still have to check.", None),
        ("How much is the room?", "It's one of the cheaper ones.", None),
        ("What is the fee?", "It is time to talk about the contract first.", None),
        ("When will you make the cake?", "I'll make it to the office by ten.", None),
        ("What is the price of the flyers?", "It costs fifty euros.", None),
        ("When is THE Opening?", "It's on Friday.", "the Opening is on Friday."),
    ],
)
def test_the_thing_stands_where_only_it_can_be_meant(question: str, answer: str, told: str | None) -> None:
    assert complete(question, answer) == told
