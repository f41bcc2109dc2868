"""Who is told, and how often, that pictures are held back."""

from server_stub.relay.held import HeldNews

NONE = frozenset()
FACE, SCREEN = frozenset({("p1", "camera")}), frozenset({("p1", "screen")})


def test_the_first_look_is_news_and_then_what_has_changed_at_most_once_a_second():
    news = HeldNews()
    seen = [
        (0.0, NONE, True),
        (0.25, NONE, False),
        (9.0, FACE, True),
        (9.25, NONE, False),  # so soon after the last one
        (9.5, FACE, False),
        (11.0, FACE, False),
        (11.25, NONE, True),
        (12.0, FACE | SCREEN, False),
        (12.25, FACE | SCREEN, True),
        (99.0, FACE | SCREEN, False),
    ]
    assert [news.is_due(held, at) for at, held, _ in seen] == [is_due for _, _, is_due in seen]
