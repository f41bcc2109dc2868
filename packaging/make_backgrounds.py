"""Draws the background pictures in resources/backgrounds/: own art, the same on each run.

    .venv/bin/python packaging/make_backgrounds.py [--out resources/backgrounds]

Each is a room a little out of focus, as a camera would see it behind somebody: calm in the middle, light from one side.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT = 1280, 720
QUALITY = 88
Y, X = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)

Picture = np.ndarray
Color = tuple[int, int, int]


def rgb(code: str) -> Color:
    """Turns "rrggbb" into OpenCV's order."""
    return int(code[4:6], 16), int(code[2:4], 16), int(code[0:2], 16)


def plain(code: str) -> Picture:
    """Begins a picture in one colour; float [h, w, 3], 0 to 255."""
    return np.full((HEIGHT, WIDTH, 3), rgb(code), np.float32)


def soften(picture: Picture, sigma: float) -> Picture:
    """Takes a picture out of focus."""
    return cv2.GaussianBlur(picture, (0, 0), sigma)


def over(picture: Picture, code: str, mask: Picture) -> Picture:
    """Lays a colour over a picture where the mask, [h, w] 0 to 1, says so."""
    return picture + (np.array(rgb(code), np.float32) - picture) * mask[..., None]


def glow(center: tuple[float, float], radius: float, power: float = 2.0) -> Picture:
    """A soft round light; [h, w], 1 in its middle."""
    distance = np.hypot(X - center[0], Y - center[1]) / radius
    return np.exp(-(distance**power))


def shape(points: list[tuple[float, float]]) -> Picture:
    """A filled polygon as a mask with smooth edges."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    cv2.fillPoly(mask, [np.round(np.array(points) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return mask.astype(np.float32) / 255


def box(left: float, top: float, right: float, bottom: float) -> Picture:
    """A filled rectangle as a mask."""
    return shape([(left, top), (right, top), (right, bottom), (left, bottom)])


def move(mask: Picture, right: float, down: float) -> Picture:
    """Shifts a mask; what comes in at the edge repeats the edge."""
    shift = np.array([[1, 0, right], [0, 1, down]], np.float32)
    return cv2.warpAffine(mask, shift, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)


def finish(picture: Picture, random: np.random.Generator, *, vignette: float = 0.22) -> Picture:
    """Darkens the corners and adds the grain that keeps wide gradients from showing steps."""
    edge = np.hypot((X - WIDTH / 2) / (WIDTH / 2), (Y - HEIGHT / 2) / (HEIGHT / 2)) / 1.414
    picture = picture * (1 - vignette * edge**2.2)[..., None]
    picture = picture + soften(random.normal(0, 3.2, (HEIGHT, WIDTH, 1)).astype(np.float32), 0.7)[..., None]
    return np.clip(picture, 0, 255).astype(np.uint8)


def leaf(tip: tuple[float, float], *, length: float, angle: float, width: float) -> list[tuple[float, float]]:
    """The outline of a leaf that begins at a point and runs at an angle (radians)."""
    along = np.linspace(0, 1, 24)
    half = width * np.sin(np.pi * along**0.8) * (1 - along * 0.15)
    bend = angle + 0.5 * along
    middle = np.stack([tip[0] + length * along * np.cos(bend), tip[1] + length * along * np.sin(bend)], 1)
    side = np.stack([-np.sin(bend), np.cos(bend)], 1) * half[:, None]
    return [tuple(point) for point in np.concatenate([middle + side, (middle - side)[::-1]])]


def draw_studio(random: np.random.Generator) -> Picture:
    """A photographer's backdrop: warm clay with one soft light."""
    picture = plain("8f5f4a")
    picture = over(picture, "e2a883", glow((520, 250), 560) * 0.9)
    picture = over(picture, "f3cba6", glow((470, 200), 300) * 0.55)
    picture = over(picture, "4b2f2b", np.clip((Y - 420) / 420, 0, 1) ** 1.4 * 0.75)
    cloth = sum(soften(random.normal(0, 1, (HEIGHT, WIDTH)).astype(np.float32), size) * size for size in (18, 45, 90))
    return picture + (cloth * 2.6)[..., None]


