import threading

import numpy as np

from app.media.mailbox import Mailbox
from app.media.types import Picture, PictureKey

ADA: PictureKey = ("ada", "camera")
GRACE: PictureKey = ("grace", "camera")


def picture(at_s: float) -> Picture:
    return Picture(np.zeros((2, 2, 4), np.uint8), 2, 2, at_s)


def test_newest_picture_of_each_view_wins() -> None:
    box = Mailbox(lambda: None)
    box.put(ADA, 1, picture(1))
    box.put(GRACE, 2, picture(2))
    box.put(ADA, 1, picture(3))
    assert {key: taken.captured_at_s for key, taken in box.take_all().items()} == {(ADA, 1): 3, (GRACE, 2): 2}
    assert box.take_all() == {}
    assert box.dropped == 1


def test_two_views_of_one_picture_do_not_replace_each_other() -> None:
    box = Mailbox(lambda: None)
    box.put(ADA, 1, picture(1))
    box.put(ADA, 2, picture(1))
    assert set(box.take_all()) == {(ADA, 1), (ADA, 2)}
    assert box.dropped == 0


def test_wakes_once_per_filling() -> None:
    wakes = []
    box = Mailbox(lambda: wakes.append(1))
    for at_s in range(5):
        box.put(ADA, 1, picture(at_s))
        box.put(GRACE, 2, picture(at_s))
    assert len(wakes) == 1
    box.take_all()
    box.put(ADA, 1, picture(9))
    assert len(wakes) == 2


def test_the_window_may_empty_the_box_inside_the_wake() -> None:
    taken = []
    box = Mailbox(lambda: taken.append(box.take_all()))
    box.put(ADA, 1, picture(1))
    assert list(taken[0]) == [(ADA, 1)]


def test_four_threads_lose_nothing_but_what_is_counted() -> None:
    box = Mailbox(lambda: None)
    seen = 0

    def put(name: str) -> None:
        for at_s in range(500):
            box.put((name, "camera"), 1, picture(at_s))

    threads = [threading.Thread(target=put, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen += len(box.take_all())
    seen += len(box.take_all())
    assert seen + box.dropped == 4 * 500
