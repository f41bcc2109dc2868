"""The stage follows a conversation, and does not jump with each cough."""

import pytest

from app.state.floor import Floor, hear

TICK_S = 0.1


def after(*parts, floor=None):
    """The floor after some parts of a talk: (seconds, who speaks)."""
    floor, now, turns = floor or Floor(), 10.0, []
    for lasts_s, speaking in parts:
        for _ in range(round(lasts_s / TICK_S)):
            now += TICK_S
            before, floor = floor, hear(floor, speaking, now)
            if floor.person != before.person:
                turns.append(floor.person)
    return turns


@pytest.mark.parametrize(
    ("parts", "turns"),
    [
        ([(5.0, ())], []),
        ([(0.8, ("ada",)), (5.0, ())], []),  # a cough
        ([(2.0, ("ada",))], ["ada"]),
        # Words have gaps.
        ([(0.7, ("ada",)), (0.4, ()), (0.7, ("ada",))], ["ada"]),
        # Somebody agrees while another speaks.
        ([(4.0, ("ada",)), (0.5, ("ada", "alan")), (0.5, ("alan",)), (3.0, ("ada",))], ["ada"]),
        # A real answer takes the floor, and only once.
        ([(4.0, ("ada",)), (4.0, ("alan",)), (0.8, ("ada",)), (2.0, ("alan",))], ["ada", "alan"]),
        # Both speak: it stays.
        ([(4.0, ("ada",)), (6.0, ("ada", "alan"))], ["ada"]),
        # Short turns: it stays for a while with each.
        ([(1.5, ("ada",)), (1.5, ("alan",)), (1.5, ("ada",))], ["ada"]),
        # Of two who begin together one is chosen, and it stays with them.
        ([(5.0, ("zoe", "alan"))], ["alan"]),
        # Nobody speaks any more: it stays with who spoke last.
        ([(4.0, ("ada",)), (60.0, ())], ["ada"]),
        # One begins, and another goes on in their place.
        ([(0.5, ("ada",)), (1.0, ()), (2.0, ("alan",))], ["alan"]),
    ],
)
def test_who_has_the_floor(parts, turns):
    assert after(*parts) == turns
