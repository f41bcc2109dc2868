"""What is kept of a recap is what its readers get, and does not depend on what the wire calls things."""

import dataclasses

import msgspec
import pytest

from app.wire.recap import ActionItem, Check, Highlight, PersonName, Recap, Reel, SummarySentence, Utterance
from server_stub.after.recap_form import to_rows, to_wire
from server_stub.storage import recap_v0, tables

RECAP = Recap(
    meeting="v1",
    engine="faster-whisper base",
    engine_version="1.2",
    trust="Read it with care.",
    started_at=10.0,
    ended_at=70.5,
    ready_after_s=1.5,
    people=(PersonName(id="a1", name="Ada"), PersonName(id="g2", name="Alan")),
    transcript=(
        Utterance(id="u1", speaker="Ada", start_s=1.0, end_s=2.0, text="I'll send it.", confidence=0.5),
        Utterance(id="u2", speaker="Alan", start_s=3.0, end_s=4.0, text="Good.", confidence=0.25),
    ),
    summary=(SummarySentence(text="Ada sends it.", evidence=("u1", "u2"), topic="The plan"),),
    action_items=(
        ActionItem(text="Send it", owner="Ada", due="2026-12-01", evidence=("u1",), due_words="on Tuesday"),
        ActionItem(text="Ask", owner=None, due=None, evidence=("u2",), certainty="question"),
    ),
    highlights=(
        Highlight(start_s=1.0, end_s=4.0, title="It", reason="A promise", evidence=("u1",), marked_by=("Ada",)),
    ),
    reel=Reel(file="reel.webm", duration_s=3.0),
    video="meeting.webm",
    films_after_s=9.0,
    notes=("A word was not understood.",),
    checks=(Check(text="Alan sends it.", reason="Nobody said so.", evidence=("u2", "u1")),),
)
BARE = Recap(
    meeting="v1",
    engine="fake",
    engine_version="1",
    started_at=0.0,
    ended_at=1.0,
    ready_after_s=0.0,
    people=(),
    transcript=(),
    summary=(),
    action_items=(),
    highlights=(),
)


@pytest.mark.parametrize("recap", [RECAP, BARE], ids=["full", "bare"])
def test_what_is_kept_reads_as_it_was_made(recap):
    assert to_wire(to_rows(recap, 80.0)) == recap


def test_kept_are_accounts_and_ids_instead_of_names_and_labels():
    rows = to_rows(RECAP, 80.0)
    assert [one.person for one in rows.said] == ["a1", "g2"]
    assert [one.owner for one in rows.items] == ["a1", None]
    assert rows.sentences[0].evidence == tuple(one.id for one in rows.said)
    ids = [one.id for one in (*rows.said, *rows.sentences, *rows.items, *rows.highlights, *rows.checks)]
    assert len(set(ids)) == len(ids)


def test_an_item_of_two_is_kept_by_both_accounts():
    (item, *_) = RECAP.action_items
    of_two = msgspec.structs.replace(RECAP, action_items=(msgspec.structs.replace(item, owner="Alan and Ada"),))
    assert [one.owner for one in to_rows(of_two, 80.0).items] == ["g2 and a1"]
    assert to_wire(to_rows(of_two, 80.0)) == of_two


def test_who_is_named_and_does_not_belong_to_it_is_not_lost():
    odd = msgspec.structs.replace(RECAP, people=())
    assert to_wire(to_rows(odd, 80.0)) == odd


def test_nothing_kept_is_an_object_of_the_wire():
    """A name that the wire changes changes one module, `recap_form`, and nothing that is kept."""

    def parts(value):
        if dataclasses.is_dataclass(value):
            return [value, *(one for field in dataclasses.fields(value) for one in parts(getattr(value, field.name)))]
        return [one for each in value for one in parts(each)] if isinstance(value, tuple) else [value]

    kinds = {type(one).__module__.split(".")[0] for one in parts(to_rows(RECAP, 80.0))}
    assert kinds == {"server_stub", "builtins"}
    for module in (tables, recap_v0):
        assert not [name for name, one in vars(module).items() if getattr(one, "__module__", "").startswith("app.")]
