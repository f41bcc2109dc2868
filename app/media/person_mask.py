"""Where the person is in a camera picture: MediaPipe's selfie segmentation, steadied over time.

The mask stays in this process and in memory; it is never stored or sent.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

import numpy as np

from app.media.types import MediaError, Pixels, Samples

log = logging.getLogger(__name__)

MODEL_SIZE_PX = (256, 144)
# Share of the newest mask: steady hair against quick hands; by eye at 30 masks a second.
NEWEST_SHARE = 0.65
# The model is unsure between these; below is background for certain, above is person for certain.
# Nearer to the person than the middle: a line of the room round the hair is worse than a line of hair less.
SURE_BACKGROUND, SURE_PERSON = 0.35, 0.85


class MaskMissing(MediaError):
    """The model or the library that finds the person cannot be used."""

    def __init__(self) -> None:
        super().__init__("The background cannot be changed on this computer: the model that finds you did not load.")


class PersonMask:
    """Finds the person, picture after picture of one camera; always from the same thread."""

    def __init__(self, model_path: Path) -> None:
        """Loads the model; takes a second or two the first time.

        Args:
            model_path: selfie_segmentation_landscape.tflite.

        Raises:
            MaskMissing: The model or the library does not load.
        """
        # The library's own chatter goes to the terminal otherwise.
        os.environ.setdefault("GLOG_minloglevel", "2")
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        try:
            import mediapipe
            from mediapipe.tasks.python import BaseOptions, vision

            options = vision.ImageSegmenterOptions(
                base_options=BaseOptions(model_asset_buffer=model_path.read_bytes()),
                running_mode=vision.RunningMode.VIDEO,
                output_confidence_masks=True,
                output_category_mask=False,
            )
            self._segmenter: Any = vision.ImageSegmenter.create_from_options(options)
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise MaskMissing() from error
        self._mediapipe: Any = mediapipe
        self._time_ms = 0
        self._steady: Samples | None = None

    def find(self, bgr: Pixels) -> Samples:
        """Finds the person in the next picture.

        Args:
            bgr: uint8 [h, w, 3], any size; the whole of it is looked at.

        Returns:
            float32 of MODEL_SIZE_PX, [144, 256]: 0.0 background to 1.0 person; do not write into it.
        """
        import cv2

        small = cv2.resize(bgr, MODEL_SIZE_PX, interpolation=cv2.INTER_AREA)
        rgb = cv2.cvtColor(small, cv2.COLOR_BGR2RGB)
        # The library insists on growing times and uses them for nothing else here.
        self._time_ms += 33
        picture = self._mediapipe.Image(image_format=self._mediapipe.ImageFormat.SRGB, data=rgb)
        found = self._segmenter.segment_for_video(picture, self._time_ms)
        newest = np.squeeze(found.confidence_masks[0].numpy_view())
        if self._steady is None:
            steady = newest.astype(np.float32)
        else:
            mixed = cv2.addWeighted(newest, NEWEST_SHARE, self._steady, 1 - NEWEST_SHARE, 0.0)
            steady = np.asarray(mixed, np.float32)
        self._steady = steady
        sharpened = (steady - np.float32(SURE_BACKGROUND)) / np.float32(SURE_PERSON - SURE_BACKGROUND)
        return np.asarray(np.clip(sharpened, 0.0, 1.0), np.float32)

    def forget(self) -> None:
        """Begins anew, for another camera."""
        self._steady = None

    def close(self) -> None:
        """Frees the model; `find` must not be called again."""
        self._segmenter.close()
