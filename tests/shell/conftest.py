"""As for the interface: any Qt warning fails the test."""

from tests.ui.conftest import nothing_left, qt_warnings, scene

__all__ = ["nothing_left", "qt_warnings", "scene"]
