"""Screens and windows of this computer: which can be shared, and their pictures.

`types.py` is the one interface, `x11.py` implements it on X11; on other systems `app/shell/qt_screens.py` does. What is
shared is watched by `capture.py`, in a thread of its own; `changes.py` says what has moved and `modes.py` what that
means for the way it is sent.
"""
