"""Names and tasks in every spelling, and the transcripts that once went wrong."""

import json
import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.wire.recap import Utterance
from server_stub.recap.__main__ import main
from server_stub.recap.promises.commitments import Finder
from server_stub.recap.promises.items import find_action_items
from server_stub.recap.words import split_words

FAULTS = Path(__file__).parents[2] / "data" / "faults"
THURSDAY = date(2026, 11, 26)


def find(*lines: str, names: tuple[str, ...] = ()):
    said = [line.partition(": ") for line in lines]
    transcript = tuple(
        Utterance(id=f"u{n}", speaker=who, start_s=4.0 * n, end_s=4.0 * n + 3, text=text, confidence=1)
        for n, (who, _, text) in enumerate(said, 1)
    )
    return find_action_items(transcript, names or tuple(dict.fromkeys(who for who, _, _ in said)), THURSDAY)


def recap_of(source: Path, out: Path, day: str = "2026-11-26") -> dict:
    assert main(["from-transcript", str(source), "--out", str(out), "--date", day, "--zone", "UTC"]) == 0
    return json.loads((out / "recap.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("file", "day", "items"),
    [
        ("b01-feb29", "2026-11-26", {("Felix", "2028-02-29", "Send the annual report by 29 February")}),
        ("b01-feb29", "2027-06-01", {("Felix", "2028-02-29", "Send the annual report by 29 February")}),
        (
            "b02-numeric-date-with-hour",
            "2026-11-26",
            {("Felix", "2026-12-15", "Send the annual report by 12/15 at noon")},
        ),
        (
            "b03-turkish-capital-i",
            "2026-11-26",
            {
                ("Felix", "2026-11-27", "Send the price list by Friday"),
                ("Clara", "2026-11-30", "Call the printer by Monday"),
            },
        ),
    ],
)
def test_transcripts_that_went_wrong(file: str, day: str, items: set, tmp_path: Path) -> None:
    recap = recap_of(FAULTS / f"{file}.json", tmp_path / "out", day)
    assert {(item["owner"], item["due"], item["text"]) for item in recap["action_items"]} == items


def test_captions_of_overlapping_speakers_come_by_their_starts(tmp_path: Path) -> None:
    recap_of(FAULTS / "b04-overlapping-speakers.json", tmp_path / "out")
    text = (tmp_path / "out" / "transcript.vtt").read_text(encoding="utf-8")
    starts = re.findall(r"^(\S+) --> ", text, re.MULTILINE)
    assert len(starts) > 5
    assert starts == sorted(starts)


ODD_WORDS = st.sampled_from(
    [
        *("İzmir", "İstanbul", "ıŞıK", "ẞ-Bahn", "Straße", "ﬁnal", "ŉ", "ǰazz", "ΐ", "ΣΟΦΟΣ", "Ångström", "cafe\u0301"),
        *("client’s", "don't", "\u00a0", "\u2009", "naïve", "e\u0301te\u0301", "K", "price", "list,"),
    ]
)
PROMISES = st.sampled_from(
    ["I will send {} by Friday.", "I’ll check {} by 12/15 at noon.", "İ, I can prepare {} by Monday"]
)


@settings(deadline=None)
@given(st.lists(ODD_WORDS, max_size=6), st.lists(ODD_WORDS, min_size=1, max_size=6), PROMISES, st.booleans())
def test_every_items_words_come_from_what_was_said(before: list, thing: list, promise: str, decomposed: bool) -> None:
    said = f"For {' '.join(before)} office, {promise.format('the report ' + ' '.join(thing))}"
    said = unicodedata.normalize("NFD", said) if decomposed else said
    words = split_words(said)
    for found in Finder(("Felix", "Clara")).find(said):
        assert " ".join(split_words(found.text)) in " ".join(words)
        assert split_words(found.text)[0] in {"send", "check", "prepare"}
    items = find(f"Felix: {said}", "Clara: Good.")
    assert items
    for item in items:
        assert set(split_words(item.text)) <= set(words)
        assert split_words(item.text)[0] in {"send", "check", "prepare"}
        assert item.due in {"2026-11-27", "2026-12-15", "2026-11-30"}


@pytest.mark.parametrize(
    "name", ["José", "Jose\u0301", "Zoë Ånge", "Şule", "İpek", "Нина", "अदिति", "O’Neil", "Jo\\1 (2)"]
)
def test_a_name_is_called_in_either_spelling(name: str) -> None:
    for form in ("NFC", "NFD"):
        called = unicodedata.normalize(form, name)
        for line in (
            f"Clara: {called}, can you send the offer by Friday?",
            f"Clara: Hi {called}, send me the offer by Friday.",
        ):
            (item,) = find(line, f"{name}: Sure.", names=("Clara", name, "Felix"))
            assert (item.owner, item.due) == (name, "2026-11-27")


@pytest.mark.parametrize(
    "said",
    [
        *("Hi Will, send me the invoice by Friday.", "hi will send me the invoice by friday"),
        *("Hi Will. Send me the invoice by Friday.", "Hello Will! Please send me the invoice by Friday."),
        *("Will, send me the invoice by Friday.", "Okay Will, please send me the invoice by Friday."),
        *(
            "Will, can you send me the invoice by Friday?",
            "Good morning Will. Could you send me the invoice by Friday?",
        ),
    ],
)
@pytest.mark.parametrize("names", [("Clara", "Will"), ("Clara", "Will", "Felix")])
def test_who_is_greeted_and_told_owns_the_task(said: str, names: tuple[str, ...]) -> None:
    (item,) = find(f"Clara: {said}", "Will: Sure.", names=names)
    assert (item.owner, item.due, item.text) == ("Will", "2026-11-27", "Send Clara the invoice by Friday")


@pytest.mark.parametrize("will", ["Will", "Felix"])
def test_a_name_that_is_a_word_too_is_not_found_in_the_word(will: str) -> None:
    names = ("Clara", "Ada", "Bill", will)
    (item,) = find("Clara: Ada, you will send the bill by Friday.", "Ada: Sure.", names=names)
    assert (item.owner, item.text) == ("Ada", "Send the bill by Friday")
    (item,) = find("clara: i will send the bill by friday", names=names)
    assert (item.owner, item.text) == ("clara", "Send the bill by Friday")
    (item,) = find("Clara: Will you send the bill by Friday?", "Ada: Yes.", names=names)
    assert item.owner == "Ada"


def test_somebody_told_about_is_not_told() -> None:
    assert find("Clara: I saw Felix send the invoice.", "Felix: Sure.") == ()
    (item,) = find("Clara: Send me the invoice by Friday.", "Felix: Sure.")
    assert item.owner == "Felix"


@pytest.mark.parametrize("word", ["hi", "aye", "eye"])
def test_a_recognisers_spellings_are_not_read_here(word: str) -> None:
    assert find(f"Clara: {word} will send you the offer by friday", "Felix: good") == ()
    for yes in ("cher", "sher", "shore"):
        (item,) = find("Clara: can you send me the offer by friday", f"Felix: {yes}")
        assert item.certainty == "question"
