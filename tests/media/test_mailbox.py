import threading

import numpy as np

from app.media.mailbox import Mailbox
from app.media.types import Picture


def picture(at_s: float) -> Picture:
    return Picture(np.zeros((2, 2, 4), np.uint8), 2, 2, at_s)


def test_newest_picture_of_each_tile_wins() -> None:
    box = Mailbox(lambda: None)
    box.put("ada", picture(1))
    box.put("grace", picture(2))
    box.put("ada", picture(3))
    assert {key: taken.captured_at_s for key, taken in box.take_all().items()} == {"ada": 3, "grace": 2}
    assert box.take_all() == {}
    assert box.dropped == 1


def test_wakes_once_per_filling() -> None:
    wakes = []
    box = Mailbox(lambda: wakes.append(1))
    for at_s in range(5):
        box.put("ada", picture(at_s))
        box.put("grace", picture(at_s))
    assert len(wakes) == 1
    box.take_all()
    box.put("ada", picture(9))
    assert len(wakes) == 2


def test_the_window_may_empty_the_box_inside_the_wake() -> None:
    taken = []
    box = Mailbox(lambda: taken.append(box.take_all()))
    box.put("ada", picture(1))
    assert list(taken[0]) == ["ada"]


def test_four_threads_lose_nothing_but_what_is_counted() -> None:
    box = Mailbox(lambda: None)
    seen = 0

    def put(name: str) -> None:
        for at_s in range(500):
            box.put(name, picture(at_s))

    threads = [threading.Thread(target=put, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        seen += len(box.take_all())
    seen += len(box.take_all())
    assert seen + box.dropped == 4 * 500
