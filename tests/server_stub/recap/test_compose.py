import json
from pathlib import Path

import pytest

from app.wire.recap import Recap
from server_stub.recap.compose import Material, compose, meeting_day, write_texts
from server_stub.recap.shares import NewScreen
from server_stub.recap.transcript import Spoken

NOON = 1795176000.0


def material(spoken: list[Spoken], **changes: object) -> Material:
    fields: dict = {
        "meeting": "m1",
        "people": {"a": "Ada", "g": "Grace"},
        "spoken": tuple(spoken),
        "files": {},
        "engine": "pocketsphinx",
        "engine_version": "5.1.1",
        "trust": "Listen.",
        "started_at": NOON,
        "ended_at": NOON + 15,
        "last_left_at": NOON + 20,
        "zone": "UTC",
    }
    return Material(**{**fields, **changes})


def say(person: str, start_s: float, text: str, missing: str = "") -> Spoken:
    return Spoken(person=person, start_s=start_s, end_s=start_s + 3, text=text, confidence=0.8, missing=missing)


TALK = [
    say("a", 0.5, "We decided to take the second draft of the website."),
    say("g", 4.0, "I will send the plan by Friday."),
    say("a", 8.0, "Maybe I could add a blog later."),
    say("g", 11.0, "", "language"),
]


def test_r62_all_is_written_for_this_user_only_and_the_reel_is_as_long_as_its_clips(
    recordings, decode, tmp_path: Path
) -> None:
    files = {"a": recordings["Ada"], "g": recordings["Grace"]}
    recap = compose(material(TALK, files=files), tmp_path, now=lambda: NOON + 22.5)
    names = {"recap.json", "recap.md", "transcript.vtt", "reel.webm", "meeting.webm"}
    assert {path.name for path in tmp_path.iterdir()} == names
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert recap.ready_after_s == recap.films_after_s == 2.5
    assert recap.video == "meeting.webm"
    assert recap.reel is not None
    _, sound_s, _ = decode(tmp_path / recap.reel.file)
    assert sound_s == pytest.approx(recap.reel.duration_s, abs=0.1)
    assert recap.reel.duration_s == pytest.approx(sum(c.end_s - c.start_s for c in recap.highlights), abs=0.5)
    written = json.loads((tmp_path / "recap.json").read_text())
    assert written["people"] == [{"id": "a", "name": "Ada"}, {"id": "g", "name": "Grace"}]
    assert written["reel"] == {"file": "reel.webm", "duration_s": recap.reel.duration_s}
    assert {"meeting", "engine", "engine_version", "started_at", "ended_at", "ready_after_s"} <= set(written)


def test_each_sentence_and_item_names_utterances_that_exist(tmp_path: Path) -> None:
    recap = compose(material(TALK), tmp_path)
    known = {said.id for said in recap.transcript}
    cited = [*recap.summary, *recap.action_items, *recap.highlights]
    assert cited
    assert all(each.evidence and set(each.evidence) <= known for each in cited)
    (item,) = recap.action_items
    assert (item.owner, item.due) == ("Grace", "2026-11-27")
    assert not any(item.owner == "Ada" and item.certainty == "firm" for item in recap.action_items)
    assert any("another language" in note for note in recap.notes)
    assert recap.reel is None
    assert recap.video is None


def test_silent_meeting_says_so(recordings, tmp_path: Path) -> None:
    recap = compose(material([], files={"a": recordings["Ada"]}), tmp_path)
    assert recap.summary == recap.action_items == recap.highlights == ()
    assert recap.reel is None
    assert recap.video == "meeting.webm"
    assert any("Nobody was heard" in note for note in recap.notes)


def test_recordings_without_sound_are_told(tmp_path: Path) -> None:
    empty = tmp_path / "ada.mkv"
    empty.write_bytes(b"x")
    recap = compose(material(TALK, files={"a": empty}), tmp_path)
    assert recap.reel is None
    assert recap.video is None
    assert recap.films_after_s is None


def test_half_a_film_is_never_left(recordings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill_disk(*_: object) -> None:
        (tmp_path / ".reel.webm.part").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("server_stub.recap.films.make_reel", fill_disk)
    with pytest.raises(OSError, match="No space left"):
        compose(material(TALK, files={"a": recordings["Ada"]}), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"recap.json", "recap.md", "transcript.vtt", "meeting.webm"}


def test_the_day_is_that_of_the_people(tmp_path: Path) -> None:
    midnight = NOON + 12 * 3600 - 60
    assert meeting_day(midnight, "UTC").isoformat() == "2026-11-20"
    assert meeting_day(midnight, "Asia/Tokyo").isoformat() == "2026-11-21"


def test_json_is_the_wire_struct(tmp_path: Path) -> None:
    import msgspec

    recap = compose(material(TALK), tmp_path, now=lambda: NOON + 21)
    assert msgspec.json.decode((tmp_path / "recap.json").read_bytes(), type=Recap) == recap


def test_r52_a_new_screen_is_a_highlight_whoever_speaks_then() -> None:
    """By the name that the recap gives them; somebody who is not in the recap is not named."""
    spoken = [say("a", 2.0, "The walls are grey in this one and the roof is green.")]
    for person, reason in (("g", "Grace showed a screen."), ("x", "A main point.")):
        (clip,) = write_texts(material(spoken, screens=(NewScreen(at_s=2.5, person=person),))).highlights
        assert clip.reason == reason
