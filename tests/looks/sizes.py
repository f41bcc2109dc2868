"""Sizes of a window, in pixels."""

BIG, MIDDLE, SMALL, SLIM = (1280, 800), (1024, 700), (800, 560), (500, 700)
