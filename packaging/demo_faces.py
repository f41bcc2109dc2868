"""Draws the two people of the demo call: own art, heads that sway, blink and speak."""

from __future__ import annotations

from collections.abc import Callable

from demo_brush import Look, Pose, curved, ellipse, fade, fill, glow, stroke, tint
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPainterPath, QTransform

HEAD_X, HEAD_Y = 320, 160
# Heads lean round the neck, which is this far below the middle of the face.
NECK_BELOW = 85
NEARNESS = 1.08
EYE_APART, EYE_Y = 25.0, -6.0
MOUTH_Y = 42.0


def draw_person(painter: QPainter, look: Look, pose: Pose) -> None:
    """Draws one person onto the canvas, over whatever is there."""
    painter.save()
    # Sits as near to the camera as people do: the lower edge stays, the head comes up.
    painter.translate(320, 362)
    painter.scale(NEARNESS, NEARNESS)
    painter.translate(-320, -362)
    if look.style == "bob":
        draw_with_head(painter, pose, lambda: draw_back_hair(painter, look))
    painter.save()
    # The body follows the head a little, as bodies do.
    painter.translate(pose.sway_x * 0.35, pose.sway_y * 0.25)
    draw_body(painter, look)
    painter.restore()
    draw_with_head(painter, pose, lambda: draw_head(painter, look, pose))
    painter.restore()


def draw_with_head(painter: QPainter, pose: Pose, draw: Callable[[], None]) -> None:
    """Draws a part that moves with the head; its origin is the middle of the face."""
    painter.save()
    painter.translate(HEAD_X + pose.sway_x, HEAD_Y + pose.sway_y + NECK_BELOW)
    painter.rotate(pose.tilt_deg)
    painter.translate(0, -NECK_BELOW)
    draw()
    painter.restore()


def draw_back_hair(painter: QPainter, look: Look) -> None:
    """The hair that hangs behind the neck."""
    hair = curved(
        (0, -104),
        [(70, -106, 90, -50, 88, 0), (88, 50, 96, 88, 74, 108), (40, 122, -40, 122, -74, 108),
         (-96, 88, -88, 50, -88, 0), (-90, -50, -70, -106, 0, -104)],
    )  # fmt: skip
    fill(painter, hair, fade((0, -100), (0, 115), tint(look.hair), tint(look.hair).darker(135)))


def draw_body(painter: QPainter, look: Look) -> None:
    """Neck, shoulders and clothes, down to the lower edge of the picture."""
    shoulders = curved(
        (262, 262),
        [(228, 276, 172, 282, 152, 318), (142, 336, 138, 350, 136, 372), (250, 372, 400, 372, 504, 372),
         (502, 350, 498, 336, 488, 318), (468, 282, 412, 276, 378, 262), (350, 250, 290, 250, 262, 262)],
    )  # fmt: skip
    fill(painter, shoulders, fade((140, 0), (505, 0), tint(look.clothes).lighter(112), tint(look.clothes),
                                  tint(look.clothes_shade)))  # fmt: skip
    neck = curved(
        (288, 208),
        [(290, 240, 286, 256, 268, 266), (286, 296, 354, 296, 372, 266), (354, 256, 350, 240, 352, 208),
         (330, 216, 310, 216, 288, 208)],
    )  # fmt: skip
    if look.style == "bob":
        draw_jacket(painter, look, neck)
    else:
        draw_sweater(painter, look, neck)


def draw_neck(painter: QPainter, look: Look, neck: QPainterPath) -> None:
    fill(painter, neck, fade((288, 0), (352, 0), tint(look.skin), tint(look.skin_shade)))
    painter.save()
    painter.setClipPath(neck)
    # What the chin keeps from the light.
    fill(painter, ellipse(322, 224, 54, 30), glow((322, 222), 54, tint(look.skin_shade), tint(look.skin_shade, 0)))
    painter.restore()


