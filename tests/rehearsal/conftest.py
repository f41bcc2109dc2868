"""The scene of the interface, for what steers it."""

from tests.ui.conftest import nothing_left, qt_warnings, scene

__all__ = ["nothing_left", "qt_warnings", "scene"]
