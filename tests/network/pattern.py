"""Pictures that say when they were taken, in a bar of light and dark cells, and can be compared with what they were.

The bar is 40 cells wide over the top: 32 bits of milliseconds and 8 of a checksum. It can be read at a quarter of the
size. Below it a texture is panned to and fro, so that a picture that was put together wrongly does not look right.
"""

import functools

import numpy as np

WIDTH, HEIGHT, FPS = 640, 360, 20
PERIOD = 80
BITS, CELL = 40, 16
#: A picture as it is compared: means over squares of 8 x 8, without the rows that the bar covers.
SMALL_PX, BAR_ROWS = (80, 45), 3
_LIGHT, _DARK = 235, 16


@functools.cache
def textures():
    """The moving part: uint8 [PERIOD, HEIGHT, WIDTH]."""
    dice = np.random.default_rng(3)
    cells = dice.integers(0, 255, (HEIGHT // 8 + 2, (WIDTH + 400) // 8 + 2)).astype(np.float32)
    wide = np.kron(cells, np.ones((8, 8), np.float32))
    soft = np.apply_along_axis(lambda row: np.convolve(row, np.ones(9) / 9, "same"), 1, wide)
    soft = np.clip(60 + soft * 0.5, 0, 255).astype(np.uint8)
    starts = (100 + 90 * np.sin(2 * np.pi * np.arange(PERIOD) / PERIOD)).astype(int)
    return np.stack([soft[:HEIGHT, start : start + WIDTH] for start in starts])


@functools.cache
def references():
    """What a whole picture looks like at SMALL_PX: float [PERIOD, 45, 80]."""
    return textures().reshape(PERIOD, SMALL_PX[1], 8, SMALL_PX[0], 8).mean((2, 4))


def _checksum(value):
    return (value ^ (value >> 8) ^ (value >> 16) ^ (value >> 24)) & 0xFF


def stamp(luminance, number):
    """Writes the bar of a picture's number into it; it was due at number / FPS seconds.

    Args:
        luminance: uint8 [HEIGHT, WIDTH], changed in place.
        number: from 0.
    """
    value = (number * 1000 // FPS) & 0xFFFFFFFF
    word = value << 8 | _checksum(value)
    bits = [_LIGHT if word >> (BITS - 1 - at) & 1 else _DARK for at in range(BITS)]
    luminance[:CELL] = np.repeat(np.array(bits, np.uint8), CELL)


def picture(number):
    """A camera's picture: uint8 [HEIGHT * 3 / 2, WIDTH], yuv420p without colour."""
    planes = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    planes[:HEIGHT] = textures()[number % PERIOD]
    stamp(planes[:HEIGHT], number)
    return planes


def read(luminance):
    """A picture's number; -1 where the bar cannot be read.

    Args:
        luminance: uint8 [height, width] of any size from 160 x 90 on.
    """
    width = luminance.shape[1]
    cell = width / BITS
    rows = luminance[max(0, int(cell * 0.25)) : max(1, int(cell * 0.75))].astype(np.float32).mean(0)
    word = 0
    for at in range(BITS):
        left = int((at + 0.25) * cell)
        word = word << 1 | int(rows[left : max(left + 1, int((at + 0.75) * cell))].mean() > 128)
    value = word >> 8
    number, rest = divmod(value * FPS, 1000)
    return number if _checksum(value) == word & 0xFF and not rest else -1
