"""`override`: marks what Qt calls by a name of its own, so that mypy finds a name that Qt does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import override
else:

    def override(method):
        """Does nothing while the program runs."""
        return method


__all__ = ["override"]
