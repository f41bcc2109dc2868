"""The real model reads calls that neither it nor the rules have learned from."""

import math
from datetime import date

import pytest

from app.wire.recap import Utterance
from server_stub.recap.evidence import Evidence
from server_stub.recap.promises.items import hear_action_items
from server_stub.recap.reading import opening
from server_stub.recap.reading.agree import agree, once

pytestmark = pytest.mark.heavy
PEOPLE = ("Ines Duarte", "Tom Becker")
MONDAY = date(2026, 6, 1)
#: (who, what): nothing is agreed, though much is promised in it.
TOLD = (
    (0, "How was the fair? You said you'd bring back samples."),
    (1, "I did, they're on the shelf. My sister will pick up the blue one on Friday, she's doing her kitchen."),
    (0, "Nice. I sent mine out last Tuesday, in case you wondered."),
    (1, "Ha, no, I'd have shouted. If I had the money I'd order the whole range tomorrow."),
)
ASKED = (
    (0, "The menu cards, the ones for the wedding, could you put the allergens on them?"),
    (1, "All fourteen? Hm. Yes, okay. Give me till Thursday."),
    (0, "Lovely. My mother asked again, she never stops."),
)


def talk(lines):
    return tuple(
        Utterance(
            id=f"u{place + 1}", speaker=PEOPLE[who], start_s=5 * place, end_s=5 * place + 4, text=text, confidence=0.9
        )
        for place, (who, text) in enumerate(lines)
    )


def read(lines, models):
    reading = opening.TalkReader(models, limit_s=math.inf).read_talk(talk(lines), MONDAY, ())
    assert reading.note == ""
    assert reading.pages is not None, "make setup brings the model"
    return reading.pages


def items(lines, models):
    said, pages = talk(lines), read(lines, models)
    found = agree(hear_action_items(said, PEOPLE, MONDAY), pages, said)
    return Evidence(said, PEOPLE, MONDAY, once(pages)).keep_items(found)[0]


def test_a_talk_in_which_nothing_is_agreed(tmp_path):
    assert items(TOLD, tmp_path) == ()


def test_a_request_that_is_taken_on_with_another_day(tmp_path):
    (found,) = items(ASKED, tmp_path)
    assert (found.owner, found.due) == ("Tom Becker", "2026-06-04")
    assert "allergens" in found.text.lower()


def test_a_long_call_is_read_piece_by_piece(tmp_path):
    pages = read((*TOLD, *ASKED) * 3, tmp_path)
    assert len(pages) == 2
    assert {place for page in pages for place in page.places} == set(range(21))
