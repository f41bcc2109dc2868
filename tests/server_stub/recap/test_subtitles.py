import pytest

from app.wire.recap import Utterance
from server_stub.recap.highlights import choose_highlights
from server_stub.recap.reel import TOGETHER, choose_people, cut_lines
from server_stub.recap.subtitles import HOLD_S, Subtitles


def said(speaker: str, start_s: float, end_s: float, text: str) -> Utterance:
    return Utterance(id=text, speaker=speaker, start_s=start_s, end_s=end_s, text=text, confidence=1.0)


#: Six rows of four letters within six seconds; Grace falls in after four.
LONG = said("Ada", 10.0, 16.0, "aaaa bbbb cccc dddd eeee ffff")
SHORT = said("Grace", 14.0, 15.0, "yes")


@pytest.mark.parametrize(
    ("at_s", "speaker", "rows"),
    [
        (9.9, "", ()),
        (10.0, "Ada", ("aaaa", "bbbb")),
        (11.9, "Ada", ("aaaa", "bbbb")),
        (12.0, "Ada", ("cccc", "dddd")),
        (14.0, "Grace", ("yes",)),
        (15.4, "Grace", ("yes",)),
        (15.6, "Ada", ("eeee", "ffff")),
        (16.0 + HOLD_S - 0.1, "Ada", ("eeee", "ffff")),
        (16.0 + HOLD_S, "", ()),
    ],
)
def test_two_rows_at_a_time_of_who_began_last(at_s: float, speaker: str, rows: tuple[str, ...]) -> None:
    shown = Subtitles([LONG, SHORT], str.split).at(at_s)
    assert ((shown.speaker, shown.rows) if shown else ("", ())) == (speaker, rows)


@pytest.mark.parametrize(
    ("at_s", "names"), [(9.9, set()), (10.0, {"Ada"}), (14.5, {"Ada", "Grace"}), (15.5, {"Ada"}), (16.0, set())]
)
def test_all_who_speak_have_a_ring(at_s: float, names: set[str]) -> None:
    assert Subtitles([LONG, SHORT], str.split).speakers(at_s) == names


def test_words_that_cannot_be_cut_into_rows_give_none() -> None:
    assert Subtitles([LONG], lambda text: []).at(11.0) is None
    assert Subtitles([], str.split).at(11.0) is None


def test_of_many_only_those_who_speak_in_a_clip_are_shown() -> None:
    few, many = ["Ada", "Grace", "Mia", "Noor"], ["Ada", "Eve", "Grace", "Mia", "Noor"]
    assert len(few) == TOGETHER
    assert choose_people(few, [LONG]) == few
    assert choose_people(many, [SHORT, LONG]) == ["Ada", "Grace"]
    assert choose_people(many, [said("Zoe", 1.0, 2.0, "no")]) == many, "she has no file"
    assert choose_people(many, []) == many


def test_the_words_of_a_clip_are_those_that_its_highlight_cites(utter) -> None:
    transcript = utter(*(f"Ada: The price for part {n} is {n + 3} euros." for n in range(40)))
    clips = choose_highlights(transcript, (), length_s=160.0)
    lines = cut_lines(clips, transcript)
    assert [[one.id for one in each] for each in lines] == [list(clip.evidence) for clip in clips]
    assert cut_lines(clips, transcript[:0]) == [[] for _ in clips]
