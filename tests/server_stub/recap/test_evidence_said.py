"""What a recap says of people, numbers, days and certainty is proved by the words cited, whoever wrote it."""

import re
from datetime import date

import pytest

from app.wire.recap import ActionItem, Utterance
from server_stub.recap.evidence import Evidence
from server_stub.recap.proof import firmness
from server_stub.recap.proof.pieces import pieces
from tests.server_stub.recap.claimed import item, transcript

FRIDAY = date(2026, 11, 27)
NAMES = ("Clara Novak", "Felix Brandt", "Amara Okafor")
TALK = (
    ("Clara Novak", "I think route A is too loud. I choose the second draft, because it's easier to read."),
    ("Felix Brandt", "The site costs $1,200 and the logo is fifteen hundred dollars."),
    ("Clara Novak", "Felix, can you send me the invoice by Tuesday?"),
    ("Felix Brandt", "Sure, will do."),
    ("Amara Okafor", "The contact form isn't done, and I won't touch the archive. I might add a blog."),
    ("Felix Brandt", "If the client signs, I'll book the van for the third of December. There's no discount."),
    ("Clara Novak", "Does it renew on its own?"),
    ("Amara Okafor", "Can you write the tooltips, Felix?"),
    ("Felix Brandt", "No, I can't. I'll be in Lisbon for three weeks and 2 days."),
    ("Clara Novak", "You're not taking the course, right?"),
)


def said(*talk: tuple[str, str], names: tuple[str, ...] = NAMES) -> Evidence:
    return Evidence(transcript(*talk), names, FRIDAY)


EVIDENCE = said(*TALK)


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Clara chose the second draft, because it's easier to read.", ("u1",)),
        ("Felix said that the site costs 1,200 dollars.", ("u2",)),
        ("The site costs $1.2k.", ("u2",)),
        ("The logo is $1,500.", ("u2",)),
        ("Clara asked whether Felix can send Clara the invoice by Tuesday.", ("u3",)),
        ("Felix will send Clara the invoice by 1 December.", ("u3", "u4")),
        ("Felix will send Clara the invoice by 2026-12-01.", ("u3", "u4")),
        ("Amara said that the contact form isn't done.", ("u5",)),
        ("Amara will not touch the archive.", ("u5",)),
        ("Amara might add a blog.", ("u5",)),
        ("Felix will book the van for 3 December if the client signs.", ("u6",)),
        ("Felix said that there is no discount.", ("u6",)),
        ("Clara asked whether it renews on its own.", ("u7",)),
        ("Amara asked whether Felix can write the tooltips; Felix answered “No, I can't”.", ("u8", "u9")),
        ("Felix will be in Lisbon for 3 weeks and two days.", ("u9",)),
        ("Clara and Felix spoke about the invoice.", ("u3", "u4")),
    ],
)
def test_what_was_said_is_proved(text: str, ids: tuple[str, ...]) -> None:
    assert EVIDENCE.doubt(text, ids) == ""


NUMBER, DATE = "A number or price is not in the words cited.", "The date is not in the words cited."
NAME, ROLE = "A name is not in the words cited.", "The words cited do not show that this person said or did it."
DENIED = "The words cited say no where this says yes, or the other way round."
UNSURE, CONDITION = "The words cited are less sure.", "The words cited set a condition."
ASKED = "The words cited only ask it."