def draw_jacket(painter: QPainter, look: Look, neck: QPainterPath) -> None:
    """An open jacket over a light blouse."""
    blouse = curved(
        (264, 262), [(284, 300, 304, 340, 314, 372), (320, 374, 324, 374, 328, 372), (338, 340, 358, 300, 376, 262),
                     (350, 250, 290, 250, 264, 262)],
    )  # fmt: skip
    fill(painter, blouse, fade((0, 260), (0, 372), tint(look.shirt), tint(look.shirt).darker(112)))
    draw_neck(painter, look, neck)
    for side in (-1, 1):
        lapel = curved(
            (262, 261), [(246, 274, 240, 292, 246, 306), (252, 304, 262, 306, 268, 310),
                         (280, 334, 300, 352, 318, 374), (306, 330, 284, 288, 266, 262)],
        )  # fmt: skip
        if side == 1:
            lapel = QTransform(-1, 0, 0, 1, 2 * 320, 0).map(lapel)
        fill(painter, lapel, tint(look.clothes_shade if side == 1 else look.clothes).lighter(108))
        stroke(painter, lapel, tint(look.clothes_shade, 0.7), 1.2)


def draw_sweater(painter: QPainter, look: Look, neck: QPainterPath) -> None:
    """A knitted round-neck sweater."""
    draw_neck(painter, look, neck)
    collar = curved((264, 266), [(284, 306, 356, 306, 376, 266)], close=False)
    stroke(painter, collar, tint(look.clothes_shade), 10)
    stroke(painter, collar, tint(look.clothes).lighter(110), 6.5)
    for x, lean in ((196, -10), (444, 10)):
        fold = curved((x, 306), [(x + lean, 330, x + lean, 350, x + lean * 0.5, 372)], close=False)
        stroke(painter, fold, tint(look.clothes_shade, 0.6), 2.5)


def face_path(look: Look) -> QPainterPath:
    """The outline of the face from forehead to chin."""
    jaw = look.jaw
    return curved(
        (0, -88),
        [(44, -88, 60, -54, 60, -14), (60 + jaw * 0.3, 20, 54 + jaw, 42, 36 + jaw, 60), (22 + jaw, 73, 12, 78, 0, 78),
         (-12, 78, -22 - jaw, 73, -36 - jaw, 60), (-54 - jaw, 42, -60 - jaw * 0.3, 20, -60, -14),
         (-60, -54, -44, -88, 0, -88)],
    )  # fmt: skip


def draw_head(painter: QPainter, look: Look, pose: Pose) -> None:
    """Everything that is seen of a head, back to front."""
    shift = pose.turn * 7
    if look.style == "short":
        for side in (-1, 1):
            ear = ellipse(side * 60 - shift * 0.5, 2, 10, 17)
            fill(painter, ear, tint(look.skin_shade if side == 1 else look.skin))
            fill(painter, ellipse(side * 61 - shift * 0.5, 3, 5, 10), tint(look.skin_shade, 0.6))
    face = face_path(look)
    fill(painter, face, glow((-22 + shift, -30), 140, tint(look.skin_light), tint(look.skin), tint(look.skin_shade)))
    painter.save()
    painter.setClipPath(face)
    if look.style == "short":
        draw_beard(painter, look, shift)
    draw_cheeks(painter, look, shift)
    painter.restore()
    painter.save()
    # The features slide over the face: this is what makes a flat face turn.
    painter.translate(shift, pose.sway_y * 0.15)
    draw_nose(painter, look, pose)
    for side in (-1, 1):
        draw_eye(painter, look, pose, side)
        draw_brow(painter, look, pose, side)
    draw_mouth(painter, look, pose)
    painter.restore()
    if look.style == "bob":
        draw_bob(painter, look)
    else:
        draw_short_hair(painter, look)
        draw_glasses(painter, shift)


def draw_cheeks(painter: QPainter, look: Look, shift: float) -> None:
    warmth = 0.30 if look.style == "bob" else 0.16
    for side in (-1, 1):
        middle = (side * 36 + shift, 24)
        fill(painter, ellipse(*middle, 24, 18), glow(middle, 22, tint("#e0705f", warmth), tint("#e0705f", 0)))


def draw_beard(painter: QPainter, look: Look, shift: float) -> None:
    """A short beard: darker towards the jaw, free round the lips."""
    beard = curved(
        (-70, 4), [(-56, 30, -44, 22, -26 + shift, 29), (-12 + shift, 24, 12 + shift, 24, 26 + shift, 29),
                   (44, 22, 56, 30, 70, 4), (74, 70, 30, 92, 0, 92), (-30, 92, -74, 70, -70, 4)],
    )  # fmt: skip
    fill(painter, beard, fade((0, 12), (0, 66), tint(look.hair, 0), tint(look.hair, 0.66), tint(look.hair, 0.80)))
    moustache = curved(
        (0, 30), [(10, 26, 22, 34, 29, 46), (18, 42, 10, 40, 0, 39),
                  (-10, 40, -18, 42, -29, 46), (-22, 34, -10, 26, 0, 30)],
    )  # fmt: skip
    fill(painter, moustache.translated(shift, 0), fade((0, 27), (0, 46), tint(look.hair, 0.55), tint(look.hair, 0.75)))


