"""What a choice of background stands for, and what is shown where it cannot be."""

import queue
import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from app import paths
from app.call_picture import CallPicture, background_of
from app.media.types import Background
from app.state.slices.devices import Choices
from tests.fakes.camera import FakeCamera


@pytest.mark.parametrize(
    ("wish", "background"),
    [
        ("none", Background()),
        ("", Background()),
        ("of a later version", Background("blur", strength="strong")),
        ("video:of a later version", Background("blur", strength="strong")),
        ("blur", Background("blur", strength="strong")),
        ("blur:light", Background("blur", strength="light")),
        ("image:hills.jpg", Background("image", paths.resource("backgrounds", "hills.jpg"))),
        ("image:../hills.jpg", Background("blur", strength="strong")),
        ("file:/home/ada/a: b.png", Background("image", Path("/home/ada/a: b.png"))),
    ],
)
def test_r14_what_a_choice_stands_for(wish, background):
    assert background_of(wish) == background


def test_a_picture_of_ones_own_that_is_gone_is_told_and_the_room_stays_hidden(tmp_path):
    told, shown, arrived = [], [], threading.Event()

    def show(view, picture):
        shown.append(picture)
        arrived.set()

    picture = CallPicture(show, told.append)
    picture.choices = Choices(background=f"file:{tmp_path / 'gone.jpg'}")
    picture.settle()
    assert told == ["The background picture cannot be read. Choose another one."]
    camera = FakeCamera()
    picture.open(camera)
    room = np.random.default_rng(1).integers(0, 255, (360, 640, 3)).astype(np.uint8)
    camera.give(room)
    assert arrived.wait(10)
    picture.close()
    edges = [float(np.abs(cv2.Laplacian(one, cv2.CV_32F)).mean()) for one in (shown[0].seen[..., :3].copy(), room)]
    assert edges[0] < edges[1] / 20


def test_a_picture_of_ones_own_that_was_mended_is_shown_when_it_is_chosen_again(tmp_path):
    told, shown = [], queue.Queue()
    file = tmp_path / "beach.png"
    file.write_bytes(b"no picture")
    picture = CallPicture(lambda view, made: shown.put(made), told.append)
    picture.choices = Choices(background=f"file:{file}")
    picture.settle()
    picture.settle()
    assert told == ["The background picture cannot be read. Choose another one."]
    cv2.imwrite(str(file), np.full((36, 64, 3), (0, 0, 255), np.uint8))
    picture.settle()
    assert len(told) == 1
    camera = FakeCamera()
    picture.open(camera)
    camera.give(np.zeros((360, 640, 3), np.uint8))
    # The model has not found anybody yet: all of it is hidden behind the picture.
    assert shown.get(timeout=10).seen[..., 2].min() > 200
    picture.close()
