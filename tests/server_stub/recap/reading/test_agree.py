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


def page(nothing, *items, places=range(4), dorota=0.99):
    """Of a piece in which Will has likely, or not, something to do."""
    return Page(frozenset(places), {"Will Ashby": nothing, "Dorota Malik": dorota}, items)


def both(own, *pages, is_proved=lambda _: True):
    return agree(own, pages, TALK, is_proved)


def test_what_the_rules_found_for_someone_who_has_nothing_to_do_is_none():
    assert both([RULES], page(0.95)) == ()
    assert both([RULES], page(0.95, dorota=0.01)) == ()
    assert both([RULES], page(0.3)) == (RULES,)


def test_one_piece_that_may_hold_something_is_enough():
    assert both([RULES], page(0.95, places=(0, 1)), page(0.4, places=(1, 2, 3))) == (RULES,)


def test_what_is_of_nobody_is_passed_over_where_nobody_has_anything_to_do():
    nobodys = item("Send the testimonials", "u2", owner=None)
    assert both([nobodys], page(0.95)) == ()
    assert both([nobodys], page(0.95, dorota=0.3)) == (nobodys,)


def test_what_stands_in_no_piece_stays():
    far = item("Call", "u9")
    assert both([far], page(0.95)) == (far,)


def test_what_both_found_for_one_person_is_told_as_the_model_puts_it():
    read = item("Send the testimonials", "u2", due="2026-03-17", words="on Tuesday")
    (found,) = both([RULES], page(0.9, read))
    assert (found.text, found.owner, found.due) == ("Send the testimonials on Tuesday", "Will Ashby", "2026-03-17")
    assert found.evidence == ("u1", "u2")


def test_where_the_models_day_is_not_proved_that_of_the_rules_stays():
    read = item("Send the testimonials", "u2", due="2026-03-17", words="on Tuesday")
    (found,) = both([RULES], page(0.01, read), is_proved=lambda one: one.due != "2026-03-17")
    assert (found.text, found.due) == ("Send the testimonials on Monday", "2026-03-16")


def test_a_thing_that_only_the_rules_name_stays_named():
    (found,) = both([item("Send it over (the invoice)", "u2")], page(0.01, item("Send over the mail", "u2")))
    assert found.text == "Send over the mail (the invoice)"


def test_of_two_readings_of_one_matter_by_the_rules_one_stays():
    other = item("Do that (the testimonials)", "u2")
    (found,) = both([other, RULES], page(0.01, READ))
    assert found.text == "Send the testimonials"


def test_of_two_readings_of_one_matter_by_the_rules_alone_one_stays():
    assert both([RULES, item("Do that (the testimonials)", "u2")], page(0.3)) == (RULES,)


REPORT, PLAN = item("Send the budget report to Tom", "u2"), item("Review the budget plan", "u2")


def test_two_things_said_in_one_breath_are_two():
    assert set(both([REPORT, PLAN], page(0.01, REPORT, PLAN))) == {REPORT, PLAN}


def test_of_a_matter_that_two_claim_in_two_pieces_one_has_it():
    hers = item("Ring the bakery", "u4", owner="Dorota Malik")
    assert both([], page(0.01, BAKERY, dorota=0.01), page(0.01, hers, dorota=0.01)) == (BAKERY,)


def test_a_name_may_hold_an_and():
    pair = page(0.01)
    pair = Page(pair.places, {"Tom and Jerry": 0.9, "Ann": 0.01}, ())
    assert both([item("Ring the bakery", "u4", owner="Tom and Jerry")], pair) == ()


def test_words_of_anothers_task_are_not_taken():
    text = item("Send the text for the first page", "u1", "u2")
    pictures = item("Make some new pictures", "u3", owner="Dorota Malik")
    mixed = item("Send the new pictures for the first page", "u1", "u2")
    assert both([text, pictures], page(0.01, mixed, dorota=0.01)) == (text, pictures)


def test_words_that_prove_less_are_not_taken():
    assert both([RULES], page(0.01, READ), is_proved=lambda one: one is RULES) == (RULES,)


@pytest.mark.parametrize(("nothing", "found"), [(0.01, (RULES, BAKERY)), (0.2, (RULES,))], ids=["sure", "not so sure"])
def test_what_the_rules_missed_is_taken_where_its_owner_has_something_to_do_for_sure(nothing, found):
    assert both([RULES], page(nothing, BAKERY)) == found


def test_another_who_claims_what_the_rules_gave_to_one_does_not_get_it():
    assert both([RULES], page(0.4, item("Send the testimonials", "u2", owner="Dorota Malik"), dorota=0.01)) == (RULES,)


def test_what_only_shares_a_word_with_anothers_task_is_another():
    hers = item("Check the testimonials with the bakery", "u2", owner="Dorota Malik")
    assert set(both([RULES], page(0.4, hers, dorota=0.01))) == {RULES, hers}


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


def test_scraps_that_only_the_rules_heard_are_left_out_and_put_into_words_where_the_model_has_some():
    scrap = item(" (the testimonials)", "u1", "u2")
    assert both([scrap], page(0.3)) == ()
    assert both([scrap], page(0.3, READ)) == (READ,)
    assert both([scrap], page(0.3, READ), is_proved=lambda _: False) == ()


def test_a_day_that_was_moved_later_on_stands_before_one_in_one_breath_with_the_task():
    own = item("Send the testimonials on Monday", "u2", due="2026-03-16", words="on Monday")
    far = item("Send over the testimonials", "u2", "u4", due="2026-03-20", words="on Friday")
    (moved,) = both([own], page(0.01, far))
    assert (moved.text, moved.due) == ("Send over the testimonials on Friday", "2026-03-20")
    (kept,) = both([own], page(0.01, far), is_proved=lambda one: one.due != "2026-03-20")
    assert (kept.text, kept.due) == ("Send over the testimonials on Monday", "2026-03-16")


def test_what_the_rules_gave_to_the_wrong_one_goes_to_whom_the_model_is_sure_of():
    hers = item("Ring the bakery", "u4", owner="Dorota Malik")
    assert both([hers], page(0.01, BAKERY)) == (BAKERY,)
    assert both([hers], page(0.01, BAKERY, dorota=0.01)) == (hers,)


def test_a_day_in_one_breath_with_the_task_stays_where_the_model_has_none():
    own = item("Send the testimonials on Monday", "u2", due="2026-03-16", words="on Monday")
    (kept,) = both([own], page(0.01, item("Send over the testimonials", "u2")))
    assert (kept.text, kept.due) == ("Send over the testimonials on Monday", "2026-03-16")
