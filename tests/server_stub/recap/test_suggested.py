"""What a language model answers is read with tolerance, and never taken for more than text."""

import json

import pytest

from server_stub.recap.suggested import Unreadable, read_answer
from tests.fakes.model_server import minutes

GOOD = minutes(
    [("Ada said she will send the invoice by Friday.", "u1")], [("Send the invoice", "Ada", "by Friday", "u1")]
)


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"```json\n{GOOD}\n```",
        f"<think>{{no}} let me see</think>Here you are: {GOOD} I hope it helps.",
        GOOD.replace("}]}", '}, {"text": "cut o'),
        GOOD.replace('["u1"]', '["[u1]"]'),
        GOOD.replace('["u1"]', "[1]"),
    ],
)
def test_answers_are_read_with_tolerance(text):
    sentences, items, _ = read_answer(text)
    assert [each.text for each in sentences] == ["Ada said she will send the invoice by Friday."]
    assert [(each.text, each.evidence) for each in items] == [("Send the invoice", ("u1",))]


@pytest.mark.parametrize(
    "each",
    [
        "words", 7, None, [], {"text": 7, "evidence": ["u1"]}, {"text": "x", "evidence": []}, {"text": "x"},
        {"text": "x" * 401, "evidence": ["u1"]}, {"text": "x", "evidence": ["u1"] * 7},
        {"text": "\u202e\x00", "evidence": ["u1"]},
    ],
)  # fmt: skip
def test_a_statement_that_is_none_is_counted_and_dropped(each):
    text = json.dumps({"summary": [each, {"text": "fine", "evidence": ["u1"]}], "action_items": [each]})
    sentences, items, unread = read_answer(text)
    assert ([one.text for one in sentences], items, unread) == (["fine"], [], 2)


def test_text_is_one_line_without_signs_that_cannot_be_seen():
    sentences, _, _ = read_answer('{"summary": [{"text": "a\\nb\\u202ec\\u0007", "evidence": ["u1"]}]}')
    assert sentences[0].text == "a bc"


def test_endless_statements_end():
    text = minutes([(f"Sentence {n}", "u1") for n in range(500)])
    sentences, _, unread = read_answer(text)
    assert (len(sentences), unread) == (60, 440)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"other": 1}', "</think>", "{" * 100_000, '"' * 9999])
def test_what_holds_no_statement_is_unreadable(text):
    with pytest.raises(Unreadable):
        read_answer(text)
