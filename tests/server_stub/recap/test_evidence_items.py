"""An action item's day, numbers, owner and condition are those of its task, not of what stands near."""

from datetime import date

import pytest
from msgspec.structs import replace

from app.wire.recap import ActionItem
from server_stub.recap.evidence import Evidence
from server_stub.recap.promises.items import hear_action_items, is_task
from tests.server_stub.recap.claimed import item, transcript

MONDAY = date(2026, 11, 30)
TODAY = {"due": "2026-11-30", "words": "today"}
FRIDAY = {"due": "2026-12-04", "words": "Friday"}


def heard(*lines: tuple[str, str], names: tuple[str, ...] = ("Clara", "Felix")) -> Evidence:
    return Evidence(transcript(*lines), names, MONDAY)


@pytest.mark.parametrize(
    ("asked", "is_proved"),
    [
        ("Is there anything else for today?", False),
        ("Perfect, is there anything else for today?", False),
        ("Are you in the office today?", False),
        ("How is the weather today?", False),
        ("Was that everything for today?", False),
        ("Is that all for today?", False),
        ("Do you work today?", False),
        ("Could I have the file today?", True),
        ("Can you finish today?", True),
        ("Today, correct?", True),
        ("Any chance of today?", True),
        ("Do you have it today?", True),
        ("Are you able to do it today?", True),
        ("Have you got time today?", True),
        ("Could you do it today?", True),
        ("Today?", True),
        ("Is today early enough?", True),
        ("Will I get the pictures today?", True),
    ],
)
def test_a_question_about_something_else_gives_a_task_no_day(asked: str, is_proved: bool) -> None:
    evidence = heard(("Felix", "I'll make new pictures."), ("Clara", asked), ("Felix", "Yes."))
    assert evidence.proves_item(item("Make new pictures", "Felix", "u1", "u2", "u3", **TODAY)) is is_proved


def test_pictures_that_were_only_thought_of_get_no_day_from_the_end_of_the_call_and_keep_their_condition() -> None:
    talk = transcript(
        ("Clara", "And what about the pictures on the website?"),
        ("Felix", "I might also make some new pictures if there is time."),
        ("Clara", "Good. I will send you the text for the first page by Wednesday."),
        ("Felix", "Perfect. Is there anything else for today?"),
        ("Clara", "That was everything. Thank you for your time."),
    )
    found = hear_action_items(talk, ("Clara", "Felix"), MONDAY)
    items, checks = Evidence(talk, ("Clara", "Felix"), MONDAY).keep_items(filter(is_task, found))
    told = {(one.owner, one.text, one.due, one.certainty) for one in items}
    assert ("Felix", "Make some new pictures if there is time", None, "conditional") in told
    assert ("Clara", "Send the text for the first page by Wednesday", "2026-12-02", "firm") in told
    assert (len(told), checks) == (2, ())


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("I might bring the flyers if there is time.", "Bring the flyers (if there is time)"),
        ("I might bring the flyers, if I find an hour.", "Bring the flyers (“if I find an hour”)"),
        ("I might bring the flyers, and if it rains.", "Bring the flyers"),
        ("If it rains I might bring the flyers.", "Bring the flyers"),
        ("I might bring the flyers.", "Bring the flyers"),
    ],
)
def test_a_hedged_task_keeps_the_condition_that_ends_its_sentence(words: str, text: str) -> None:
    talk = transcript(("Clara", "And the flyers?"), ("Felix", words))
    read = replace(item("Bring the flyers", "Felix", "u1", "u2"), certainty="tentative")
    (found,), checks = Evidence(talk, ("Clara", "Felix"), MONDAY, read=[read]).keep_items([read])
    assert (found.text, found.certainty, checks) == (text, "tentative", ())