def draw_nose(painter: QPainter, look: Look, pose: Pose) -> None:
    side = curved((7 + pose.turn * 2, 8), [(10, 13, 12, 18, 9, 22), (6, 25, -3, 25, -7, 22)], close=False)
    stroke(painter, side, tint(look.skin_shade, 0.8), 1.9)
    fill(painter, ellipse(-2, 12, 6, 9), glow((-2, 12), 9, tint(look.skin_light, 0.9), tint(look.skin_light, 0)))


def eye_path(open_share: float) -> QPainterPath:
    """The opening between the lids, round its own middle."""
    upper, lower = -9.5 * open_share, 7.0 * open_share
    return curved((-13, 1), [(-8, upper - 1, 7, upper - 2, 13, 0), (8, lower, -6, lower + 1, -13, 1)])


def draw_eye(painter: QPainter, look: Look, pose: Pose, side: int) -> None:
    painter.save()
    painter.translate(side * EYE_APART, EYE_Y)
    if side == 1:
        painter.scale(-1, 1)
    lids = eye_path(pose.eyes_open)
    socket = ellipse(0, -3, 19, 14)
    fill(painter, socket, glow((0, -3), 19, tint(look.skin_shade, 0.35), tint(look.skin_shade, 0)))
    if pose.eyes_open > 0.08:
        fill(painter, lids, tint("#fdfaf6"))
        painter.save()
        painter.setClipPath(lids)
        gaze = pose.turn * 2.5 * -side
        fill(painter, ellipse(gaze, -1, 7.2, 7.2), glow((gaze, 0), 7.2, tint(look.iris).lighter(140), tint(look.iris),
                                                        tint(look.iris).darker(170)))  # fmt: skip
        fill(painter, ellipse(gaze, -1, 3.3, 3.3), tint("#15110f"))
        fill(painter, ellipse(gaze + 2.4 * side, -3.6, 1.8, 1.8), tint("#ffffff"))
        fill(painter, ellipse(0, -12, 16, 7), tint("#5a3b30", 0.22))
        painter.restore()
    upper = -9.5 * pose.eyes_open
    lash = curved((-14, 1.5), [(-8, upper - 1, 7, upper - 2, 13, 0)], close=False)
    stroke(painter, lash, tint("#2a1b16"), 2.6 if look.style == "bob" else 2.0)
    if look.style == "bob":
        stroke(painter, curved((-13, 1), [(-15, 0, -17, -2, -18, -4)], close=False), tint("#2a1b16"), 2.0)
    crease = curved((-12, -7), [(-6, -13, 6, -13, 12, -7)], close=False)
    stroke(painter, crease, tint(look.skin_shade, 0.55), 1.3)
    painter.restore()


def draw_brow(painter: QPainter, look: Look, pose: Pose, side: int) -> None:
    y = -25 - 5 * pose.brows_up
    brow = curved((side * 11, y + 3), [(side * 20, y - 4, side * 32, y - 4, side * 42, y + 4)], close=False)
    stroke(painter, brow, tint(look.hair, 0.9), look.brow_width)