@pytest.mark.parametrize(
    ("text", "ids", "reason"),
    [
        # who
        ("Felix chose the second draft.", ("u1", "u2"), ROLE),
        ("Clara said that the site costs $1,200.", ("u1", "u2"), ROLE),
        ("Clara will send Felix the invoice by Tuesday.", ("u3", "u4"), ROLE),
        ("Felix will send Amara the invoice by Tuesday.", ("u3", "u4"), NAME),
        ("Felix will send Amara the invoice by Tuesday.", ("u3", "u4", "u5"), ROLE),
        ("Felix will write the tooltips.", ("u8", "u9"), ROLE),
        ("Felix asked whether Amara can write the tooltips.", ("u8", "u9"), ROLE),
        ("Amara and Felix spoke about the invoice.", ("u3", "u4"), NAME),
        ("Amara answered “No, I can't”.", ("u8", "u9"), ROLE),
        ("Felix answered “No, I can not ever”.", ("u8", "u9"), ROLE),
        ("Bertrand chose the second draft.", ("u1",), NAME),
        ("Clara chose the second draft with Bertrand.", ("u1",), NAME),
        ("Felix Novak will send the invoice by Tuesday.", ("u3", "u4"), NAME),
        # numbers
        ("The site costs fifteen hundred dollars.", ("u2",), NUMBER),
        ("The logo is $1,200.", ("u2",), NUMBER),
        ("The site costs 1,200 euros.", ("u2",), NUMBER),
        ("The site costs £1,200.", ("u2",), NUMBER),
        ("The site costs $12,000.", ("u2",), NUMBER),
        ("Felix will be in Lisbon for two weeks.", ("u9",), NUMBER),
        ("Felix will be in Lisbon for three days.", ("u9",), NUMBER),
        # days
        ("Clara asked whether Felix can send Clara the invoice by Thursday.", ("u3",), DATE),
        ("Felix will send Clara the invoice by 2 December.", ("u3", "u4"), DATE),
        ("Felix will send Clara the invoice by 2026-12-02.", ("u3", "u4"), DATE),
        ("Felix will book the van for the third of January if the client signs.", ("u6",), DATE),
        # yes and no
        ("Amara said that the contact form is done.", ("u5",), DENIED),
        ("Amara will touch the archive.", ("u5",), DENIED),
        ("Felix said that there is a discount.", ("u6",), DENIED),
        ("Clara never chose the second draft.", ("u1",), DENIED),
        ("Felix said that the site does not cost $1,200.", ("u2",), DENIED),
        ("Felix refused to send Clara the invoice by Tuesday.", ("u3", "u4"), ROLE),
        # how sure
        ("Amara will add a blog.", ("u5",), UNSURE),
        ("Felix will book the van for the third of December.", ("u6",), CONDITION),
        ("Clara said that it renews on its own.", ("u7",), ASKED),
        ("Clara said that Felix is not taking the course.", ("u9", "u10"), ASKED),
        # nothing
        ("Clara chose the second draft.", (), "Nothing that was said is cited for it."),
        ("Clara chose the second draft.", ("u1", "u99"), "Nothing that was said is cited for it."),
    ],
)
def test_what_was_not_said_is_doubted_in_plain_words(text: str, ids: tuple[str, ...], reason: str) -> None:
    assert EVIDENCE.doubt(text, ids) == reason


TUESDAY = {"due": "2026-12-01", "words": "by Tuesday"}


@pytest.mark.parametrize(
    ("one", "certainty"),
    [
        (item("Send the invoice by Tuesday", "Felix Brandt", "u3", "u4", **TUESDAY), "firm"),
        (item("Send Clara Novak the invoice", "Felix Brandt", "u3", "u4"), "firm"),
        (item("Send the invoice by Tuesday", "Felix Brandt", "u3", **TUESDAY), "question"),
        (item("Add a blog", "Amara Okafor", "u5"), "tentative"),
        (item("Add a blog", "Amara Okafor", "u5", sure="tentative"), "tentative"),
        (
            item("Book the van", "Felix Brandt", "u6", due="2026-12-03", words="for the third of December"),
            "conditional",
        ),
        (item("Write the tooltips", "Felix Brandt", "u8", sure="question"), "question"),
    ],
)
def test_an_item_is_as_sure_as_it_was_said(one: ActionItem, certainty: str) -> None:
    (kept,), checks = EVIDENCE.keep_items([one])
    assert (kept.certainty, checks) == (certainty, ())
    told = " (if the client signs)" if certainty == "conditional" else ""
    assert kept.text == f"{one.text}{told}"


@pytest.mark.parametrize(
    ("one", "reason"),
    [
        (item("Send the invoice", "Clara Novak", "u3", "u4"), "do not show that Clara Novak took this on."),
        (item("Send the invoice", "Amara Okafor", "u3", "u4"), "do not show that Amara Okafor took this on."),
        (item("Write the tooltips", "Felix Brandt", "u8", "u9"), "do not show that Felix Brandt took this on."),
        (item("Write the tooltips", "Amara Okafor", "u8", "u9"), "do not show that Amara Okafor took this on."),
        (item("Send Amara Okafor the invoice", "Felix Brandt", "u3", "u4", "u5"), ROLE),
        (item("Send the invoice by Tuesday", "Felix Brandt", "u3", "u4", due="2026-12-08", words="by Tuesday"), DATE),
        (item("Send the invoice by Tuesday", "Felix Brandt", "u3", "u4", due="2026-12-02", words="by Tuesday"), DATE),
        (item("Send the invoice", "Felix Brandt", "u3", "u4", due="2026-12-01"), DATE),
        (item("Send two invoices", "Felix Brandt", "u3", "u4"), NUMBER),
        (item("Do not send the invoice", "Felix Brandt", "u3", "u4"), DENIED),
        (item("Touch the archive", "Amara Okafor", "u5"), DENIED),
        (item("Send the invoice", "Mallory", "u3", "u4"), NAME),
    ],
)
def test_an_item_that_is_not_proved_is_for_a_reader_to_check(one: ActionItem, reason: str) -> None:
    kept, (check,) = EVIDENCE.keep_items([one])
    assert kept == ()
    assert check.reason.endswith(reason)
    assert (check.text, check.evidence) == (f"{one.owner}: {one.text}", one.evidence)


