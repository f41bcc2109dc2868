"""What was said so far: each line once, of those who consent, and in short."""

from datetime import date

from server_stub.recap import so_far
from server_stub.recap.so_far import SoFar, sum_up
from server_stub.recap.transcript import Spoken

PEOPLE = {"a": "Ada", "g": "Grace"}


def spoken(person, start_s, text="We agreed on the blue logo.", length_s=2.0, **more):
    return Spoken(person=person, start_s=start_s, end_s=start_s + length_s, text=text, confidence=0.9, **more)


def test_lines_are_numbered_as_they_are_written_down_and_say_when_they_were_said():
    held = SoFar(1000.0, PEOPLE)
    first, late = held.take(spoken("a", 10.0)), held.take(spoken("g", 4.0, "Before\nthat."))
    assert (first.number, first.person, first.name, first.at) == (1, "a", "Ada", 1010.0)
    assert (late.number, late.at, late.text) == (2, 1004.0, "Before that.")
    assert held.after(0) == ((first, late), False)
    assert held.after(1) == ((late,), False)
    assert held.after(2) == ((), False)
    assert [one.id for one in held.utterances()] == ["2", "1"]


def test_nothing_of_who_has_not_agreed_nor_what_is_no_english():
    held = SoFar(0.0, {"a": "Ada"})
    assert held.take(spoken("g", 1.0)) is None
    assert held.take(spoken("a", 1.0, "", missing="language")) is None
    assert held.take(spoken("a", 1.0, " ")) is None
    held.add_person("g", "Ada")
    # Two of one name are told apart, as in the recap.
    assert held.take(spoken("g", 5.0)).name == "Ada (2)"
    assert held.names == ("Ada", "Ada (2)")


def test_what_a_worker_hears_a_second_time_is_not_told_twice():
    held = SoFar(0.0, PEOPLE)
    assert held.take(spoken("a", 10.0))
    assert held.take(spoken("a", 10.6)) is None
    assert held.take(spoken("a", 11.8)), "it only touches the other one"
    assert held.take(spoken("g", 10.0)), "two who speak at once"
    assert held.take(spoken("a", 5.0)), "heard later, said before"


def test_of_very_many_the_newest_are_told_and_that_is_said(monkeypatch):
    monkeypatch.setattr(so_far, "TOLD", 3)
    held = SoFar(0.0, PEOPLE)
    for number in range(5):
        held.take(spoken("a", 3.0 * number))
    lines, is_cut = held.after(0)
    assert ([one.number for one in lines], is_cut) == ([3, 4, 5], True)
    assert not held.after(2)[1]


def test_the_gist_is_of_what_was_said_since_and_the_action_items_of_all():
    held = SoFar(0.0, PEOPLE)
    held.take(spoken("g", 1.0, "I will send the draft by Friday."))
    held.take(spoken("a", 30.0, "We decided to go with the second draft of the website."))
    held.take(spoken("g", 60.0, "The price is twelve hundred dollars for the whole project."))
    gist = sum_up(held.utterances(), held.names, since_s=20.0, day=date(2026, 11, 26))
    assert gist.lines == 2
    assert [one.evidence for one in gist.summary] == [("2",), ("3",)]
    assert gist.summary[0].text == "Ada announced the decision to go with the second draft of the website."
    (item,) = gist.items
    assert (item.owner, item.due, item.evidence) == ("Grace", "2026-11-27", ("1",))


def test_where_nothing_was_said_there_is_no_gist():
    gist = sum_up((), (), since_s=0.0, day=date(2026, 11, 26))
    assert (gist.lines, gist.summary, gist.items) == (0, (), ())


def test_of_very_much_the_newest_part_is_summed_up_and_that_is_said(monkeypatch):
    monkeypatch.setattr(so_far, "SUMMED", 2)
    held = SoFar(0.0, PEOPLE)
    held.take(spoken("g", 1.0, "I will send the draft by Friday."))
    for number in range(2):
        held.take(spoken("a", 30.0 * (number + 1), "We decided to go with the second draft of the website."))
    gist = sum_up(held.utterances(), held.names, since_s=0.0, day=date(2026, 11, 26))
    assert (gist.lines, gist.is_cut, gist.items) == (3, True, ())
