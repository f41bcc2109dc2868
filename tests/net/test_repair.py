from app.net.repair import MAX_GAP, Missing, Patience, ahead

PATIENCE = Patience(every_s=0.04, give_up_s=0.2, tries=3)


def test_ahead_goes_the_short_way_round():
    assert ahead(1, 65_535) == 2
    assert ahead(65_535, 1) == -2
    assert ahead(7, 7) == 0


def test_a_gap_is_asked_for_at_once_and_again_later():
    missing = Missing(PATIENCE)
    assert missing.seen(65_534, 0.0)
    assert missing.seen(1, 0.0)
    assert missing.due(0.0) == [65_535, 0]
    assert missing.due(0.03) == []
    assert missing.due(0.041) == [65_535, 0]


def test_what_comes_late_is_not_asked_for_again():
    missing = Missing(PATIENCE)
    missing.seen(10, 0.0)
    missing.seen(13, 0.0)
    missing.seen(11, 0.01)
    assert missing.due(0.02) == [12]
    assert len(missing) == 1


def test_it_is_asked_three_times_and_then_given_up():
    missing = Missing(PATIENCE)
    missing.seen(1, 0.0)
    missing.seen(3, 0.0)
    asked = [missing.due(step * 0.041) for step in range(5)]
    assert asked == [[2], [2], [2], [], []]
    assert missing.given_up(0.19) == []
    assert missing.given_up(0.2) == [2]
    assert missing.given_up(0.3) == []


def test_a_wide_gap_is_a_new_beginning():
    missing = Missing(PATIENCE)
    missing.seen(1, 0.0)
    missing.seen(3, 0.0)
    assert not missing.seen(3 + MAX_GAP + 1, 0.0)
    assert missing.due(1.0) == []


def test_forgetting_takes_the_next_packet_as_the_first():
    missing = Missing(PATIENCE)
    missing.seen(1, 0.0)
    missing.forget()
    assert missing.seen(500, 0.0)
    assert missing.due(1.0) == []


def test_a_packet_from_far_behind_is_told():
    missing = Missing(PATIENCE)
    missing.seen(30_000, 0.0)
    assert missing.seen(29_990, 0.0)
    assert not missing.seen(1_000, 0.0)


def test_who_keeps_the_pauses_is_told_all_until_they_come_or_grow_old():
    missing = Missing(Patience(every_s=0.0, give_up_s=0.4))
    assert missing.add(65_534, 4, 10.0) == [65_534, 65_535, 0, 1]
    assert missing.found(0)
    assert not missing.found(0)
    assert [missing.due(10.0 + step / 100) for step in range(39)] == [[65_534, 65_535, 1]] * 39
    missing.add(7, 1, 10.3)
    assert missing.given_up(10.4) == [65_534, 65_535, 1]
    assert missing.due(10.4) == [7]
    missing.forget()
    assert missing.due(11.0) == []