@pytest.mark.parametrize(
    ("second", "owner", "is_kept"),
    [
        ("I'll take that one.", "Felix Brandt", True),
        ("I'll take that one.", "Clara Novak", False),
        ("It rained all day.", "Felix Brandt", False),
        ("No, not me.", "Felix Brandt", False),
    ],
)
def test_what_is_open_is_of_who_takes_it(second: str, owner: str, is_kept: bool) -> None:
    evidence = said(("Amara Okafor", "Somebody has to renew the certificate."), ("Felix Brandt", second))
    kept, _ = evidence.keep_items([item("Renew the certificate", owner, "u1", "u2")])
    assert bool(kept) == is_kept


@pytest.mark.parametrize("first", ["We need to renew the certificate.", "Let's renew the certificate."])
@pytest.mark.parametrize(
    ("then", "owner"),
    [
        ("F: I'll take care of it.", "Felix Brandt"),
        ("F: I can do that.", "Felix Brandt"),
        ("F: Leave it to me.", "Felix Brandt"),
        ("F: On it.", "Felix Brandt"),
        ("F: Yes.", "Amara Okafor"),
        ("F: I'll leave it to you.", "Amara Okafor"),
        ("F: I'll think about it.", "Amara Okafor"),
        ("F: Don't leave it to me.", "Amara Okafor"),
        ("F: They always leave it to me.", "Amara Okafor"),
        ("F: Let's do that on Friday. A: Okay.", "Amara Okafor"),
        ("F: I'd do it, but I have no time.", "Amara Okafor"),
        ("F: Will do on Friday.", "Felix Brandt"),
        ("A: Could you do it, Felix? F: Sure.", "Felix Brandt"),
        ("A: Could you send me the invoice, Felix? F: I'll do that.", "Amara Okafor"),
        ("F: I'll do it. C: No, I'll do it. F: Fine.", "Clara Novak"),
    ],
)
def test_what_we_have_to_do_is_of_who_says_that_they_do_it(first: str, then: str, owner: str) -> None:
    names = {"A": "Amara Okafor", "F": "Felix Brandt", "C": "Clara Novak"}
    lines = [
        (names["A"], first),
        *((names[who], words.strip()) for who, words in re.findall(r"(\w): ([^:]+[.?])", then)),
    ]
    evidence = said(*lines)
    for name in names.values():
        kept, _ = evidence.keep_items([item("Renew the certificate", name, *(f"u{n + 1}" for n in range(len(lines))))])
        assert bool(kept) is (name == owner), name


def test_what_several_will_do_is_not_for_the_listener_to_take() -> None:
    evidence = said(("Amara Okafor", "We'll send you the contract."), ("Felix Brandt", "I'll take it."))
    assert not evidence.keep_items([item("Send the contract", "Felix Brandt", "u1", "u2")])[0]
    assert evidence.keep_items([item("Send the contract", "Amara Okafor", "u1", "u2")])[0]


def test_a_day_that_was_turned_down_is_no_due_date() -> None:
    evidence = said(
        ("Clara Novak", "Can you dig them out by Wednesday, Felix?"),
        ("Felix Brandt", "Wednesday is tight. Give me until Monday."),
    )
    right = item("Dig them out", "Felix Brandt", "u1", "u2", due="2026-11-30", words="until Monday")
    wrong = item("Dig them out", "Felix Brandt", "u1", "u2", due="2026-12-02", words="by Wednesday")
    assert evidence.keep_items([right])[0] == (right,)
    assert evidence.keep_items([wrong])[0] == ()


