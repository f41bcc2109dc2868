"""What the model writes is read back with care: what rests on nothing that was said is none."""

from datetime import date

import pytest

from server_stub.recap.reading.notes import Note, read_notes, to_item
from server_stub.recap.reading.windows import turns_of
from tests.server_stub.recap.claimed import transcript

FRIDAY = date(2026, 3, 13)
SAID = (
    ("Dorota Malik", "The bakery's testimonials, could you send them over?"),
    ("Will Ashby", "Before Friday? Um, no."),
    ("Will Ashby", "Monday, I'll do that on"),
    ("Will Ashby", "Monday morning."),
    ("Dorota Malik", "Perfect, and I'll look through the invoice."),
)
TALK = transcript(*SAID)


def item(text="Send the testimonials", due="Monday", certainty="firm", quote="Monday, I'll do that", owner="Will"):
    return to_item(Note(f"Will: {quote}", owner, text, due, certainty), turns_of(TALK), TALK, FRIDAY)


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("none\n", 0),
        ("", 0),
        ("Ann: I'll send|Ann|Send it|Monday|firm\n", 1),
        ("Ann: I'll|Ann|Send it|Monday|firm\nBen: Call|Ann|Call||\nBen: Can you|Ann and Ben|Call||question\n", 2),
        ("Ann: I'll send|Ann|Send it|Monday|certain\n", 0),
        ("Ann: I'll send|Ann|Send it|Monday\n", 0),
        ("Ann: I'll send|Ann||Monday|firm\n", 0),
        ("Ann: I'll send|Ann|Send it|none|firm\n", 1),
    ],
)
def test_only_what_has_the_form_is_a_note(written, count):
    assert len(read_notes(written)) == count


def test_it_is_of_whom_it_says_and_what_it_needs_is_cited():
    found = item()
    assert (found.owner, found.due, found.due_words) == ("Will Ashby", "2026-03-16", "Monday")
    assert {"u1", "u3"} <= set(found.evidence)


def test_a_quote_may_go_on_in_the_next_utterance():
    assert "u3" in item(quote="Monday, I'll do that on Monday morning").evidence


@pytest.mark.parametrize("quote", ["Tuesday it is then", "", "I'll never do that at all"])
def test_a_quote_that_nobody_said_proves_nothing(quote):
    assert item(quote=quote) is None


@pytest.mark.parametrize(
    ("owner", "wanted"), [("Will", "Will Ashby"), ("Dorota and Will", "Dorota Malik and Will Ashby"), ("nobody", None)]
)
def test_whose_it_is(owner, wanted):
    assert item(owner=owner).owner == wanted


@pytest.mark.parametrize("owner", ["Gregory", "", "Will and Gregory", "me"])
def test_what_does_not_say_whose_it_is_is_none(owner):
    assert item(owner=owner) is None


def test_words_that_name_no_day_are_kept_as_said():
    found = item(due="when I'm back")
    assert (found.due, found.due_words) == (None, "when I'm back")


@pytest.mark.parametrize(
    ("said", "words", "day"),
    [
        ("The opening is on the eighteenth of April. I'll ring the printer two days before", "two days before", "16"),
        ("The board meets on the 28th, I'll tell you the morning after", "the morning after", "29"),
        ("The fair's on the 23rd of April, so I'll come on the Wednesday before", "the Wednesday before", "22"),
        ("We open on the 20th. I'll be there the same evening", "the same evening", "20"),
        (
            "They wait until the end of the month, but the board meets on the 20th. I'll ring the same day",
            "the same day",
            "20",
        ),
        ("If the board agrees on the 21st, not the 22nd, I'll ring the same day", "the same day", "21"),
        ("The board meets on the 21st, I heard this morning. I'll ring the same day", "the same day", "21"),
        ("I'm off until the 19th and meet them on the 21st, and I'll ring the same day", "the same day", "21"),
        ("I see him today, so I'll ring the day after", "the day after", "14"),
        ("The fair's on the 23rd of April. I'll ring him by the Wednesday", "by the Wednesday", "22"),
        ("The fair's on the 23rd of April. I'll ring him that week", "that week", "24"),
        ("I'll ring him by the Wednesday", "by the Wednesday", "18"),
        # Of another event nobody knows the day; a half of one, or a million, is none.
        ("The fair's on the 23rd of April. I'll ring him the day before the wedding", "the day before", None),
        ("The fair's on the 23rd of April. I'll ring him half a day before", "half a day before", None),
        ("The fair's on the 23rd of April. I'll ring him a million weeks before", "a million weeks before", None),
        ("The fair's on the 23rd of April. I'll ring him two five days before", "two five days before", None),
        ("I'll ring him the day after", "the day after", None),
    ],
)
def test_a_day_beside_another_one_is_counted_from_it(said, words, day):
    talk = transcript(("Will Ashby", f"{said}."))
    note = Note(f"Will: {said.split('. ')[-1].split(', ')[-1]}", "Will", "Ring him", words, "firm")
    found = to_item(note, turns_of(talk), talk, FRIDAY)
    assert (found.due_words, found.due and found.due[-2:]) == (words, day)