@pytest.mark.parametrize(
    ("answer", "text", "certainty"),
    [
        (
            "I might make some new pictures if there is time.",
            "Make some new pictures (if there is time)",
            "conditional",
        ),
        ("I'd make some new pictures.", "Make some new pictures", "question"),
        ("And the text, if there is time?", "Make some new pictures", "question"),
        ("I'd make some new pictures if I were you.", "Make some new pictures", "question"),
        ("No, I'd make some new pictures if I had a camera.", "Make some new pictures", "question"),
        ("Ask Clara about new pictures if she has a camera.", "Make some new pictures", "question"),
    ],
)
def test_what_is_promised_under_a_condition_is_not_only_asked(answer: str, text: str, certainty: str) -> None:
    talk = transcript(("Clara", "And what about the pictures?"), ("Felix", answer))
    read = replace(item("Make some new pictures", "Felix", "u1", "u2"), certainty="question")
    (found,), checks = Evidence(talk, ("Clara", "Felix"), MONDAY, read=[read]).keep_items([read])
    assert (found.text, found.certainty, checks) == (text, certainty, ())


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("If the printer works, I'll bring the flyers.", "Bring the flyers (if the printer works)"),
        ("I'll bring the flyers unless it rains, okay?", "Bring the flyers (unless it rains)"),
        ("I'll check if the flyers are ready.", "Bring the flyers"),
        ("I'll bring the flyers if it costs 1,200 or less.", "Bring the flyers (if it costs 1,200 or less)"),
        ("I'll bring the flyers if it starts at 3:30 or later.", "Bring the flyers (if it starts at 3:30 or later)"),
        ("I'll bring the flyers if Mr. Smith agrees.", "Bring the flyers (if Mr. Smith agrees)"),
        ("If Anna's there I'm going to bring the flyers.", "Bring the flyers (if Anna's there)"),
        ("If it rains I'd bring the flyers.", "Bring the flyers (if it rains)"),
        ("I'll bring the flyers if my boss lets me.", "Bring the flyers (“if my boss lets me”)"),
        ("If so, I'll bring the flyers.", "Bring the flyers"),
        ("I'll bring the flyers if the team lead, Anna, agrees.", "Bring the flyers"),
        ("I'll bring the flyers if the U.S. team agrees.", "Bring the flyers"),
        ("I'll bring the flyers, no matter if it rains.", "Bring the flyers"),
        ("If I can, I'll bring the flyers.", "Bring the flyers"),
    ],
)
def test_a_condition_is_told_in_the_words_it_was_said_in(words: str, text: str) -> None:
    (kept,), _ = heard(("Felix", words)).keep_items([item("Bring the flyers", "Felix", "u1", sure="conditional")])
    assert kept.text == text


THURSDAY, NEXT_MONDAY = {"due": "2026-12-03", "words": "Thursday"}, {"due": "2026-12-07", "words": "next Monday"}


@pytest.mark.parametrize(
    ("one", "is_proved"),
    [
        (item("Redo the form", "Felix", "u1", "u2", **THURSDAY), True),
        (item("Redo the mail", "Felix", "u1", "u2", **NEXT_MONDAY), True),
        (item("Redo the form", "Felix", "u1", "u2", **NEXT_MONDAY), False),
    ],
)
def test_of_two_days_in_one_sentence_each_is_a_tasks(one: ActionItem, is_proved: bool) -> None:
    evidence = heard(
        ("Clara", "Could you redo the form and the mail?"), ("Felix", "The form is Thursday, the mail next Monday.")
    )
    assert evidence.proves_item(one) is is_proved


@pytest.mark.parametrize(
    "words",
    [
        "The draft can't be done on Thursday, I'll send it by Friday.",
        "The draft meeting is on Thursday, I'll send the draft by Friday.",
        "If the draft isn't there on Thursday, I'll send it by Friday.",
        "Anna reads the draft on Thursday, I'll send it by Friday.",
    ],
)
def test_the_first_of_two_days_is_the_tasks_only_where_nothing_else_is_said_of_it(words: str) -> None:
    evidence = heard(("Felix", words))
    assert not evidence.proves_item(item("Send the draft", "Felix", "u1", due="2026-12-03", words="on Thursday"))
    assert evidence.proves_item(item("Send the draft", "Felix", "u1", due="2026-12-04", words="by Friday"))


