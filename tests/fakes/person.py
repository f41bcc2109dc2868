"""A drawn person before a busy wall: the segmentation model takes her for a real one."""

from __future__ import annotations

import cv2
import numpy as np

WIDTH, HEIGHT = 640, 360
BODY = (((320, 380), (150, 120)), ((320, 150), (75, 95)))
SKIN, HAIR, SHIRT = (140, 170, 225), (30, 40, 60), (90, 60, 40)
FEATURES = [
    ((260, 170), (9, 18), (130, 160, 215)),
    ((380, 170), (9, 18), (130, 160, 215)),
    *(((x, 155), (11, 6), (245, 245, 245)) for x in (297, 343)),
    *(((x, 155), (5, 6), (60, 40, 30)) for x in (297, 343)),
    *(((x, 140), (15, 3), HAIR) for x in (297, 343)),
    ((320, 182), (9, 14), (125, 155, 212)),
    ((320, 212), (22, 7), (90, 90, 190)),
]


def draw_person() -> tuple[np.ndarray, np.ndarray]:
    """Draws her.

    Returns:
        uint8 [360, 640, 3] BGR, and float [360, 640] with 1.0 where she is.
    """
    random = np.random.default_rng(0)
    tiles = random.integers(60, 220, (HEIGHT // 40, WIDTH // 40, 3)).astype(np.uint8)
    picture = cv2.resize(tiles, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for (center, axes), color in zip(BODY, (SHIRT, HAIR), strict=True):
        cv2.ellipse(picture, center, axes, 0, 0, 360, color, -1, cv2.LINE_AA)
        cv2.ellipse(mask, center, axes, 0, 0, 360, 255, -1)
    cv2.rectangle(picture, (290, 220), (350, 290), (120, 150, 205), -1)
    cv2.rectangle(mask, (290, 220), (350, 290), 255, -1)
    cv2.ellipse(picture, (320, 285), (40, 22), 0, 0, 360, (120, 150, 205), -1, cv2.LINE_AA)
    cv2.ellipse(picture, (320, 165), (60, 80), 0, 0, 360, SKIN, -1, cv2.LINE_AA)
    for center, axes, color in FEATURES:
        cv2.ellipse(picture, center, axes, 0, 0, 360, color, -1, cv2.LINE_AA)
    picture = cv2.GaussianBlur(picture, (0, 0), 1.0)
    light = 1 - 0.25 * (np.arange(WIDTH) - 260) / WIDTH
    noisy = picture * light[None, :, None] + random.normal(0, 3, picture.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8), mask / 255.0