def test_the_utterance_that_names_the_other_day_is_cited():
    talk = transcript(
        ("Dorota Malik", "We open on the 20th."), ("Will Ashby", "I'll bring the bread the morning after.")
    )
    note = Note("Will: I'll bring the bread", "Will", "Bring the bread", "the morning after", "firm")
    found = to_item(note, turns_of(talk), talk, FRIDAY)
    assert (found.due, found.evidence) == ("2026-03-21", ("u1", "u2"))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Not before Tuesday, I'll do it.", "Not before Tuesday"),
        ("Why not before Tuesday? Fine, by Tuesday I'll do it.", "Tuesday"),
    ],
)
def test_the_first_day_stays_the_first(said, words):
    talk = transcript(("Will Ashby", said))
    note = Note("Will: I'll do it", "Will", "Do the thumbnails", "Tuesday", "firm")
    assert to_item(note, turns_of(talk), talk, FRIDAY).due_words == words


def test_of_two_who_say_the_same_it_is_who_is_quoted():
    talk = transcript(("Will Ashby", "I'll do it."), ("Dorota Malik", "I'll do it."))
    assert to_item(Note("Will: I'll send it", "Will", "Do it", "", "firm"), turns_of(talk), talk, FRIDAY) is None
    for quote, cited in (("Will: I'll do it", "u1"), ("Dorota: I'll do it", "u2"), ("I'll do it", "u2")):
        found = to_item(Note(quote, "Will", "Do it", "", "firm"), turns_of(talk), talk, FRIDAY)
        assert cited in found.evidence
        assert len(found.evidence) == 1


def test_two_of_one_first_name_are_called_by_both():
    talk = transcript(("Will Ashby", "I'll send it."), ("Will Stone", "Thanks."))
    note = Note("Will Ashby: I'll send it", "Will Ashby", "Send it", "", "firm")
    assert to_item(note, turns_of(talk), talk, FRIDAY).owner == "Will Ashby"


def test_what_another_said_is_not_quoted_of_somebody():
    talk = transcript(("Will Ashby", "Yeah."), ("Dorota Malik", "I'll send the draft."))
    for quote in ("Will: I'll send the draft", "Will: Yeah I'll certainly send it"):
        assert to_item(Note(quote, "Will", "Send the draft", "", "firm"), turns_of(talk), talk, FRIDAY) is None


def test_of_two_short_answers_the_one_to_the_task_is_quoted():
    said = [
        ("Dorota Malik", "Could you write the report?"),
        ("Will Ashby", "Yes."),
        ("Dorota Malik", "Good. And the weather?"),
        ("Dorota Malik", "Still raining? And the rent?"),
        ("Will Ashby", "Yes."),
    ]
    talk = transcript(*said)
    found = to_item(Note("Will: Yes", "Will", "Write the report", "", "firm"), turns_of(talk), talk, FRIDAY)
    assert found.evidence == ("u1", "u2")


def test_a_quote_may_begin_within_an_utterance_and_go_on_in_the_next():
    talk = transcript(("Will Ashby", "Okay, I'll do"), ("Will Ashby", "the rest of it."))
    note = Note("Will: I'll do the rest", "Will", "Do the rest", "", "firm")
    assert to_item(note, turns_of(talk), talk, FRIDAY).evidence == ("u1", "u2")


@pytest.mark.parametrize(
    ("owner", "wanted"), [("Will Ashby", "Will Ashby"), ("Will and Will", "Will Ashby"), ("Nobody", None)]
)
def test_whose_it_is_in_other_forms(owner, wanted):
    assert item(owner=owner).owner == wanted


def test_a_name_may_hold_an_and():
    talk = transcript(("Tom and Jerry", "We'll send it."))
    note = Note("Tom: We'll send it", "Tom and Jerry", "Send it", "", "firm")
    assert to_item(note, turns_of(talk), talk, FRIDAY).owner == "Tom and Jerry"