@pytest.mark.parametrize(
    "words",
    [
        "I'll send the draft on Thursday and the invoice on Friday.",
        "I'll send the draft Thursday, and the invoice Friday.",
    ],
)
def test_of_two_things_promised_in_one_breath_each_has_its_own_day(words: str) -> None:
    evidence = heard(("Felix", words))
    for thing, right, wrong in (("draft", THURSDAY, FRIDAY), ("invoice", FRIDAY, THURSDAY)):
        assert evidence.proves_item(item(f"Send the {thing}", "Felix", "u1", **right)), thing
        assert not evidence.proves_item(item(f"Send the {thing}", "Felix", "u1", **wrong)), thing


def test_of_two_drafts_promised_in_one_breath_each_has_its_own_day() -> None:
    evidence = heard(("Felix", "I'll send the logo draft on Thursday and the flyer draft on Friday."))
    for thing, right, wrong in (("logo", THURSDAY, FRIDAY), ("flyer", FRIDAY, THURSDAY)):
        assert evidence.proves_item(item(f"Send the {thing} draft", "Felix", "u1", **right)), thing
        assert not evidence.proves_item(item(f"Send the {thing} draft", "Felix", "u1", **wrong)), thing


def test_a_day_that_is_taken_back_in_the_same_sentence_is_none() -> None:
    evidence = heard(("Felix", "I'll redo the form on Thursday, no, sorry, on Friday."))
    assert evidence.proves_item(item("Redo the form", "Felix", "u1", **FRIDAY))
    assert not evidence.proves_item(item("Redo the form", "Felix", "u1", due="2026-12-03", words="on Thursday"))


def test_a_day_on_which_somebody_does_something_themselves_is_not_anothers() -> None:
    evidence = heard(
        ("Clara", "Would you draft the letter for me?"),
        ("Felix", "Sure, I'll draft it."),
        ("Clara", "Then I'll sign it on Friday."),
    )
    assert not evidence.proves_item(
        item("Draft the letter", "Felix", "u1", "u2", "u3", due="2026-12-04", words="on Friday")
    )
    assert evidence.proves_item(item("Draft the letter", "Felix", "u1", "u2", "u3"))


@pytest.mark.parametrize(
    ("words", "is_proved"),
    [
        ("I'll come by and pick it up on Friday.", True),
        ("I'll get it from you on Friday.", True),
        ("I'll present it to the board on Friday, so before that.", True),
        ("Friday's fine for us.", True),
        ("Friday's fine weather will help.", False),
        ("I'll sign the lease on Friday.", False),
    ],
)
def test_a_day_on_which_somebody_gets_the_thing_is_its_day(words: str, is_proved: bool) -> None:
    evidence = heard(("Clara", "Can you send the draft?"), ("Felix", "Yes, I'll send it."), ("Clara", words))
    assert evidence.proves_item(item("Send the draft", "Felix", "u1", "u2", "u3", **FRIDAY)) is is_proved


def test_a_name_that_is_part_of_another_name_is_another_person() -> None:
    evidence = heard(
        ("Ann", "I'll sign the letter on Friday."), ("Annabel", "I'll draft the letter."), names=("Ann", "Annabel")
    )
    assert not evidence.proves_item(
        item("Draft the letter", "Annabel", "u1", "u2", due="2026-12-04", words="on Friday")
    )


@pytest.mark.parametrize(
    ("first", "second", "task"),
    [
        ("I'll print flyers, how many do you want?", "Let's start with 200.", "Print 200 flyers"),
        ("I'll book a room. For how many?", "We expect 12 guests.", "Book a room for 12"),
        ("I'll call the plumber.", "The number is 555 1234.", "Call the plumber at 555 1234"),
        ("We owe them 300 euros.", "I'll transfer the money.", "Transfer 300 euros"),
        ("It costs 1,200 a year.", "I'll pay that.", "Pay 1,200"),
    ],
)
def test_a_number_may_answer_for_a_task(first: str, second: str, task: str) -> None:
    speakers = ("Felix", "Clara") if first.startswith("I'll") else ("Clara", "Felix")
    evidence = heard(*zip(speakers, (first, second), strict=True))
    assert evidence.proves_item(item(task, "Felix", "u1", "u2"))


