"""Raised hands and reactions that are kept with a recording, and what the highlights make of them."""

import stat

from server_stub.recap import moments as moments_module
from server_stub.recap.highlights import choose_highlights
from server_stub.recap.moments import MOMENTS, Moment, MomentLog, answers, marks, reactions_s, read_moments


def moment(at, kind="clap", person="ada"):
    return Moment(at=at, person=person, kind=kind)


def test_they_are_read_back_and_are_for_this_user_alone(tmp_path):
    log = MomentLog(tmp_path)
    kept = [moment(5.0), moment(6.0, "hand", "grace")]
    for one in kept:
        log.add(one)
    assert read_moments(tmp_path) == kept
    assert stat.S_IMODE((tmp_path / MOMENTS).stat().st_mode) == 0o600
    # A second run of the server writes on.
    MomentLog(tmp_path).add(moment(7.0))
    assert len(read_moments(tmp_path)) == 3


def test_what_a_crash_cut_off_or_somebody_else_wrote_is_passed_over(tmp_path):
    assert read_moments(tmp_path) == []
    MomentLog(tmp_path).add(moment(5.0))
    with (tmp_path / MOMENTS).open("ab") as file:
        file.write(b'[]\n{"at": 6.0, "person": "ada", "kind": "x"}\n{"at": 7.0, "per')
    assert read_moments(tmp_path) == [moment(5.0)]


def test_a_flood_fills_no_disk_and_a_missing_folder_disturbs_nobody(tmp_path, monkeypatch):
    monkeypatch.setattr(moments_module, "MOST", 3)
    log = MomentLog(tmp_path)
    for at in range(9):
        log.add(moment(float(at)))
    assert len(read_moments(tmp_path)) == 3
    MomentLog(tmp_path / "gone").add(moment(1.0))


def test_a_reaction_is_to_what_was_said_just_before_and_a_hand_to_nothing():
    found = reactions_s([moment(130.0), moment(90.0), moment(110.0, "hand"), moment(104.0)], 100.0)
    assert found == [4.0, 30.0]
    assert answers(found, 0.0, 3.0) == 1
    assert answers(found, 10.0, 21.0) == 0
    assert answers(found, 10.0, 22.0) == 1
    assert answers(found, 31.0, 40.0) == 0


def test_highlights_prefer_what_people_reacted_to(utter):
    lines = [f"{'Ada' if n % 2 else 'Grace'}: The colour of wall {n} is grey as before." for n in range(60)]
    transcript = utter(*lines)
    length_s = transcript[-1].end_s + 1
    liked = transcript[41]
    reactions = (liked.end_s + 1.0, liked.end_s + 1.5, liked.end_s + 2.0)
    before = choose_highlights(transcript, (), length_s=length_s)
    after = choose_highlights(transcript, (), length_s=length_s, reactions_s=reactions)
    assert not any(liked.id in clip.evidence for clip in before)
    (clip,) = [clip for clip in after if liked.id in clip.evidence]
    assert clip.reason == "People reacted."


def test_marks_are_kept_apart_from_reactions():
    moments = [moment(130.0, "mark"), moment(90.0, "mark"), moment(104.0), moment(110.0, "mark", "grace")]
    assert [(one.at_s, one.person) for one in marks(moments, 100.0)] == [(10.0, "grace"), (30.0, "ada")]
    assert reactions_s(moments, 100.0) == [4.0]
