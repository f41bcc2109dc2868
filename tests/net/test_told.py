from app.net.told import Told


def test_it_is_told_when_it_changed_and_once_a_second_and_what_fell_a_few_times():
    told, due = Told(), []
    for at_s, bps in (
        (0.0, 100),
        (0.2, 101),
        (0.4, 110),
        (0.6, 111),
        (1.5, 111),
        (1.7, 90),
        (1.9, 90),
        (2.5, 90),
        (2.9, 90),
    ):
        due.append(told.is_due(bps, at_s))
    assert due == [True, False, True, False, True, True, True, True, False]