def draw_mouth(painter: QPainter, look: Look, pose: Pose) -> None:
    """Lips round the opening; at rest a small smile."""
    half = 16 + 7 * pose.mouth_wide - 4 * pose.mouth_open * (1 - pose.mouth_wide)
    opened = 17 * pose.mouth_open
    corner = MOUTH_Y - 4.5 + opened * 0.28
    top, bottom = MOUTH_Y + 1.5 - opened * 0.12, MOUTH_Y + 2.5 + opened
    gap = curved((-half, corner), [(-half * 0.5, top, half * 0.5, top, half, corner),
                                   (half * 0.55, bottom + 2, -half * 0.55, bottom + 2, -half, corner)])  # fmt: skip
    lips = curved(
        (-half - 3, corner - 0.5),
        [(-half * 0.55, top - 6, -5, top - 7, 0, top - 4.2), (5, top - 7, half * 0.55, top - 6, half + 3, corner - 0.5),
         (half * 0.6, bottom + 9, -half * 0.6, bottom + 9, -half - 3, corner - 0.5)],
    )  # fmt: skip
    fill(painter, lips, fade((0, top - 6), (0, bottom + 7), tint(look.lips).darker(108), tint(look.lips).lighter(114)))
    if opened > 1.0:
        fill(painter, gap, tint("#4a1719"))
        painter.save()
        painter.setClipPath(gap)
        fill(painter, ellipse(0, bottom + 3, half * 0.6, 5 + opened * 0.25), tint("#b8504f"))
        edge = top + 9 + opened * 0.1
        teeth = curved((-half, corner), [(-half * 0.5, top, half * 0.5, top, half, corner),
                                         (half * 0.5, edge, -half * 0.5, edge, -half, corner)])  # fmt: skip
        fill(painter, teeth, tint("#fbf6ee"))
        painter.restore()
    else:
        seam = curved((-half, corner), [(-half * 0.5, top + 2.6, half * 0.5, top + 2.6, half, corner)], close=False)
        stroke(painter, seam, tint(look.lips).darker(175), 1.8)
    if look.style == "bob":
        shadow = curved((-9, bottom + 11), [(-4, bottom + 13, 4, bottom + 13, 9, bottom + 11)], close=False)
        stroke(painter, shadow, tint(look.skin_shade, 0.5), 2.0)


def draw_bob(painter: QPainter, look: Look) -> None:
    """Side-parted hair to the shoulders, in front of the face's edge."""
    left = curved(
        (-22, -102),
        [(-66, -98, -90, -50, -87, 4), (-86, 50, -94, 84, -76, 104), (-62, 92, -54, 66, -56, 30),
         (-62, 4, -60, -26, -46, -46), (-34, -60, -24, -74, -16, -88)],
    )  # fmt: skip
    right = curved(
        (-26, -101),
        [(30, -116, 92, -74, 88, 4), (87, 50, 95, 84, 76, 104), (62, 92, 53, 66, 56, 30),
         (64, 2, 60, -24, 48, -40), (22, -48, -4, -62, -18, -88)],
    )  # fmt: skip
    fill(painter, left, fade((-90, 0), (-40, 0), tint(look.hair), tint(look.hair_light), tint(look.hair)))
    dark = tint(look.hair).darker(120)
    fill(painter, right, fade((-20, -100), (90, 60), tint(look.hair_light), tint(look.hair), dark))
    for bend in (0, 12, 24):
        strand = curved((-14, -94), [(24 - bend, -92, 68 - bend, -66, 72 - bend * 0.35, -8 - bend)], close=False)
        stroke(painter, strand, tint(look.hair_light, 0.55), 1.6)


def draw_short_hair(painter: QPainter, look: Look) -> None:
    """Short sides, swept up in front."""
    hair = curved(
        (-63, 0),
        [(-74, -36, -72, -78, -42, -98), (-20, -116, 34, -118, 52, -96), (74, -80, 74, -36, 63, 0),
         (59, -18, 60, -36, 50, -52), (24, -44, -14, -52, -34, -62), (-54, -50, -58, -24, -63, 0)],
    )  # fmt: skip
    fill(painter, hair, fade((-50, -110), (60, 0), tint(look.hair_light), tint(look.hair), tint(look.hair).darker(120)))
    for start in (-26, -6, 14):
        strand = curved((start, -66), [(start + 4, -86, start + 20, -98, start + 38, -98)], close=False)
        stroke(painter, strand, tint(look.hair_light, 0.6), 2.0)


def draw_glasses(painter: QPainter, shift: float) -> None:
    frame = tint("#3b2f2a", 0.95)
    for side in (-1, 1):
        lens = QPainterPath()
        lens.addRoundedRect(QRectF(side * EYE_APART + shift - 20, EYE_Y - 15, 40, 32), 13, 13)
        fill(painter, lens, tint("#ffffff", 0.07))
        stroke(painter, lens, frame, 2.6)
        arm = curved((side * 45 + shift, -10), [(side * 52 + shift, -10, side * 58, -9, side * 63, -6)], close=False)
        stroke(painter, arm, frame, 2.6)
    bridge = curved((-5.5 + shift, -8), [(-2 + shift, -12, 2 + shift, -12, 5.5 + shift, -8)], close=False)
    stroke(painter, bridge, frame, 2.6)
