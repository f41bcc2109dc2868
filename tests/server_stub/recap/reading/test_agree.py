"""Rules and model together: what each knows better counts."""

import pytest

from app.wire.recap import ActionItem, Utterance
from server_stub.recap.reading.agree import agree, is_same
from server_stub.recap.reading.reader import Page

SAID = (
    ("Dorota Malik", "Could you send the testimonials over?"),
    ("Will Ashby", "I'll do that on Monday."),
    ("Dorota Malik", "Perfect."),
    ("Will Ashby", "And I can ring the bakery, I think."),
)
TALK = tuple(
    Utterance(id=f"u{place + 1}", speaker=who, start_s=place, end_s=place + 1, text=text, confidence=0.9)
    for place, (who, text) in enumerate(SAID)
)


def item(text, *evidence, owner="Will Ashby", due=None, words=""):
    return ActionItem(text=text, owner=owner, due=due, due_words=words, evidence=evidence)


RULES = item("Send over (the testimonials)", "u1", "u2", due="2026-03-16", words="on Monday")
READ = item("Send the testimonials", "u1", "u2")
BAKERY = item("Ring the bakery", "u4")


def page(nothing, *items, places=range(4)):
    return Page(frozenset(places), nothing, items)


def both(own, *pages, is_proved=lambda _: True):
    return agree(own, pages, TALK, is_proved)


def test_where_nothing_was_agreed_the_rules_found_nothing():
    assert both([RULES], page(0.95)) == ()


def test_one_piece_that_may_hold_something_is_enough():
    assert both([RULES], page(0.95, places=(0, 1)), page(0.4, places=(1, 2, 3))) == (RULES,)


def test_an_item_outside_all_pieces_stays():
    far = item("Call", "u9")
    assert both([far], page(0.95)) == (far,)


def test_the_models_words_with_the_rules_owner_and_day():
    (found,) = both([RULES], page(0.01, item("Send the testimonials", "u2", owner="Will Ashby")))
    assert (found.text, found.owner, found.due) == ("Send the testimonials on Monday", "Will Ashby", "2026-03-16")
    assert found.evidence == ("u1", "u2")


def test_a_thing_that_only_the_rules_name_stays_named():
    (found,) = both([item("Send it over (the invoice)", "u2")], page(0.01, item("Send over the mail", "u2")))
    assert found.text == "Send over the mail (the invoice)"


def test_a_day_that_only_the_model_read_is_taken():
    rules = item("Send the testimonials", "u1", "u2")
    (found,) = both([rules], page(0.01, item("Send testimonials", "u2", due="2026-03-16", words="on Monday")))
    assert (found.due, found.due_words) == ("2026-03-16", "on Monday")


def test_words_of_anothers_task_are_not_taken():
    text = item("Send the text for the first page", "u1", "u2")
    pictures = item("Make some new pictures", "u3", owner="Dorota Malik")
    mixed = item("Send the new pictures for the first page", "u1", "u2")
    assert both([text, pictures], page(0.01, mixed)) == (text, pictures)


def test_words_that_leave_much_out_are_not_taken():
    rules = item("Send the signed contract for the garden party", "u2")
    assert both([rules], page(0.01, item("Send the contract", "u2"))) == (rules,)


def test_words_that_prove_less_are_not_taken():
    assert both([RULES], page(0.01, READ), is_proved=lambda one: one is RULES) == (RULES,)


@pytest.mark.parametrize(("nothing", "found"), [(0.01, (RULES, BAKERY)), (0.2, (RULES,))], ids=["sure", "not so sure"])
def test_what_the_rules_missed_is_taken_where_something_was_agreed_for_sure(nothing, found):
    assert both([RULES], page(nothing, BAKERY)) == found


def test_nobody_gets_what_they_did_not_take_on():
    assert both([], page(0.01, item("Ring the bakery", "u3", owner="Dorota Malik"))) == ()


def test_what_is_not_proved_is_not_added():
    assert both([], page(0.01, BAKERY), is_proved=lambda _: False) == ()


def test_what_stands_in_two_pieces_is_one_item():
    again = item("Ring up the bakery", "u4")
    assert both([], page(0.01, BAKERY), page(0.01, again)) == (again,)


def test_the_order_is_that_of_the_talk():
    assert both([BAKERY], page(0.01, READ, item("Ring the bakery", "u4"))) == (READ, BAKERY)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("on Monday", "Ring the bakery on Monday"),
        ("Monday", "Ring the bakery Monday"),
        ("Later today", "Ring the bakery later today"),
        ("the bakery", "Ring the bakery"),
        ("", "Ring the bakery"),
    ],
)
def test_the_day_stands_in_the_text_once(words, text):
    (found,) = both([], page(0.01, item("Ring the bakery", "u4", words=words)))
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


def test_nobodys_task_is_told_in_the_words_of_anothers():
    own = [
        item("Send the pictures for the first page", "u1"),
        item("Send the text for the first page", "u1", owner="Dorota Malik"),
    ]
    pages = page(0.01, item("Send pictures for the first page", "u1"))
    assert [(one.owner, "text" in one.text) for one in both(own, pages)] == [
        ("Will Ashby", False),
        ("Dorota Malik", True),
    ]
