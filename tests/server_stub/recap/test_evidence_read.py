"""What the model that reads took from a talk is believed in who and when; what it names was said all the same."""

from datetime import date

import pytest
from msgspec.structs import replace

from server_stub.recap.evidence import NO_DATE, NO_NAME, NO_NUMBER, NOTHING_CITED, STANCES, Evidence
from server_stub.recap.proof.stance import Stance
from tests.server_stub.recap.claimed import item, transcript

MONDAY = date(2026, 11, 30)
NAMES = ("Clara Weiss", "Felix Brandt", "Amara Okafor")
TALK = transcript(
    ("Clara Weiss", "And the forty chairs for Ravello, they're still in the cellar."),
    ("Felix Brandt", "It's on my way, the van's empty."),
    ("Clara Weiss", "You're a treasure. When?"),
    ("Felix Brandt", "Friday."),
)
ALL = ("u1", "u2", "u3", "u4")
FRIDAY = {"due": "2026-12-04", "words": "Friday"}
CHAIRS = item("Bring the forty chairs for Ravello Friday", "Felix Brandt", *ALL, **FRIDAY)


def doubt(said, *read):
    """Why an item is for a reader to check, where the model read those; empty where it is shown."""
    kept, checks = Evidence(TALK, NAMES, MONDAY, read).keep_items([said])
    assert len(kept) + len(checks) == 1
    return checks[0].reason if checks else ""


def test_for_whom_a_task_is_is_believed_of_the_model_alone():
    hers = replace(CHAIRS, text="Bring Amara the forty chairs Friday")
    assert doubt(hers, hers) == ""
    assert doubt(hers) == NO_NAME


def test_how_sure_it_is_stays_as_read():
    (kept,), _ = Evidence(TALK, NAMES, MONDAY, [CHAIRS]).keep_items([CHAIRS])
    assert kept.certainty == "firm"


@pytest.mark.parametrize(
    "lie",
    [
        {"owner": "Amara Okafor"},
        {"text": "Bring the fourteen chairs for Ravello Friday"},
        {"text": "Bring the forty chairs for Amara Friday"},
        {"text": "Do not bring the forty chairs for Ravello Friday"},
        {"due": "2026-12-03", "due_words": "Thursday", "text": "Bring the forty chairs for Ravello Thursday"},
        {"due": "2026-12-11"},
    ],
    ids=lambda lie: " ".join(lie),
)
def test_what_was_changed_is_not_what_was_read(lie):
    assert doubt(replace(CHAIRS, **lie), CHAIRS) != ""


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"text": "Bring the fifty chairs for Ravello Friday"}, NO_NUMBER),
        ({"text": "Bring the forty chairs for Bellini Friday"}, NO_NAME),
        ({"text": "Bring the forty chairs to Clara Brandt Friday"}, NO_NAME),
        ({"text": "Bring the forty chairs", "due": "2026-12-03", "due_words": "Thursday"}, NO_DATE),
        ({"evidence": ()}, NOTHING_CITED),
        ({"evidence": ("u9",)}, NOTHING_CITED),
    ],
    ids=["number", "name", "mixed name", "day", "nothing cited", "no such utterance"],
)
def test_what_the_model_read_and_nobody_said_is_not_shown(wrong, why):
    read = replace(CHAIRS, **wrong)
    assert doubt(read, read) == why


SAID = {
    "report": ("Felix Brandt", "I'll send the report in three weeks, the 3rd of June is too late."),
    "invoice": ("Felix Brandt", "I'll pay the invoice, it's 300 dollars."),
    "no": ("Felix Brandt", "No, I won't send the draft."),
    "fine": ("Felix Brandt", "No problem, no worries, I'll send the draft."),
    "later": ("Felix Brandt", "Not on Monday. I'll bring the keys next Thursday."),
    "not yet": ("Felix Brandt", "I haven't ordered the paper yet, I'll do it now."),
    "alone": ("Felix Brandt", "I'll do the layout, but don't print it."),
    "no good": ("Felix Brandt", "Friday's no good. I'll call on Monday."),
    "not until": ("Felix Brandt", "I won't send the draft until Tuesday."),
    "forget": ("Felix Brandt", "I won't forget to water the plants."),
    "email": ("Felix Brandt", "I'll email O'Brien of the 5 kg, and leave the server alone. And the NDA, the PDFs."),
    "not going": ("Felix Brandt", "We're not going to order the chairs."),
    "arrived": ("Felix Brandt", "The invoice hasn't arrived. I'll check."),
}


