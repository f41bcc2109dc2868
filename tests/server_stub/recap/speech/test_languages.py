"""Where the language changes: pieces end at pauses, and only what is sure makes a border."""

import numpy as np
import pytest

from server_stub.recap.speech.languages import is_suspect, pieces, quietest
from server_stub.recap.voice import RATE_HZ

THREE = [(0.0, 2.0), (2.0, 4.0), (4.0, 6.0)]


@pytest.mark.parametrize(
    ("pauses", "must", "parts"),
    [
        ([(2.9, 3.1)], False, [(0.0, 3.0), (3.0, 6.0)]),
        ([(2.95, 3.05)], False, [(0.0, 6.0)]),
        ([(0.3, 0.5), (2.9, 3.1), (3.3, 3.5), (5.4, 5.6)], False, [(0.0, 3.0), (3.0, 6.0)]),
        ([], False, [(0.0, 6.0)]),
        ([], True, THREE),
        ([(2.9, 3.1)], True, [(0.0, 3.0), (3.0, 6.0)]),
    ],
)
def test_pieces_end_at_pauses_and_are_even_only_where_there_are_none(pauses, must, parts) -> None:
    assert pieces(6.0, pauses, must=must) == parts


@pytest.mark.parametrize(
    ("odds", "suspect"),
    [({"en": 0.9, "de": 0.05}, False), ({"en": 0.3, "fi": 0.4}, False), ({"de": 0.9, "en": 0.05}, True), ({}, False)],
)
def test_a_piece_is_looked_at_where_another_language_is_likely(odds, suspect) -> None:
    assert is_suspect(odds) is suspect


def test_the_cut_is_made_where_it_is_quietest() -> None:
    sound = np.sin(np.arange(4 * RATE_HZ) / 8).astype(np.float32)
    sound[round(2.3 * RATE_HZ) : round(2.4 * RATE_HZ)] = 0
    assert 2.3 <= quietest(sound, 2.0) <= 2.4
    assert quietest(sound[:100], 0.001) == 0.001
