"""Where the person is in a camera picture: MediaPipe's selfie segmentation, run by ONNX Runtime.

The mask stays in this process and in memory; it is never stored or sent.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from app.media.types import MediaError, Pixels, Samples


class MaskMissing(MediaError):
    """The model or the library that finds the person cannot be used."""

    def __init__(self) -> None:
        super().__init__("The background cannot be changed on this computer: the model that finds you did not load.")


class PersonMask:
    """Finds the person, picture after picture; always from the same thread."""

    def __init__(self, model_path: Path) -> None:
        """Loads the model; takes a good part of a second the first time.

        Args:
            model_path: person.onnx.

        Raises:
            MaskMissing: The model or the library does not load.
        """
        try:
            import onnxruntime

            options = onnxruntime.SessionOptions()
            # A second thread would only wait for the voices' threads.
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.log_severity_level = 4
            # Numbers too small to matter cost a processor ten times as much as others.
            options.add_session_config_entry("session.set_denormal_as_zero", "1")
            self._session: Any = onnxruntime.InferenceSession(
                model_path.read_bytes(), options, providers=["CPUExecutionProvider"]
            )
        # The library's own errors have no ancestor of their own.
        except Exception as error:
            raise MaskMissing() from error

    def find(self, rgb: Pixels) -> Samples:
        """Finds the person in a picture, from that picture alone.

        Args:
            rgb: uint8 [144, 256, 3] RGB: `planes.MODEL_SIZE_PX`.

        Returns:
            float32 [144, 256]: 0.0 room to 1.0 person, as sure as the model is.

        Raises:
            MaskMissing: The model fails.
        """
        try:
            return np.asarray(self._session.run(None, {"rgb": rgb})[0], np.float32)
        except Exception as error:
            raise MaskMissing() from error

    def close(self) -> None:
        """Frees the model; `find` must not be called again."""
        self._session = None