@pytest.mark.parametrize(
    ("place", "text", "words", "due", "why"),
    [
        ("report", "Send the report", "in two weeks", "2026-12-14", NO_DATE),
        ("report", "Send the report", "at two", "2026-11-30", NO_DATE),
        ("report", "Send the report", "now", "2026-11-30", NO_DATE),
        ("report", "Send the report", "the 3rd of May", "2027-05-03", NO_DATE),
        ("report", "Send the report tomorrow", "", None, NO_DATE),
        ("report", "Send the report next month", "", None, NO_DATE),
        ("report", "Send the report", "in three weeks", "2026-12-21", ""),
        ("invoice", "Pay the invoice (5000 euros to Bellini)", "", None, NO_NUMBER),
        ("invoice", "Pay the 300 euros", "", None, NO_NUMBER),
        ("invoice", "Pay 300% of the invoice", "", None, NO_NUMBER),
        ("invoice", "Pay the invoice V2", "", None, NO_NUMBER),
        ("invoice", "Pay the invoice: Bellini", "", None, NO_NAME),
        ("invoice", "Pay O'Bellini", "", None, NO_NAME),
        ("invoice", "Pay the invoice of $300", "", None, ""),
        ("no", "Send the draft", "", None, STANCES[Stance.DENIAL]),
        ("fine", "Do not send the draft", "", None, STANCES[Stance.DENIAL]),
        ("fine", "Never send the draft", "", None, STANCES[Stance.DENIAL]),
        ("fine", "Send the draft", "", None, ""),
        ("later", "Bring the keys", "next Monday", "2026-12-07", NO_DATE),
        ("later", "Bring the keys", "next Thursday", "2026-12-03", ""),
        ("not yet", "Order the paper", "now", "2026-11-30", ""),
        ("alone", "Do the layout without printing it", "", None, ""),
        ("no good", "Call", "Friday", "2026-12-04", NO_DATE),
        ("no good", "Call", "Monday", "2026-12-07", ""),
        ("no good", "Call", "after Monday", "2026-12-07", NO_DATE),
        ("not until", "Send the draft", "Tuesday", "2026-12-01", ""),
        ("forget", "Water the plants", "", None, ""),
        ("email", "Email O'Brien of the 5kg", "", None, ""),
        ("email", "Don't touch the server", "", None, ""),
        ("email", "Send the PDF and the NDAs", "", None, ""),
        ("email", "Send the NDB", "", None, NO_NAME),
        ("not going", "Order the chairs", "", None, STANCES[Stance.DENIAL]),
        ("arrived", "Check why the invoice has not arrived", "", None, ""),
    ],
)
def test_what_the_model_read_is_shown_where_it_was_said(place, text, words, due, why):
    read = item(text, "Felix Brandt", "u1", due=due, words=words)
    _, checks = Evidence(transcript(SAID[place]), NAMES, MONDAY, [read]).keep_items([read])
    assert "".join(check.reason for check in checks) == why


@pytest.mark.parametrize("text", ["Tell Amara about the chairs", "Reword the forty", "Fetch the forty chairs"])
def test_it_may_name_who_is_in_the_meeting_and_begin_with_any_verb(text):
    read = item(text, "Felix Brandt", "u1", "u2")
    assert doubt(read, read) == ""


def test_a_task_of_two_is_of_both():
    read = item("Bring the forty chairs", "Clara Weiss and Felix Brandt", "u1", "u2")
    assert doubt(read, read) == ""
    assert doubt(read) == NO_NAME


def test_a_condition_is_told_in_its_words():
    talk = transcript(("Felix Brandt", "I'll bring the forty chairs, if it isn't raining."))
    read = item("Bring the forty chairs", "Felix Brandt", "u1", sure="conditional")
    (kept,), _ = Evidence(talk, NAMES, MONDAY, [read]).keep_items([read])
    assert kept.text == "Bring the forty chairs (if it isn't raining)"