def draw_window_light(random: np.random.Generator) -> Picture:
    """A plaster wall in the morning: the window's light, a shelf, a pot with a plant."""
    picture = plain("c9c6bd")
    picture = over(picture, "e4e0d6", glow((820, 260), 700) * 0.8)
    picture = over(picture, "8f918f", np.clip((260 - X) / 900 + (Y - 300) / 1400, 0, 1))
    light = np.zeros((HEIGHT, WIDTH), np.float32)
    for column in range(3):
        for row in range(3):
            left, top = 560 + column * 150 + row * 34, 40 + row * 165 + column * 26
            light += shape([(left, top), (left + 132, top + 23), (left + 166, top + 168), (left + 34, top + 145)])
    branches = np.zeros((HEIGHT, WIDTH), np.float32)
    for number in range(26):
        root = (760 + random.uniform(-190, 330), 170 + random.uniform(-140, 390))
        outline = leaf(root, length=random.uniform(60, 110), angle=-0.4 + number * 0.37, width=random.uniform(9, 17))
        branches = np.maximum(branches, shape(outline))
    light = soften(light, 5) * (1 - 0.6 * soften(branches, 6))
    picture = over(picture, "fff0cf", light * 0.72)
    shade = soften(box(70, 470, 470, 530), 16)
    picture = over(picture, "77756f", shade * 0.55)
    picture = over(picture, "a97f58", box(60, 452, 460, 470))
    picture = over(picture, "8a6544", box(60, 466, 460, 472))
    for left, width, height, code in ((96, 26, 118, "42606b"), (124, 20, 104, "d5cbb8"), (146, 30, 126, "b0614b")):
        picture = over(picture, code, box(left, 452 - height, left + width, 452))
    for number in range(15):
        outline = leaf((372, 372), length=random.uniform(85, 150), angle=-2.75 + number * 0.155, width=13)
        picture = over(picture, ("4c6b4c", "5f8159", "3d5a42")[number % 3], shape(outline))
    picture = over(picture, "e8e2d6", shape([(332, 372), (412, 372), (400, 452), (344, 452)]))
    picture = over(picture, "bcb4a5", shape([(384, 372), (412, 372), (400, 452), (380, 452)]) * 0.7)
    return soften(picture, 2.2)


def draw_shelf_board(picture: Picture, random: np.random.Generator, *, bottom: float) -> Picture:
    """One board with what stands on it."""
    spines = ("31475a", "7c3f3a", "c9b58f", "55624a", "a87b45", "d9d2c3", "6b5068", "2f4f4f", "b35d44", "8797a0")
    left = random.uniform(30, 70)
    while left < WIDTH - 60:
        if random.random() < 0.16:
            left += random.uniform(40, 130)
            continue
        width, height = random.uniform(17, 40), random.uniform(108, 166)
        lean = random.uniform(6, 14) if random.random() < 0.08 else 0.0
        code = spines[random.integers(len(spines))]
        book = shape(
            [
                (left + lean, bottom - height),
                (left + lean + width, bottom - height),
                (left + width, bottom),
                (left, bottom),
            ]
        )
        picture = over(picture, code, book)
        picture = over(picture, "000000", box(left + width * 0.78, bottom - height, left + width, bottom) * 0.22)
        picture = over(picture, "ffffff", box(left + 1, bottom - height, left + width * 0.2, bottom) * 0.1)
        if random.random() < 0.6:
            band = bottom - height * random.uniform(0.6, 0.85)
            picture = over(picture, "e9d9ae", box(left + 3, band, left + width - 3, band + 5) * 0.7)
        left += width + lean + random.uniform(0.5, 2.5)
    picture = over(picture, "7d5837", box(0, bottom, WIDTH, bottom + 20))
    picture = over(picture, "a9794c", box(0, bottom, WIDTH, bottom + 5))
    return over(picture, "000000", soften(box(0, bottom + 20, WIDTH, bottom + 46), 9) * 0.45)


def draw_bookshelf(random: np.random.Generator) -> Picture:
    """A wall of books in lamplight."""
    picture = plain("4a3728")
    for bottom in (172.0, 372.0, 572.0, 772.0):
        picture = draw_shelf_board(picture, random, bottom=bottom)
    for left in (0, 418, 842, 1262):
        picture = over(picture, "6e4c30", box(left, 0, left + 18, HEIGHT))
        picture = over(picture, "000000", soften(box(left + 18, 0, left + 34, HEIGHT), 5) * 0.35)
    warm = 0.42 + 0.75 * glow((330, 170), 620) + 0.35 * glow((1080, 420), 430)
    return soften(picture * warm[..., None] * np.array([0.86, 0.97, 1.08], np.float32), 4.0)


def draw_plants(random: np.random.Generator) -> Picture:
    """A corner full of leaves, those at the back dark and blurred."""
    picture = over(plain("23332a"), "7f9a7e", glow((900, 160), 620) * 0.85)
    layers = ((80, 22.0, ("2c4434", "35523c", "263c30")), (90, 12.0, ("3f6446", "4d7650", "35573f")))
    front = (46, 6.5, ("557f52", "6a965d", "456d47"))
    for depth, (count, blur, codes) in enumerate((*layers, front)):
        masks = [np.zeros((HEIGHT, WIDTH), np.float32) for _ in codes]
        for number in range(count):
            # The front leaves stay at the sides and leave room for a head.
            spread = random.uniform(0, WIDTH) if depth < 2 else random.choice((-1, 1)) * random.uniform(330, 720) + 640
            root = (spread, random.uniform(-40, HEIGHT + 120))
            size = random.uniform(130, 230) * (1 + 0.25 * depth)
            outline = leaf(root, length=size, angle=random.uniform(-2.7, -0.4), width=size * random.uniform(0.1, 0.17))
            masks[number % len(codes)] = np.maximum(masks[number % len(codes)], shape(outline))
        for code, mask in zip(codes, masks, strict=True):
            soft = soften(mask, blur)
            picture = over(picture, "0e1812", soften(move(soft, -10, 14), 5) * 0.4)
            picture = over(picture, code, soft)
    return picture * (0.8 + 0.45 * glow((930, 120), 700))[..., None]


