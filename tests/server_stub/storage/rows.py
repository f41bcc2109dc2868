"""Rows for tests of storage."""

from server_stub.storage import recaps


def recap_of(recording, mark):
    """A recap with a row in each of its tables, in which every text is the mark."""
    said = recaps.Said(
        id=recaps.new_id(), label="u1", person="a1", start_s=0.0, end_s=1.0, text=mark, confidence=1.0
    )  # fmt: skip
    rests = {"text": mark, "evidence": (said.id,)}
    item = {"owner": "a1", "due": None, "due_words": mark, "certainty": "firm"}
    moment = {"start_s": 0.0, "end_s": 1.0, "title": mark, "reason": mark, "marked_by": (mark,)}
    times = {"made_at": 1.0, "started_at": 1.0, "ended_at": 1.0, "ready_after_s": 1.0}
    return recaps.RecapRows(
        recording=recording,
        engine="e",
        engine_version="1",
        trust=mark,
        **times,
        people=(recaps.Person("a1", mark),),
        said=(said,),
        sentences=(recaps.Sentence(id=recaps.new_id(), topic=mark, **rests),),
        items=(recaps.Item(id=recaps.new_id(), **rests, **item),),
        highlights=(recaps.Highlight(id=recaps.new_id(), evidence=(said.id,), **moment),),
        notes=(mark,),
        checks=(recaps.Check(id=recaps.new_id(), reason=mark, **rests),),
    )