@pytest.mark.parametrize(
    ("text", "certainty"),
    [
        ("I'll send the plan by Tuesday.", "firm"),
        ("I'll send the plan by Tuesday, so we have a day in hand if they moan.", "firm"),
        ("I think it's easier if I do it, I'll send the plan by Tuesday.", "firm"),
        ("I might not manage Monday, but I'll send the plan by Tuesday.", "firm"),
        ("I'll send the plan by Tuesday, no promises.", "tentative"),
        ("I'll send the plan by Tuesday. Fingers crossed.", "tentative"),
        ("I could send the plan by Tuesday.", "tentative"),
        ("I'll send the plan by Tuesday if the printer works.", "conditional"),
        ("So if the printer works I'll send the plan by Tuesday.", "conditional"),
        ("I'll send the plan by Tuesday, but only if Anna agrees.", "conditional"),
        ("If the boss says it is okay, I'll send the plan by Tuesday.", "conditional"),
        ("If Anna agrees, great, then I'll send the plan by Tuesday.", "conditional"),
        ("I'll send the plan by Tuesday, if the shop that Anna likes is open.", "conditional"),
        ("I'll send the plan by Tuesday, call me if there's a problem.", "firm"),
        ("I'll send the plan by Tuesday, and if they say no I scream.", "firm"),
        ("I'll send the plan by Tuesday, and if it fits, then we can go on.", "firm"),
        ("I'll call them, and if they can, I'll send the plan by Tuesday.", "conditional"),
    ],
)
def test_what_is_said_beside_a_promise_weakens_it_where_it_is_about_it(text: str, certainty: str) -> None:
    evidence = said(("Felix Brandt", text))
    (kept,), _ = evidence.keep_items([item("Send the plan by Tuesday", "Felix Brandt", "u1", **TUESDAY)])
    assert kept.certainty == certainty


@pytest.mark.parametrize(
    ("words", "proved"),
    [
        ("If I had the money I'd order the whole range tomorrow.", False),
        ("I'd order the whole range if it were up to me.", False),
        ("I wish I could order the whole range.", False),
        ("If I could, I'd order the whole range.", False),
        ("If there were time, I'd order the whole range.", False),
        ("If you'd like, I'll order the whole range.", True),
        ("I wish we had more time, but I'll order the whole range today.", True),
        ("If you'd send me the list, I'll order the whole range.", True),
        ("I'll order the whole range as if it were ours.", True),
        ("I'll order the whole range, and ask if they'd take half back.", True),
        ("If the client signs, I'll order the whole range.", True),
    ],
)
def test_what_somebody_would_do_if_things_were_otherwise_is_no_task(words: str, proved: bool) -> None:
    item = ActionItem(
        text="Order the whole range", owner="Felix Brandt", due=None, evidence=("u1",), certainty="conditional"
    )
    assert said(("Felix Brandt", words)).proves_item(item) is proved


def test_a_question_with_if_tells_of_nothing_that_is_not_so() -> None:
    asked = Utterance(
        id="u1", speaker="Clara Novak", start_s=0, end_s=1, text="Is it okay if I'd give you the range?", confidence=0.9
    )
    assert not firmness.is_unreal("Give Felix the range", "Clara Novak", pieces([asked]))


@pytest.mark.parametrize(
    ("words", "proved"), [("I'll ring them before supper.", True), ("I'll ring them on Saturday before supper.", False)]
)
def test_an_hour_is_today_only_where_no_other_day_is_named(words: str, proved: bool) -> None:
    item = ActionItem(
        text="Ring them", owner="Felix Brandt", due=FRIDAY.isoformat(), due_words="before supper", evidence=("u1",)
    )
    assert said(("Felix Brandt", words)).proves_item(item) is proved


@pytest.mark.parametrize(
    ("said", "quote", "is_proved"),
    [
        (
            "Very good on what day do you want to open the website.",
            "On what day do you want to open the website?",
            True,
        ),
        ("That is how we do it. We sell the shop.", "How do we sell the shop?", False),
        ("You know what, I can do it. We can open the site on Monday.", "What can we open on Monday?", False),
        (
            "Nobody knows why. We should do what we do. Should we drop the logo? No.",
            "Why should we drop the logo?",
            False,
        ),
        ("I never asked when do we open the website.", "When do we open the website?", False),
        ("Clara asked me when do you want to open the website.", "When do you want to open the website?", False),
    ],
)
def test_what_is_quoted_as_a_question_was_asked_in_these_words(said: str, quote: str, is_proved: bool) -> None:
    transcript = (Utterance(id="u1", speaker="Felix", start_s=0, end_s=9, text=said, confidence=0.9),)
    assert Evidence(transcript, ("Felix", "Clara", "Mira")).proves(f"Felix asked “{quote}”", ("u1",)) is is_proved