def draw_evening_city(random: np.random.Generator) -> Picture:
    """The lights of a town far out of focus, behind a dark window frame."""
    sky = np.clip(Y / HEIGHT, 0, 1)
    picture = over(plain("141b33"), "4b3a5c", sky**1.3)
    picture = over(picture, "c9785f", np.exp(-(((Y - 470) / 120) ** 2)) * 0.5)
    for number in range(16):
        left, top = number * 84 - 20 + random.uniform(-20, 20), random.uniform(330, 520)
        picture = over(picture, "171a2b", soften(box(left, top, left + random.uniform(60, 120), HEIGHT), 7) * 0.75)
    for number in range(150):
        center = (round(random.uniform(0, WIDTH) * 16), round((380 + abs(random.normal(0, 130))) * 16))
        radius = random.uniform(7, 26)
        disc = np.zeros((HEIGHT, WIDTH), np.uint8)
        cv2.circle(disc, center, round(radius * 16), 190, -1, cv2.LINE_AA, 4)
        cv2.circle(disc, center, round(radius * 16), 255, 2, cv2.LINE_AA, 4)
        code = ("ffd28a", "ffb56b", "ff8f6b", "fff1cf", "9fd0ff", "ffe0a6")[number % 6]
        light = soften(disc.astype(np.float32) / 255, 1.4) * random.uniform(0.12, 0.5)
        picture = picture + np.array(rgb(code), np.float32) * light[..., None] * 0.8
    frame = np.maximum.reduce(
        [box(0, 0, 26, HEIGHT), box(1254, 0, WIDTH, HEIGHT), box(848, 0, 868, HEIGHT), box(0, 676, WIDTH, HEIGHT)]
    )
    return over(picture, "15131a", soften(frame, 4))


def draw_hills(random: np.random.Generator) -> Picture:
    """Hills one behind the other in the mist of a morning."""
    picture = over(plain("f3d9b8"), "a9c3d6", np.clip(1 - Y / 420, 0, 1))
    picture = over(picture, "fff1d6", glow((860, 300), 330) * 0.9)
    codes = ("b4bcc0", "93a6ad", "728d92", "547271", "3c5854", "283f3b")
    for number, code in enumerate(codes):
        waves = [(random.uniform(170, 520), random.uniform(0, 6.3), random.uniform(16, 44)) for _ in range(4)]
        ridge = 330 + number * 62 + sum(high * np.sin(X[0] / long + at) for long, at, high in waves)
        slope = np.clip((Y - ridge[None, :]) / 3, 0, 1)
        picture = over(picture, code, slope)
        # The mist lies in the valley behind the next ridge.
        mist = np.clip((Y - ridge[None, :] - 20) / 150, 0, 1) * slope
        picture = over(picture, "efe3d2", mist * (0.5 - 0.07 * number))
    return soften(picture, 2.6)


def draw_brick_loft(random: np.random.Generator) -> Picture:
    """A brick wall under old white paint, with light that falls along it from a side."""
    picture = plain("d8d2c8")
    for row, top in enumerate(range(-8, HEIGHT, 34)):
        left = -random.uniform(0, 30) - (row % 2) * 46
        while left < WIDTH:
            wide = random.uniform(86, 98)
            code = ("e2dcd2", "d5cec3", "cbbfb2", "dcd5ca", "c6a896")[
                int(random.choice(5, p=(0.34, 0.26, 0.2, 0.14, 0.06)))
            ]
            brick = box(left + 3, top + 3, left + wide - 3, top + 31)
            picture = over(picture, "8d8277", soften(move(brick, 2, 3), 1.6) * 0.5)
            picture = over(picture, code, brick)
            left += wide
    light = 0.72 + 0.42 * glow((1120, 220), 760) - 0.12 * np.clip(1 - X / 500, 0, 1)
    picture = soften(picture, 3.0) * light[..., None]
    shade = soften(shape([(0, 520), (WIDTH, 640), (WIDTH, HEIGHT), (0, HEIGHT)]), 60)
    return over(picture, "4a423c", shade * 0.45)


PICTURES: dict[str, Callable[[np.random.Generator], Picture]] = {
    "studio": draw_studio,
    "window_light": draw_window_light,
    "bookshelf": draw_bookshelf,
    "plants": draw_plants,
    "evening_city": draw_evening_city,
    "hills": draw_hills,
    "brick_loft": draw_brick_loft,
}


def main() -> None:
    options = argparse.ArgumentParser(description="Fills resources/backgrounds/.")
    options.add_argument("--out", type=Path, default=ROOT / "resources" / "backgrounds")
    out = options.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    for name, draw in PICTURES.items():
        random = np.random.default_rng(7)
        picture = finish(draw(random), random)
        cv2.imwrite(str(out / f"{name}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        print(f"{name}.jpg  {(out / f'{name}.jpg').stat().st_size} bytes")


if __name__ == "__main__":
    main()
