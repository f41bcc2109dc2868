from pathlib import Path

import cv2
import numpy as np
import pytest

from app.media.person_mask import MaskMissing, PersonMask
from app.media.planes import MODEL_SIZE_PX
from tests.fakes.person import HEIGHT, WIDTH, draw_person

MODEL = Path(__file__).parents[2] / "resources" / "models" / "person.onnx"


def test_finds_the_person_and_nobody_where_there_is_none() -> None:
    picture, where = draw_person()
    mask = PersonMask(MODEL)
    rgb = cv2.cvtColor(cv2.resize(picture, MODEL_SIZE_PX, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2RGB)
    found = mask.find(rgb)
    assert found.shape == MODEL_SIZE_PX[::-1]
    assert found.dtype == np.float32
    full = cv2.resize(found, (WIDTH, HEIGHT))
    assert full[where == 1].mean() > 0.95
    assert full[where == 0].mean() < 0.05
    assert mask.find(np.full_like(rgb, 128)).mean() < 0.02
    mask.close()


def test_a_broken_model_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"no model")
    for name in ("model.onnx", "none.onnx"):
        with pytest.raises(MaskMissing, match="background cannot be changed"):
            PersonMask(tmp_path / name)


def test_a_picture_of_another_size_is_refused_as_a_model_that_fails() -> None:
    with pytest.raises(MaskMissing):
        PersonMask(MODEL).find(np.zeros((10, 10, 3), np.uint8))
