from pathlib import Path

import cv2
import numpy as np
import pytest

from app.media.person_mask import MODEL_SIZE_PX, MaskMissing, PersonMask
from tests.fakes.person import HEIGHT, WIDTH, draw_person

MODEL = Path(__file__).parents[2] / "resources" / "models" / "selfie_segmentation_landscape.tflite"


def test_finds_the_person_and_follows_her() -> None:
    picture, where = draw_person()
    mask = PersonMask(MODEL)
    for _ in range(3):
        found = mask.find(picture)
    assert found.shape == MODEL_SIZE_PX[::-1]
    assert found.dtype == np.float32
    full = cv2.resize(found, (WIDTH, HEIGHT))
    assert full[where == 1].mean() > 0.95
    assert full[where == 0].mean() < 0.05

    gone = np.full_like(picture, 128)
    means = [float(mask.find(gone).mean()) for _ in range(6)]
    assert means[-1] < 0.02
    mask.forget()
    assert mask.find(picture).mean() > 0.2
    mask.close()


def test_a_broken_model_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "model.tflite").write_bytes(b"no model")
    for name in ("model.tflite", "none.tflite"):
        with pytest.raises(MaskMissing, match="background cannot be changed"):
            PersonMask(tmp_path / name)
