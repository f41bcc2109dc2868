"""Text or motion: chosen by what moves, with patience; and how large what moves can be."""

import pytest

from app.media.screen.changes import Change
from app.media.screen.modes import LARGEST_TEXT_PX, MOTION_STEPS_PX, ModeChooser, MotionSize, fitted

STILL, TYPING, SCROLL, FILM = (
    Change(),
    Change(0.004, 0.004),
    Change(0.6, 0.6, True),
    Change(0.3, 0.3),
)


def play(chooser, *acts, fps=10, start=0):
    """The mode after each act: (what each look finds, seconds)."""
    modes, number = [], start
    for change, seconds in acts:
        for _ in range(round(seconds * fps)):
            mode = chooser.look(number / fps, change)
            number += 1
        modes.append(mode)
    return modes


@pytest.mark.parametrize(
    ("acts", "modes"),
    [
        (((STILL, 5),), ["text"]),
        (((TYPING, 20),), ["text"]),
        (((SCROLL, 20),), ["text"]),
        # A dialog or an animation is no film.
        (((STILL, 5), (FILM, 1.5), (STILL, 5)), ["text", "text", "text"]),
        (((STILL, 5), (FILM, 4), (STILL, 1), (STILL, 4)), ["text", "motion", "motion", "text"]),
        (((FILM, 4), (SCROLL, 4)), ["motion", "text"]),
    ],
)
def test_the_mode_follows_what_moves(acts, modes):
    assert play(ModeChooser(), *acts) == modes


def test_a_film_that_pauses_now_and_then_stays_smooth():
    chooser = ModeChooser()
    play(chooser, (FILM, 5))
    assert set(play(chooser, *((FILM, 1.6), (STILL, 0.4)) * 5, start=50)) == {"motion"}


@pytest.mark.parametrize(("wish", "other"), [("text", FILM), ("motion", STILL)])
def test_what_was_chosen_by_hand_counts_at_once(wish, other):
    assert ModeChooser(wish).look(0.0, other) == wish


def test_what_moves_gets_smaller_where_the_encoder_cannot_keep_up_and_larger_again_with_patience():
    size = MotionSize()
    sizes = []
    for tenth in range(40):
        size.spent(tenth / 10, 0.04)
        sizes.append(size.most_px)
    assert (sizes[0], sizes[-1]) == (MOTION_STEPS_PX[0], MOTION_STEPS_PX[-1])
    for tenth in range(40, 130):
        size.spent(tenth / 10, 0.004)
    assert size.most_px == MOTION_STEPS_PX[-1]
    for tenth in range(130, 160):
        size.spent(tenth / 10, 0.004)
    assert size.most_px == MOTION_STEPS_PX[-2]


def test_neither_slow_nor_easy_stays_as_it_is():
    size = MotionSize()
    for second in range(60):
        size.spent(second, 0.015)
    assert size.most_px == MOTION_STEPS_PX[0]


@pytest.mark.parametrize(
    ("screen", "most", "size"),
    [
        ((1920, 1080), LARGEST_TEXT_PX, (1920, 1080)),
        ((1367, 769), LARGEST_TEXT_PX, (1366, 768)),
        ((3840, 2160), LARGEST_TEXT_PX, (2560, 1440)),
        ((1440, 2560), LARGEST_TEXT_PX, (1440, 2560)),
        ((1920, 1080), (1280, 720), (1280, 720)),
        ((1, 1), LARGEST_TEXT_PX, (2, 2)),
    ],
)
def test_the_size_is_its_own_where_that_is_not_too_large(screen, most, size):
    assert fitted(*screen, most) == size
