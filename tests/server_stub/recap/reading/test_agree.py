"""Rules and model together: where the model read, it alone counts."""

import pytest

from app.wire.recap import ActionItem, Utterance
from server_stub.recap.reading.agree import agree, is_same
from server_stub.recap.reading.reader import Page
from tests.server_stub.recap.claimed import transcript

SAID = (
    ("Dorota Malik", "Could you send the testimonials over?"),
    ("Will Ashby", "I'll do that on Monday."),
    ("Dorota Malik", "Perfect."),
    ("Will Ashby", "And I can ring the bakery, I think."),
)
TALK = transcript(*SAID)


def item(text, *evidence, owner="Will Ashby", due=None, words=""):
    return ActionItem(text=text, owner=owner, due=due, due_words=words, evidence=evidence)


RULES = item("Send over (the testimonials)", "u1", "u2", due="2026-03-16", words="on Monday")
READ = item("Send the testimonials", "u1", "u2")
BAKERY = item("Ring the bakery", "u4")


def page(*items, places=range(4)):
    """Of a piece in which so much is agreed."""
    return Page(frozenset(places), 0.01 if items else 0.99, items)


def both(own, *pages):
    return agree(own, pages, TALK)


def test_what_the_rules_found_where_the_model_read_nothing_of_it_is_none():
    assert both([RULES], page()) == ()
    assert both([RULES], page(BAKERY)) == (BAKERY,)


def test_what_both_found_is_told_as_the_model_puts_it():
    assert both([RULES], page(READ)) == (READ,)


def test_where_the_model_did_not_read_the_rules_count():
    assert both([RULES, BAKERY], page(places=(0, 1))) == (BAKERY,)
    assert both([RULES, BAKERY]) == (RULES, BAKERY)


def test_of_what_ends_where_the_model_did_not_read_it_has_what_it_knows():
    later = item("Send the testimonials over", "u2", "u4")
    assert both([later], page(READ, places=(0, 1))) == (READ,)


def test_scraps_of_the_rules_are_left_out():
    assert both([item(" (the testimonials)", "u1", "u2")]) == ()


def test_two_things_said_in_one_breath_are_two():
    report, plan = item("Send the budget report to Tom", "u2"), item("Review the budget plan", "u2")
    assert set(both([], page(report, plan))) == {report, plan}


def test_the_order_is_that_of_the_talk():
    assert both([], page(BAKERY, READ)) == (READ, BAKERY)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("on Monday", "Ring the bakery on Monday"),
        ("Monday", "Ring the bakery Monday"),
        ("Later today", "Ring the bakery later today"),
        ("the bakery", "Ring the bakery"),
        ("", "Ring the bakery"),
        ("EOD", "Ring the bakery EOD"),
        ("I'm back", "Ring the bakery I'm back"),
    ],
)
def test_the_day_stands_in_the_text_once(words, text):
    (found,) = both([], page(item("Ring the bakery", "u4", words=words)))
    assert found.text == text


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (READ, RULES, True),
        (READ, item("Send the testimonials", "u4"), False),
        (READ, item("Ring the bakery", "u2"), False),
    ],
)
def test_items_of_one_matter_share_words_and_what_they_cite(one, other, same):
    assert is_same(one, other) is same


LONG = tuple(
    Utterance(id=f"u{place}", speaker="Ann", start_s=place, end_s=place + 1, text="Yes.", confidence=0.9)
    for place in range(16)
)


def two(first, second):
    """What is told where two pieces overlap in the utterances 5 to 9: (owner, text) of each."""
    pages = [Page(frozenset(range(10)), 0.1, tuple(first)), Page(frozenset(range(5, 16)), 0.1, tuple(second))]
    return [(one.owner, one.text) for one in agree([], pages, LONG)]


DRAFT = item("Send the draft to Bob", "u4", "u8")


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ([DRAFT], [item("Send Bob the draft", "u8", "u11")], ["Send Bob the draft"]),
        ([DRAFT], [item("Send the draft to Bob", "u9")], ["Send the draft to Bob"]),
        ([item("Do it", "u8")], [item("Do it", "u9")], ["Do it"]),
        ([DRAFT], [], ["Send the draft to Bob"]),
        ([item("Send the draft to Bob", "u6", "u8")], [], ["Send the draft to Bob"]),
        ([item("Call Bob", "u4", "u7")], [item("Send Ann the file", "u7", "u10")], ["Call Bob", "Send Ann the file"]),
        (
            [item("Call Clara about the rent", "u4", "u8")],
            [item("Email Clara the menu", "u8", "u10")],
            ["Call Clara about the rent", "Email Clara the menu"],
        ),
        (
            [item("Review the budget report tomorrow", "u4", "u8", words="tomorrow")],
            [item("Print the posters tomorrow", "u8", "u10", words="tomorrow")],
            ["Review the budget report tomorrow", "Print the posters tomorrow"],
        ),
    ],
)
def test_of_two_pieces_the_later_one_knows_more(first, second, told):
    assert [text for _, text in two(first, second)] == told


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, "Will Ashby", ["Will Ashby"]),
        ("Will Ashby", "Dorota Malik and Will Ashby", ["Dorota Malik and Will Ashby"]),
        ("Will Ashby", "Dorota Malik", ["Will Ashby", "Dorota Malik"]),
    ],
)
def test_whose_it_is_after_all(before, after, told):
    first, second = item("Send the draft", "u4", "u8", owner=before), item("Send the draft", "u8", "u12", owner=after)
    assert [owner for owner, _ in two([first], [second])] == told


def test_the_rules_do_not_tell_the_task_of_two_again():
    of_two = item("Send the draft to Bob", "u4", "u8", owner="Dorota Malik and Will Ashby")
    own = item("Send the draft to Bob", "u8", "u12")
    assert agree([own], [Page(frozenset(range(10)), 0.1, (of_two,))], LONG) == (of_two,)
