from pathlib import Path

import pytest

from server_stub.recap.player import choose_shots, plan_turns, write_player


def test_whoever_speaks_is_shown_and_short_words_change_nothing(utter) -> None:
    transcript = utter("Ada: Hello there.", "Grace: I think so too.", "Ada: I see.", "Alan: And I have no camera.")
    transcript = (transcript[0], transcript[1], *(transcript[2:3]), transcript[3])
    assert plan_turns(transcript, ["Ada", "Grace"]) == [(0.0, "Ada"), (4.0, "Grace"), (8.0, "Ada")]
    assert plan_turns(transcript, []) == []


def test_picture_changes_only_at_key_frames(recordings) -> None:
    shots = list(choose_shots(recordings, [(0.0, "Ada"), (5.55, "Grace"), (9.0, "Ada")]))
    times = [shot.at_s for shot in shots]
    assert times == sorted(times)
    keys = {round(shot.at_s) for shot in shots if shot.is_key}
    assert shots[0].is_key
    assert {6, 9} <= keys
    assert len(shots) == pytest.approx(150, abs=2)


def test_film_shows_the_speaker_and_plays_every_second(recordings, utter, decode, tmp_path: Path) -> None:
    transcript = utter("Ada: One two three.", "Grace: Four five six.", "Ada: Seven eight.")
    length_s = write_player(recordings, transcript, tmp_path / "m.webm")
    last_s, sound_s, frames = decode(tmp_path / "m.webm")
    assert length_s >= 15
    assert last_s == pytest.approx(14.9, abs=0.2)
    assert sound_s == pytest.approx(length_s, abs=0.1)
    shade = {round(at, 1): picture[0:40].mean() for at, picture, _ in frames}
    assert shade[3.0] < 100
    assert shade[7.0] > 150
    assert shade[12.0] < 100


def test_sound_alone_makes_a_film_without_picture(talk, utter, decode, tmp_path: Path) -> None:
    write_player(talk, utter("Ada: One."), tmp_path / "m.webm")
    _, sound_s, frames = decode(tmp_path / "m.webm")
    assert frames == []
    assert sound_s >= 15


def test_nothing_recorded_makes_no_film(tmp_path: Path) -> None:
    assert write_player({}, (), tmp_path / "m.webm") == 0.0
    assert not (tmp_path / "m.webm").exists()