@pytest.mark.parametrize(
    ("price", "is_proved"),
    [
        ("It will cost $1,200, 40 now, and the rest in December.", False),
        ("The bill is for 40 now.", True),
        ("40.", True),
    ],
)
def test_a_number_of_a_task_was_said_of_it(price: str, is_proved: bool) -> None:
    evidence = heard(
        ("Felix", price), ("Clara", "Can you send me the bill?"), ("Felix", "Yes, I will send you the bill.")
    )
    assert evidence.proves_item(item("Send the bill for the 40", "Felix", "u1", "u2", "u3")) is is_proved


@pytest.mark.parametrize(
    ("lines", "task", "owner"),
    [
        ([("Clara", "So the widget, that's you."), ("Felix", "The widget's me.")], "Finish the widget", "Clara"),
        ([("Clara", "Could somebody find the key?"), ("Felix", "Sorry, you froze.")], "Find the key", "Felix"),
        (
            [("Clara", "Do we have to write to them?"), ("Felix", "Somebody should write, yes.")],
            "Write to them",
            "Felix",
        ),
        ([("Clara", "Could you do the list, Felix?"), ("Felix", "Yes, the list on Friday.")], "Do the list", "Clara"),
        ([("Felix", "I'll do that."), ("Clara", "Who's going to bring the cake?")], "Bring the cake", "Felix"),
    ],
)
def test_who_asks_or_speaks_of_a_task_has_not_taken_it(lines, task: str, owner: str) -> None:
    evidence = heard(*lines, names=("Clara", "Felix", "Amara"))
    assert not evidence.proves_item(item(task, owner, *(f"u{n + 1}" for n in range(len(lines)))))


@pytest.mark.parametrize(
    ("lines", "task"),
    [
        ([("Clara", "Could you find somebody for the stand?"), ("Felix", "Yes, somebody nice.")], "Find somebody"),
        ([("Clara", "Could you call the bakery, a friend of theirs is mine?"), ("Felix", "Yes.")], "Call the bakery"),
        ([("Clara", "We need the flyers."), ("Felix", "I'll bring a stack tomorrow.")], "Bring the flyers"),
    ],
)
def test_who_says_yes_has_taken_it_on(lines, task: str) -> None:
    assert heard(*lines).proves_item(item(task, "Felix", "u1", "u2"))


def test_yes_and_no_are_those_of_who_is_said_to_say_them() -> None:
    evidence = heard(("Felix", "The shop is closed."), ("Clara", "No, the shop is not closed."))
    assert evidence.proves("Felix said that the shop is closed.", ("u1", "u2"))
    assert evidence.proves("Clara said that the shop is not closed.", ("u1", "u2"))
    assert not evidence.proves("Clara said that the shop is closed.", ("u1", "u2"))
    assert not evidence.proves("Felix said that the shop is not closed.", ("u1", "u2"))


@pytest.mark.parametrize(
    ("claim", "is_proved"),
    [
        ("Felix said that the key is there.", False),
        ("Felix said that the key isn't there.", True),
        ("Clara said that it was her fault, theirs.", False),
        ("Clara said that it was her fault, not theirs.", True),
        ("Felix has got one.", False),
        ("Clara was not all for it.", False),
        ("Felix said that they can say the twelfth.", False),
        ("Felix asked whether they can say the twelfth.", True),
        ("Felix said that Felix would drive nine people on the nine.", False),
        ("Felix said that Felix would drive nine people on the tenth.", True),
    ],
)
def test_yes_and_no_are_kept_where_small_words_say_them(claim: str, is_proved: bool) -> None:
    evidence = heard(
        ("Felix", "I looked, and the key isn't there."),
        ("Clara", "It was my fault, not theirs. I was all for it."),
        ("Felix", "I haven't got one. I said that I'd drive nine people on the tenth. Can we say the twelfth?"),
    )
    assert evidence.proves(claim, ("u1", "u2", "u3")) is is_proved


@pytest.mark.parametrize(("task", "is_proved"), [("Never sign it", False), ("Do not print the flyers", True)])
def test_what_is_to_be_left_undone_was_said_so(task: str, is_proved: bool) -> None:
    evidence = heard(
        ("Clara", "Sign it, please, and don't print the flyers."), ("Felix", "Okay, I won't print the flyers.")
    )
    assert evidence.proves_item(item(task, "Felix", "u1", "u2")) is is_proved
